"""What is due on a day: the clocks of all themes and the parameters that end, with colours by the days left."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby

import pandas as pd

from geodata.access import Reader
from geodata.errors import StoreError
from geodata.periods import last_day, shift_month
from geodata.policy import DatedValue, Policy
from geodata.policy.working_days import WorkCalendar, read_calendar
from geodata.rules import Binding
from geodata.rules.base_tables import FOUND_SINCE, FOUND_SINCE_COLUMNS
from geodata.rules.run import make_features, needed_keys
from geodata.store import Engine
from geodata.store.engine import no_rows
from geodata.themes import Theme
from geodata.themes.base import CLOCK_COLUMNS, DECISION, DUE_BANDS, PARAMETER, Clock
from geodata.workspace.answerable import answerable, unanswered_in
from geodata.workspace.deeds import written_decisions
from geodata.workspace.engines import month_engine, policy_areas
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import built_months, read_built

# The rows of a day as a reader gives them; days are dates, `colour` is one of COLOURS.
DUE = "due"
DUE_COLUMNS = (
    *("theme", "kind", "id", "place_code", "household_code", "due_day", "days_left", "colour"),
    *("owner", "about", "begun_day", "first_due_day", "moved_day", "moved_by", "moved_why"),
    "provisional",
)
# From the most urgent on; `none` is later than blue, `undated` has no day that is known.
COLOURS = ("red", "yellow", "blue", "none", "undated")
# What is counted of a day by village, without anybody's rows.
COUNT_COLUMNS = ("theme", "kind", "place_code", "band")
_WEEK = 7
_LIMITS = {
    "red": "ledger.red_days_after",
    "yellow": "ledger.yellow_days_before",
    "blue": "ledger.blue_days_before",
}
_DAY = datetime.timedelta(days=1)
_DATES = ("begun_day", "due_day", "first_due_day", "moved_day")
_NUMBERS = ("elapsed", "days")


def month_on(built: Sequence[str], day: datetime.date) -> str:
    """Return the last of the built months that has begun on a day; raises StoreError where none has."""
    begun = [month for month in built if month <= f"{day:%Y-%m}"]
    if not begun:
        first = built[0] if built else "—"
        raise StoreError("workspace.nothing_on_day", day=day, first=first)
    return begun[-1]


@dataclass(frozen=True)
class _Days:
    """How days follow from parameters in force: lengths of clocks, and colours by the days left."""

    policy: Policy
    calendar: WorkCalendar
    day: datetime.date
    kept: dict[tuple[str, str], int | None] = field(default_factory=dict)

    @cached_property
    def _width(self) -> int:
        keys = [name for key in _LIMITS.values() for name in (key, f"{key}.default")]
        return self.policy.prefix_width(keys)

    def colour(self, place: str, left: int | None) -> str:
        """Return one of COLOURS by the days left at a place."""
        if left is None:
            return COLOURS[-1]
        red, yellow, blue = (self._limit(key, place) for key in _LIMITS.values())
        if red is not None and left < -red:
            return "red"
        if yellow is not None and left <= yellow:
            return "yellow"
        return "blue" if blue is not None and left <= blue else "none"

    def _limit(self, key: str, place: str) -> int | None:
        known = (key, place[: self._width])
        if known not in self.kept:
            values = (
                self.policy.at(name, place, self.day).value for name in (key, f"{key}.default")
            )
            numbers = (one for one in values if isinstance(one, int | float))
            self.kept[known] = next((int(one) for one in numbers), None)
        return self.kept[known]

    def after(
        self, limit: str, place: str, begun: datetime.date
    ) -> tuple[datetime.date | None, bool]:
        """Return the day that a parameter sets for what began on a day, and whether it may still change.

        It may while the holidays of its year are not published. None where the parameter has no usable value.
        """
        found = self.policy.at(limit, place, self.day)
        if not isinstance(found.value, int | float) or found.dated is None:
            return None, False
        count, unit = int(found.value), (found.dated.unit or found.parameter.unit).key
        if unit == "working_day":
            due = self.calendar.after(begun, count)
            return due, not (self.calendar.is_published(begun) and self.calendar.is_published(due))
        if unit in ("month", "year"):
            return _months_after(begun, count * (12 if unit == "year" else 1)), False
        return begun + count * _DAY, False


def due_on(
    setup: Setup, day: datetime.date, kinds: Iterable[str] | None = None
) -> tuple[str, pd.DataFrame]:
    """Return the month as of which it is known, and all that is due: DUE_COLUMNS, most urgent first.

    `kinds` are keys of clocks, PARAMETER or DECISION; by default all. Raises StoreError where no month had
    begun on the day, ThemeError for a damaged calendar. Rows are about households: they leave by a reader.
    """
    ((_, month, frame),) = due_days(setup, (day,), kinds)
    return month, frame


def due_days(
    setup: Setup, days: Iterable[datetime.date], kinds: Iterable[str] | None = None
) -> Iterator[tuple[datetime.date, str, pd.DataFrame]]:
    """Give each day with its month and rows as `due_on` returns them, in order; a month is opened once."""
    calendar = read_calendar(setup.config.folder)
    wanted = None if kinds is None else set(kinds)
    clocks = [
        (theme, clock)
        for theme in setup.themes
        for clock in theme.clocks
        if wanted is None or clock.key in wanted
    ]
    order = {clock.key: number for number, (_, clock) in enumerate(clocks)}
    built = built_months(setup.config.store)
    for month, group in groupby(sorted(days), key=lambda day: month_on(built, day)):
        with _opened(setup, month, clocks) as rows_on:
            for day in group:
                told = _Days(setup.policy, calendar, day)
                rows = [_row(told, *each) for each in rows_on(day)]
                if wanted is None or PARAMETER in wanted:
                    rows += _ending_parameters(setup, told, built[0])
                if wanted is None or DECISION in wanted:
                    rows += _open_decisions(setup, told)
                yield day, month, _in_order(rows, order)


def due_band(colour: str, left: int | None) -> str:
    """Return one of DUE_BANDS by the colour and the days left; empty for what is due later."""
    red, week = DUE_BANDS
    if colour == red:
        return red
    return week if left is not None and left <= _WEEK else ""


def counts_on(setup: Setup, day: datetime.date) -> tuple[str, pd.DataFrame]:
    """Return the month as of which it is known, and how much is due in each band by kind and place.

    The frame has COUNT_COLUMNS and `count`; what `due_on` raises.
    """
    month, frame = due_on(setup, day)
    band = [due_band(*each) for each in zip(frame["colour"], frame["days_left"], strict=True)]
    rows = frame.assign(band=band).groupby(list(COUNT_COLUMNS), dropna=False)
    return month, rows.size().rename("count").reset_index()


def _in_order(rows: list[dict[str, object]], order: Mapping[str, int]) -> pd.DataFrame:
    """Return rows by colour, kind and days left."""
    frame = pd.DataFrame(rows, columns=list(DUE_COLUMNS), dtype=object)
    keys = {
        "by_colour": frame["colour"].map(COLOURS.index),
        "by_kind": frame["kind"].map(order).fillna(len(order)),
        "by_days": pd.to_numeric(frame["days_left"]),
    }
    ordered = frame.assign(**keys).sort_values([*keys, "place_code", "id"], kind="stable")
    return ordered[list(DUE_COLUMNS)].reset_index(drop=True)


Opened = Callable[[datetime.date], Iterator[tuple[Theme, Clock, Mapping[str, object]]]]


@contextmanager
def _opened(setup: Setup, month: str, clocks: Sequence[tuple[Theme, Clock]]) -> Iterator[Opened]:
    """Give what returns the rows of clocks on a day of a month, of each area with its own parameters."""
    built = read_built(setup.config.store, month)
    if built is None:
        raise StoreError("workspace.not_built", month=month, known="—", folder=setup.config.folder)
    known = answerable(setup, unanswered_in(built))
    keys = needed_keys((*known.sets, *(clock.rows for _, clock in clocks)), ())
    read = {name for _, clock in clocks for name in clock.rows.reads}
    wanted = sorted(read & {one.name for one in known.sets})
    tables = known.tables_behind(read)
    with month_engine(setup.store, month, tables, entered=setup.entered) as (engine, _):

        def rows_on(day: datetime.date) -> Iterator[tuple[Theme, Clock, Mapping[str, object]]]:
            _add_found_since(engine, setup, day, wanted=FOUND_SINCE in read)
            areas = policy_areas(engine, setup.policy, keys, month, setup.tables, day_of=day)
            for area in areas:
                binding = replace(area.binding, on=day)
                if wanted:
                    make_features(engine, known.sets, binding, wanted=wanted)
                for theme, clock in clocks:
                    for row in clock_rows(engine, clock, binding):
                        if str(row["place_code"]).startswith(area.prefixes or ("",)):
                            yield theme, clock, row

        yield rows_on


def within_reach(
    frame: pd.DataFrame, people: Reader, places: Reader, place: str = ""
) -> pd.DataFrame:
    """Return rows of `due_on` as two readers of one actor let them leave: those of households by `people`.

    Raises ScopeError where the actor may read no rows of the place.
    """
    own = frame["household_code"].notna()
    seen = [
        people.computed(frame[own], DUE, place=place),
        places.computed(frame[~own], DUE, place=place),
    ]
    return pd.concat([one.frame for one in seen]).sort_index()


def clock_rows(engine: Engine, clock: Clock, binding: Binding) -> Iterator[Mapping[str, object]]:
    """Give what a clock says in an engine that has all it reads: CLOCK_COLUMNS, None for what is not told."""
    frame = engine.frame(binding.sql(clock.rows.sql, engine.name)).reindex(columns=CLOCK_COLUMNS)
    for name in _DATES:
        frame[name] = [_date(one) for one in frame[name]]
    for name in _NUMBERS:
        numbers = pd.to_numeric(frame[name])
        frame[name] = [None if pd.isna(one) else int(one) for one in numbers]
    rest = [name for name in CLOCK_COLUMNS if name not in (*_DATES, *_NUMBERS)]
    for name in rest:
        frame[name] = [None if pd.isna(one) else str(one) for one in frame[name]]
    for values in frame.astype(object).to_numpy():
        yield dict(
            zip(
                CLOCK_COLUMNS,
                (None if v is None or v is pd.NaT else v for v in values),
                strict=True,
            )
        )


def _date(value: object) -> datetime.date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()  # type: ignore[arg-type, call-overload]


def _row(days: _Days, theme: Theme, clock: Clock, row: Mapping[str, object]) -> dict[str, object]:
    """Return one row of DUE_COLUMNS."""
    place = str(row["place_code"] or "")
    begun, due, provisional = row["begun_day"], row["due_day"], False
    if begun is None and isinstance(row["elapsed"], int):
        begun = days.day - row["elapsed"] * _DAY
    if due is None and isinstance(begun, datetime.date):
        if isinstance(row["days"], int):
            due = begun + row["days"] * _DAY
        elif clock.limit:
            due, provisional = days.after(clock.limit, place, begun)
    left = (due - days.day).days if isinstance(due, datetime.date) else None
    moved = row["moved_day"] is not None and row["first_due_day"] != due
    told = {
        name: row[name] if moved else None
        for name in ("first_due_day", "moved_day", "moved_by", "moved_why")
    }
    return {
        "theme": theme.key,
        "kind": clock.key,
        **{name: row[name] for name in ("id", "place_code", "household_code", "owner", "about")},
        **told,
        "begun_day": begun,
        "due_day": due,
        "days_left": left,
        "colour": days.colour(place, left),
        "provisional": provisional,
    }


def _months_after(day: datetime.date, count: int) -> datetime.date:
    """Return the same day some months later, or the last of a shorter month."""
    month = shift_month(f"{day:%Y-%m}", count)
    return min(
        last_day(month), datetime.date(int(month[:4]), int(month[5:]), 1) + (day.day - 1) * _DAY
    )


def _add_found_since(engine: Engine, setup: Setup, day: datetime.date, *, wanted: bool) -> None:
    """Give an engine since the end of which month each finding of the last ended month was found without a break."""
    months = [one for one in built_months(setup.config.store) if last_day(one) <= day]
    since = pd.DataFrame(columns=list(FOUND_SINCE_COLUMNS), dtype=object)
    keys = ["subject_kind", "subject", "place_code", "rule"]
    before: pd.DataFrame | None = None
    for month in reversed(months if wanted else []):
        built = read_built(setup.config.store, month)
        if built is None or not built.files("flags"):
            break
        if before is not None and month != shift_month(f"{since['day'].min():%Y-%m}", -1):
            break
        name = f"flags_of_{month.replace('-', '_')}"
        engine.add_files(
            name,
            built.files("flags"),
            dict.fromkeys(("subject_kind", "subject", "place", "rule", "answer"), "VARCHAR"),
        )
        rows = engine.frame(
            f"SELECT subject_kind, subject, place AS place_code, rule FROM {name} WHERE answer = 'yes'"
        ).drop_duplicates()
        still = rows if before is None else rows.merge(before[keys], on=keys)
        if still.empty:
            break
        earlier = since if before is not None else since.iloc[:0]
        since = pd.concat([still.assign(day=last_day(month)), earlier]).drop_duplicates(keys)
        before = still
    if since.empty:
        engine.add_view(FOUND_SINCE, no_rows(FOUND_SINCE_COLUMNS))
    else:
        engine.add_rows(FOUND_SINCE, since.reset_index(drop=True))


def _ending_parameters(setup: Setup, days: _Days, first: str) -> Iterator[dict[str, object]]:
    """Give the parameters of the county whose value ends, and that nothing follows.

    One that ended before the `first` month of the county concerns none of its figures.
    """
    place = setup.config.county.code
    for parameter in setup.policy:
        now = parameter.at(place, days.day)
        last = now.dated if now.state == "in_force" else _ended(parameter.values, place, days.day)
        if last is None or last.until is None or last.value is None:
            continue
        if f"{last.until:%Y-%m}" < first:
            continue
        if parameter.at(place, last.until + _DAY).state == "in_force":
            continue
        left = (last.until - days.day).days
        yield {
            **dict.fromkeys(DUE_COLUMNS),
            "theme": "",
            "kind": PARAMETER,
            "id": parameter.key,
            "place_code": place,
            "due_day": last.until,
            "days_left": left,
            "colour": days.colour(place, left),
            "begun_day": last.since,
            "provisional": False,
        }


def _open_decisions(setup: Setup, days: _Days) -> Iterator[dict[str, object]]:
    """Give the decisions of meetings that were taken up to a day and not done by then."""
    for one in written_decisions(setup.config.folder):
        begun = datetime.date.fromisoformat(one.at[:10])
        done = one.fields.get("done_day")
        if begun > days.day or (done is not None and done <= days.day.isoformat()):
            continue
        due = datetime.date.fromisoformat(one.fields["due_day"])
        left = (due - days.day).days
        yield {
            **dict.fromkeys(DUE_COLUMNS),
            "theme": "",
            "kind": DECISION,
            "id": str(one.id),
            "place_code": one.place,
            "due_day": due,
            "days_left": left,
            "colour": days.colour(one.place, left),
            "owner": one.fields["owner"],
            "about": one.fields["text"],
            "begun_day": begun,
            "provisional": False,
        }


def _ended(values: Iterable[DatedValue], place: str, day: datetime.date) -> DatedValue | None:
    """Return the value that ended last before a day at a place, None where none did."""
    over = [
        one
        for one in values
        if one.until is not None and one.until < day and one.prefix_for(place) is not None
    ]
    return max(over, key=lambda one: one.until or day, default=None)
