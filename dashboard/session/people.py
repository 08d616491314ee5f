"""What one viewer reads about households: reasons, lists and cards, through the reader of access.

Nothing of it enters the address bar.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import param

from dashboard.answers.listing import counted_indicator, household_filters, picked_villages
from dashboard.content.blocks import CardContent
from dashboard.content.card import card_content
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.view import ADDRESS
from geodata.access import (
    Actor,
    Guard,
    Reader,
    Request,
    mask_names,
)
from geodata.escaping import capped, storable
from geodata.figures import Indicator
from geodata.kept import Kept
from geodata.tables import enumeration
from geodata.workspace import Workspace
from geodata.workspace.cards import Card
from geodata.workspace.composition import Asked, Composition
from geodata.workspace.household_list import household_request
from geodata.workspace.why import Why, read_officials, responsible_for

SIZES = (20, 50, 100)
PAGE = SIZES[0]
SORTS = (
    "-score",
    "household_code",
    "income_per_person",
    "-unvisited_days",
    "-persons",
    "place_code",
    "helper",
)
LONGEST_SEARCH = 64
# Everyone who is monitored, whatever the category.
MONITORED = "monitored"
CATEGORIES = ("", MONITORED, *(one.value for one in enumeration("monitored_category").choices))
# What narrows or orders the list; a change of any begins at its first page.
CHOICES = ("search", "sort", "size", "category", "helper", "unvisited")
_PLACE_CHOICES = (
    *("place", "period", "theme", "indicator", "rule", "site", "point", "zone"),
    *("selected", "everyone", "counted"),
)
# An open card belongs to the address it was opened at; looks and language alone leave it the same.
_OF_CARD = tuple(name for name in ADDRESS if name not in ("lang", "dark"))


@dataclass(frozen=True)
class Listed:
    """One page of the list and its counts.

    `count` households fit the filters, of `total` in the place; of `unknown` it cannot be said
    whether they fit.
    """

    rows: pd.DataFrame
    count: int
    total: int
    unknown: int


class People(param.Parameterized):
    """Households of the place that the state shows, as one actor may see them."""

    search = param.String(doc="part of a household code, or a name, which is looked for masked")
    sort: param.Selector[Any] = param.Selector(default=SORTS[0], objects=list(SORTS))
    size: param.Selector[Any] = param.Selector(
        default=PAGE, objects=list(SIZES), doc="rows of a page"
    )
    category: param.Selector[Any] = param.Selector(default="", objects=list(CATEGORIES))
    helper = param.String(doc="part of the name of who helps the household")
    unvisited = param.Integer(default=0, bounds=(0, 366), doc="days since the last visit, or more")
    page = param.Integer(default=0, bounds=(0, None))
    household = param.String(doc="code of the household whose card is open; empty for none")
    visiting = param.Boolean(default=False, doc="whether the visit list is open")

    def __init__(self, state: State, county: Workspace, actor: Actor, guard: Guard) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # param gives it no types
        self.state, self.county, self.actor, self.guard = state, county, actor, guard
        self._kept = Kept(1)
        self._drawn = 0
        # The household and village of the last card that was read.
        self.opened = ("", "")
        state.param.watch(self._close_card, list(_OF_CARD))
        state.param.watch(self._turned, "page")
        self.param.watch(self._first_page, list(CHOICES))
        self.page = state.page - 1

    @property
    def place(self) -> str:
        """Return the code of the place looked at; empty for the whole area."""
        return self.state.place or ""

    def village(self, place: str) -> str:
        """Return the name of a village, or its code where the map does not know it."""
        places = self.state.atlas.places
        return str(places["name"].get(place, place))

    @property
    def counted(self) -> Indicator | None:
        """Return the shown indicator when the list is to hold whom it counts, one by one."""
        return counted_indicator(self.county.setup, self.state.shown)

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
        why = self.county.why(
            state.place,
            indicator=state.indicator,
            month=state.period,
            lang=state.lang,
            named=not state.presenting,
            atlas=state.atlas,
            officials=read_officials(self.reader, state.place),
        )
        known = state.themes[state.theme].rules_by_key
        shown = why.rules[why.rules["rule"].isin(known)].reset_index(drop=True)
        return replace(why, rules=shown)

    @property
    def compositions(self) -> tuple[Composition, ...]:
        """Return what the shown indicator is made of in the actor's part of the place."""
        state, places = self.state, self.actor.scope.narrowed(self.place, "rows")
        if not places or not state.theme:
            return ()
        asked = Asked(state.indicator, places, state.lang)
        return self.county.compositions(state.theme, asked, month=state.period)

    @property
    def listed(self) -> Listed:
        """Return the shown page with its counts, masked; read once for each choice."""
        place = _chosen(self.state, _PLACE_CHOICES)
        asked = (*place, *(getattr(self, name) for name in CHOICES), self.page)
        # Somebody may be searched for by name, which is no key.
        key = hashlib.sha256(repr(asked).encode("utf-8", "surrogatepass")).digest()
        return self._kept.once(key, self._read_page)

    @property
    def rows(self) -> pd.DataFrame:
        """Return the shown page of the list; index household_code."""
        return self.listed.rows

    @property
    def pages(self) -> int:
        """Return the number of pages, at least one."""
        return max(int(-(-self.listed.count // self.size)), 1)

    def turn(self, by: int, pages: int = 0) -> None:
        """Go some pages on or back, within what there is: the household list's, or so many."""
        self.state.page = min(max(self.page + by, 0), (pages or self.pages) - 1) + 1

    def draw(self, seed: int) -> None:
        """Open one household of the list by lot; the same list and seed give the same household.

        The audit keeps the seed and the number of the lot, so that it can be drawn again.
        """
        self._drawn += 1
        count = self.reader.count(self.request())
        if not count:
            return
        at = random.Random(f"{seed}:{self._drawn}").randrange(count)
        request = replace(self.request(), order=("household_code",), offset=at, limit=1)
        rows = self.reader.rows(request, reason=f"lot {self._drawn} of seed {seed}")
        self.household = str(rows.frame["household_code"].iloc[0])

    def card(self, *, leaving: bool = False) -> Card:
        """Return the card of the open household, masked and recorded; for a file when `leaving`."""
        state = self.state
        card = self.county.card(
            self.household,
            month=state.period,
            lang=state.lang,
            place=self.place,
            actor=self.actor,
            guard=self.guard,
            leaving=leaving,
        )
        self.opened = (self.household, str(card.record["place_code"]))
        return card

    def content(self) -> CardContent:
        """Return the card of the open household as the page and print show it."""
        state = self.state
        words = {theme.key: theme.words(state.lang) for theme in self.county.setup.themes}
        card = self.card()
        village = str(card.record["place_code"])
        officials = responsible_for(read_officials(self.reader, village), village, state.lang)
        return card_content(card, state.atlas, state.lang, words=words, officials=officials)

    def numbered(self, code: str) -> list[tuple[str, str]]:
        """Return code and village of the household with a number, read on record; none without one."""
        named = (("household_code", "is", code),)
        request = household_request("", filters=named, page=(0, 1))
        rows = self.reader.rows(request, reason="search").frame
        codes = zip(rows["household_code"], rows["place_code"], strict=True)
        return [(str(household), str(place)) for household, place in codes]

    def exported(self) -> tuple[pd.DataFrame, str]:
        """Return the whole list as it may leave, and the watermark that the audit knows it by."""
        request = replace(self.request(), offset=0, limit=None)
        rows = self.reader.export(request, reason=self.state.rule or "list")
        return rows.frame.set_index("household_code"), rows.watermark

    def watermarked(self, mark: str) -> str:
        """Return the line that says who took a list out and by which mark the audit knows it."""
        said = f"{self.actor.name} {mark}"
        return text("households.watermark", self.state.lang, mark=said)

    def _read_page(self) -> Listed:
        reader, request = self.reader, self.request()
        frame = reader.rows(request).frame.set_index("household_code")
        total = reader.count(replace(request, filters=()))
        count = reader.count(request) if request.filters else total
        return Listed(frame, count, total, self._unknown(request))

    def request(self) -> Request:
        """Return what the list asks for: place, filters, order and page."""
        page = (self.page * self.size, self.size)
        return household_request(self.place, filters=self._filters, sort=self.sort, page=page)

    @property
    def _filters(self) -> tuple[tuple[str, str, object], ...]:
        kinds = CATEGORIES[2:]
        among = ("in", kinds) if self.category == MONITORED else ("is", self.category)
        known = (
            *household_filters(self.county.setup, self.state.atlas, self.state.shown),
            ("helper", "contains", storable(capped(self.helper, LONGEST_SEARCH)).strip()),
            ("unvisited_days", "at_least", self.unvisited),
            ("sought", "contains", _sought(self.search)),
        )
        kept = tuple(condition for condition in known if condition[2])
        if not self.category:
            return kept
        # Whose risk is removed keeps a category in the register and is monitored no longer.
        return (*kept, ("monitored_category", *among), ("monitored_now", "is", True))

    @property
    def closed_rules(self) -> frozenset[str]:
        """Return the rules that read a class of data which the actor does not see."""
        sees = self.actor.scope.role.sees
        told = self.county.setup.rule_classes.items()
        return frozenset(key for key, known in told if known not in sees)

    @property
    def picked(self) -> tuple[str, ...]:
        """Return the villages of the places picked by box or lasso; none when nothing is picked."""
        return picked_villages(self.state.atlas, self.state.shown)

    def _unknown(self, request: Request) -> int:
        """Return of how many households of the place a rule, or the last visit, is not known."""
        unknown, within = 0, self.actor.scope.narrowed(self.place, "rows")
        if self.state.rule:
            counts = self.county.month(self.state.period).counts
            counts = counts[counts["rule"] == self.state.rule]
            inside = counts["place"].str.startswith(within)
            if self.picked:
                inside &= counts["place"].isin(self.picked)
            unknown = int(counts.loc[inside, "unknown"].sum())
        if self.unvisited and not unknown:
            places = (("place_code", "in", self.picked),) if self.picked else ()
            known = replace(request, filters=(*places, ("unvisited_days", "at_least", 0)))
            whole = self.reader.count(replace(request, filters=places))
            unknown = whole - self.reader.count(known)
        return unknown

    @property
    def reader(self) -> Reader:
        """Return the one door to rows of the month, for this actor."""
        return self.county.people(self.state.period, actor=self.actor, guard=self.guard)

    def _first_page(self, *events: object) -> None:
        self.state.page = 1
        self.household = ""

    def _close_card(self, *events: object) -> None:
        self.household = ""

    def _turned(self, *events: object) -> None:
        self.page = self.state.page - 1


def _chosen(state: State, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(state, name, "") for name in names)


def _sought(search: str) -> str:
    """Return what a search looks for: a name of several characters as it is masked."""
    wanted = storable(capped(search, LONGEST_SEARCH)).strip().lower()
    written = len(wanted) > 1 and not any(sign.isascii() for sign in wanted)
    return str(mask_names(pd.Series([wanted])).iloc[0]) if written else wanted
