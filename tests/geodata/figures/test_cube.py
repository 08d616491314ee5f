"""The cube: ranks with ties, and change in four parts."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from geodata.atlas import Atlas
from geodata.cartography import Layer, rank_places
from geodata.cartography.headline import change_of_whole
from geodata.figures import Cube, Indicator, ParameterStep, explain_change
from geodata.quantity import shipped_words
from geodata.workspace.figures import LEVELS, division_places

WORDS = shipped_words()
HOUSEHOLD = WORDS.things["household"]
PERCENT = WORDS.units["percent"]
SHARE = Indicator("share", {"zh": "甲", "en": "a"}, "share", PERCENT, HOUSEHOLD, HOUSEHOLD, "high")
A, B, C, D = "990101100201", "990101100202", "990101100203", "990101101201"


def figures(indicator: str, **cells: tuple[float | None, float | None]) -> pd.DataFrame:
    named = {"a": A, "b": B, "c": C, "d": D}
    return pd.DataFrame(
        [
            {
                "place": named[place],
                "indicator": indicator,
                "numerator": cell[0],
                "denominator": cell[1],
                "missing": 0.0,
                "subjects": 10.0,
            }
            for place, cell in cells.items()
        ]
    ).astype({"numerator": "float64", "denominator": "float64"})


def cube_of(*frames: pd.DataFrame) -> Cube:
    """Return the cube of the share in months from 2025-01 on."""
    months = [one.assign(period=f"2025-{n:02d}") for n, one in enumerate(frames, start=1)]
    values = pd.concat(months, ignore_index=True)
    places = division_places(values["place"].unique(), LEVELS)
    return Cube("县", LEVELS, places, values, {"share": SHARE})


def test_a_share_above_is_of_sums_and_never_a_mean_of_shares() -> None:
    cube = cube_of(figures("share", a=(1, 10), b=(90, 100)))
    frame = cube.frame("share", "2025-01", "township")
    assert frame.loc["990101100", "value"] == pytest.approx(91 / 110)


def test_a_place_without_any_known_subject_is_unknown_above_too() -> None:
    value = cube_of(figures("share", a=(None, None), d=(1, 2))).table("share")["2025-01"]
    assert np.isnan(value["990101100"])
    assert value["990101"] == 0.5


def test_equal_values_share_a_rank_and_unknown_has_none() -> None:
    cells = {"a": (5, 10), "b": (5, 10), "c": (1, 10), "d": (None, None)}
    cube = cube_of(figures("share", **cells))
    ranks = rank_places(cube, "share", "2025-01", level="village")
    assert ranks.index.tolist() == [A, B, C, D]
    assert ranks["rank"].tolist()[:3] == [1, 1, 3]
    assert ranks["rank"].isna().tolist() == [False, False, False, True]


def test_table_dataset_series_and_frame_hold_one_value() -> None:
    cube = cube_of(figures("share", a=(1, 10), d=(3, 4)), figures("share", a=(2, 10), b=(5, 5)))
    dataset, table = cube.to_dataset(), cube.table("share")
    assert table.shape == (6, 2)
    for place in cube.places.index:
        series = cube.series("share", place)
        for month in cube.periods:
            frame = cube.frame("share", month, str(cube.level_of(place))).loc[place]
            cell = dataset.sel(indicator="share", place=place, period=month)
            values = [table.at[place, month], series.at[month, "value"], cell["value"].item()]
            np.testing.assert_equal(values, [frame["value"]] * 3)
            for part in ("numerator", "denominator", "missing", "subjects"):
                np.testing.assert_equal(cell[part].item(), frame[part])
    assert dataset["level"].sel(place="990101").item() == "county"


def explained(
    before: pd.DataFrame, after: pd.DataFrame, old: pd.DataFrame, villages: tuple[list, list]
) -> dict[str, float]:
    return explain_change(
        before,
        after,
        SHARE,
        after_by_old_rules=old,
        villages_before=pd.Index(villages[0]),
        villages_after=pd.Index(villages[1]),
    )


def test_change_is_split_into_value_rule_feed_and_boundary() -> None:
    before = figures("share", a=(1, 10), b=(2, 10), c=(9, 10))
    after = figures("share", a=(4, 10), b=(None, None), d=(5, 10))
    old = figures("share", a=(3, 10), b=(None, None), d=(5, 10))
    found = explained(before, after, old, ([A, B, C], [A, B, D]))
    assert found["value"] == pytest.approx(0.3 - 0.1)
    assert found["rule"] == pytest.approx(0.4 - 0.3)
    assert found["feed"] == pytest.approx(0.1 - 0.15)
    assert found["boundary"] == pytest.approx((0.15 - 0.4) + (0.45 - 0.4))
    total = sum(found[name] for name in ("value", "rule", "feed", "boundary"))
    assert total == pytest.approx(found["after"] - found["before"])


def test_an_unchanged_place_has_no_parts() -> None:
    same = figures("share", a=(1, 10))
    found = explained(same, same, same, ([A], [A]))
    assert [found[name] for name in ("value", "rule", "feed", "boundary")] == [0, 0, 0, 0]


INCOME = Indicator(
    "income",
    {"zh": "乙", "en": "b"},
    "total",
    WORDS.units["yuan"],
    WORDS.things["money"],
    subject="village",
    theme="t",
    numerator="income",
)
OTHER = replace(INCOME, key="other", theme="u")


def test_a_village_whose_own_row_is_absent_sent_nothing_whatever_else_it_sent() -> None:
    """Households of it are known, and another theme makes figures of it from other tables."""
    full = pd.concat([figures(key, a=(1, 1), b=(2, 1)) for key in ("share", "income", "other")])
    absent = full[~((full["indicator"] == "income") & (full["place"] == B))]
    months = [one.assign(period=f"2025-{n:02d}") for n, one in enumerate((full, absent), start=1)]
    values = pd.concat(months, ignore_index=True)
    places = division_places(values["place"].unique(), LEVELS)
    known = {"share": SHARE, "income": INCOME, "other": OTHER}
    cube = Cube("县", LEVELS, places, values, known)
    assert cube.states("income", "2025-01", "village").tolist() == ["shown", "shown"]
    assert cube.states("income", "2025-02", "village")[B] == "no_data"
    assert cube.states("other", "2025-02", "village")[B] == "shown"
    looked = SimpleNamespace(indicator=INCOME, place=None, period="2025-02", decimals=0)
    change, course = change_of_whole(cast(Atlas, cube), cast(Layer, looked), "zh")
    assert course == "plain"
    assert change == "与2025年1月持平（只比两期都报数的1个村：上期2个报数，本期1个）"


def test_several_steps_of_a_parameter_are_one_and_one_set_back_is_none() -> None:
    def step(period: str, before: str, after: str) -> ParameterStep:
        values = ({"zh": one, "en": one} for one in (before, after))
        return ParameterStep("a.line", period, {"zh": "线", "en": "line"}, *values)

    steps = (step("2025-02", "1", "2"), step("2025-03", "2", "3"), step("2025-04", "3", "1"))
    cube = replace(cube_of(figures("share", a=(1, 10))), steps={"share": steps})
    assert cube.steps_between("share", "2025-01", "2025-03") == (step("2025-03", "1", "3"),)
    assert cube.steps_between("share", "2025-01", "2025-04") == ()
    assert cube.steps_between("share", "2025-03", "2025-03") == ()
    assert cube.steps_between("other", "2025-01", "2025-04") == ()
