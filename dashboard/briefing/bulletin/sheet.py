"""A bulletin as a print (.pdf): the same sentences and tables on A4, its pages numbered."""

from __future__ import annotations

from dashboard.briefing.bulletin.content import Bulletin, BulletinTable
from dashboard.briefing.printing import print_pdf
from dashboard.texts import text


def sheet_of(bulletin: Bulletin) -> bytes:
    """Return the PDF of a bulletin; raises BriefingError where no typeface with Chinese is installed."""
    lang, day = bulletin.lang, bulletin.day
    on = {"year": day.year, "month": day.month, "day": day.day}
    return print_pdf(
        "bulletin",
        {
            "lang": lang,
            "head": text("bulletin.head", lang),
            "number": text("bulletin.number", lang, number=bulletin.number),
            "issued": text("bulletin.issued", lang, place=bulletin.name, **on),
            "title": bulletin.title,
            "notes": bulletin.notes,
            "sections": [
                {
                    "title": one.title,
                    "lines": [line.text for line in one.lines],
                    "table": _table(one.table),
                    "method": one.method,
                }
                for one in bulletin.sections
            ],
            "made_by": text("bulletin.made_by", lang, by=bulletin.by or "—"),
        },
    )


def _table(table: BulletinTable | None) -> dict[str, object] | None:
    if table is None:
        return None
    return {"title": table.title, "heads": table.heads, "rows": table.rows}
