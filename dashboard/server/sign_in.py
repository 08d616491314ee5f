"""The pages of signing in, changing the password and signing out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from tornado.ioloop import IOLoop
from tornado.web import HTTPError, RequestHandler

from dashboard.server.auth import (
    AUDIT,
    OPENID,
    PASSWORD,
    SESSIONS,
    SIGN_IN,
    SIGN_OUT,
    SignIn,
    page_values,
    safe_next,
)
from dashboard.server.front import LARGEST_FORM
from dashboard.server.plain_page import plain_page
from dashboard.texts import text
from dashboard.web.page_sentence import page_sentence
from geodata.access import Account, Actor, AuditEntry
from geodata.errors import AccessError, AccountError

T = TypeVar("T")
# Verifying a password takes a core and 64 MB for a moment; more at once are sent away.
_AT_ONCE = 8


class Page(RequestHandler):
    """What the plain pages share: the sign-in they belong to and how they are written."""

    largest_body = LARGEST_FORM

    def initialize(self, sign_in: SignIn) -> None:
        """Take the sign-in of the server."""
        self.sign_in = sign_in

    @property
    def lang(self) -> str:
        """Return the language asked for, else that of the server."""
        wanted = self.get_query_argument("lang", self.sign_in.lang)
        return wanted if wanted in ("zh", "en") else "zh"

    def permitted(self, right: str, *, act: str, subject: str = "", place: str = "") -> Actor:
        """Return who is asking when the account has the right at a place; anybody else is refused.

        Both are recorded.
        """
        account = self.sign_in.account(self)
        if account is None:
            raise HTTPError(403)
        actor = account.actor
        allowed = bool(actor.allows(place, right))
        outcome = "allowed" if allowed else "refused"
        entry = AuditEntry.by(actor, act, place=place, subject=subject, outcome=outcome)
        self.sign_in.guard.trail.record(entry)
        if not allowed:
            raise HTTPError(403)
        return actor

    def show(self, name: str, path: str, **values: object) -> None:
        """Answer with a page that nothing keeps."""
        self.set_header("Cache-Control", "no-store")
        shared = dict(page_values(self.sign_in, path))
        if self.lang != self.sign_in.lang:
            shared["action"] = f"{shared['action']}?lang={self.lang}"
        xsrf = self.xsrf_token.decode()
        self.finish(plain_page(name, self.lang, **{"xsrf": xsrf, **shared, **values}))

    async def in_thread(self, work: Callable[..., T], *arguments: object) -> T:
        """Run slow work (a password's hash) beside the pages of everybody else."""
        return await IOLoop.current().run_in_executor(None, work, *arguments)


class SignInPage(Page):
    """Asks for name and password; the one page for which nobody needs to be signed in."""

    # How many passwords this process verifies, or has waiting.
    trying = 0

    def get(self) -> None:
        """Show the form, or go on when someone is signed in already."""
        if self.sign_in.account(self):
            self.redirect(self._next())
            return
        self._form()

    async def post(self) -> None:
        """Sign in and go on to where the person wanted to go."""
        name = self.get_body_argument("name", "", strip=False)
        password = self.get_body_argument("password", "", strip=False)
        code = self.get_body_argument("code", "", strip=False)
        if SignInPage.trying >= _AT_ONCE:
            self.set_status(429)
            self._form(fault=text("sign_in.fault_429", self.lang))
            return
        SignInPage.trying += 1
        try:
            account = await self.in_thread(self._account, name, password, code)
        except AccountError as error:
            self.set_status(401)
            self._form(fault=page_sentence(error, self.lang))
            return
        finally:
            SignInPage.trying -= 1
        self.sign_in.start(self, account)
        onward = self._next()
        if onward == f"{self.sign_in.prefix}/" and account.actor.allows("", "audit"):
            onward = f"{self.sign_in.prefix}{AUDIT}"
        self.redirect(
            f"{self.sign_in.prefix}{PASSWORD}" if account.must_change else onward, status=303
        )

    def _account(self, name: str, password: str, code: str) -> Account:
        guard = self.sign_in.guard
        origin, now = str(self.request.remote_ip), guard.trail.clock()
        return guard.accounts.sign_in(name, password, now=now, origin=origin, code=code)

    def _next(self) -> str:
        return safe_next(self.get_argument("next", ""), self.sign_in.prefix)

    def _form(self, fault: str = "") -> None:
        title = text("sign_in.title", self.lang)
        other = f"{self.sign_in.prefix}{OPENID}" if self.sign_in.provider else ""
        values = {"next": self._next(), "other": other, "coded": self._coded()}
        self.show("sign_in", SIGN_IN, title=title, fault=fault, **values)

    def _coded(self) -> bool:
        """Return whether a code may be asked for; it may be where nobody can be asked."""
        try:
            return self.sign_in.guard.accounts.factors.in_use()
        except AccessError:
            return True


class PasswordPage(Page):
    """Asks for a new password; whoever has a first one sees nothing else."""

    def get(self) -> None:
        """Show the form."""
        self._form()

    async def post(self) -> None:
        """Check the old password, set the new one, and begin a new session with it."""
        old, new, again = (
            self.get_body_argument(name, "", strip=False) for name in ("old", "new", "again")
        )
        account = self.sign_in.account(self)
        assert account is not None
        if new != again:
            self._form(text("sign_in.not_same", self.lang))
            return
        try:
            fresh = await self.in_thread(self._changed, account.name, old, new)
        except AccountError as error:
            self._form(page_sentence(error, self.lang))
            return
        self.sign_in.start(self, fresh)
        self.redirect(f"{self.sign_in.prefix}/", status=303)

    def _changed(self, name: str, old: str, new: str):  # type: ignore[no-untyped-def]
        guard = self.sign_in.guard
        now = guard.trail.clock()
        origin = str(self.request.remote_ip)
        guard.accounts.sign_in(name, old, now=now, origin=origin, code=None)
        guard.accounts.set_password(name, new, by=name, now=now)
        return guard.accounts.get(name)

    def _form(self, fault: str = "") -> None:
        if fault:
            self.set_status(400)
        limits = self.sign_in.guard.limits
        rules = {"least": limits.password_length, "kinds": limits.password_kinds}
        title = text("sign_in.password_title", self.lang)
        self.show("password", PASSWORD, title=title, fault=fault, **rules)


class SignOutPage(Page):
    """Signs out; the link asks first, so that no foreign page can sign anybody out."""

    def get(self) -> None:
        """Ask whether to sign out."""
        title, sentence = (text(f"sign_in.{key}", self.lang) for key in ("leave_title", "leave"))
        self.show("note", SIGN_OUT, title=title, sentence=sentence, label=title)

    def post(self) -> None:
        """End the session on the server."""
        self.sign_in.end(self)
        title, sentence = (text(f"sign_in.{key}", self.lang) for key in ("out_title", "out"))
        again = {"action": f"{self.sign_in.prefix}{SIGN_IN}", "xsrf": ""}
        self.show(
            "note",
            SIGN_IN,
            title=title,
            sentence=sentence,
            label=text("sign_in.enter", self.lang),
            **again,
        )


class SessionsPage(Page):
    """Shows one's own sessions, each with a way to end it."""

    def get(self) -> None:
        """Show them, the newest first."""
        account, lang = self._mine(), self.lang
        own = self.sign_in.guard.sessions.of(account, self.sign_in.guard.trail.clock())
        rows = [
            (
                one.name,
                local_time(one.started),
                local_time(one.seen),
                one.address,
                one.name == account.session,
            )
            for one in own
        ]
        title = text("sign_in.sessions_title", lang)
        home = {"home": f"{self.sign_in.prefix}/", "rows": rows}
        hours = self.sign_in.guard.limits.session_hours
        self.show("sessions", SESSIONS, title=title, hours=hours, **home)

    def post(self) -> None:
        """End one of them."""
        account, name = self._mine(), self.get_body_argument("session", "")
        self.sign_in.guard.sessions.end_own(account, name)
        self.redirect(f"{self.sign_in.prefix}{SESSIONS}?lang={self.lang}", status=303)

    def _mine(self) -> Account:
        account = self.sign_in.account(self)
        if account is None:
            raise HTTPError(403)
        return account


def local_time(at: str) -> str:
    """Return a time of the records as the clock of this server shows it."""
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")


def sign_in_routes(sign_in: SignIn) -> list[tuple[Any, ...]]:
    """Return the routes of the three pages."""
    given = {"sign_in": sign_in}
    return [
        (SIGN_IN, SignInPage, given),
        (PASSWORD, PasswordPage, given),
        (SIGN_OUT, SignOutPage, given),
        (SESSIONS, SessionsPage, given),
    ]
