"""Before every route: the host a request names, and how long its address, headers and body may be."""

from __future__ import annotations

import http.client
import ipaddress
import logging
import re
import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.web import Application

from dashboard.server.headers import security_headers

LONGEST_ADDRESS = 8 * 2**10
# Of all headers of a request together, cookies and the token of a live connection among them.
LARGEST_HEADERS = 24 * 2**10
# The body of a route that says nothing of `largest_body`, and that of a form.
LARGEST_BODY = 0
LARGEST_FORM = 64 * 2**10
# A body that is refused is read to here and thrown away, so that its sender reads the answer.
THROWN_AWAY = 2**20
# So is one for a route that says in a page of its own, `too_large`, what came; its first bytes tell.
MOST_THROWN_AWAY, _FIRST = 2**30, 4 * 2**10
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:@/\\\[\]?#%]+)(:\d{1,5})?")
_LOG = logging.getLogger("guatu.server")


class Hosts:
    """The names under which a server may be asked for, at any port.

    `address` is where it listens, `stated` the names that its operator gives. A server that
    listens everywhere is also found under every IP address: no foreign name can be one.
    """

    def __init__(self, address: str = "127.0.0.1", stated: Sequence[str] = ()) -> None:
        self.names = {*LOOPBACK, *(name_of(host) for host in (address, *stated))} - {""}
        self._everywhere = _is_unspecified(address)
        if self._everywhere:
            self.names |= {socket.gethostname().lower(), socket.getfqdn().lower()}

    def allow(self, host: str) -> bool:
        """Return whether the value of a header Host names this server."""
        name = name_of(host)
        return name in self.names or (self._everywhere and _is_ip(name))


def name_of(host: str) -> str:
    """Return the name in ``name`` or ``name:port``, in small letters; empty when it is neither."""
    given = f"[{host}]" if host.count(":") > 1 and not host.startswith("[") else host
    match = _HOST.fullmatch(given)
    return match[1].strip("[]").lower() if match else ""


def same_origin(origin: str, host: str) -> bool:
    """Return whether a page of `origin` came from the server that `host` names, port and all."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:
        return False


def stand_before(application: Application, hosts: Hosts, page: Callable[[int, str], str]) -> None:
    """Refuse what is too large or names another host, before a route is looked for.

    `page` returns the HTML of a refusal by its status and language.
    """

    def start_request(server: object, connection: HTTPConnection) -> HTTPMessageDelegate:
        return _Arriving(application, hosts, page, server, connection)

    # An instance's own function stands before the method of its class.
    vars(application)["start_request"] = start_request


class _Arriving(HTTPMessageDelegate):
    """One request while it comes in; its handler is made when it is whole and none too large."""

    def __init__(
        self,
        application: Application,
        hosts: Hosts,
        page: Callable[[int, str], str],
        server: object,
        connection: Any,
    ) -> None:
        self._application, self._hosts, self._page = application, hosts, page
        self._server, self._connection = server, connection
        self._inner: HTTPMessageDelegate | None = None
        self._line: RequestStartLine | None = None
        self._status, self._left = 0, 0
        self._too_large: Callable[[bytes, int, str], str] | None = None
        self._declared, self._first = 0, b""

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Any:
        assert isinstance(start_line, RequestStartLine)
        self._line = start_line
        self._connection.set_max_body_size(THROWN_AWAY)
        self._status = self._fault(start_line, headers)
        if not self._status:
            self._inner = self._handler(start_line, headers)
            self._connection.set_max_body_size(max(THROWN_AWAY, self._left))
            declared = headers.get("Content-Length", "")
            if declared.isdigit() and int(declared[:20]) > self._left:
                self._status, self._declared = 413, int(declared[:20])
                read_on = THROWN_AWAY if self._too_large is None else MOST_THROWN_AWAY
                self._connection.set_max_body_size(read_on)
                if self._declared > read_on:
                    self._refuse()
        if self._status or self._inner is None:
            return None
        return self._inner.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Any:
        self._left -= len(chunk)
        if self._status and len(self._first) < _FIRST:
            self._first += chunk[:_FIRST]
        if self._left < 0:
            self._status = self._status or 413
        return None if self._status or self._inner is None else self._inner.data_received(chunk)

    def finish(self) -> None:
        if self._status or self._inner is None:
            self._refuse()
        else:
            self._inner.finish()

    def on_connection_close(self) -> None:
        if self._inner is not None and not self._status:
            self._inner.on_connection_close()

    def _fault(self, line: RequestStartLine, headers: HTTPHeaders) -> int:
        """Return the status of a refusal, 0 for none; a request without a host is no browser's."""
        if len(line.path) > LONGEST_ADDRESS:
            return 414
        if sum(len(name) + len(value) for name, value in headers.get_all()) > LARGEST_HEADERS:
            return 431
        if not _is_utf8(line.path.partition("?")[2]):
            return 400
        host = headers.get("Host")
        return 421 if host is not None and not self._hosts.allow(host) else 0

    def _handler(self, line: RequestStartLine, headers: HTTPHeaders) -> HTTPMessageDelegate:
        request = HTTPServerRequest(
            connection=self._connection,
            server_connection=self._server,
            start_line=line,
            headers=headers,
        )
        handler = self._application.find_handler(request)
        self._left = getattr(handler.handler_class, "largest_body", LARGEST_BODY)
        if hasattr(handler.handler_class, "too_large"):
            self._too_large = partial(_page_of, self._application, request, handler)
        return handler

    def _refuse(self) -> None:
        """Answer with one sentence; nothing of what was asked is repeated, and the log has no query."""
        assert self._line is not None
        query = self._line.path[:LONGEST_ADDRESS].partition("?")[2]
        lang = "en" if "lang=en" in query.split("&") else "zh"
        said = self._page(self._status, lang)
        if self._status == 413 and self._too_large is not None:
            said = self._too_large(self._first, self._declared, lang)
        body = said.encode()
        https = getattr(self._connection.context, "protocol", "http") == "https"
        headers = HTTPHeaders(dict(security_headers(plain=True, https=https)))
        headers["Content-Type"] = "text/html; charset=utf-8"
        headers["Content-Length"] = str(len(body))
        headers["Cache-Control"] = "no-store"
        headers["Connection"] = "close"
        fields = {"method": self._line.method, "status": self._status}
        fields["path"] = self._line.path.partition("?")[0][:200]
        _LOG.info("", extra={"what": "refused", "fields": fields})
        answer = ResponseStartLine(
            "HTTP/1.1", self._status, http.client.responses.get(self._status, "Refused")
        )
        self._connection.write_headers(
            answer, headers, b"" if self._line.method == "HEAD" else body
        )
        self._connection.finish()


def _page_of(
    application: Application,
    request: HTTPServerRequest,
    delegate: Any,
    first: bytes,
    size: int,
    lang: str,
) -> str:
    """Return what a route says of too much; its handler is made only here, since it may ask who sent it."""
    handler = delegate.handler_class(application, request, **delegate.handler_kwargs)
    return str(handler.too_large(first, size, lang))


def _is_utf8(query: str) -> bool:
    """Return whether the escaped bytes of a query are text: handlers read them as such."""
    try:
        unquote_to_bytes(query).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_unspecified(address: str) -> bool:
    return _is_ip(address) and ipaddress.ip_address(address).is_unspecified
