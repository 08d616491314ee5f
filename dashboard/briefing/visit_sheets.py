"""The visit list for print: a sheet for each village, by the helper, with boxes to tick."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from dashboard.briefing.printing import print_pdf
from dashboard.session.visit_list import VisitGroup, VisitList, visit_heads
from dashboard.texts import text


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
        "heads": visit_heads(lang),
        "villages": villages,
        "sign": text("prints.sign", lang),
    }
    return print_pdf("visits", {**heading.data, **data})


def _group(group: VisitGroup, lang: str) -> dict[str, object]:
    return {"title": group.titled(lang), "visits": [vars(one) for one in group.visits]}
