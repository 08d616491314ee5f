"""The visit list in a drawer: a preview of what is printed on A4."""

from __future__ import annotations

from pathlib import Path

import panel as pn

from dashboard.session.people import People
from dashboard.session.visit_list import VisitList, visit_heads, visit_list
from dashboard.views.sheet_drawer import SheetDrawer
from dashboard.web.markup import element, filled
from dashboard.web.page_sentence import page_sentence
from geodata.errors import GuatuError

_STYLE = Path(__file__).with_name("visits.css").read_text(encoding="utf-8")
_LIST = Path(__file__).with_name("visits.html")


class VisitsView(SheetDrawer):
    """What is asked for is exported and recorded when the drawer opens, not before."""

    content: pn.pane.HTML

    def __init__(self, people: People) -> None:
        content = pn.pane.HTML(
            "", stylesheets=[_STYLE], sizing_mode="stretch_width", margin=(0, 16)
        )
        super().__init__(content, style=_STYLE, name="visits", state=people.state)
        self.people = people
        people.param.watch(self._update, ["visiting"])

    def leave(self) -> None:
        """Close the visit list."""
        self.people.visiting = False

    def _update(self, *events: object) -> None:
        people, lang = self.people, self.people.state.lang
        if not people.visiting:
            self.close()
            return
        try:
            content = visits_html(visit_list(people), lang)
        except GuatuError as error:
            content = element("p", page_sentence(error, lang), 500)
        self.content.object = content
        self.prints(content)
        self.open()


def visits_html(listed: VisitList, lang: str) -> str:
    """Return a visit list as HTML with boxes to tick; every text is escaped."""
    return filled(
        _LIST,
        listed=listed,
        heads=visit_heads(lang),
        groups=[(group.titled(lang), group.visits) for group in listed.groups],
    )
