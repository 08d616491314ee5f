"""Prints about households: lists to visit and one card, masked and recorded before they leave."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from dashboard.answers.origin import origin_of
from dashboard.answers.source import Source, county_source
from dashboard.briefing.briefing_file import check_target, replace_file
from dashboard.briefing.card_sheet import print_card
from dashboard.briefing.visit_sheets import Heading, print_visits
from dashboard.content.card import card_content
from dashboard.session.people import People
from dashboard.session.state import State
from dashboard.session.visit_list import visit_list
from dashboard.texts import text
from dashboard.view import View
from geodata.access import Guard, command_actor, open_guard, refuse_beyond_quota, system_user
from geodata.access.chain import AuditEntry
from geodata.cartography.words import period_text
from geodata.errors import BriefingError
from geodata.escaping import plain_text
from geodata.i18n import default_language
from geodata.workspace import open_workspace


@dataclass(frozen=True)
class Prints:
    """What prints about the households of one view are made from."""

    source: Source
    view: View
    guard: Guard = field(repr=False)
    paper: str = "a4"

    def visits(self, *, unvisited: int = 0) -> bytes:
        """Return the households to visit as PDF, by village and helper.

        They have findings, or break the view's rule; with `unvisited` they were not visited for so
        many days. The list is recorded in the audit. Raises ScopeError and BriefingError.
        """
        people = self._people()
        people.unvisited = unvisited
        return print_visits(visit_list(people), self._heading("visits_title"))

    def card(self, household: str) -> bytes:
        """Return the card of one household as PDF on one page.

        Reading and leaving are recorded. Raises StoreError, ScopeError and BriefingError.
        """
        people, lang = self._people(), self.view.lang
        verdict = people.actor.allows(self.view.place or "", "export")
        if not verdict:
            self._record(household, outcome="refused")
            raise verdict.error()
        refuse_beyond_quota(people.actor, self.guard.trail, self.guard.limits)
        people.household = household
        words = {theme.key: theme.words(lang) for theme in people.county.setup.themes}
        content = card_content(people.card(leaving=True), self.source.atlas, lang, words=words)
        digest = hashlib.sha256(repr(content).encode("utf-8", "surrogatepass")).hexdigest()
        mark = f"{self._record(household, sha256=digest)}-{digest[:8]}"
        return print_card(content, replace(self._heading("card_title", mark), paper="a4"))

    def _people(self) -> People:
        view, themes = self.view, self.source.county.setup.themes
        query = {"place": view.place, "period": view.period, "lang": view.lang, "theme": view.theme}
        state = State(self.source.atlas, urlencode(query | {"rule": view.rule}), themes=themes)
        return People(state, self.source.county, self.source.actor, self.guard)

    def _heading(self, title: str, mark: str = "") -> Heading:
        """Return the heading; the number of the audit stands at the foot where it is given."""
        lang, origin = self.view.lang, origin_of(self.source, self.view)
        place = plain_text(self.source.atlas.name(self.view.place), 60)
        named = {"place": place, "period": period_text(self.view.period, lang)}
        said = text("prints.masked", lang, mark=mark) if mark else ""
        told = (origin.month, origin.source, origin.rules, origin.made, said)
        return Heading(
            title=text(f"prints.{title}", lang, **named),
            mark=origin.mark,
            foot="　".join(one for one in told if one),
            by=plain_text(self.source.by, 40),
            lang=lang,
            paper=self.paper,
        )

    def _record(self, household: str, *, outcome: str = "allowed", **detail: object) -> int:
        actor = self.source.actor
        entry = AuditEntry.by(
            actor,
            "export",
            place=self.view.place or "",
            subject=household,
            reason="card",
            outcome=outcome,
            detail={"month": self.view.period, **detail},
        )
        return self.guard.trail.record(entry).seq


def open_prints(
    workspace: str,
    out: Path,
    *,
    paper: str = "a4",
    by: str | None = None,
    at: str | None = None,
    **asked: str | None,
) -> Prints:
    """Return the prints of a place for the user of this computer.

    `asked` are place, month, lang and rule. Raises BriefingError when `out` cannot be written, or
    the place, month or rule is not there.
    """
    check_target(out)
    county = open_workspace(workspace)
    rule = asked.get("rule") or ""
    if rule and rule not in county.setup.rules:
        raise BriefingError("briefing.no_rule", rule=rule)
    made = at or f"{datetime.now():%Y-%m-%d %H:%M}"
    source = county_source(county, command_actor(), at=made, by=by or system_user())
    lang = asked.get("lang") or default_language()
    view = source.view(place=asked.get("place"), period=asked.get("month"), lang=lang, rule=rule)
    return Prints(source, view, open_guard(county.setup.config.folder), paper)


def write_print(out: Path, content: bytes) -> None:
    """Write a print whole or not at all; raises BriefingError."""
    replace_file(out, lambda part: part.write_bytes(content))
