"""A month's files into one checked snapshot: all read and checked first, stored in one step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa

from geodata.config import Config
from geodata.escaping import plain_text
from geodata.i18n import text
from geodata.intake.aside import SetAside
from geodata.intake.birth_and_sex import with_birth_and_sex
from geodata.intake.checks import (
    check_households,
    check_land,
    check_persons,
    check_references,
    place_rows,
    require,
)
from geodata.intake.combining import TableRows, combine
from geodata.intake.consistency import check_consistency
from geodata.intake.delivery import DeliveredSheet, read_delivery
from geodata.intake.describing import describe
from geodata.intake.doubts import doubts
from geodata.intake.earlier import EarlierMonth, EarlierMonths
from geodata.intake.eventdates import check_event_dates
from geodata.intake.extracting import Part, extract
from geodata.intake.feed_totals import Feeds, changes, check_totals
from geodata.intake.import_result import ImportResult
from geodata.intake.issues import Issues
from geodata.intake.known import Known, known_before, updated
from geodata.intake.landing import Landing, arrivals, land
from geodata.intake.lastmonth import Before, Feed, check_against, feeds_of
from geodata.intake.layouts import HOUSEHOLD
from geodata.intake.membership import is_among
from geodata.intake.packed import give_back
from geodata.intake.placelists import find_places
from geodata.intake.placing import PlaceList, Placer
from geodata.intake.quality import quality
from geodata.intake.refusal import ImportRefused, Refusal
from geodata.intake.repeats import OF_ANOTHER_MONTH, repeats
from geodata.intake.schema import Schema
from geodata.intake.statedmonths import contradictions, other_month
from geodata.intake.wrongkeys import wrong_keys
from geodata.store import Manifest, SnapshotStore
from geodata.tables import Table

Step = Callable[[str], object]
Early = Callable[[Mapping[str, object]], object]


@dataclass
class _Work:
    """What the steps of one import share."""

    config: Config
    month: str
    sheets: list[DeliveredSheet]
    issues: Issues
    aside: SetAside
    known: Known
    tables: Mapping[str, Table]
    accepted: dict[str, Any] = field(default_factory=dict)
    doubted: dict[str, Any] = field(default_factory=dict)
    described: list[dict[str, Any]] = field(default_factory=list)
    filled: dict[str, dict[str, int]] = field(default_factory=dict)
    told_early: bool = False

    @property
    def reasons(self) -> dict[str, Any]:
        """Return why a month was taken that was doubted, as it is kept."""
        reasons = {"accepted_month": self.accepted, "accepted": self.doubted}
        return {name: reason for name, reason in reasons.items() if reason}

    @property
    def shared(self) -> dict[str, Any]:
        """Return where findings and lost rows go, as the checks take them."""
        return {"issues": self.issues, "aside": self.aside}


@contextmanager
def _lean_memory() -> Iterator[None]:
    """Give memory back to the system as soon as it is free, which Arrow's own pool puts off."""
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


@_lean_memory()
def import_month(
    config: Config,
    month: str,
    *,
    who: str,
    at: str,
    accept_month: str = "",
    accept: str = "",
    hidden: bool = False,
    trial: bool = False,
    step: Step = lambda name: None,
    early: Early = lambda said: None,
    schema: Schema | None = None,
) -> ImportResult:
    """Read, check and store the files of a month; returns what was found.

    `hidden` sheets of workbooks are read only when asked; a `trial` stores nothing.

    `who` and `at` are recorded and decide nothing. `accept_month` is the reason why files that say
    they are of another month are taken all the same, `accept` why tables are that hold no more than
    last month's or far less; both are kept with the snapshot. `step` is told
    what is being done, `early` the first faults as soon as they are known: severity, kind, file,
    sheet, column, row of an issue, or the `sentence` of what cannot be read. `schema` is what the
    files may hold, by default what the product knows.
    Raises SourceError before anything changes when a file cannot be read or recognised, or says
    that it is of another month and no reason is given.
    """
    store, schema = SnapshotStore(config.store), schema or Schema()
    delivery = read_delivery(
        config,
        month,
        step=step,
        schema=schema,
        hidden=hidden,
        fault=lambda sentence: early({"severity": "error", "sentence": sentence}),
    )
    issues, known = Issues(schema.tables), known_before(store, month, schema.tables)
    delivery.report(issues)
    work = _Work(config, month, delivery.sheets, issues, SetAside(), known, schema.tables)
    work.accepted = _check_month(work, accept_month)
    parts = _extracted(work, step, early)
    step("places")
    placer = Placer(find_places(config, parts, work.known), config.places)
    parts = _placed(work, parts, placer)
    step("checks")
    slim = [part.slim() for part in parts]
    filling = feeds_of(parts, work.sheets)
    tables, households = _tables(work, parts)
    _refuse_nobodys(work, slim)
    arrived = arrivals(slim, placer, households)
    landing = Landing(work.sheets, work.aside, tables, arrived, month)
    del slim
    skipped = check_consistency(tables, month=month, issues=work.issues)
    empty = frozenset(delivery.empty)
    compared = _compared(work, landing, placer.places, empty)
    missing = _missing(compared, schema)
    work.filled = {feed.layout: {"": feed.rows, **feed.filled} for feed in filling}
    before, feeds = _months_before(work, landing, missing)
    faults = _doubts(work, landing, feeds, schema, empty)
    faults += _against_before(work, landing, before, filling, placer.places)
    _refuse_doubted(work, faults, accept, accept_month)
    give_back()
    step("store")
    return _stored(work, landing, placer, compared, skipped, who=who, at=at, trial=trial)


def _extracted(work: _Work, step: Step, early: Early) -> list[Part]:
    """Return the parts of all sheets, one sheet's table in memory at a time."""
    parts: list[Part] = []
    for number, sheet in enumerate(work.sheets):
        give_back()
        step(sheet.file)
        held = sheet.table
        parts += extract(sheet, number, month=work.month, issues=work.issues)
        work.described.append(describe(sheet))
        del held
        _tell_early(work, early)
    give_back()
    return parts


def _placed(work: _Work, parts: Sequence[Part], placer: Placer) -> list[Part]:
    """Return the parts with the places of their rows; rows that lack what they need are set aside."""
    placed = [
        part if part.table == "place" else place_rows(part, placer, work.sheets, **work.shared)
        for part in parts
    ]
    for part in placed:
        require(part, work.sheets, **work.shared)
    return placed


def _tell_early(work: _Work, early: Early) -> None:
    """Tell the first error once it is there."""
    if work.told_early:
        return
    first = work.issues.first_error()
    if first:
        work.told_early = True
        early(first)


def _check_month(work: _Work, reason: str) -> dict[str, Any]:
    """Return what is kept of an accepted other month, {} when every file is of the month.

    Raises SourceError with every place that names another month when no reason is given.
    """
    stated = []
    for sheet in work.sheets:
        held = sheet.table
        stated += [(sheet, said) for said in contradictions(sheet, work.month)]
        del held
        give_back()
    if not stated:
        return {}
    if not reason.strip():
        raise other_month(stated, work.month, work.config.raw, read=work.sheets)
    for sheet, said in stated:
        row = pd.DataFrame({"row": [said.row or None], "value": [said.value]})
        header, detail = said.header or said.cell or said.kind, plain_text(reason, 300)
        work.issues.add("other_month", row, sheet, header=header, detail=detail)
    listed = [
        {
            "file": s.file,
            "sheet": s.sheet,
            "cell": said.cell,
            "value": said.value,
            "period": said.period,
        }
        for s, said in stated
    ]
    return {"reason": plain_text(reason, 300), "stated": listed}


def _refuse_nobodys(work: _Work, parts: Sequence[Part]) -> None:
    """Raise ImportRefused for sheets too many of whose rows are set aside or belong to nobody known."""
    faults, strangers, settings = [], _strangers(work, parts), work.config.imports
    for number, sheet in enumerate(work.sheets):
        rows, reasons = len(sheet.rows), work.aside.reasons(number)
        lost = max(sum(reasons.values()), strangers[number])
        if rows < settings.small_rows or lost * 100 <= rows * settings.aside_percent:
            continue
        told = {"rows": rows, "count": lost}
        if strangers[number] >= sum(reasons.values()):
            faults.append(Refusal.of("imports.nobodys", sheet.file, sheet.sheet, **told))
            continue
        cause = work.issues.most_often(sheet, reasons.most_common(1)[0][0])
        cause["value"] = cause["value"] or text("imports.blank")
        faults.append(Refusal.of("imports.lost", sheet.file, sheet.sheet, **told, **cause))
    if faults:
        raise ImportRefused("imports.stopped", faults, read=work.sheets, month=work.month)


def _strangers(work: _Work, parts: Sequence[Part]) -> Counter[int]:
    """Return how many rows of each sheet name a household that neither list nor earlier months have.

    A sheet that lists households itself names none; without a list this month nothing can be said.
    """
    coded = [p for p in parts if len(p.frame) and HOUSEHOLD in p.frame.columns and p.main]
    numbers = [int(part.frame["sheet_number"].iloc[0]) for part in coded]
    lists = [part.frame[HOUSEHOLD] for part in coded if part.table == "household"]
    listing = {n for n, part in zip(numbers, coded, strict=True) if part.table == "household"}
    counts: Counter[int] = Counter()
    if not lists:
        return counts
    known = pd.concat([*lists, work.known.households.index.to_series()])
    for number, part in zip(numbers, coded, strict=True):
        if number not in listing:
            codes = part.frame[HOUSEHOLD].dropna()
            counts[number] += int((~is_among(codes, known)).sum())
    return counts


def _months_before(
    work: _Work, landing: Landing, missing: frozenset[str]
) -> tuple[Before, list[Feeds]]:
    """Return the three months before with the files of the tables, and the rows of their feeds."""
    store, last = SnapshotStore(work.config.store), work.known.snapshot
    months: list[EarlierMonth] = []
    facts: list[Mapping[str, Any]] = []
    while last and len(months) < 3:
        files = {name: store.files(last, name) for name in landing.tables}
        manifest = store.manifest(last)
        months.append(EarlierMonth(manifest.month, files))
        facts.append(manifest.facts)
        last = str(manifest.facts.get("before", ""))
    filled = facts[0].get("filled", {}) if facts else {}
    return Before(EarlierMonths(months), missing, filled), [one.get("feeds", {}) for one in facts]


def _places_lost(work: _Work, places: PlaceList) -> list[Refusal]:
    """Return the fault of a list of places that lacks villages in which households were listed."""
    known = work.known.places
    sheet = next((one for one in work.sheets if one.layout.tables[0].name == "place"), None)
    if known is None or sheet is None:
        return []
    lost = known[~is_among(known["place_code"], places.frame.index)].set_index("place_code")
    homes = work.known.households.value_counts()
    rows = homes[homes.index.isin(lost.index)]
    if rows.empty:
        return []
    upper = known.set_index("place_code")["name"]
    names = [f"{upper.get(code[:9], '')}{lost.loc[code, 'name']}" for code in sorted(rows.index)]
    told = {"count": len(rows), "rows": int(rows.sum()), "names": "、".join(names[:5])}
    return [Refusal.of("imports.places_lost", sheet.file, sheet.sheet, **told)]


def _doubts(
    work: _Work,
    landing: Landing,
    feeds: Sequence[Feeds],
    schema: Schema,
    empty: frozenset[str],
) -> list[Refusal]:
    """Return the tables that are copies which differ, hold far less than last month, or are absent."""
    layouts = [sheet.layout for sheet in work.sheets]
    return doubts(
        landing.tables,
        work.config.imports,
        sources=list(zip(landing.sources(), layouts, strict=True)),
        feeds=feeds,
        layouts=schema.layouts,
        empty=empty,
    )


def _against_before(
    work: _Work,
    landing: Landing,
    before: Before,
    feeds: Sequence[Feed],
    places: PlaceList,
) -> list[Refusal]:
    """Report what differs from the months before, or repeats them, as no month does.

    Returns the tables that contradict them, or are theirs.
    """
    tables, issues = landing.tables, work.issues
    with before.months as months:
        check_event_dates(tables, months, work.month, issues)
        return [
            *check_against(
                before,
                tables,
                work.config.imports,
                names=places.names("township"),
                villages=places.names("village"),
                feeds=feeds,
                issues=issues,
            ),
            *_places_lost(work, places),
            *wrong_keys(tables, months, issues),
            *repeats(tables, months, work.month, missing=before.missing, issues=issues),
        ]


def _missing(compared: pd.DataFrame, schema: Schema) -> frozenset[str]:
    """Return the tables whose feed came last month and did not come now."""
    sums = compared.groupby("feed")[["before", "now"]].sum()
    gone = set(sums.index[(sums["before"] > 0) & (sums["now"] == 0)])
    return frozenset(t.name for one in schema.layouts if one.name in gone for t in one.tables)


def _refuse_doubted(work: _Work, faults: Sequence[Refusal], reason: str, of_month: str) -> None:
    """Raise ImportRefused for tables that are probably not this month's, unless a reason is given.

    `of_month` is the reason why tables of another month are taken, which holds for them here, too.
    """
    if not faults:
        return
    if all(fault.kind in OF_ANOTHER_MONTH for fault in faults):
        reason = reason.strip() or of_month
    if not reason.strip():
        raise ImportRefused("imports.doubted", faults, read=work.sheets, month=work.month)
    work.doubted = {
        "reason": plain_text(reason, 300),
        "stated": [fault.sentence for fault in faults],
    }
    for fault in faults:
        row = pd.DataFrame({"row": [None], "value": [fault.sentence]})
        detail = plain_text(reason, 300)
        work.issues.add("accepted", row, file=fault.file, sheet=fault.sheet, detail=detail)


def _tables(work: _Work, parts: list[Part]) -> tuple[dict[str, TableRows], pd.Series]:
    """Return the checked rows of every table the files filled, and the villages of households.

    `parts` are taken out of their list as they are put together, since both take much memory.
    """
    tables: dict[str, TableRows] = {}
    kept = [Part(p.entry, work.aside.keep(p.frame), p.headers, p.main) for p in parts]
    parts.clear()
    kept = [part for part in kept if len(part.frame)]
    ranks = {number: sheet.layout.rank for number, sheet in enumerate(work.sheets)}
    for name in dict.fromkeys(part.table for part in kept):
        mine = [part for part in kept if part.table == name]
        kept = [part for part in kept if part.table != name]
        mine.sort(key=lambda part: ranks[int(part.frame["sheet_number"].iloc[0])])
        tables[name] = combine(work.tables[name], mine, work.sheets, **work.shared)
        del mine
        give_back()
    households = work.known.households
    if "household" in tables:
        listed = tables["household"].frame.set_index("household_code")
        households = updated(households, listed["place_code"])
    frames = {name: rows.frame for name, rows in tables.items()}
    known = work.known.with_current(frames, work.tables)
    for rows in tables.values():
        check_references(rows, known, work.tables, **work.shared)
        check_households(rows, households, **work.shared)
    if "person" in tables:
        with_birth_and_sex(tables["person"], work.issues)
        check_persons(tables["person"], tables.get("household"), issues=work.issues)
    if "village" in tables and "household" in tables:
        check_land(tables["village"], tables["household"], issues=work.issues)
    return tables, households


def _compared(
    work: _Work, landing: Landing, places: PlaceList, empty: frozenset[str]
) -> pd.DataFrame:
    """Return the changes against the month before, after reporting those that matter.

    Feeds in `empty` were delivered without a row: nothing of them is missing.
    """
    titles = {**work.known.titles, **_titles(work.sheets)}
    compared = changes(work.known.feeds, landing.feeds())
    if work.known.feeds:
        check_totals(
            compared[~compared["feed"].isin(empty)],
            work.config.imports,
            titles=titles,
            names=places.names("township"),
            occasional=frozenset(f for f in titles if _is_events(work, f, but="ledger")),
            seasonal=frozenset(feed for feed in titles if _is_events(work, feed)),
            issues=work.issues,
        )
    return compared.assign(title=compared["feed"].map(titles))


def _stored(
    work: _Work,
    landing: Landing,
    placer: Placer,
    compared: pd.DataFrame,
    skipped: tuple[str, ...],
    *,
    who: str,
    at: str,
    trial: bool,
) -> ImportResult:
    described = tuple(work.described)
    issues = landing.completed(work.issues.frame())
    scores = quality(
        landing.rows_by_township(),
        issues,
        names=placer.places.at("township")["name"],
        households=landing.households_by_township(),
        settings=work.config.imports,
    )
    facts = {
        "feeds": landing.feeds(),
        "filled": work.filled,
        "titles": _titles(work.sheets),
        "severities": issues["severity"].value_counts().sort_index().to_dict(),
        "checks": issues["check"].value_counts().sort_index().to_dict(),
        "skipped": list(skipped),
        "quality": scores.set_index("township")["score"].to_dict(),
        "places": placer.places.origin,
        "before": work.known.snapshot,
        "sheets": described,
        **work.reasons,
    }
    frames = {"issue": issues, "place_ledger": placer.ledger, "quality": scores, "change": compared}
    if trial:
        manifest = Manifest("", work.month, who, at, (), landing.sources(), {}, facts)
    else:
        manifest = land(
            work.config.store, landing, frames, places=placer.places, who=who, at=at, facts=facts
        )
    return ImportResult(
        manifest,
        issues,
        scores,
        placer.ledger,
        compared,
        skipped,
        work.tables,
        sheets=described,
        stored=not trial,
    )


def _titles(sheets: Sequence[DeliveredSheet]) -> dict[str, str]:
    return {sheet.layout.name: sheet.layout.title["zh"] for sheet in sheets}


def _is_events(work: _Work, feed: str, *, but: str = "") -> bool:
    """Return whether a feed brings events, such as outages, except one table."""
    name = feed.removeprefix("template_")
    return name in work.tables and work.tables[name].nature == "events" and name != but
