"""The administrator's page: who may sign in, with which role and places, and from where; no people."""

from __future__ import annotations

from typing import Any

from tornado.web import HTTPError

from dashboard.server.auth import ACCOUNTS, SIGN_OUT, SignIn
from dashboard.server.sign_in import Page, local_time
from dashboard.texts import text
from dashboard.web.page_sentence import page_sentence
from geodata.access import Account, Actor
from geodata.errors import AccountError

# What an administrator does by the commands of the server.
_ADMINISTERED = ("user", "import", "build", "policy", "audit")
_COLUMNS = ("name", "role", "places", "state", "sessions", "seen")


class AccountsPage(Page):
    """For whoever manages users alone; looking, and every change, is in the audit."""

    def get(self) -> None:
        """Show every account."""
        self._show(self.permitted("users", act="users"))

    def post(self) -> None:
        """Shut an account out, let it in again, or end its sign-ins."""
        actor = self.permitted("users", act="users")
        wanted, name = self.get_body_argument("do", ""), self.get_body_argument("account", "")
        guard, fault = self.sign_in.guard, ""
        try:
            if name == actor.name:
                fault = text("accounts_page.not_oneself", self.lang)
            elif wanted in ("disable", "enable"):
                guard.accounts.set_disabled(name, wanted == "disable", by=actor.name)
            elif wanted == "end":
                account = guard.accounts.get(name)
                if account is None:
                    raise HTTPError(400)
                guard.sessions.end_all(account, by=actor)
            else:
                raise HTTPError(400)
        except AccountError as error:
            fault = page_sentence(error, self.lang)
        self._show(actor, fault)

    def _show(self, actor: Actor, fault: str = "") -> None:
        accounts = self.sign_in.guard.accounts.all()
        self.show(
            "accounts",
            ACCOUNTS,
            title=text("accounts_page.title", self.lang),
            fault=fault,
            columns=[text(f"accounts_page.{name}", self.lang) for name in _COLUMNS],
            rows=[self._row(account, actor) for account in accounts],
            commands=administered(self.lang),
            told=text("sign_in.administrator", self.lang),
            sign_out=f"{self.sign_in.prefix}{SIGN_OUT}",
        )

    def _row(self, account: Account, actor: Actor) -> dict[str, object]:
        guard, lang = self.sign_in.guard, self.lang
        own = guard.sessions.of(account, guard.trail.clock())
        states = {"disabled": account.disabled, "must_change": account.must_change}
        told = [text(f"user.state_{name}", lang) for name, holds in states.items() if holds]
        cells = (
            account.name,
            text(f"access.role_{account.role}", lang),
            ",".join(account.prefixes) or text("user.nowhere", lang),
            "、".join(told) or text("accounts_page.in_use", lang),
            str(len(own)),
            max((f"{local_time(one.seen)} {one.address}" for one in own), default=""),
        )
        acts = ["enable" if account.disabled else "disable", *(["end"] if own else [])]
        acts = [] if account.name == actor.name else acts
        titles = [(act, text(f"accounts_page.do_{act}", lang)) for act in acts]
        return {"name": account.name, "cells": cells, "acts": titles}


def administered(lang: str) -> list[tuple[str, str]]:
    """Return what an administrator does and by which command of the server."""
    return [(f"guatu {name}", text(f"sign_in.does_{name}", lang)) for name in _ADMINISTERED]


def accounts_routes(sign_in: SignIn) -> list[tuple[Any, ...]]:
    """Return the route of the administrator's page."""
    return [(ACCOUNTS, AccountsPage, {"sign_in": sign_in})]
