"""The visit list in a drawer: a preview of what is printed on A4."""

from __future__ import annotations

from pathlib import Path

import panel as pn

from dashboard.session.people import People
from dashboard.session.visit_list import VisitList, visit_heads, visit_list
from dashboard.texts import text
from dashboard.views.sheet_drawer import SheetDrawer
from dashboard.web.component import Viewer
from dashboard.web.markup import element, filled
from geodata.errors import GuatuError

_STYLE = Path(__file__).with_name("visits.css").read_text(encoding="utf-8")
_LIST = Path(__file__).with_name("visits.html")


class VisitsView(Viewer):
    """What is asked for is exported and recorded when the drawer opens, not before."""

    def __init__(self, people: People) -> None:
        super().__init__()
        self.people = people
        self.content = pn.pane.HTML(
            "", stylesheets=[_STYLE], sizing_mode="stretch_width", margin=(0, 16)
        )
        self.drawer = SheetDrawer(
            self.content,
            style=_STYLE,
            to_print=text("visits.print", people.state.lang),
            to_close=text("visits.close", people.state.lang),
            leave=self._leave,
        )
        people.param.watch(self._update, ["visiting"])

    def __panel__(self) -> pn.viewable.Viewable:
        return self.drawer.__panel__()

    def _leave(self) -> None:
        self.people.visiting = False

    def _update(self, *events: object) -> None:
        people, lang = self.people, self.people.state.lang
        if not people.visiting:
            self.drawer.close()
            return
        try:
            content = visits_html(visit_list(people), lang)
        except GuatuError as error:
            content = element("p", error.sentence(lang), 500)
        self.content.object = content
        self.drawer.prints(content)
        self.drawer.open()


def visits_html(listed: VisitList, lang: str) -> str:
    """Return a visit list as HTML with boxes to tick; every text is escaped."""
    return filled(
        _LIST,
        listed=listed,
        heads=visit_heads(lang),
        groups=[(group.titled(lang), group.visits) for group in listed.groups],
    )
