"""The two addresses of signing in with OpenID Connect: leaving for the provider, and coming back."""

from __future__ import annotations

import secrets
from typing import Any

from dashboard.server.auth import AUDIT, OPENID, OPENID_BACK, SignIn
from dashboard.server.openid import Provider, fresh
from dashboard.server.sign_in import SignInPage
from dashboard.web.page_sentence import page_sentence
from geodata.access import AuditEntry
from geodata.errors import AccountError

COOKIE = "guatu_openid"
_MINUTES = 10


class LeavePage(SignInPage):
    """Sends the browser to the provider and gives it what it must bring back."""

    async def get(self) -> None:  # type: ignore[override]
        """Go to the provider."""
        state, nonce, verifier = fresh()
        try:
            there = await _provider(self.sign_in).leave(state, nonce, verifier)
        except AccountError as error:
            self.refuse(error)
            return
        rules = self.sign_in.cookie_rules(self) | {"max_age": 60 * _MINUTES}
        self.set_cookie(COOKIE, ".".join((state, nonce, verifier)), **rules)
        self.redirect(there)

    def post(self) -> None:  # type: ignore[override]
        """Nothing is sent here."""
        self.send_error(405)

    def refuse(self, error: AccountError) -> None:
        """Record the failure and say it on the sign-in page."""
        failed = AuditEntry(
            "?openid",
            "sign_in",
            reason=error.key,
            outcome="failed",
            detail={"way": "openid"},
            address=str(self.request.remote_ip),
        )
        self.sign_in.guard.trail.record(failed)
        self.clear_cookie(COOKIE, path=self.sign_in.prefix or "/")
        self.set_status(401)
        self._form(fault=page_sentence(error, self.lang))


class BackPage(LeavePage):
    """Takes the provider's answer: only one that this browser asked for, for a local account."""

    async def get(self) -> None:  # type: ignore[override]
        """Sign in, or say in one sentence why not."""
        kept = (self.get_cookie(COOKIE) or "").split(".")
        state = self.get_query_argument("state", "")
        try:
            if (
                len(kept) != 3
                or not state
                or not secrets.compare_digest(kept[0].encode(), state.encode("utf-8", "replace"))
            ):
                raise AccountError("server.openid_state")
            code = self.get_query_argument("code", "")
            if not code:
                raise AccountError("server.openid_refused")
            name = await _provider(self.sign_in).name(code, kept[1], kept[2])
            account = await self.in_thread(self._admitted, name)
        except AccountError as error:
            self.refuse(error)
            return
        self.clear_cookie(COOKIE, path=self.sign_in.prefix or "/")
        self.sign_in.start(self, account)
        at = AUDIT if account.actor.allows("", "audit") else "/"
        self.redirect(f"{self.sign_in.prefix}{at}", status=303)

    def _admitted(self, name: str):  # type: ignore[no-untyped-def]
        guard = self.sign_in.guard
        origin = str(self.request.remote_ip)
        return guard.accounts.admit(name, now=guard.trail.clock(), origin=origin)


def openid_routes(sign_in: SignIn) -> list[tuple[Any, ...]]:
    """Return both routes, or none where no provider is set."""
    if sign_in.provider is None:
        return []
    given = {"sign_in": sign_in}
    return [(OPENID, LeavePage, given), (OPENID_BACK, BackPage, given)]


def _provider(sign_in: SignIn) -> Provider:
    assert sign_in.provider is not None
    return sign_in.provider
