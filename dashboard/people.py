"""What one viewer reads about households: reasons, lists and cards, through the reader of access.

Nothing of it enters the address bar.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property

import pandas as pd
import param

from dashboard.state import State
from geodata.access import Actor, Door, Guard, Privacy, Reader, Request, table_privacy, utc_now
from geodata.tables import income_items
from geodata.workspace import Workspace
from geodata.workspace.cards import Card
from geodata.workspace.why import Why

PAGE = 20
SORTS = ("-score", "household_code", "income_per_person")
INCOME_PARTS = ("wage", "business", "property", "transfer")
_CARD_TABLES = ("household", "person", "ledger", "visit", "measure")


class People(param.Parameterized):
    """Households of the place that the state shows, as one actor may see them."""

    search = param.String(doc="part of a household code")
    sort = param.Selector(default=SORTS[0], objects=list(SORTS))
    page = param.Integer(default=0, bounds=(0, None))
    household = param.String(doc="code of the household whose card is open; empty for none")

    def __init__(self, state: State, county: Workspace, actor: Actor, guard: Guard) -> None:
        super().__init__()
        self.state, self.county, self.actor, self.guard = state, county, actor, guard
        self._listed: tuple[tuple, pd.DataFrame] | None = None
        self._drawn = 0
        state.param.watch(self._first_page, ["place", "period", "rule"])
        self.param.watch(self._first_page, ["search", "sort"])

    @property
    def place(self) -> str:
        """Return the code of the place looked at; empty for the whole area."""
        return self.state.place or ""

    @property
    def why(self) -> Why | None:
        """Return why the place stands out in the shown indicator; None for several counties.

        Its rules are those of the shown theme. Raises ScopeError outside the actor's places.
        """
        state = self.state
        if not state.place:
            return None
        verdict = self.actor.allows(state.place, "rows")
        if not verdict:
            raise verdict.error()
        found = self.county.why(
            state.place, indicator=state.indicator, month=state.period, lang=state.lang
        )
        known = state.themes[state.theme].rules_by_key
        shown = found.rules[found.rules["rule"].isin(known)].reset_index(drop=True)
        return replace(found, rules=shown)

    @property
    def listed(self) -> pd.DataFrame:
        """Return all households of the list, in its order, masked; read once for each choice."""
        state = self.state
        asked = (self.place, state.period, state.rule, self.sort)
        if self._listed is None or self._listed[0] != asked:
            self._listed = (asked, self._households(self._reader.rows))
        found = self._listed[1]
        if self.search:
            found = found[found.index.str.contains(self.search, case=False, regex=False)]
        return found

    @property
    def rows(self) -> pd.DataFrame:
        """Return the shown page of the list."""
        start = self.page * PAGE
        return self.listed.iloc[start : start + PAGE]

    @property
    def pages(self) -> int:
        """Return the number of pages, at least one."""
        return max(-(-len(self.listed) // PAGE), 1)

    def turn(self, by: int) -> None:
        """Go some pages on or back, within what there is."""
        self.page = min(max(self.page + by, 0), self.pages - 1)

    def draw(self, seed: int) -> None:
        """Open one household of the list by lot; the same list and seed give the same household."""
        self._drawn += 1
        found = sorted(self.listed.index)
        if found:
            self.household = random.Random(f"{seed}:{self._drawn}").choice(found)

    def card(self) -> Card:
        """Return the card of the open household, masked and recorded."""
        state, place = self.state, self._village(self.household)
        sets = (f"{theme.key}_household" for theme in self.county.setup.themes)
        known = self._privacies
        tables = (*_CARD_TABLES, *(name for name in sets if name in known))
        now = utc_now()
        rows = self._reader.card(tables, household=self.household, place=place, now=now)

        def read(request: Request, prefixes: tuple[str, ...]) -> pd.DataFrame:
            return rows[request.table].frame

        return self.county.card(self.household, month=state.period, lang=state.lang, read=read)

    def income(self, card: Card) -> pd.DataFrame:
        """Return the income of a card in yuan: index month, a column for each part, in order."""
        parts = {code: item.part for code, item in income_items().items()}
        kept = card.accounts.loc[:, [parts.get(code) is not None for code in card.accounts]]
        summed = kept.T.groupby(parts).sum(min_count=1).T
        return summed.reindex(columns=[part for part in INCOME_PARTS if part in summed])

    def exported(self) -> tuple[pd.DataFrame, str]:
        """Return the list as it may leave, and the watermark that the audit knows it by."""
        marks: list[str] = []

        def export(request: Request):
            rows = self._reader.export(request, reason=self.state.rule or "list")
            marks.append(rows.watermark)
            return rows

        found = self._households(export)
        if self.search:
            found = found[found.index.str.contains(self.search, case=False, regex=False)]
        return found, marks[0]

    def _households(self, door: Callable) -> pd.DataFrame:
        def read(request: Request, prefixes: tuple[str, ...]) -> pd.DataFrame:
            return door(replace(request, place=prefixes[0])).frame

        state = self.state
        chosen = {"rule": state.rule or None, "month": state.period, "page": (0, None)}
        return self.county.households(self.place, sort=self.sort, read=read, **chosen)

    def _village(self, household: str) -> str:
        return str(self.listed.loc[household, "place_code"])

    @property
    def _reader(self) -> Reader:
        guard, read = self.guard, self.county.people(self.state.period)
        door = Door(read, guard.trail, guard.unmasking, guard.limits, self._privacies)
        return Reader(self.actor, door)

    @cached_property
    def _privacies(self) -> Mapping[str, Mapping[str, Privacy]]:
        """Return the privacy of every table; features and flags are about households, not persons."""
        sets = {one.name: one.columns for one in self.county.setup.sets}
        sets["flags"] = tuple(self.county.month(self.state.period).flags.columns)
        about = Privacy("restricted", "hidden")
        return {**table_privacy(), **{name: dict.fromkeys(c, about) for name, c in sets.items()}}

    def _first_page(self, *events) -> None:
        self.param.update(page=0, household="")
