"""The page that explains why households of one's own places are in another class than in an earlier month."""

from __future__ import annotations

from typing import Any

from tornado.web import HTTPError

from dashboard.briefing.changeover_files import classes_changed, setting_lines, sum_line
from dashboard.server.auth import CHANGEOVER, SIGN_OUT, SignIn
from dashboard.server.sign_in import Page
from dashboard.texts import text
from dashboard.web.page_sentence import page_sentence
from geodata import open_workspace
from geodata.access import Actor, AuditEntry
from geodata.config.settings import FILE_NAME
from geodata.errors import GuatuError
from geodata.escaping import plain_text
from geodata.workspace.answerable import answerable, unanswered_in
from geodata.workspace.changeover import changeover_seen_by

_MONTHS = ("from", "to")


class ChangeoverPage(Page):
    """For whoever sees rows about households; what is counted are those of one's own places, on record."""

    async def get(self) -> None:
        """Ask for two months, and say what changed between them and why; counts only."""
        actor = self._reading()
        asked = {name: plain_text(self.get_query_argument(name, ""), 20) for name in _MONTHS}

        def made() -> dict[str, object]:
            return self._values(actor, asked)

        self.show(
            "changeover",
            CHANGEOVER,
            title=text("changeover_page.title", self.lang),
            asked=asked,
            sign_out=f"{self.sign_in.prefix}{SIGN_OUT}",
            to_map=f"{self.sign_in.prefix}/",
            **await self.in_thread(made),
        )

    def _reading(self) -> Actor:
        """Return who is asking when rows about households may be seen; both answers are recorded."""
        account = self.sign_in.account(self)
        if account is None:
            raise HTTPError(403)
        actor = account.actor
        allowed = bool(actor.scope.starts("rows"))
        outcome = "allowed" if allowed else "refused"
        self.sign_in.guard.trail.record(AuditEntry.by(actor, "changeover", outcome=outcome))
        if not allowed:
            raise HTTPError(403)
        if not (self.sign_in.guard.folder / FILE_NAME).is_file():
            raise HTTPError(404)  # a joined folder has no months
        return actor

    def _values(self, actor: Actor, asked: dict[str, str]) -> dict[str, object]:
        """Return the values of the template; a fault where the two months cannot be compared."""
        county, lang = open_workspace(self.sign_in.guard.folder), self.lang
        values: dict[str, object] = {"months": county.months, "told": "", "classes": []}
        values |= {"settings": [], "fault": ""}
        before, after = (asked[name] for name in _MONTHS)
        if not before and not after:
            return values
        if not {before, after} <= set(county.months) or not before < after:
            known = f"{county.months[0]}..{county.months[-1]}" if county.months else "—"
            return values | {"fault": text("changeover_page.bad_months", lang, known=known)}
        try:
            reader = county.people(after, actor=actor, guard=self.sign_in.guard)
            setup = answerable(county.setup, unanswered_in(county.month(after).built))
            change = changeover_seen_by(reader, setup, before, after, lang=lang)
        except GuatuError as error:
            return values | {"fault": page_sentence(error, lang)}
        return values | {
            "told": sum_line(change, lang),
            "classes": classes_changed(change, lang),
            "settings": setting_lines(change, lang),
        }


def changeover_routes(sign_in: SignIn) -> list[tuple[Any, ...]]:
    """Return the route of the page of changes of class."""
    return [(CHANGEOVER, ChangeoverPage, {"sign_in": sign_in})]
