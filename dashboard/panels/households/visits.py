"""The visit list in a drawer: a preview of what is printed on A4."""

from __future__ import annotations

from pathlib import Path

import panel as pn

from dashboard.content.visits import VisitGroup, VisitList
from dashboard.people import People
from dashboard.texts import text
from dashboard.views.sheet_drawer import SheetDrawer
from dashboard.visiting import visit_list
from dashboard.web.component import Viewer
from geodata.errors import GuatuError
from geodata.escaping import html_text

_STYLE = Path(__file__).with_name("visits.css").read_text(encoding="utf-8")
_HEADS = ("household", "reason", "check", "last", "found")


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
            content = html_text(error.sentence(lang), 500)
        self.content.object = content
        self.drawer.prints(content)
        self.drawer.open()


def visits_html(listed: VisitList, lang: str) -> str:
    """Return a visit list as HTML with boxes to tick; every text is escaped."""
    notes = "".join(f"<p>{html_text(note, 400)}</p>" for note in listed.notes)
    groups = "".join(_group(group, lang) for group in listed.groups)
    return f"<h1>{html_text(listed.title)}</h1>{notes}{groups}"


def _group(group: VisitGroup, lang: str) -> str:
    known = {"village": group.village, "helper": group.helper, "count": len(group.visits)}
    title = html_text(text("visits.group", lang, **known))
    heads = "".join(f"<th>{html_text(text(f'visits.{name}', lang))}</th>" for name in _HEADS)
    rows = "".join(
        f"<tr class='{html_text(one.severity)}'><td>{html_text(one.head)}<small>{html_text(one.code)}"
        f"</small></td><td>{_items(one.reasons)}</td><td>{_boxes(one.checks)}</td>"
        f"<td>{html_text(one.last)}</td><td class='blank'></td></tr>"
        for one in group.visits
    )
    return f"<table><caption>{title}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _items(texts: tuple[str, ...]) -> str:
    return "".join(f"<div>{html_text(one)}</div>" for one in texts)


def _boxes(texts: tuple[str, ...]) -> str:
    return "".join(f"<div>☐ {html_text(one)}</div>" for one in texts)
