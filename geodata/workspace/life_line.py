"""The life line of a household: 24 months of income against the line of each year, and what happened.

The income of a month is the one its own rules judged, read from what was built for that month.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import numpy as np
import pandas as pd

from geodata.access import Derived
from geodata.periods import last_day, months_until, shift_month
from geodata.store import Engine
from geodata.tables import income_items
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import FOLDER, Built, read_built

MONTHS = 24
LANES = ("status", "shock", "measure", "visit", "claim")
# One row for each household and month in which it was delivered; income in fen.
INCOME_BY_MONTH = "income_by_month"
INCOME_BY_MONTH_COLUMNS = ("household_code", "place_code", "month", "income_per_person")
# One row for each household, month and rule that it broke, exempt or not.
FINDINGS_BY_MONTH = "findings_by_month"
FINDINGS_BY_MONTH_COLUMNS = ("household_code", "place_code", "month", "rule")
_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True)
class Event:
    """Something that happened to a household, in one of LANES.

    `start` and `end` are months or ISO days; `end` is that of `start` for a moment and empty for what
    goes on. `kind` is a word of the lane; `detail` names what is meant: a kind of measure, an item of
    the account, a category. `amount` is yuan, or minutes of a visit; NaN where not reported. `short`
    says that a visit took less than it should.
    """

    lane: str
    kind: str
    start: str
    end: str
    detail: str = ""
    amount: float = float("nan")
    short: bool = False


@dataclass(frozen=True)
class LifeLine:
    """The months of a household in order, the last as of which it is told, and its events.

    `income` is yuan a person over twelve months, NaN where the month was not reported; `line` the
    line of that month in yuan, None where it is not set. `least_minutes` of a visit is None alike.
    """

    months: tuple[str, ...]
    income: tuple[float, ...]
    line: tuple[float | None, ...]
    events: tuple[Event, ...]
    least_minutes: float | None = None

    def lane(self, name: str) -> tuple[Event, ...]:
        """Return the events of one of LANES by start."""
        return tuple(one for one in self.events if one.lane == name)


@dataclass(frozen=True)
class LifeRows:
    """What the life line is made from: the record, and rows about the household by table."""

    record: pd.Series
    income: pd.DataFrame
    ledger: pd.DataFrame
    measures: pd.DataFrame
    visits: pd.DataFrame


def life_line(setup: Setup, month: str, village: str, rows: LifeRows) -> LifeLine:
    """Return the life line of a household of a village as of a month.

    It begins with the first month that anything dated tells of, at most MONTHS back. Amounts of
    `rows` are fen; what is not readable to the actor counts as not reported.
    """
    told = _income(rows.income)
    seen = {
        *told,
        *_months_of(rows.ledger, "month"),
        *(day[:7] for day in _days(rows.visits)),
        month,
    }
    window = months_until(month, MONTHS)
    months = tuple(one for one in window if one >= min(seen & {*window}))
    least = _limit(setup, "visit_minutes", village, month)
    events = (*_states(rows.record), *_shocks(rows, months), *_measures(rows.measures))
    events += (*_visits(rows.visits, least), *_claims(rows.ledger))
    inside = (one for one in events if _inside(one, months))
    return LifeLine(
        months,
        tuple(told.get(one, float("nan")) for one in months),
        tuple(_limit(setup, "income_per_person", village, one, money=True) for one in months),
        tuple(sorted(inside, key=lambda one: (LANES.index(one.lane), one.start, one.kind))),
        least,
    )


def broken_since(
    findings: pd.DataFrame, income: pd.DataFrame, rule: str, month: str, *, by_income: bool
) -> str:
    """Return the first month from which a rule was broken without a break to `month`.

    `findings` and `income` are rows of FINDINGS_BY_MONTH and INCOME_BY_MONTH. A month that was not
    reported is passed over: nothing is known of it; of a rule `by_income` one without an income, too.
    """
    own = set(findings.loc[findings["rule"] == rule, "month"].astype("str"))
    reported = {
        one for one, amount in _income(income).items() if not (by_income and pd.isna(amount))
    }
    first = month
    for before in reversed(months_until(shift_month(month, -1), MONTHS - 1)):
        if before in own:
            first = before
        elif before in reported:
            break
    return first


def life_tables(setup: Setup, built: Built) -> dict[str, Derived]:
    """Return the tables INCOME_BY_MONTH and FINDINGS_BY_MONTH over the built months to a month."""
    return {
        INCOME_BY_MONTH: Derived((), partial(_add_income, setup=setup, month=built.month)),
        FINDINGS_BY_MONTH: Derived((), partial(_add_findings, setup=setup, month=built.month)),
    }


def life_key(setup: Setup) -> tuple[str, ...]:
    """Return the folders of all built months: what these tables are made from."""
    home = setup.config.store / FOLDER
    return tuple(sorted(one.name for one in home.glob("????-??.*") if one.is_dir()))


def _built(setup: Setup, month: str) -> Iterator[Built]:
    for one in months_until(month, MONTHS):
        known = read_built(setup.config.store, one)
        if known is not None:
            yield known


def _add_income(engine: Engine, *, setup: Setup, month: str) -> None:
    told = setup.registry.told("income_per_person")
    parts = []
    for built in _built(setup, month) if told is not None else ():
        assert told is not None
        if not built.files(told.table):
            continue
        name = f"income_of_{built.month.replace('-', '_')}"
        kinds = {"household_code": "VARCHAR", "place_code": "VARCHAR", told.feature: "DOUBLE"}
        engine.add_files(name, built.files(told.table), kinds)
        parts.append(
            f"SELECT household_code, place_code, '{built.month}' AS month,"
            f" {told.feature} AS income_per_person FROM {name}"
        )
    nothing = _nothing(INCOME_BY_MONTH_COLUMNS)
    engine.add_view(INCOME_BY_MONTH, " UNION ALL ".join(parts) or nothing)


def _add_findings(engine: Engine, *, setup: Setup, month: str) -> None:
    parts = []
    for built in _built(setup, month):
        if not built.files("flags"):
            continue
        name = f"findings_of_{built.month.replace('-', '_')}"
        columns = ("subject_kind", "subject", "place", "rule")
        engine.add_files(name, built.files("flags"), dict.fromkeys(columns, "VARCHAR"))
        parts.append(
            f"SELECT subject AS household_code, place AS place_code, '{built.month}' AS month, rule"
            f" FROM {name} WHERE subject_kind = 'household'"
        )
    nothing = _nothing(FINDINGS_BY_MONTH_COLUMNS)
    engine.add_view(FINDINGS_BY_MONTH, " UNION ALL ".join(parts) or nothing)


def _nothing(columns: Iterable[str]) -> str:
    picked = ", ".join(f"CAST(NULL AS VARCHAR) AS {name}" for name in columns)
    return f"SELECT {picked} WHERE FALSE"


def _income(rows: pd.DataFrame) -> dict[str, float]:
    """Return the income of each month in yuan, NaN where it is not known."""
    amounts = _numbers(rows, "income_per_person") / 100
    pairs = zip(rows["month"].astype("str"), amounts, strict=True)
    return {month: float(amount) for month, amount in pairs if _MONTH.fullmatch(month)}


def _limit(
    setup: Setup, what: str, village: str, month: str, *, money: bool = False
) -> float | None:
    """Return the parameter set beside something in a month: yuan where it is money; None unset."""
    key = setup.registry.limit(what)
    value = setup.policy.at(key, village, last_day(month)).comparable if key else None
    if not isinstance(value, (int, float)):
        return None
    return float(value) / 100 if money else float(value)


def _inside(event: Event, months: tuple[str, ...]) -> bool:
    """Return whether any of an event lies within the months; nothing of a later month is told."""
    return event.start[:7] <= months[-1] and (not event.end or event.end[:7] >= months[0])


def _states(record: pd.Series) -> Iterator[Event]:
    first, since = _text(record, "first_identified_month"), _text(record, "identified_month")
    category = _text(record, "monitored_category")
    if first and since and first < since:
        yield Event("status", "first_identified", first, first, category)
    if since or first:
        removed = _text(record, "removed_month") if _true(record.get("risk_removed")) else ""
        yield Event("status", "monitored", since or first, removed, category)


def _shocks(rows: LifeRows, months: tuple[str, ...]) -> Iterator[Event]:
    for name in ("income_fall", "expense_surge"):
        for row in rows.visits.to_dict("records"):
            if _true(row.get(name)):
                yield Event("shock", name, _day(row["day"]), _day(row["day"]))
    for run in _without_wages(rows.ledger, months):
        yield Event("shock", "no_wages", run[0], run[-1], amount=float(len(run)))


def _without_wages(ledger: pd.DataFrame, months: tuple[str, ...]) -> list[list[str]]:
    """Return the runs of reported months without wages, of a household that had some before."""
    wages = {code for code, item in income_items().items() if item.part == "wage"}
    earned = ledger[ledger["item"].isin(wages) & (_numbers(ledger, "amount") > 0)]
    paid, known = set(_months_of(earned, "month")), set(_months_of(ledger, "month"))
    after = [one for one in months if paid and one in known and one > min(paid)]
    idle = [one for one in after if one not in paid]
    runs = groupby(idle, key=lambda one: int(one[:4]) * 12 + int(one[5:]) - idle.index(one))
    return [list(run) for _, run in runs]


def _measures(rows: pd.DataFrame) -> Iterator[Event]:
    for row in rows.to_dict("records"):
        start, end = _word(row.get("start_month")), _word(row.get("end_month"))
        if _MONTH.fullmatch(start):
            amount = _numbers(pd.DataFrame([row]), "amount").iloc[0] / 100
            yield Event(
                "measure", _word(row.get("kind")), start, end, _word(row.get("detail")), amount
            )


def _visits(rows: pd.DataFrame, least: float | None) -> Iterator[Event]:
    minutes = _numbers(rows, "minutes")
    for day, took in zip(_days(rows), minutes, strict=True):
        short = least is not None and bool(took < least)
        yield Event("visit", "visit", day, day, amount=float(took), short=short)


def _claims(ledger: pd.DataFrame) -> Iterator[Event]:
    claims = {code for code, item in income_items().items() if item.claim}
    paid = ledger[ledger["item"].isin(claims) & (_numbers(ledger, "amount") > 0)]
    for row in paid.to_dict("records"):
        month = _word(row["month"])
        yield Event("claim", "claim", month, month, str(row["item"]), float(row["amount"]) / 100)


def _numbers(rows: pd.DataFrame, column: str) -> pd.Series:
    given = rows[column] if column in rows else pd.Series(index=rows.index, dtype="float64")
    # A column of the store marks what is missing in its own way; here it is NaN.
    return pd.to_numeric(given, errors="coerce").astype("Float64").astype("float64")


def _months_of(rows: pd.DataFrame, column: str) -> list[str]:
    return [one for one in map(_word, rows[column]) if _MONTH.fullmatch(one)]


def _days(rows: pd.DataFrame) -> list[str]:
    return [_day(one) for one in rows["day"]] if len(rows) else []


def _day(value: object) -> str:
    return _word(value)[:10]


def _word(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]


def _text(record: pd.Series | Mapping[str, object], name: str) -> str:
    return _word(record.get(name))


def _true(value: object) -> bool:
    return isinstance(value, (bool, np.bool_)) and bool(value)
