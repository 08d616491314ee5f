"""The visit list of what one viewer looks at, read and recorded as an export."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from dashboard.content.visits import LONGEST, VisitList, visit_groups
from dashboard.people import People
from dashboard.texts import text
from geodata.access import Request
from geodata.cartography.words import period_text
from geodata.escaping import plain_text


def visit_list(people: People) -> VisitList:
    """Return the households of the list that have findings, by village and helper, worst first.

    More than LONGEST households are not taken, and that is said. The watermark is the audit's.
    """
    state, lang = people.state, people.state.lang
    asked = people.request()
    filters = (*asked.filters, ("findings", "at_least", 1))
    total = people.reader.count(replace(asked, filters=filters))
    order = ("place_code", "helper", "-score", "household_code")
    wanted = replace(asked, filters=filters, order=order, offset=0, limit=LONGEST)
    rows = people.reader.export(wanted, reason="visit list")
    place, level = state.atlas.name(state.place), text(f"atlas.{state.level}", lang)
    if state.selected:
        picked = {"place": place, "count": len(state.selected), "level": level}
        place = text("visits.picked", lang, **picked)
    about = {"place": place, "month": period_text(state.period, lang)}
    counts = text("visits.counts", lang, count=f"{len(rows.frame):,}", total=f"{total:,}")
    if total > LONGEST:
        counts += text("visits.narrow", lang, limit=LONGEST)
    mark = text("visits.watermark", lang, mark=f"{people.actor.name} {rows.watermark}")
    groups = visit_groups(
        rows.frame,
        _flags(people, rows.frame["household_code"]),
        people.county.setup.rules,
        village=people.village,
        lang=lang,
    )
    notes = (counts, mark) if groups else (text("visits.none", lang),)
    return VisitList(plain_text(text("visits.title", lang, **about)), notes, groups)


def _flags(people: People, households: pd.Series) -> pd.DataFrame:
    """Return the open findings of some households with their sentences as `reason`."""
    if households.empty:
        return pd.DataFrame(columns=["household_code", "rule", "reason"])
    filters = (("household_code", "in", tuple(households)), ("answer", "is", "yes"))
    flags = people.reader.rows(Request("flags", people.place, filters=filters)).frame
    month = people.county.month(people.state.period)
    return flags.assign(reason=month.reasons(flags, people.state.lang))
