"""The visit list for print: a sheet for each village, by the helper, with boxes to tick."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from dashboard.briefing.printing import print_pdf
from dashboard.content.visits import VisitGroup, VisitList
from dashboard.texts import text

_HEADS = ("household", "reason", "check", "last", "found")


@dataclass(frozen=True)
class Heading:
    """What stands on every page of a print about households, each text finished."""

    title: str
    mark: str
    foot: str
    by: str
    lang: str
    paper: str = "a4"

    @property
    def data(self) -> dict[str, object]:
        """Return the heading as the templates read it."""
        return {**vars(self), "words": {}}


def print_visits(listed: VisitList, heading: Heading) -> bytes:
    """Return the visit list as PDF, masked as `listed` is; raises BriefingError."""
    lang = heading.lang
    villages = [
        {"name": name, "groups": [_group(one, lang) for one in groups]}
        for name, groups in groupby(listed.groups, key=lambda group: group.village)
    ]
    data = {
        "list_title": listed.title,
        "notes": listed.notes,
        "heads": [text(f"visits.{name}", lang) for name in _HEADS],
        "villages": villages,
        "sign": text("prints.sign", lang),
    }
    return print_pdf("visits", {**heading.data, **data})


def _group(group: VisitGroup, lang: str) -> dict[str, object]:
    known = {"village": group.village, "helper": group.helper, "count": len(group.visits)}
    title = text("visits.group", lang, **known)
    return {"title": title, "visits": [vars(one) for one in group.visits]}
