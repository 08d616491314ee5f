"""The gate before every route: headers, who is signed in, same origin, and errors in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from bokeh.protocol.message import Message
from bokeh.server.views.doc_handler import DocHandler
from bokeh.server.views.ws import WSHandler
from bokeh.util.token import get_session_id
from panel.io.server import ComponentResourceHandler
from tornado.web import Application, ErrorHandler, HTTPError, RequestHandler, StaticFileHandler

from dashboard.server.accounts_page import administered
from dashboard.server.ahead import ahead
from dashboard.server.auth import (
    ACCOUNTS,
    AUDIT,
    CHANGEOVER,
    IMPORTS,
    KEPT,
    OPENID,
    OPENID_BACK,
    PARAMETERS,
    PASSWORD,
    SESSIONS,
    SIGN_IN,
    SIGN_OUT,
    SignIn,
    account_of,
)
from dashboard.server.front import Hosts, same_origin, stand_before
from dashboard.server.headers import security_headers
from dashboard.server.health import ALIVE, READY
from dashboard.server.log import LOGGER
from dashboard.server.new_accounts import NEW_ACCOUNTS
from dashboard.server.plain_page import plain_page
from dashboard.texts import CATALOGUE, text
from geodata.access import Actor
from geodata.errors import AccessError
from geodata.i18n import LANGUAGES

# Whoever is not signed in reaches these and the scripts and styles of the page, nothing else.
PUBLIC = (SIGN_IN, OPENID, OPENID_BACK, ALIVE, READY, "/favicon.ico")
PUBLIC_FOLDERS = ("/static/",)
# Whoever must change the password first reaches these besides.
UNCHANGED = (PASSWORD, SIGN_OUT)


# What one message of a live connection may hold, all its parts together.
LARGEST_MESSAGE = 2**20


def gate(
    application: Application,
    sign_in: SignIn | None,
    *,
    lang: str = "zh",
    hosts: Hosts | None = None,
) -> None:
    """Put the gate before every route of a server; without a sign-in it adds headers and limits.

    Without `hosts` only names of this computer itself are answered.
    """
    router = application.wildcard_router
    # It imports whatever module an address names, and no page of ours asks it for a file.
    router.rules = [
        rule for rule in router.rules if not issubclass(rule.target, ComponentResourceHandler)
    ]
    for rule in router.rules:
        rule.target = gated(rule.target, sign_in, lang=lang)
    application.settings["default_handler_class"] = gated(ErrorHandler, sign_in, lang=lang)
    application.settings["default_handler_args"] = {"status_code": 404}

    def refusal(status: int, lang: str) -> str:
        return plain_page(
            "note",
            lang,
            title=text("sign_in.fault_title", lang),
            area=sign_in.title if sign_in else "",
            sentence=text(f"sign_in.fault_{status}", lang),
            commands=(),
            action=f"{sign_in.prefix if sign_in else ''}/",
            label=text("sign_in.home", lang),
        )

    stand_before(application, hosts or Hosts(), refusal)


def gated(
    handler: type[RequestHandler], sign_in: SignIn | None, *, lang: str
) -> type[RequestHandler]:
    """Return the handler behind the gate."""
    kind = _WebSocketGate if issubclass(handler, WSHandler) else _Gate
    names = {"sign_in_of_gate": sign_in, "lang_of_gate": lang}
    return type(f"Gated{handler.__name__}", (kind, handler), names)


def path_within(request_path: str, prefix: str) -> str:
    """Return the path below the prefix of the server."""
    return request_path.removeprefix(prefix) or "/"


def is_public(path: str) -> bool:
    """Return whether a path below the prefix is for everybody; no path may climb out of a folder."""
    return path in PUBLIC or (path.startswith(PUBLIC_FOLDERS) and ".." not in path)


def is_strange(path: str) -> bool:
    """Return whether no file of ours has such a path: NUL, or a part of nothing but dots."""
    return "\0" in path or any(len(part) > 1 and not part.strip(".") for part in path.split("/"))


class _Gate(RequestHandler):
    """What stands before the methods of a handler."""

    sign_in_of_gate: SignIn | None
    lang_of_gate: str

    def set_default_headers(self) -> None:
        super().set_default_headers()
        plain = not isinstance(self, DocHandler)
        https = self.request.protocol == "https"
        for name, value in security_headers(plain=plain, https=https).items():
            self.set_header(name, value)

    async def _execute(self, *args: Any, **kwargs: Any) -> None:
        """Answer; what wants to end the program meanwhile ends the answer, never the server."""
        try:
            await super()._execute(*args, **kwargs)
        except SystemExit:
            LOGGER.exception("an answer wanted to end the server")
            if not self._finished:
                self.send_error(500)

    async def prepare(self) -> None:
        if is_strange(unquote(self.request.path)):
            raise HTTPError(400)
        if self.request.method == "OPTIONS":
            raise HTTPError(405)  # asked before a page of another site fetches from here
        self._pass_gate()
        prepared = super().prepare()
        if prepared is not None:
            await prepared
        if not self._finished and self._is_page_at_gate(self.request.path):
            self.set_header("Link", ahead(self.request.path, self.request.query))

    def get_cache_time(self, path: str, modified: Any, mime_type: str) -> int:
        """Return the seconds that a browser may keep a file: for ever when its address has a version.

        Only handlers of files are asked; the widgets' script has its version without a name.
        """
        if self.request.query:
            return StaticFileHandler.CACHE_MAX_AGE
        return int(super().get_cache_time(path, modified, mime_type))  # type: ignore[misc]

    def _pass_gate(self) -> None:
        """Refuse whoever may not come in; a page sends to the sign-in instead (Bokeh does).

        A server without a sign-in answers nobody once there are accounts.
        """
        sign_in = self.sign_in_of_gate
        if sign_in is None:
            if self.settings.get(NEW_ACCOUNTS) and not is_public(self.request.path):
                raise HTTPError(401)
            return
        path = path_within(self.request.path, sign_in.prefix)
        if is_public(path):
            return
        account = self._account_at_gate(sign_in)
        if account is None:
            if self._is_page_at_gate(path):
                return
            raise HTTPError(403)
        if account.must_change and path not in UNCHANGED:
            if self._is_page_at_gate(path):
                self.redirect(f"{sign_in.prefix}{PASSWORD}")
                return
            raise HTTPError(403)
        if path in (AUDIT, ACCOUNTS, CHANGEOVER, IMPORTS, PARAMETERS, SESSIONS, *UNCHANGED):
            return
        if not account.actor.scope.starts("figure"):
            if path == "/" and self.request.method == "GET" and account.actor.allows("", "audit"):
                self.redirect(f"{sign_in.prefix}{AUDIT}")
                return
            if path == "/" and self.request.method == "GET" and account.actor.allows("", "users"):
                self.redirect(f"{sign_in.prefix}{ACCOUNTS}")
                return
            raise HTTPError(403)  # a role or an account without any place sees no map
        if self._is_page_at_gate(path) and self._is_full(account.name, sign_in):
            raise HTTPError(429)

    def _is_full(self, name: str, sign_in: SignIn) -> bool:
        """Return whether this worker has as many pages open as it, or the account, may have."""
        limits = sign_in.guard.limits
        contexts = self.application._applications.values()  # type: ignore[attr-defined]  # Bokeh's
        openers = [
            account_of(page.request)
            for context in contexts
            for page in context._session_contexts.values()
        ]
        mine = sum(opener is not None and opener.name == name for opener in openers)
        return mine >= limits.pages_per_account or len(openers) >= limits.pages_per_worker

    def _account_at_gate(self, sign_in: SignIn):  # type: ignore[no-untyped-def]
        try:
            return sign_in.account(self)
        except AccessError as error:
            raise HTTPError(503) from error

    def _is_page_at_gate(self, path: str) -> bool:
        # A page that is embedded or fetched piece by piece cannot be sent to the sign-in.
        embedded = path.endswith(("/autoload.js", "/metadata", "/ws"))
        return isinstance(self, DocHandler) and self.request.method == "GET" and not embedded

    def get_current_user(self) -> Any:
        sign_in = self.sign_in_of_gate
        if sign_in is None:
            return super().get_current_user()
        return sign_in.get_user(self)

    def get_login_url(self) -> str:
        sign_in = self.sign_in_of_gate
        return super().get_login_url() if sign_in is None else f"{sign_in.prefix}{SIGN_IN}"

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with one sentence; what went wrong inside is in the log only."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, AccessError):
            status_code = 503
            self.set_status(503)
        for name, value in security_headers(plain=True).items():
            self.set_header(name, value)
        key = f"sign_in.fault_{status_code}"
        lang, sign_in = self._lang(), self.sign_in_of_gate
        known = key if key in CATALOGUE else f"sign_in.fault_{400 if status_code < 500 else 500}"
        account = account_of(self.request)
        refused = account is not None and status_code == 403
        onward = SIGN_OUT if refused else "/"
        whose = _whose(account.actor) if refused and account is not None else ""
        label = text("sign_in.leave_title" if onward == SIGN_OUT else "sign_in.home", lang)
        page = plain_page(
            "note",
            lang,
            title=text(f"sign_in.{whose}_title" if whose else "sign_in.fault_title", lang),
            area=sign_in.title if sign_in else "",
            sentence=text(f"sign_in.{whose}" if whose else known, lang),
            commands=administered(lang) if whose == "administrator" else (),
            action=f"{sign_in.prefix if sign_in else ''}{onward}",
            label=label,
        )
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(page)

    def _lang(self) -> str:
        """Return the language that the address asks for, else that of the server."""
        asked = self.request.query_arguments.get("lang", [b""])[-1].decode("ascii", "replace")
        return asked if asked in LANGUAGES else self.lang_of_gate

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        if isinstance(value, HTTPError):
            return  # the line of the request says it; its message may hold what was asked
        super().log_exception(typ, value, tb)


def _whose(actor: Actor) -> str:
    """Return what sort of account sees no map, where that can be said better than a refusal."""
    if actor.allows("", "users"):
        return "administrator"
    sees = "figure" in actor.scope.role.acts
    return "no_place" if sees and not actor.prefixes else ""


# The gate is put before Bokeh's handler of a page's live connection, whose methods it calls.
if TYPE_CHECKING:
    _Live = WSHandler
else:
    _Live = object


class _WebSocketGate(_Gate, _Live):
    """A page's live connection: from the same origin, the same account, and not an idle one."""

    _received = 0

    def check_origin(self, origin: str) -> bool:
        # That the host is one of ours was asked before any route.
        return same_origin(origin, self.request.host)

    def get_compression_options(self) -> dict[str, Any]:
        # The numbers of a month become a third; what a message may hold is counted unpacked.
        return {"compression_level": 6, "mem_level": 5}

    async def _async_open(self, token: str) -> None:
        if not self._owns_page(token):
            self.close(1008)
            return
        await super()._async_open(token)
        # No page of ours sends a whole document; a browser that does would replace its page here.
        protocol: Any = self.handler
        protocol._handlers.pop("PUSH-DOC", None)

    async def send_message(self, message: Message[Any]) -> None:
        """Send a message of the page; one about a failure says nothing of the inside."""
        if message.msgtype == "ERROR":
            message.content = {
                "text": text("sign_in.fault_500", self.lang_of_gate),
                "traceback": None,
            }
        await super().send_message(message)

    def _owns_page(self, token: str) -> bool:
        """Return whether the page behind a token is new or was opened by the same account."""
        sign_in = self.sign_in_of_gate
        if sign_in is None:
            return True
        account = sign_in.account(self)
        context = self.application_context._session_contexts.get(get_session_id(token))
        opener = account_of(context.request) if context is not None else account
        return account is not None and opener is not None and opener.name == account.name

    async def on_message(self, fragment: str | bytes) -> None:
        if self._is_over():
            self.close(1008)
            return
        # A message comes in parts, and says itself how many: together they are limited as well.
        self._received += len(fragment)
        if self._received > LARGEST_MESSAGE:
            self.close(1009)
            return
        await super().on_message(fragment)

    async def _receive(self, fragment: str | bytes) -> Message[Any] | None:
        message: Message[Any] | None = await super()._receive(fragment)
        if message is not None:
            self._received = 0
        return message

    def _is_over(self) -> bool:
        """Return whether the sign-in behind this page has ended; a message counts as activity."""
        sign_in = self.sign_in_of_gate
        if sign_in is None:
            return False
        setattr(self.request, KEPT, None)
        try:
            return sign_in.account(self) is None
        except AccessError:
            return True
