"""The panel of households: search, order, filters, pages and export over what is listed."""

from __future__ import annotations

import io
from collections.abc import Callable

import panel as pn
import panel_material_ui as pmui

from dashboard.panels.households.filters import FiltersView
from dashboard.panels.households.household_listing import HouseholdListing
from dashboard.panels.households.subject_listing import SubjectListing
from dashboard.panels.households.visit_drawer import VisitsView
from dashboard.session.people import CHOICES, SIZES, SORTS, People
from dashboard.session.subjects import listed_about
from dashboard.texts import text
from dashboard.views.text_table import TextTable, row_of
from dashboard.web.component import Viewer, filling, together
from dashboard.web.page_sentence import page_sentence
from geodata.errors import GuatuError
from geodata.i18n import parted

_PLACE = [
    "place",
    "period",
    "theme",
    "rule",
    "side",
    "site",
    "zone",
    "selected",
    "everyone",
    "indicator",
]


class HouseholdsView(Viewer):
    """The controls over one listing: of households, or of what stands in their place."""

    def __init__(self, people: People, seed: int) -> None:
        super().__init__()
        self.people, self.seed, lang = people, seed, people.state.lang
        slim = {"size": "small", "margin": (8, 4, 2, 4)}
        own = {"fontSize": "var(--text)"}
        quiet = {"variant": "text", "size": "small", "margin": (8, 0, 2, 0), "sx": own}
        self.search = pmui.TextInput(label=self._text("search"), width=150, **slim)
        orders = {text(f"households.sort_{name.strip('-')}", lang): name for name in SORTS}
        self.sort = pmui.Select(
            label=self._text("sort"), options=orders, value=people.sort, width=170, **slim
        )
        self.filter = pmui.Button(label=self._text("filter"), icon="filter_list", **quiet)
        self.lot = pmui.Button(label=self._text("lot"), icon="casino", **quiet)
        self.all = pmui.Button(
            label="", icon="close", visible=False, **(quiet | {"margin": (0, 0, 2, 0)})
        )
        self.back = pmui.Button(label="", icon="chevron_left", width=36, **quiet)
        self.next = pmui.Button(label="", icon="chevron_right", width=36, **quiet)
        sizes = {self._text("rows", count=size): size for size in SIZES}
        self.size = pmui.Select(options=sizes, value=people.size, width=140, **slim)
        plain = {name: value for name, value in quiet.items() if name != "variant"}
        self.export = pmui.FileDownload(
            callback=self._export, filename="households.xlsx", label=self._text("export"), **plain
        )
        # Given when it is made, it is taken for two names of one thing, and warned of.
        self.export.variant = "text"
        self.visits = pmui.Button(label=text("visits.button", lang), icon="checklist", **quiet)
        self.filters = FiltersView(people)
        self.filters.box.extend([self.sort, self.size])
        self.sheet = TextTable(
            dark=people.state.dark, sizing_mode="stretch_both", min_height=200, margin=0
        )
        buttons = (self.filter, self.lot, self.visits, self.export, self.back, self.next)
        # One row, so that the list has the room; the head of a column orders by it as well.
        self.top = pn.FlexBox(self.search, *buttons, sizing_mode="stretch_width", margin=0)
        self.listing: HouseholdListing | SubjectListing = HouseholdListing(people, self.filters)
        # What the subjects were read for; they are read once.
        self._asked: tuple[object, ...] = ()
        self._bind()
        self._update()

    def __panel__(self) -> pn.viewable.Viewable:
        return filling(
            self.top,
            self.filters,
            self.all,
            self.sheet,
            VisitsView(self.people),
        )

    def _bind(self) -> None:
        people, state = self.people, self.people.state
        self.search.param.watch(lambda event: people.param.update(search=event.new or ""), "value")
        self.sort.param.watch(lambda event: people.param.update(sort=event.new), "value")
        self.size.param.watch(lambda event: people.param.update(size=event.new), "value")
        self.filter.on_click(self._fold)
        self.visits.on_click(self._visit)
        self.lot.on_click(lambda event: self._try(lambda: people.draw(self.seed)))
        self.all.on_click(lambda event: self.filters.clear())
        self.back.on_click(lambda event: self._try(lambda: people.turn(-1, self.listing.pages)))
        self.next.on_click(lambda event: self._try(lambda: people.turn(1, self.listing.pages)))
        self.sheet.on_message(lambda message: self._try(lambda: self._answer(message)))
        self.filters.columns.param.watch(self._update, "value")
        state.param.watch(self._update, [name for name in _PLACE if name in state.param])
        state.param.watch(lambda event: self.sheet.param.update(dark=event.new), "dark")
        people.param.watch(self._update, [*CHOICES, "page"])

    def _text(self, name: str, **values: object) -> str:
        return text(f"households.{name}", self.people.state.lang, **values)

    def _visit(self, *events: object) -> None:
        self.people.visiting = True

    def _fold(self, *events: object) -> None:
        self.filters.box.visible = not self.filters.box.visible

    def _update(self, *events: object) -> None:
        """Show the list and what it is narrowed by in one change."""
        if self.people.state.side == "households":
            with together():
                self._fill()

    def _fill(self) -> None:
        people, state = self.people, self.people.state
        self.search.value, self.sort.value = people.search, people.sort
        said = self.filters.said()
        joined = parted(said, state.lang)
        self.all.param.update(visible=bool(said), label=self._text("filtered", filters=joined))
        try:
            self._choose_listing()
            self.sheet.table = self.listing.table()
        except GuatuError as error:
            note = page_sentence(error, state.lang)
            self.sheet.table = {"title": "", "note": note, "columns": [], "rows": []}
            return
        last = self.listing.pages - 1
        if people.page > last:
            # An address may name a page that there is no more: the last one is shown.
            people.turn(0, self.listing.pages)
            return
        self.back.disabled, self.next.disabled = people.page == 0, people.page >= last

    def _choose_listing(self) -> None:
        """List households, or in their place what a rule found or a figure counts."""
        people, about = self.people, listed_about(self.people)
        for widget in (self.search, self.sort, self.filter, self.lot, self.visits):
            widget.visible = about is None
        if about is None:
            self.listing, self._asked = HouseholdListing(people, self.filters), ()
        else:
            self.filters.box.visible = False
            asked = tuple(str(getattr(people.state, name)) for name in _PLACE)
            if asked != self._asked:
                self.listing, self._asked = SubjectListing(people, about), asked
        self.export.filename = self.listing.filename

    def _answer(self, message: dict[str, object]) -> None:
        asked = message.get("sort")
        if asked in SORTS:
            self.people.sort = asked
            return
        index = row_of(message, self.listing.shown)
        if index is not None:
            self.listing.open(index)

    def _try(self, act: Callable[[], None]) -> None:
        """Do what was clicked; what is refused is said over the rows."""
        try:
            act()
        except GuatuError as error:
            said = page_sentence(error, self.people.state.lang)
            self.sheet.table = {**self.sheet.table, "note": said}

    def _export(self) -> io.BytesIO:
        self._choose_listing()
        return self.listing.workbook()
