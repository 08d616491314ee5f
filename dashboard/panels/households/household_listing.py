"""What the list holds when it is of households: a page of them, its counts, its workbook."""

from __future__ import annotations

import io

from dashboard.answers.listing import EVERYONE, list_of, list_text, no_list_text
from dashboard.content.rows import COLUMNS, HouseholdRows
from dashboard.content.workbook import households_workbook
from dashboard.panels.households.filters import FiltersView
from dashboard.session.people import People
from dashboard.texts import text
from geodata.cartography.words import period_text
from geodata.escaping import plain_text
from geodata.i18n import parted


class HouseholdListing:
    """Households of the place, worst first, narrowed by filters and a search."""

    filename = "households.xlsx"

    def __init__(self, people: People, filters: FiltersView) -> None:
        self.people, self.filters = people, filters

    @property
    def pages(self) -> int:
        """Return the number of pages, at least one."""
        return self.people.pages

    def table(self) -> dict[str, object]:
        """Return the shown page as the table of Sheet."""
        rows, names, listed = self._rows, self._names, self.people.listed
        return {
            "title": self._title(),
            "note": (self._counts(self.pages) if listed.count else self._nobody())
            + self._no_list(),
            "columns": self._columns(names),
            "lines": True,
            "rows": [
                {
                    "cells": [_shown(cell) for cell in rows.cells(row, names)],
                    "mark": rows.severity(row),
                }
                for row in listed.rows.itertuples()
            ],
        }

    @property
    def shown(self) -> int:
        """Return how many rows the page has."""
        return len(self.people.rows)

    def open(self, index: int) -> None:
        """Open the card of a row."""
        self.people.household = str(self.people.rows.index[index])

    def workbook(self) -> io.BytesIO:
        """Return the whole list as it may leave, its export on record."""
        frame, mark = self.people.exported()
        said = [parted(self.filters.said(), self.people.state.lang)]
        notes = [self.people.watermarked(mark), *filter(None, said)]
        return households_workbook(frame, self._rows, self._names, title=self._title(), notes=notes)

    def _text(self, name: str, **values: object) -> str:
        return text(f"households.{name}", self.people.state.lang, **values)

    def _counts(self, pages: int) -> str:
        people, listed = self.people, self.people.listed
        counts = {"count": f"{listed.count:,}", "total": f"{listed.total:,}"}
        said = self._text("page", page=people.page + 1, pages=pages, **counts)
        if listed.unknown:
            said += self._text("unknown", count=f"{listed.unknown:,}")
        return said

    def _no_list(self) -> str:
        """Return that the shown figure has no list of its own, where all households stand for it."""
        people, state = self.people, self.people.state
        indicator = people.county.setup.indicators.get(state.indicator)
        if list_of(people.county.setup, state.shown) != EVERYONE or indicator is None:
            return ""
        return (
            ""
            if indicator.lists
            else " " * (state.lang == "en") + no_list_text(indicator, state.lang)
        )

    def _nobody(self) -> str:
        """Return why the list is empty."""
        listed = self.people.listed
        if not listed.total:
            return self._text("nobody")
        hint = self._text("masked") if self.people.search.strip() else ""
        unknown = self._text("unknown", count=f"{listed.unknown:,}") if listed.unknown else ""
        return self._text("none", total=f"{listed.total:,}") + unknown + hint

    @property
    def _names(self) -> tuple[str, ...]:
        """Return the shown columns; within a village who helps, or how many live there, replaces its name."""
        atlas, names = self.people.state.atlas, self.filters.names
        if atlas.level_of(self.people.state.place) != atlas.lowest:
            return names
        spare = next((one for one in ("helper", "persons") if one not in names), "")
        kept = (spare if name == "village" else name for name in names)
        return tuple(name for name in kept if name)

    def _columns(self, names: tuple[str, ...]) -> list[dict[str, str]]:
        sort = self.people.sort
        titles = self._rows.titles(names)
        return [
            {
                "label": title,
                "kind": COLUMNS[name].kind,
                "name": name,
                "sort": COLUMNS[name].sort,
                "sorted": "yes" if COLUMNS[name].sort == sort else "",
            }
            for name, title in zip(names, titles, strict=True)
        ]

    @property
    def _rows(self) -> HouseholdRows:
        people, state = self.people, self.people.state
        return HouseholdRows(people.county.setup.rules, people.village, state.lang, state.rule)

    def _title(self) -> str:
        state = self.people.state
        month = period_text(state.period, state.lang)
        place = plain_text(state.atlas.name(state.place))
        listed = list_text(self.people.county.setup, state.shown)
        return self._text("title", place=place, month=month, listed=listed)


def _shown(cell: object) -> str:
    return cell if isinstance(cell, str) else "—" if cell is None else f"{cell:,.0f}"
