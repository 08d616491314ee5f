"""Stock before + new + returned + corrected - removed = stock after, in whatever way households move."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.config import read_config
from geodata.store import SnapshotStore
from geodata.store.embedded import DuckDBEngine
from geodata.workspace.movements import BEFORE, MOVEMENTS, TERMS, add_movements, movement_counts

MONTH, LAST = "2025-06", "2025-05"
PLACES = ("990101100201", "990101100202", "990101101201", "990101101202")
CATEGORIES = ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")
IN = sorted(term for term, sign in TERMS.items() if sign > 0)
OUT = sorted(term for term, sign in TERMS.items() if sign < 0)
COLUMNS = (
    "household_code",
    "place_code",
    "household_type",
    "monitored_category",
    "risk_removed",
    "first_identified_month",
    "identified_month",
    "removed_month",
)


def _home(**told: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "household_code": "1",
        "place_code": PLACES[0],
        "household_type": "一般农户",
        "monitored_category": CATEGORIES[1],
        "risk_removed": False,
        "first_identified_month": "2024-01",
        "identified_month": "2024-01",
        "removed_month": None,
    }
    return usual | told


def _moved(
    before: list[dict[str, object]],
    after: list[dict[str, object]],
    merged: dict[str, str] | None = None,
) -> pd.DataFrame:
    engine = DuckDBEngine()
    for name, rows in ((BEFORE, before), ("household", after)):
        frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype("string")
        frame["risk_removed"] = frame["risk_removed"].map(
            {"True": True, "False": False}, na_action="ignore"
        )
        engine.add_rows(name, frame.astype({"risk_removed": "boolean"}))
    places = pd.DataFrame(
        {
            "place_code": list(merged or {"-": "-"}),
            "successor_code": list((merged or {"-": ""}).values()),
        }
    ).replace("", None)
    engine.add_rows("place", places.astype("string"))
    add_movements(engine, MONTH)
    found = engine.frame(f"SELECT * FROM {MOVEMENTS}")
    engine.close()
    return found


def _terms(frame: pd.DataFrame) -> set[tuple[str, str, str]]:
    return set(frame[["place_code", "category", "term"]].itertuples(index=False, name=None))


def _closes(found: pd.DataFrame, prefix: str = "") -> None:
    """Assert that the terms add up for every place and category, and each household once in each."""
    inside = found[found["place_code"].str.startswith(prefix)]
    keys = ["place_code", "category"]
    sums = inside.groupby([*keys, "term"]).size().unstack(fill_value=0)
    sums = sums.reindex(columns=list(TERMS), fill_value=0)
    assert (sums[IN].sum(axis=1) - sums[OUT].sum(axis=1)).equals(sums["after"].astype(int))
    assert not found.duplicated(["household_code", "place_code", "category", "term"]).any()


NOW = {"identified_month": MONTH}
GONE = {"risk_removed": True, "removed_month": MONTH}
NEVER = {"monitored_category": None, "identified_month": None, "first_identified_month": None}
A, B = PLACES[0], PLACES[1]
EDGE, UNSTABLE = CATEGORIES[1], CATEGORIES[0]


@pytest.mark.parametrize(
    ("before", "after", "terms", "cause"),
    [
        (_home(), _home(), {"before", "after"}, None),
        (_home(**NEVER), _home(first_identified_month=MONTH, **NOW), {"new", "after"}, None),
        (_home(**NEVER), _home(**NOW), {"returned", "after"}, None),
        (
            _home(risk_removed=True, removed_month="2024-09"),
            _home(first_identified_month=MONTH, **NOW),
            {"returned", "after"},
            None,
        ),
        (_home(), _home(**GONE), {"before", "removed"}, None),
        (_home(), _home(**NOW), {"before", "removed", "returned", "after"}, None),
        (_home(**NEVER), _home(**NOW, **GONE), {"returned", "removed"}, None),
        (_home(**NEVER), _home(), {"corrected_in", "after"}, "dated"),
        (
            _home(),
            _home(risk_removed=True, removed_month="2024-11"),
            {"before", "corrected_out"},
            "dated",
        ),
        (_home(), None, {"before", "corrected_out"}, "no_record"),
        (None, _home(), {"corrected_in", "after"}, "no_record"),
    ],
)
def test_a_household_is_told_by_what_happened_to_it(
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    terms: set[str],
    cause: str | None,
) -> None:
    found = _moved([before] if before else [], [after] if after else [])
    assert set(found["term"]) == terms
    assert set(found["cause"].dropna()) == ({cause} if cause else set())
    _closes(found)


def test_who_moves_to_another_township_or_category_is_corrected_on_both_sides() -> None:
    moved = _moved([_home()], [_home(place_code=PLACES[2])])
    assert {(A, EDGE, "corrected_out"), (PLACES[2], EDGE, "corrected_in")} < _terms(moved)
    assert set(moved["cause"].dropna()) == {"moved"}
    other = _moved([_home()], [_home(monitored_category=UNSTABLE)])
    assert {(A, EDGE, "corrected_out"), (A, UNSTABLE, "corrected_in")} < _terms(other)
    assert set(other["cause"].dropna()) == {"category"}


def test_a_merged_village_stands_under_its_successor_in_both_months() -> None:
    found = _moved([_home()], [_home(place_code=B)], {A: B})
    assert _terms(found) == {(B, EDGE, "before"), (B, EDGE, "after")}
    twice = _moved([_home()], [_home(place_code=PLACES[2])], {A: B, B: PLACES[2]})
    assert set(twice["term"]) == {"before", "after"}


@pytest.mark.parametrize("seed", range(40))
def test_terms_close_in_whatever_histories(seed: int) -> None:
    """Six months in which anything may happen to anybody; a stock before is the stock after of before."""
    rng = np.random.default_rng(seed)
    months = ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05", MONTH]

    def one(code: int) -> dict[str, object]:
        known = rng.random() < 0.8
        since, first, left = rng.choice(months, 3)
        return _home(
            household_code=str(code),
            place_code=rng.choice(PLACES),
            household_type=rng.choice(["脱贫户", "一般农户"]),
            monitored_category=rng.choice(CATEGORIES) if known else None,
            risk_removed=rng.choice([True, False, None]),
            first_identified_month=rng.choice([first, None]),
            identified_month=rng.choice([since, None]),
            removed_month=rng.choice([left, None]),
        )

    before, after = ([one(code) for code in range(60) if rng.random() < 0.9] for _ in range(2))
    # Half of them stay as they were.
    kept = {row["household_code"]: row for row in before}
    after = [kept.get(row["household_code"], row) if rng.random() < 0.5 else row for row in after]
    found = _moved(before, after, {PLACES[3]: PLACES[2]} if seed % 2 else None)
    _closes(found)
    for term, rows in (("before", before), ("after", after)):
        held = {
            row["household_code"]
            for row in rows
            if row["monitored_category"] and row["risk_removed"] is not True
        }
        assert set(found.loc[found["term"] == term, "household_code"]) == held


def test_flows_of_the_sample_county_close_for_every_month_place_and_category(sample: Path) -> None:
    store = SnapshotStore(read_config(sample).store)
    first, *months = store.months()
    assert movement_counts(store, first) is None
    stock = None
    for month in months:
        whole = movement_counts(store, month)
        assert whole is not None
        assert (whole[IN].sum(axis=1) - whole[OUT].sum(axis=1)).eq(whole["after"]).all()
        if stock is not None:
            assert whole["before"].sum() == stock
        stock = whole["after"].sum()
        assert stock > 0
