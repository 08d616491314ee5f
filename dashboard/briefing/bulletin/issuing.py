"""A bulletin is issued: its papers are written, then its number enters the list, on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from dashboard.answers.source import Source
from dashboard.briefing.briefing_file import replace_file
from dashboard.briefing.bulletin.compose import bulletin_of
from dashboard.briefing.bulletin.content import Bulletin
from dashboard.briefing.bulletin.gb_document import paper_of
from dashboard.briefing.bulletin.sheet import sheet_of
from geodata.access import Guard
from geodata.access.bulletins import BulletinList, IssuedBulletin, time_text
from geodata.access.chain import AuditEntry


@dataclass(frozen=True)
class IssueOutcome:
    """What came of one place: the bulletin and its papers, or the last one after which nothing is new."""

    place: str
    bulletin: Bulletin | None
    files: tuple[Path, ...]
    last: IssuedBulletin | None


def issue(
    source: Source, guard: Guard, kind: str, day: date, *, place: str, out: Path, lang: str
) -> IssueOutcome:
    """Issue the bulletin of a place as of a day where there is anything new.

    Raises what `bulletin_of` does, BriefingError where a paper cannot be written, and WriteError where
    another run took the number.
    """
    kept = BulletinList(guard.trail)
    last = kept.last(kind, place)
    bulletin = bulletin_of(source, kind, day, place=place, last=last, lang=lang)
    if bulletin is None:
        return IssueOutcome(place, None, (), last)
    actor = source.actor
    asked = {"kind": kind, "number": bulletin.number}
    guard.trail.record(AuditEntry.by(actor, "export", place=place, outcome="allowed", detail=asked))
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for ending, content in ((".docx", paper_of(bulletin)), (".pdf", sheet_of(bulletin))):
        file = out / f"{bulletin.file_name}{ending}"
        replace_file(file, partial(_fill, content=content))
        files.append(file)
    kept.add(actor, _issued(bulletin, guard.trail.clock()))
    return IssueOutcome(place, bulletin, tuple(files), last)


def _fill(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def issue_all(
    source: Source, guard: Guard, kind: str, day: date, *, out: Path, lang: str
) -> Iterator[IssueOutcome]:
    """Issue one for each place right below the county whose rows the viewer may see."""
    level = source.levels_below(source.root)[0]
    for place in source.atlas.places_in(source.root, level):
        if source.actor.allows(str(place), "rows"):
            yield issue(source, guard, kind, day, place=str(place), out=out, lang=lang)


def _issued(bulletin: Bulletin, now: datetime) -> IssuedBulletin:
    return IssuedBulletin(
        kind=bulletin.kind,
        place=bulletin.place,
        number=bulletin.number,
        day=bulletin.day,
        month=bulletin.month,
        late=bulletin.late,
        file=bulletin.file_name,
        told=bulletin.told,
        by=bulletin.by,
        at=time_text(now),
    )
