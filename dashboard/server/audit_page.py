"""The auditor's page: who looked at what, reading in full first; the check of the chain, and a copy."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tornado.web import HTTPError

from dashboard.content.audit_words import COLUMNS, record_cells
from dashboard.server.auth import AUDIT, SIGN_OUT, SignIn
from dashboard.server.sign_in import Page
from dashboard.texts import text
from geodata.access import AuditTrail, Record
from geodata.access.scope import Actor
from geodata.escaping import plain_text
from geodata.i18n import CATALOGUE as WORDS
from geodata.periods import shift_month

SHOWN = 500
_FILTERS = ("day", "month", "actor", "act", "place", "household")


class AuditPage(Page):
    """For the auditor alone; opening it, checking and copying are in the audit themselves."""

    def get(self) -> None:
        """Show the records that fit the filters, newest first."""
        self._show()

    async def post(self) -> None:
        """Check the chain, or hand out a copy of all records."""
        wanted = self.get_body_argument("do", "")
        if wanted == "verify":
            actor = self.permitted("audit", act="audit_verify")
            checked = await self.in_thread(self._trail.verify)
            altered = await self.in_thread(self.sign_in.guard.accounts.altered)
            key = "audit.whole" if checked.whole else "audit.broken"
            span = {"count": checked.records, "first": checked.first, "last": checked.last}
            parts = [text(key, self.lang, **span)]
            parts += [
                text(f"audit.fault_{one.kind}", self.lang, seq=one.seq)
                for one in checked.faults[:20]
            ]
            parts += [
                text(f"audit.remark_{one.kind}", self.lang, seq=one.seq)
                for one in checked.remarks[:20]
            ]
            parts += [text("audit.account_altered", self.lang, name=name) for name in altered]
            head, whole = text("audit.head", self.lang, head=checked.head), checked.whole
            self._show(actor, said=" ".join(parts), whole=whole and not altered, head=head)
        elif wanted == "export":
            self.permitted("audit", act="audit_export")
            content = await self.in_thread(_copy, self._trail)
            self.set_header("Content-Type", "application/x-ndjson; charset=utf-8")
            self.set_header("Content-Disposition", 'attachment; filename="audit.jsonl"')
            self.set_header("Cache-Control", "no-store")
            self.finish(content)
        else:
            raise HTTPError(400)

    @property
    def _trail(self) -> AuditTrail:
        return self.sign_in.guard.trail

    @property
    def _asked(self) -> dict[str, str]:
        return {name: self.get_query_argument(name, "").strip()[:64] for name in _FILTERS}

    def _show(self, actor: Actor | None = None, **said: object) -> None:
        if actor is None:
            self.permitted(
                "audit", act="audit", subject=self._asked["household"] or self._asked["actor"]
            )
        asked = self._asked
        fault = self._fault(asked)
        records = [] if fault else _found(self._trail, asked)
        alerts = [one for one in records if one.act == "alert"]
        full = [one for one in records if one.act == "unmask"]
        others = [one for one in records if one.act not in ("alert", "unmask")]
        sentence = {"shown": len(records), "all": self._trail.count()}
        self.show(
            "audit",
            AUDIT,
            title=text("audit_page.title", self.lang),
            sentence=text("audit_page.sentence", self.lang, **sentence),
            fault=fault,
            filters=[(n, text(f"audit_page.{n}", self.lang), asked[n]) for n in _FILTERS],
            acts=_acts(self.lang),
            columns=_titles(self.lang),
            parts=[
                *([(text("audit_page.alerts", self.lang), self._rows(alerts))] if alerts else []),
                (text("audit_page.unmasked", self.lang), self._rows(full)),
                (text("audit_page.others", self.lang), self._rows(others)),
            ],
            sign_out=f"{self.sign_in.prefix}{SIGN_OUT}",
            to_map=f"{self.sign_in.prefix}/" if self._sees_map() else "",
            **said,
        )

    def _sees_map(self) -> bool:
        account = self.sign_in.account(self)
        return account is not None and bool(account.actor.scope.starts("figure"))

    def _fault(self, asked: dict[str, str]) -> str:
        if asked["day"] and not _is_day(asked["day"]):
            return text("audit_page.bad_day", self.lang, value=plain_text(asked["day"], 40))
        if asked["month"] and not _is_day(f"{asked['month']}-01"):
            return text("audit.bad_month", self.lang, value=plain_text(asked["month"], 40))
        if asked["act"] and asked["act"] not in dict(_acts(self.lang)):
            return text("audit_page.bad_act", self.lang, value=plain_text(asked["act"], 40))
        return ""

    def _rows(self, records: Sequence[Record]) -> list[list[str]]:
        shown = self._trail.shown(records)
        cells = (record_cells(one, self.lang, shown.get(one.seq)) for one in records)
        return [list(each.values()) for each in cells]


def audit_routes(sign_in: SignIn) -> list[tuple[Any, ...]]:
    """Return the route of the auditor's page."""
    return [(AUDIT, AuditPage, {"sign_in": sign_in})]


def _found(trail: AuditTrail, asked: dict[str, str]) -> list[Record]:
    """Return the newest records that fit, newest first; the places by the beginning of their code."""
    since = until = None
    if asked["day"]:
        since = datetime.datetime.fromisoformat(asked["day"]).astimezone()
        until = since + datetime.timedelta(days=1)
    elif asked["month"]:
        since, until = (
            datetime.datetime.fromisoformat(f"{one}-01").astimezone()
            for one in (asked["month"], shift_month(asked["month"], 1))
        )
    records = trail.records(
        since=since,
        until=until,
        under=asked["place"],
        newest=SHOWN,
        act=asked["act"],
        actor=asked["actor"],
        showing=asked["household"],
    )
    return records[::-1]


def _titles(lang: str) -> list[str]:
    """Return the titles of the columns; times are those of this server, whose zone is named."""
    zone = datetime.datetime.now().astimezone().strftime("UTC%z").removesuffix("+0000")
    at = text("audit_page.column_at", lang, zone=zone)
    return [at if name == "at" else text(f"audit.column_{name}", lang) for name in COLUMNS]


def _acts(lang: str) -> list[tuple[str, str]]:
    names = [key.removeprefix("access.act_") for key in WORDS if key.startswith("access.act_")]
    known = [(name, text(f"access.act_{name}", lang)) for name in names if name != "not_granted"]
    return sorted(known, key=lambda one: one[1])


def _is_day(value: str) -> bool:
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _copy(trail: AuditTrail) -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "audit.jsonl"
        trail.export(file)
        return file.read_bytes()
