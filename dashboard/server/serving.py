"""How a server is started: address, path, workers, who may sign in, limits and the log."""

from __future__ import annotations

import ipaddress
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from bokeh.resources import Resources
from panel.io.server import get_server

from dashboard.briefing.queue import end_orders
from dashboard.server.accounts_page import accounts_routes
from dashboard.server.audit_page import audit_routes
from dashboard.server.auth import SignIn
from dashboard.server.bulletins_page import bulletin_routes
from dashboard.server.changeover_page import changeover_routes
from dashboard.server.failed_page import fail_in_a_sentence
from dashboard.server.front import THROWN_AWAY, Hosts, name_of
from dashboard.server.gate import LARGEST_MESSAGE, gate
from dashboard.server.health import health_routes
from dashboard.server.idle import watch_idle
from dashboard.server.imports_page import imports_routes
from dashboard.server.log import log_request, set_up_log
from dashboard.server.memory import watch_memory
from dashboard.server.openid import Provider
from dashboard.server.openid_pages import openid_routes
from dashboard.server.parameters_page import parameters_routes
from dashboard.server.sign_in import sign_in_routes
from dashboard.server.stopping import Stopping
from geodata.access import Guard
from geodata.config import read_config
from geodata.config.settings import FILE_NAME
from geodata.errors import ConfigError

# Headers beyond this end the connection; what is shorter and still too long is told so.
_LARGEST_HEAD = 64 * 2**10
_SECONDS_OF_BODY = 60
_SECONDS_OF_ANSWERING = 2
# Pages of everybody wait while a record waits for another writer.
_SECONDS_OF_RECORDS = 1.0
# What an application keeps for its end.
GUARD, STOPPING = "guatu_guard", "guatu_stopping"


@dataclass(frozen=True)
class Serving:
    """Where and how to serve.

    `prefix` is the path under which nginx passes requests on; `proxy` says that there is a proxy
    on this computer whose word about address and HTTPS is taken. `hosts` are the names under which
    people ask for the server, besides its address. `guard` None serves without sign-in, to this
    computer only.
    """

    port: int
    address: str = "127.0.0.1"
    prefix: str = ""
    workers: int = 1
    proxy: bool = False
    hosts: tuple[str, ...] = ()
    guard: Guard | None = None
    open_browser: bool = False
    lang: str | None = None

    def check(self) -> None:
        """Raise ConfigError when the port is taken, or people elsewhere could come in unnamed."""
        signs_in = self.guard is not None and self.guard.has_accounts()
        if not signs_in and (self.proxy or self.hosts or not is_loopback(self.address)):
            raise ConfigError("server.no_accounts", address=self.address)
        for host in self.hosts:
            if not name_of(host):
                raise ConfigError("server.bad_host", host=host)
        if self.workers > 1 and not hasattr(os, "fork"):
            raise ConfigError("server.no_workers")
        refuse_taken(self.address, self.port)


def is_loopback(address: str) -> bool:
    """Return whether an address can be reached from this computer only."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def make_server(
    apps: Mapping[str, Callable[[], Any]],
    serving: Serving,
    *,
    title: str,
    routes: list[tuple[Any, ...]],
    has_data: Callable[[], bool],
) -> Any:
    """Return a Panel server with the gate before every route, not started yet.

    `has_data` says whether there is anything to be seen, for /ready.
    """
    serving.check()
    sign_in = None
    lang = serving.lang or "zh"
    if serving.guard is not None:
        provider = _provider(serving.guard.folder)
        sign_in = SignIn(
            serving.guard, title=title, prefix=serving.prefix, lang=lang, provider=provider
        )
        routes += [*sign_in_routes(sign_in), *openid_routes(sign_in), *audit_routes(sign_in)]
        routes += [*accounts_routes(sign_in), *imports_routes(sign_in)]
        routes += [*parameters_routes(sign_in), *changeover_routes(sign_in)]
        routes += bulletin_routes(sign_in)
    routes = [*routes, *health_routes(serving.guard, has_data)]
    set_up_log()
    # Where there are several, they part while the server is made.
    stopping = Stopping() if serving.workers > 1 else None
    with stopping.as_parent() if stopping is not None else nullcontext():
        server = get_server(
            dict(apps),
            port=serving.port,
            address=serving.address,
            title=title,
            extra_patterns=routes,
            show=serving.open_browser,
            verbose=False,
            **_limits(serving),
            **_guarding(serving, sign_in),
        )
    _without_unused(server._tornado)
    fail_in_a_sentence(server._tornado, lang)
    gate(server._tornado, sign_in, lang=lang, hosts=_hosts(serving, sign_in))
    if serving.guard is not None:
        serving.guard.trail.database.wait_seconds = _SECONDS_OF_RECORDS
    server._tornado.settings |= {GUARD: serving.guard, STOPPING: stopping}
    watch_memory(server._tornado)
    if sign_in is not None:
        watch_idle(server._tornado, sign_in)
    return server


def _without_unused(application: Any) -> None:
    """Leave out the library's script for charts on the graphics card: none of ours is drawn there."""
    all_of = application.resources

    def resources(absolute_url: str | bool | None = None) -> Resources:
        every: Resources = all_of(absolute_url)
        return every.clone(components=[one for one in every.components if one != "bokeh-gl"])

    application.resources = resources


def _provider(folder: Path) -> Provider | None:
    """Return the provider that guatu.toml names, if any."""
    settings = read_config(folder).openid if (folder / FILE_NAME).is_file() else None
    return Provider(settings) if settings is not None and settings.issuer else None


def _hosts(serving: Serving, sign_in: SignIn | None) -> Hosts:
    """Return the names the server answers to; without a sign-in those of this computer alone."""
    if sign_in is None:
        return Hosts()
    provider = sign_in.provider
    public = urlsplit(provider.settings.address).netloc if provider is not None else ""
    return Hosts(serving.address, (*serving.hosts, *([public] if public else [])))


def run_server(server: Any) -> NoReturn:
    """Serve until asked to stop, and end the process; what is being answered is finished first."""
    loop, settings = server.io_loop, server._tornado.settings
    stopping: Stopping = settings.get(STOPPING) or Stopping()

    def stop() -> None:
        server._http.stop()
        loop.call_later(_SECONDS_OF_ANSWERING, loop.stop)

    def close() -> None:
        end_orders()
        guard: Guard | None = settings.get(GUARD)
        if guard is not None:
            guard.trail.note_head()
            guard.trail.database.close()

    stopping.watch(lambda: loop.add_callback(stop), close)
    server.start()
    loop.start()
    stopping.end()


def _limits(serving: Serving) -> dict[str, Any]:
    return {
        "num_procs": serving.workers,
        "unused_session_lifetime": 60_000,
        "check_unused_sessions": 20_000,
        "websocket_max_message_size": LARGEST_MESSAGE,
        "http_server_kwargs": {
            "max_buffer_size": 2 * THROWN_AWAY,
            "max_body_size": THROWN_AWAY,
            "max_header_size": _LARGEST_HEAD,
            "body_timeout": _SECONDS_OF_BODY,
        },
        "log_function": log_request,
        "compress_response": True,
    }


def _guarding(serving: Serving, sign_in: SignIn | None) -> dict[str, Any]:
    """Return what keeps strangers out: signed tokens, XSRF, no cookie or header in a page."""
    origins = [f"{name}:{serving.port}" for name in ("localhost", "127.0.0.1")]
    guarding: dict[str, Any] = {
        "prefix": serving.prefix,
        "use_xheaders": serving.proxy,
        "websocket_origin": origins,
        "xsrf_cookies": True,
        "xsrf_cookie_kwargs": {"httponly": True, "samesite": "Lax"},
        "sign_sessions": True,
        "secret_key": secrets.token_urlsafe(32),
        "include_cookies": [],
        "include_headers": ["Accept-Language", "Host", "User-Agent"],
    }
    if sign_in is not None:
        guarding["auth_provider"] = sign_in
    return guarding


def refuse_taken(address: str, port: int) -> None:
    """Raise ConfigError when nothing can listen there, before any work is done."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise ConfigError("server.port_taken", port=port, address=address) from error
