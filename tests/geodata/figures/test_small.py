"""What is hidden of few: nothing that an account is shown gives it away, in no form and by no sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from geodata.access import Scope
from geodata.atlas.scoped import within_scope
from geodata.errors import ThemeError
from geodata.figures import Indicator, SmallFigures, check_relations, small
from geodata.figures.families import families_of
from tests.small_counts import COUNTY, accounts, attack, invented_counts, own_indicators, public_of

SMALLEST = 3


@pytest.mark.parametrize("account", ["reader", "township", "village", "public"])
@pytest.mark.parametrize(("seed", "shape"), [(1, (3, 15, 5)), (2, (4, 10, 4))])
def test_no_account_can_work_out_a_small_count(seed, shape, account):
    townships, villages, months = shape
    whole = invented_counts(seed, townships=townships, villages=villages, months=months)
    told, hidden = attack(whole, accounts(whole, SMALLEST)[account], SMALLEST)
    assert told == []
    assert hidden > 20


def by_itself(counts, tree, limit, *, known, hidden):
    """Hide the small counts and nothing else."""
    return hidden | ((counts > 0) & (counts < limit) & ~known)


@pytest.mark.parametrize("broken", ["relations", "neighbours", "equal"])
def test_without_one_of_the_rules_the_attack_finds_some(broken, monkeypatch):
    if broken == "relations":
        monkeypatch.setattr(small, "families_of", lambda indicators: ())
    elif broken == "neighbours":
        monkeypatch.setattr(small, "hide_small", by_itself)
    else:
        numbers = iter(range(10**6))
        monkeypatch.setattr(small, "_same", lambda counts: str(next(numbers)).encode())
    whole = invented_counts(1, townships=3, villages=15, months=4)
    told, _ = attack(whole, accounts(whole, SMALLEST)["reader"], SMALLEST)
    assert told


def test_a_course_and_a_table_show_what_the_places_of_a_month_show():
    whole = invented_counts(3, townships=2, villages=8, months=3)
    mine = within_scope(whole, Scope("auditor", (COUNTY,)), smallest=SMALLEST)
    for key in whole.indicators:
        table = mine.table(key)
        for month in whole.periods:
            frames = pd.concat([mine.frame(key, month, level) for level in mine.levels])
            pd.testing.assert_series_equal(
                table[month].sort_index(), frames["value"].sort_index(), check_names=False
            )
            for place, row in frames.iterrows():
                series = mine.series(key, str(place)).loc[month]
                pd.testing.assert_series_equal(series, row, check_names=False)


def test_no_raw_count_of_other_peoples_places_lies_in_an_atlas_of_a_scope():
    whole = invented_counts(3, townships=3, villages=9, months=1)
    town = whole.places_in(None, "township")[0]
    mine = within_scope(whole, Scope("township_officer", (town,)), smallest=SMALLEST)
    assert set(mine.values["place"]) == set(whole.places_in(town, "village"))
    assert within_scope(whole, Scope("auditor", (COUNTY,)), smallest=SMALLEST).values.empty


def test_how_many_could_not_be_judged_is_no_secret():
    whole = invented_counts(4, townships=2, villages=8, months=1)
    month = whole.periods[0]
    known = whole.frame("income_known_share", month, "village")
    few = (known["denominator"] - known["numerator"]).between(1, SMALLEST - 1)
    hidden = public_small(whole).figures("income_known_share", month)[known.index]
    assert few.any()
    assert not hidden[few & (known["denominator"] > 20)].any()


def public_small(whole) -> SmallFigures:
    return public_of(whole, SMALLEST)


def undeclared(vectors: Mapping[str, np.ndarray], indicators: Mapping[str, Indicator]) -> list[str]:
    """Return the sums of two or three counts that are another one at every place and month.

    Counts that are few everywhere, and sums of which one part is nearly all, may be so by chance.
    """
    # A part of which there is nobody yet may be left out.
    declared = [{one.key, *one.sum_of} for one in indicators.values() if one.sum_of]
    chosen = {key: one for key, one in vectors.items() if (one > 0).sum() >= 12}
    # Sums of columns are sums of their prints, so most sums are told apart by one addition.
    weights = np.random.default_rng(0).integers(1, 2**40, len(next(iter(vectors.values()))))
    prints = {key: int(one.astype(np.int64) @ weights) for key, one in chosen.items()}
    by_print = {one: key for key, one in prints.items()}
    found = []
    for size in (2, 3):
        for keys in combinations(chosen, size):
            whole = by_print.get(sum(prints[key] for key in keys))
            if whole is None or not np.array_equal(sum(map(chosen.get, keys)), chosen[whole]):
                continue
            if not any({whole, *keys} <= one for one in declared):
                found.append(f"{whole} = {' + '.join(keys)}")
    return found


def counts_of(cube) -> dict[str, np.ndarray]:
    """Return the numbers of people that the indicators count, over all villages and months."""
    found = {}
    for key, one in cube.indicators.items():
        if one.quantity == "count" and one.counts is not None and one.counts.people:
            months = [cube.parts(key, month)["numerator"] for month in cube.periods]
            lowest = (cube.places["level"] == cube.lowest).to_numpy()
            found[key] = np.nan_to_num(np.concatenate([one[lowest] for one in months]))
    return found


def test_every_sum_of_counts_in_the_sample_county_is_declared(counties):
    cube = counties.built_sample().cube
    assert undeclared(counts_of(cube), cube.indicators) == []


def test_a_sum_that_nobody_declared_is_found():
    whole = invented_counts(1, townships=3, villages=40, months=3)
    vectors = counts_of(whole)
    assert undeclared(vectors, whole.indicators) == []
    silent = {key: replace(one, sum_of=()) for key, one in whole.indicators.items()}
    assert undeclared(vectors, silent) == [
        "monitored_households = unstable_households + borderline_households + sudden_households"
    ]


def test_relations_that_hang_together_are_one_and_incomplete_ones_none():
    known = own_indicators()
    (families,) = families_of(known)
    assert len(families.keys) == 7
    assert len(families.relations) == 2
    without = {key: one for key, one in known.items() if key != "sudden_households"}
    (flow,) = families_of(without)
    assert flow.keys == ("identified_households", "monitored_households", "removed_households")


@pytest.mark.parametrize(
    ("key", "changes", "fault"),
    [
        ("monitored_households", {"sum_of": ("nobody",)}, "fault_relation"),
        ("monitored_households", {"sum_of": ("monitored_share",)}, "fault_relation"),
        ("monitored_share", {"flow": {"into": ("removed_households",)}}, "fault_relation"),
        ("unstable_households", {"sum_of": ("monitored_households",)}, "fault_circle"),
        ("monitored_households", {"sum_of": ("identified_households",)}, "fault_circle"),
    ],
)
def test_a_sum_of_no_count_or_in_a_circle_is_refused(key, changes, fault):
    known = own_indicators()
    check_relations("indicators.yaml", list(known.values()))
    known[key] = replace(known[key], **changes)
    with pytest.raises(ThemeError) as raised:
        check_relations("indicators.yaml", list(known.values()))
    assert raised.value.key == f"quantity.{fault}"
