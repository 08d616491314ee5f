"""Whole tables that are probably not this month's: copies that differ, far fewer rows, or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from geodata.config import ImportSettings
from geodata.intake.combining import TableRows
from geodata.intake.feed_totals import Feeds
from geodata.intake.layouts import Layout
from geodata.intake.refusal import Refusal
from geodata.store import SourceFile

# Two files of one table may differ in a row that was mended in one of them, not in so many.
_DIFFERENT, _FEW = 0.05, 20
# What came once says nothing of how often it comes.
_REGULAR = 2


def doubts(
    tables: Mapping[str, TableRows],
    settings: ImportSettings,
    *,
    sources: Sequence[tuple[SourceFile, Layout]],
    feeds: Sequence[Feeds],
    layouts: Iterable[Layout],
    empty: frozenset[str] = frozenset(),
) -> list[Refusal]:
    """Return what stops an import unless a reason is given.

    `sources` are the sheets of this month with their layouts, `feeds` the rows of the months before, the
    newest first; `layouts` are those that a county may deliver, `empty` the names of those that were
    delivered without a row.
    """
    last = feeds[0] if feeds else {}
    # That nobody is on a list may be so, but not that a county has no household.
    said = [one for one in layouts if one.name in empty and one.tables[0].name != "household"]
    came = [*(layout for _, layout in sources), *said]
    return [
        *_copies(tables),
        *_shrunk(sources, last, settings),
        *absent(came, feeds, layouts, settings),
    ]


def absent(
    came: Sequence[Layout],
    feeds: Sequence[Feeds],
    layouts: Iterable[Layout],
    settings: ImportSettings,
) -> Iterator[Refusal]:
    """Give the lists that came in each of the months before, in at least two, and not at all now.

    `came` are the layouts of this month: the table may as well come under another one.
    """
    tables = {layout.tables[0].name for layout in came}
    for layout in layouts:
        table = layout.tables[0]
        rows = [sum(feed.get(layout.name, {}).values()) for feed in feeds]
        if table.nature != "state" or table.name in tables or len(rows) < _REGULAR:
            continue
        if min(rows) >= settings.small_rows:
            yield Refusal.of("imports.absent", "", title=layout.title["zh"], before=rows[0])


def _shrunk(
    sources: Sequence[tuple[SourceFile, Layout]], feeds: Feeds, settings: ImportSettings
) -> Iterator[Refusal]:
    """Give the lists of which far fewer rows can be stored than came last month."""
    for layout in {layout.name: layout for _, layout in sources}.values():
        mine = [source for source, other in sources if other.name == layout.name]
        before, now = sum(feeds.get(layout.name, {}).values()), sum(one.stored for one in mine)
        if layout.tables[0].nature != "state" or before < settings.small_rows:
            continue
        if now * 100 <= settings.stored_percent * before:
            where, title = (mine[0].file, mine[0].sheet), layout.title["zh"]
            yield Refusal.of("imports.shrunk", *where, title=title, rows=now, before=before)


def _copies(tables: Mapping[str, TableRows]) -> Iterator[Refusal]:
    """Give the sheets that list the rows of another sheet with other values."""
    for rows in tables.values():
        for pair in rows.copies:
            if pair.rows >= _FEW and pair.rows > _DIFFERENT * pair.among:
                first, second = pair.first, pair.second
                yield Refusal.of(
                    "imports.copies_differ",
                    second.file,
                    second.sheet,
                    other=first.file,
                    other_sheet=first.sheet or Path(first.file).stem,
                    title=rows.table.title["zh"],
                    count=pair.rows,
                    rows=pair.among,
                )
