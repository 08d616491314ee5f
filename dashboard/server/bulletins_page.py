"""The list of bulletins for whoever is signed in: those of the own places, each with its papers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tornado.web import HTTPError

from dashboard.briefing.bulletin.content import FOLDER
from dashboard.server.auth import BULLETINS, SignIn
from dashboard.server.sign_in import Page
from dashboard.texts import text
from geodata.access.bulletins import BulletinList, IssuedBulletin
from geodata.access.chain import AuditEntry
from geodata.access.scope import Actor

# Forms of papers, with what they are called to a browser.
FORMS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


class BulletinsPage(Page):
    """Shows the list, or hands out one paper; both go by the places of the account."""

    def get(self, name: str = "") -> None:
        """Answer with the list, or with a paper of it; anything else is not there."""
        account = self.sign_in.account(self)
        if account is None:
            raise HTTPError(403)
        issued = BulletinList(self.sign_in.guard.trail).seen_by(account.actor)
        if name:
            self._hand_out(account.actor, issued, name)
            return
        self.show(
            "bulletins",
            BULLETINS,
            title=text("bulletin.page_title", self.lang),
            rows=[self._row(one) for one in issued],
            home=f"{self.sign_in.prefix}/?lang={self.lang}",
        )

    def _row(self, one: IssuedBulletin) -> dict[str, Any]:
        folder = self.sign_in.guard.folder / FOLDER
        known = [form for form in FORMS if (folder / f"{one.file}.{form}").is_file()]
        papers = [
            (form, f"{self.sign_in.prefix}{BULLETINS}/{quote(one.file)}.{form}") for form in known
        ]
        return {
            "kind": text(f"bulletin.kind_{one.kind}", self.lang),
            "number": one.number,
            "day": one.day.isoformat(),
            "place": one.place,
            "late": text("bulletin.page_late", self.lang) if one.late else "",
            "papers": papers,
        }

    def _hand_out(self, actor: Actor, issued: list[IssuedBulletin], name: str) -> None:
        """Send one paper of the list as an attachment, on record; raises HTTPError 404 for any other."""
        file, _, form = name.rpartition(".")
        one = next((each for each in issued if each.file == file), None)
        paper = self.sign_in.guard.folder / FOLDER / name
        if one is None or form not in FORMS or not paper.is_file():
            raise HTTPError(404)
        if not actor.allows(one.place, "export"):
            raise HTTPError(403)
        detail = {"kind": one.kind, "number": one.number}
        entry = AuditEntry.by(actor, "export", place=one.place, outcome="allowed", detail=detail)
        self.sign_in.guard.trail.record(entry)
        self.set_header("Content-Type", FORMS[form])
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.set_header("Cache-Control", "no-store")
        self.finish(paper.read_bytes())


def bulletin_routes(sign_in: SignIn) -> list[tuple[Any, ...]]:
    """Return the routes of the list and of its papers."""
    given = {"sign_in": sign_in}
    return [
        (BULLETINS, BulletinsPage, given),
        (rf"{BULLETINS}/([a-z0-9-]+\.[a-z]+)", BulletinsPage, given),
    ]
