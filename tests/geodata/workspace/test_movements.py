"""Stock before + new + returned + corrected - removed = stock after, in whatever way households move."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.config import make_workspace, read_config
from geodata.periods import months_until
from geodata.rules.base_tables import HOUSEHOLD_EARLIER
from geodata.store import SnapshotStore, new_snapshot
from geodata.store.embedded import DuckDBEngine
from geodata.tables import enumeration, tables
from geodata.workspace import Workspace, open_workspace
from geodata.workspace.engines import month_engine
from geodata.workspace.movements import (
    BEFORE,
    MOVEMENTS,
    TERMS,
    add_movements,
    movement_counts,
    movements_table,
)
from geodata.workspace.place_register import read_place_register
from tests.geodata.workspace.test_workspace import rows

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
    "reported_month",
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
        "reported_month": LAST,
    }
    return usual | told


def _moved(
    before: list[dict[str, object]],
    after: list[dict[str, object]],
    merged: dict[str, str] | None = None,
    *,
    earlier: list[dict[str, object]] | None = None,
) -> pd.DataFrame:
    """Return the movements between two months; `earlier` are the last lists, by default those before."""
    engine = DuckDBEngine()
    lists = ((BEFORE, before), (HOUSEHOLD_EARLIER, earlier or before), ("household", after))
    for name, homes in lists:
        frame = pd.DataFrame(homes, columns=list(COLUMNS)).astype("string")
        frame["risk_removed"] = frame["risk_removed"].map(
            {"True": True, "False": False}, na_action="ignore"
        )
        engine.add_rows(name, frame.astype({"risk_removed": "boolean"}))
    add_movements(engine, MONTH, pd.Series(merged or {}, dtype="str"))
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
            _home(household_type="脱贫户", removed_month="2024-09", **NOW),
            {"returned", "after"},
            None,
        ),
        (_home(), _home(**GONE), {"before", "removed"}, None),
        # A changed date of identification is no return, a changed date of removal no removal.
        (_home(), _home(**NOW), {"before", "after"}, None),
        (_home(), _home(**NOW, removed_month="2024-09"), {"before", "after"}, None),
        (_home(), _home(**NOW, **GONE), {"before", "removed"}, None),
        (
            _home(),
            _home(**NOW, removed_month=MONTH),
            {"before", "removed", "returned", "after"},
            None,
        ),
        (_home(**NEVER), _home(risk_removed=True, **NOW), set(), None),
        (_home(**NEVER), _home(**NOW, **GONE), {"returned", "removed"}, None),
        (_home(**NEVER), _home(), {"corrected_in", "after"}, "dated"),
        (
            _home(),
            _home(risk_removed=True, removed_month="2024-11"),
            {"before", "corrected_out"},
            "dated",
        ),
        (_home(), None, {"before", "not_delivered"}, None),
        (None, _home(), {"delivered_again", "after"}, None),
        (None, _home(**NOW, first_identified_month=MONTH), {"new", "after"}, None),
        (None, _home(**GONE), {"delivered_again", "removed"}, None),
        (
            _home(removed_month="2024-09", risk_removed=True),
            _home(**GONE),
            set(),
            None,
        ),
        (_home(identified_month=None), _home(**NOW), {"before", "after"}, None),
        (_home(**NEVER), _home(**GONE), {"corrected_in", "removed"}, "dated"),
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


@pytest.mark.parametrize(
    ("earlier", "after", "terms"),
    [
        (_home(), _home(risk_removed=True, removed_month=LAST), {"delivered_again", "removed"}),
        (_home(**NEVER), _home(identified_month=LAST), {"returned", "after"}),
        (
            _home(**NEVER),
            _home(identified_month=LAST, first_identified_month=LAST),
            {"new", "after"},
        ),
        (_home(), _home(identified_month=LAST), {"delivered_again", "after"}),
        (_home(), _home(risk_removed=True, removed_month="2025-04"), set()),
    ],
)
def test_what_happened_while_no_list_came_belongs_to_the_month_that_tells_it(
    earlier: dict[str, object], after: dict[str, object], terms: set[str]
) -> None:
    """The list of April came, that of May did not, that of June did."""
    found = _moved([], [after], earlier=[earlier | {"reported_month": "2025-04"}])
    assert set(found["term"]) == terms
    late = {"removed", "returned", "new"} & terms
    assert set(found.loc[found["cause"] == "late", "term"]) == late
    _closes(found)


@pytest.mark.parametrize("category", CATEGORIES)
def test_who_bears_the_name_that_the_law_has_put_in_place_is_renamed(category: str) -> None:
    name = enumeration("monitored_category").choices[-1].value
    found = _moved([_home(monitored_category=category)], [_home(monitored_category=name)])
    assert {(A, category, "renamed_out"), (A, name, "renamed_in")} < _terms(found)
    assert not found["cause"].notna().any()
    back = _moved([_home(monitored_category=name)], [_home(monitored_category=category)])
    assert {(A, name, "corrected_out"), (A, category, "corrected_in")} < _terms(back)


def test_only_a_village_that_delivered_nothing_is_not_delivered() -> None:
    other = _home(household_code="2")
    gone = _moved([_home(), other], [other])
    assert gone.loc[gone["household_code"] == "1", "cause"].dropna().tolist() == ["no_record"]
    missed = _moved([_home(), other], [_home(household_code="3", place_code=B)])
    lost = missed[missed["term"] == "not_delivered"]
    assert sorted(lost["household_code"]) == ["1", "2"]
    assert "corrected_out" not in set(missed["term"])


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
    for term, homes in (("before", before), ("after", after)):
        held = {
            row["household_code"]
            for row in homes
            if row["monitored_category"] and row["risk_removed"] is not True
        }
        assert set(found.loc[found["term"] == term, "household_code"]) == held


def test_flows_of_the_sample_county_close_for_every_month_place_and_category(sample: Path) -> None:
    store = SnapshotStore(read_config(sample).store)
    first, *months = store.months()
    successors = read_place_register(store).successors
    assert len(successors)
    assert movement_counts(store, first, successors=successors) is None
    stock = None
    for month in months:
        whole = movement_counts(store, month, successors=successors)
        assert whole is not None
        assert (whole[IN].sum(axis=1) - whole[OUT].sum(axis=1)).eq(whole["after"]).all()
        if stock is not None:
            assert whole["before"].sum() == stock
        stock = whole["after"].sum()
        assert stock > 0


# What each indicator counts among the terms, and of which category; "" is every one.
COUNTED = {
    "identified_households": ("new", ""),
    "returned_households": ("returned", ""),
    "removed_households": ("removed", ""),
    "monitored_households": ("after", ""),
    "unstable_households": ("after", CATEGORIES[0]),
    "borderline_households": ("after", CATEGORIES[1]),
    "sudden_households": ("after", CATEGORIES[2]),
}


def _agree(county: Workspace, month: str) -> None:
    """Assert that every indicator of a month counts the term it is, in every place."""
    built = county.month(month).built
    figures = built.frame("figures")
    villages = figures["place"].unique()
    places = {"", *villages, *(one[:9] for one in villages)}
    for place in places:
        terms = movement_counts(
            county.setup.store, month, place, successors=county.setup.place_register.successors
        )
        assert terms is not None
        assert (terms[IN].sum(axis=1) - terms[OUT].sum(axis=1)).eq(terms["after"]).all()
        inside = figures[figures["place"].str.startswith(place)]
        for indicator, (term, category) in COUNTED.items():
            told = inside.loc[inside["indicator"] == indicator, "numerator"].sum()
            held = terms[term].sum() if not category else terms[term].get(category, 0)
            assert told == held, (month, place, indicator)


def _events_are_true(county: Workspace, month: str, last: dict[str, dict[str, object]]) -> int:
    """Assert that nobody returned who was monitored when last told, nor left who was not."""
    register = county.setup.place_register
    with month_engine(county.setup.store, month, tables()) as (engine, _):
        table = movements_table(county.setup.store, month, register.successors)
        assert table is not None
        table.make(engine)
        terms = engine.frame(f"SELECT household_code, term, cause FROM {MOVEMENTS}")
    for code, own in terms.groupby("household_code"):
        told = last.get(str(code), {})
        was = bool(told.get("monitored_category")) and not told.get("risk_removed")
        happened = set(own["term"])
        if was and happened & {"new", "returned"}:
            assert "removed" in happened, (month, code)
        if told.get("monitored_category") and told.get("risk_removed"):
            assert not ("removed" in happened and not happened & {"new", "returned"}), (month, code)
    return int((terms["cause"] == "late").sum())


@pytest.mark.parametrize("seed", [3, 17])
def test_indicators_count_the_terms_where_deliveries_are_missing(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    months = months_until(MONTH, 7)
    make_workspace(tmp_path, code="990101", name="某县")
    store = SnapshotStore(read_config(tmp_path).store)
    homes = [_home(household_code=str(code), **NEVER) for code in range(80)]
    for home in homes:
        home |= {
            "place_code": rng.choice(PLACES),
            "household_type": rng.choice(["脱贫户", "一般农户"]),
        }
    told: list[dict[str, dict[str, object]]] = [{}]
    for number, month in enumerate(months):
        for home in homes:
            _live(home, month, rng)
        # A village, a township or the whole list of a month does not come.
        missing = {2: PLACES[0], 3: PLACES[2][:9], 5: "9"}.get(number, "-")
        listed = [home for home in homes if not str(home["place_code"]).startswith(missing)]
        rows_of = [{**home, "members": 2, "reported_month": month} for home in listed]
        told.append(told[-1] | {str(row["household_code"]): row for row in rows_of})
        place = [{"place_code": code, "name": code, "reported_month": month} for code in PLACES]
        with new_snapshot(store.folder, month) as writer:
            if rows_of:
                writer.write_table("household", rows("household", *rows_of))
            writer.write_table("place", rows("place", *place))
            writer.commit(who="clerk", at=f"{month}-28T08:00:00", facts={})
    county = open_workspace(tmp_path)
    county.build(months)
    undelivered = late = 0
    for month, last in zip(months[1:], told[1:], strict=False):
        _agree(county, month)
        late += _events_are_true(county, month, last)
        terms = movement_counts(
            county.setup.store, month, successors=county.setup.place_register.successors
        )
        assert terms is not None
        undelivered += terms["not_delivered"].sum()
    assert undelivered > 10
    assert late > 2


def _live(home: dict[str, object], month: str, rng: np.random.Generator) -> None:
    """Let a household be taken in, removed, taken in again, moved, or wrongly dated in a month."""
    monitored = home["monitored_category"] is not None and not home["risk_removed"]
    chance = rng.random()
    if not monitored and chance < 0.25:
        first = home["first_identified_month"] or month
        home |= {"monitored_category": rng.choice(CATEGORIES), "first_identified_month": first}
        home |= {"identified_month": month, "risk_removed": False}
        # Some records forget the episode before.
        home["removed_month"] = home["removed_month"] if rng.random() < 0.5 else None
    elif monitored and chance < 0.2:
        home |= {"risk_removed": True, "removed_month": month}
    elif monitored and chance < 0.25:
        home["identified_month"] = month
    elif monitored and chance < 0.3:
        home["monitored_category"] = rng.choice(CATEGORIES)
    elif chance > 0.95:
        home["place_code"] = rng.choice(PLACES)
