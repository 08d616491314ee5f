"""A small OpenID provider on loopback for the tests: it signs in whoever it is told to."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

from joserfc import jwt
from joserfc.jwk import RSAKey

Claims = dict[str, object]
CLIENT = "guatu-test"


@dataclass
class TestProvider:
    """What the provider knows; `change` edits the claims before they are signed."""

    __test__ = False
    address: str
    name: str = "leader"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: RSAKey | None = None
    algorithm: str = "RS256"
    change: Callable[[Claims], Claims] = lambda claims: claims
    asked: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def answer(self, path: str, form: dict[str, str]) -> Claims:
        if path == "/.well-known/openid-configuration":
            names = {
                "authorization_endpoint": "auth",
                "token_endpoint": "token",
                "jwks_uri": "keys",
            }
            return {"issuer": self.address} | {n: f"{self.address}/{p}" for n, p in names.items()}
        if path == "/keys":
            return {"keys": [self.key.as_dict(private=False)]}
        return self.token(form)

    def authorise(self, address: str) -> str:
        """Take what the browser was sent with, and return the state for the way back."""
        self.asked = {name: found[0] for name, found in parse_qs(urlparse(address).query).items()}
        return self.asked["state"]

    def token(self, form: dict[str, str]) -> Claims:
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != self.asked["code_challenge"] or form["code"] != "the-code":
            self.faults.append("verifier")
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims: Claims = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": "1",
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked["nonce"],
            "preferred_username": self.name,
        }
        header = {"alg": self.algorithm, "kid": "one"}
        signed = jwt.encode(header, self.change(claims), self.signs_with or self.key, ["RS256"])
        return {"access_token": "x", "token_type": "Bearer", "id_token": signed}


@contextmanager
def provider() -> Iterator[TestProvider]:
    """Run a provider on a free port of loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.reply({name: found[0] for name, found in parse_qs(body).items()})

        def reply(self, form: dict[str, str]) -> None:
            content = json.dumps(known.answer(urlparse(self.path).path, form)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known = TestProvider(f"http://127.0.0.1:{running.server_port}")
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        running.shutdown()
        running.server_close()
        thread.join()
