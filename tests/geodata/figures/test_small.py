"""What is hidden of few: nothing that an account is shown gives it away, in no form and by no sum."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations, pairwise, permutations

import numpy as np
import pandas as pd
import pytest

from geodata.access import Scope
from geodata.atlas.scoped import within_scope
from geodata.errors import ThemeError
from geodata.figures import Indicator, SmallFigures, check_relations, small
from geodata.figures.families import complements_of, families_of
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


def undeclared(columns: Mapping[str, np.ndarray], indicators: Mapping[str, Indicator]) -> list[str]:
    """Return the sums of two counts that are another one at every place and month.

    Of counts alone sums of three are looked for too, and what a count grew by in a month. Counts
    that are few everywhere, and sums of which one part is nearly all, may be so by chance.
    """
    # Equal counts are one.
    same: dict[bytes, list[str]] = {}
    for name, one in columns.items():
        same.setdefault(one.tobytes(), []).append(name)
    first = {name: names[0] for names in same.values() for name in names}
    # A part of which there is nobody yet may be left out.
    declared = [
        {
            first[families.keys[number]]
            for number, _, _ in relation
            if families.keys[number] in first
        }
        for families in families_of(indicators)
        for relation in families.relations
    ]
    declared += [{first[name] for name in names} for names in complements_of(indicators)]
    declared += [
        {first[key], first[one.cumulates]} for key, one in indicators.items() if one.cumulates
    ]
    chosen = {
        names[0]: columns[names[0]]
        for names in same.values()
        if (columns[names[0]] > 0).sum() >= 12
    }
    # Sums of columns are sums of their prints, so most sums are told apart by one addition.
    weights = np.random.default_rng(0).integers(1, 2**40, next(iter(columns.values())).shape)
    prints = {name: int((one.astype(np.int64) * weights).sum()) for name, one in chosen.items()}
    by_print = {one: name for name, one in prints.items()}
    found = []
    counts = [
        name for name in chosen if any("." not in one for one in same[chosen[name].tobytes()])
    ]
    for size, names in ((2, chosen), (3, counts)):
        for parts in combinations(names, size):
            whole = by_print.get(sum(prints[name] for name in parts))
            if whole is None or not np.array_equal(sum(map(chosen.get, parts)), chosen[whole]):
                continue
            if not any({whole, *parts} <= one for one in declared):
                found.append(f"{whole} = {' + '.join(parts)}")
    for year, flow in permutations(chosen, 2):
        grown = chosen[year][1:] - chosen[year][:-1]
        known = any({year, flow} <= one for one in declared)
        if grown.any() and not known and np.array_equal(grown, chosen[flow][1:]):
            found.append(f"{year} grows by {flow}")
    return found


def counts_of(cube) -> dict[str, np.ndarray]:
    """Return the counts of people that figures show and of who was judged, month x village."""
    lowest = (cube.places["level"] == cube.lowest).to_numpy()
    months: dict[str, list[np.ndarray]] = {}
    for key, one in cube.indicators.items():
        for month in cube.periods:
            parts = {name: values[lowest] for name, values in cube.parts(key, month).items()}
            for name, values in zip((key, f"{key}.base"), small.counted(parts, one), strict=False):
                months.setdefault(name, []).append(np.nan_to_num(values))
            if one.subject == "household" and small.counted(parts, one):
                judged = parts["subjects"] - parts["missing"]
                months.setdefault(f"{key}.subjects", []).append(np.nan_to_num(parts["subjects"]))
                months.setdefault(f"{key}.judged", []).append(np.nan_to_num(judged))
    return {name: np.array(values) for name, values in months.items()}


def test_every_sum_of_counts_in_the_sample_county_is_declared(counties):
    cube = counties.built_sample().cube
    columns = counts_of(cube)
    assert undeclared(columns, cube.indicators) == []
    silent = {key: replace(one, equations=()) for key, one in cube.indicators.items()}
    assert len(undeclared(columns, silent)) >= 3
    # And what is declared is so, for a rest that is left over.
    for one in cube.indicators.values():
        for equation in one.equations:
            whole, *parts = re.split(" [=+] ", equation)
            left = columns[whole] - sum(columns[part] for part in parts if part != "rest")
            assert "rest" in parts or not left.any(), equation


def test_a_sum_that_nobody_declared_is_found():
    whole = with_the_year(invented_counts(1, townships=3, villages=40, months=3))
    columns = counts_of(whole)
    assert undeclared(columns, whole.indicators) == []
    silent = {key: replace(one, sum_of=(), cumulates="") for key, one in whole.indicators.items()}
    assert undeclared(columns, silent) == [
        "monitored_households = unstable_households + borderline_households + sudden_households",
        "removals_of_year grows by removed_households",
    ]


def with_the_year(whole):
    """Return invented counts with what was removed since January, households and persons."""
    removed = whole.values[whole.values["indicator"] == "removed_households"].sort_values("period")
    year = removed["period"].str[:4]
    removed["numerator"] = removed.groupby([removed["place"], year])["numerator"].cumsum()
    persons = removed.assign(
        indicator="removed_persons_of_year", numerator=removed["numerator"] * 3
    )
    values = [whole.values, removed.assign(indicator="removals_of_year"), persons]
    more = own_indicators(("removals_of_year", "removed_persons_of_year"))
    return replace(
        whole,
        values=pd.concat(values, ignore_index=True),
        indicators={**whole.indicators, **more},
    )


def test_what_a_year_adds_up_tells_no_month_of_it():
    whole = with_the_year(invented_counts(2, townships=3, villages=20, months=5))
    hiding = public_small(whole)
    shown = hidden = 0
    for before, month in pairwise(whole.periods):
        gone = hiding.figures("removed_households", month)
        year = hiding.figures("removals_of_year", month)
        assert not (gone & ~year & ~hiding.figures("removals_of_year", before)).any()
        assert not (year & ~hiding.figures("removed_persons_of_year", month)).any()
        shown, hidden = shown + (~year).sum(), hidden + gone.sum()
    assert shown
    assert hidden


def test_money_and_persons_are_hidden_where_those_are_whose_they_are(counties):
    cube = counties.built_sample().cube
    hiding = public_of(cube, SMALLEST)
    of_people = {
        key
        for key, one in cube.indicators.items()
        if one.quantity in ("count", "total")
        and (one.counts.root == "person" or (one.is_money and one.subject == "household"))
    }
    assert of_people >= {"cliff_loss", "removed_persons_of_year"}
    hidden = 0
    for key in of_people:
        owner = cube.indicators[key].belongs_to
        assert owner in cube.indicators, key
        for month in cube.periods:
            gone = hiding.figures(owner, month)
            assert not (gone & ~hiding.figures(key, month)).any(), key
            hidden += gone.sum()
    assert hidden


def test_no_declared_sum_tells_a_small_count_of_the_sample_county(counties):
    cube = counties.built_sample().cube
    keys = cube.places.index
    town = next(key for key, level in cube.places["level"].items() if level == "township")
    places, scope = pd.Series(keys, index=keys), Scope("township_officer", (town,))
    own, seen = (scope.filter(places, right) for right in ("rows", "figure"))
    hiding = SmallFigures(cube, own, seen, SMALLEST)
    lowest = (cube.places["level"] == cube.lowest).to_numpy()
    columns, hidden = counts_of(cube), 0
    for families in families_of(cube.indicators):
        gone = {}
        for name in families.keys:
            key, _, part = name.partition(".")
            marks = hiding.coverage if part in ("judged", "subjects") else hiding.figures
            gone[name] = np.array([marks(key, month)[lowest] for month in cube.periods])
        for relation in families.relations:
            names = [families.keys[number] for number, lag, _ in relation if not lag]
            lagged = len(names) < len(relation)
            alone = sum(gone[name].astype(int) for name in names) == 1
            for name in () if lagged else names:
                few = (columns[name] > 0) & (columns[name] < SMALLEST) & gone[name]
                assert not (few & alone).any(), (name, names)
                hidden += few.sum()
    assert hidden


def test_a_part_of_all_households_is_shown_only_where_the_other_part_is(counties):
    cube = counties.built_sample().cube
    hiding, pairs = public_of(cube, SMALLEST), complements_of(cube.indicators)
    assert ("households", "monitored_households", "candidate_share.base") in pairs
    alone = 0
    for _, *parts in pairs:
        for month in cube.periods:
            first, second = (
                (hiding.coverage if name.endswith(".subjects") else hiding.figures)(
                    name.partition(".")[0], month
                )
                for name in parts
            )
            assert not (first & ~second).any(), parts
            alone += first.sum()
    assert alone


def test_a_number_not_judged_that_is_another_count_is_hidden_with_it(counties):
    cube = counties.built_sample().cube
    hiding, equal, hidden = public_of(cube, SMALLEST), 0, 0
    people = [key for key, one in cube.indicators.items() if one.quantity == "count"]
    judged = [
        key
        for key, one in cube.indicators.items()
        if one.subject == "household"
        and small.counted(cube.parts(key, cube.periods[0]), one, everything=False)
    ]
    for month in cube.periods:
        counts = {key: np.nan_to_num(cube.parts(key, month)["numerator"]) for key in people}
        for key in judged:
            unknown = np.nan_to_num(cube.parts(key, month)["missing"])
            for other in people:
                if unknown.any() and np.array_equal(unknown, counts[other]):
                    gone = hiding.figures(other, month)
                    assert not (gone & ~hiding.coverage(key, month)).any(), (key, other)
                    equal, hidden = equal + 1, hidden + gone.sum()
    assert equal
    assert hidden


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
        ("monitored_share", {"equations": ("monitored_share + households",)}, "fault_equation"),
        ("monitored_share", {"equations": ("a = households + b",)}, "fault_equation"),
        ("monitored_share", {"equations": ("a = monitored_share.top + b",)}, "fault_equation"),
    ],
)
def test_a_sum_of_no_count_or_in_a_circle_is_refused(key, changes, fault):
    known = own_indicators()
    check_relations("indicators.yaml", list(known.values()))
    known[key] = replace(known[key], **changes)
    with pytest.raises(ThemeError) as raised:
        check_relations("indicators.yaml", list(known.values()))
    assert raised.value.key == f"quantity.{fault}"
