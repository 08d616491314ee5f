"""Signing in, in Bokeh's and Panel's own extension point: who is asking, and where to sign in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bokeh.server.auth_provider import AuthProvider
from tornado.web import RequestHandler

from dashboard.server.openid import Provider
from geodata.access import Guard
from geodata.access.accounts import Account

COOKIE = "guatu_session"
SIGN_IN, SIGN_OUT, PASSWORD = "/login", "/logout", "/password"
AUDIT = "/audit"
SESSIONS = "/sessions"
ACCOUNTS = "/accounts"
IMPORTS = "/imports"
PARAMETERS, CHANGEOVER = "/parameters", "/changeover"
BULLETINS = "/bulletins"
OPENID, OPENID_BACK = "/openid", "/openid/back"
# Under this name a request keeps its account, for the page that is made from it.
KEPT = "guatu_account"


class SignIn(AuthProvider):
    """Knows the account behind a request by its session cookie.

    `title` is what the pages show, `prefix` the path under which all is served,
    `provider` another way to sign in (`dashboard.server.openid`).
    """

    def __init__(
        self,
        guard: Guard,
        *,
        title: str,
        prefix: str = "",
        lang: str = "zh",
        provider: Provider | None = None,
    ) -> None:
        guard.prepare_sign_in()
        self.provider = provider
        self.guard, self.title, self.lang = guard, title, lang
        self.prefix = f"/{prefix.strip('/')}" if prefix.strip("/") else ""
        super().__init__()

    def account(self, handler: RequestHandler) -> Account | None:
        """Return who is asking, noted as active; looked up once a request."""
        kept: Account | None = getattr(handler.request, KEPT, None)
        token = handler.get_cookie(COOKIE)
        if kept is None and token:
            signed_in = self.guard.sessions.seen(token, self.guard.trail.clock())
            kept = signed_in and replace(signed_in, address=str(handler.request.remote_ip))
            setattr(handler.request, KEPT, kept)
        return kept

    def start(self, handler: RequestHandler, account: Account) -> None:
        """Begin a session and give the browser its cookie, out of reach of any script."""
        address = str(handler.request.remote_ip)
        token = self.guard.sessions.start(account, self.guard.trail.clock(), address=address)
        handler.set_cookie(COOKIE, token, **self.cookie_rules(handler))

    def end(self, handler: RequestHandler) -> None:
        """End the session on the server and take the cookie back."""
        self.guard.sessions.end(handler.get_cookie(COOKIE) or "")
        handler.clear_cookie(COOKIE, path=self.prefix or "/")

    def cookie_rules(self, handler: RequestHandler) -> dict[str, Any]:
        """Return how a cookie is set: by this server only, over HTTPS where that is used."""
        return {
            "path": self.prefix or "/",
            "httponly": True,
            "samesite": "Lax",
            "secure": handler.request.protocol == "https",
        }

    @property
    def get_user(self) -> Callable[[RequestHandler], str | None]:  # type: ignore[override]  # a method there
        """Return the look-up that every handler of the server uses."""

        def get_user(handler: RequestHandler) -> str | None:
            account = self.account(handler)
            return None if account is None else account.name

        return get_user

    @property
    def login_url(self) -> str:
        """Return where to sign in."""
        return SIGN_IN

    @property
    def logout_url(self) -> str:
        """Return where to sign out."""
        return SIGN_OUT


def account_of(request: object) -> Account | None:
    """Return the account that a session's request was signed in with, if any."""
    return getattr(request, KEPT, None)


def safe_next(wanted: str, prefix: str) -> str:
    """Return where to go after signing in: a path of this server, else its first page."""
    home = f"{prefix}/"
    # "//host" and "/\host" are other servers to a browser, and it drops tabs and line breaks.
    plain = wanted.isprintable() and "\\" not in wanted
    inside = wanted.startswith(home) and not wanted.startswith("//")
    ends = (SIGN_IN, SIGN_OUT, PASSWORD, SESSIONS, "/ws", "/autoload.js")
    path = wanted.partition("?")[0].partition("#")[0]
    return wanted if plain and inside and not path.endswith(ends) else home


def page_values(sign_in: SignIn, path: str) -> Mapping[str, object]:
    """Return what every plain page shows: the area's title and the address of its form."""
    return {"area": sign_in.title, "action": f"{sign_in.prefix}{path}"}
