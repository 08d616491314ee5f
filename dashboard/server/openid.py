"""Signing in with OpenID Connect: authorisation code with PKCE, and a signed, checked id token.

A provider says who someone is; what they may do stays with the local account of that name. Nobody
comes in who has none.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlparse

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from geodata.config.settings import OpenIdSettings
from geodata.errors import AccountError, ConfigError

SECRET_VARIABLE = "GUATU_OPENID_SECRET"
# Signatures made with a key pair; "none" and shared secrets are not among them.
ALGORITHMS = ["RS256", "ES256", "PS256"]
_WAIT, _LEEWAY = 10, 60  # seconds for the provider to answer; between two clocks


class Provider:
    """One OpenID provider, found by its issuer's address; `settings` name it and this client."""

    def __init__(self, settings: OpenIdSettings) -> None:
        self.settings = settings
        for name in ("issuer", "address"):
            _check_address(name, getattr(settings, name))
        try:
            import authlib.oidc.core  # noqa: F401
        except ImportError:
            raise ConfigError("server.openid_extra") from None

    @property
    def back(self) -> str:
        """Return where the provider sends people back to."""
        return f"{self.settings.address.rstrip('/')}/openid/back"

    async def leave(self, state: str, nonce: str, verifier: str) -> str:
        """Return the address at the provider where a person signs in."""
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        asked = {
            "response_type": "code",
            "client_id": self.settings.client,
            "redirect_uri": self.back,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        described = await self._described()
        return f"{described['authorization_endpoint']}?{urlencode(asked)}"

    async def name(self, code: str, nonce: str, verifier: str) -> str:
        """Return the name in the id token for a code; raises AccountError when it is not sound."""
        described = await self._described()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.back,
            "client_id": self.settings.client,
            "code_verifier": verifier,
        }
        secret = os.environ.get(SECRET_VARIABLE)
        answer = await _fetch(
            str(described["token_endpoint"]), form | ({"client_secret": secret} if secret else {})
        )
        keys = await _fetch(str(described["jwks_uri"]))
        claims = self._claims(str(answer.get("id_token", "")), keys, nonce)
        name = claims.get(self.settings.claim)
        if not isinstance(name, str) or not name:
            raise AccountError("server.openid_token")
        return name

    async def end(self) -> str:
        """Return where to sign out at the provider; empty where it has no such page."""
        described = await self._described()
        end = str(described.get("end_session_endpoint", ""))
        home = self.settings.address.rstrip("/") + "/login"
        asked = {"client_id": self.settings.client, "post_logout_redirect_uri": home}
        return f"{end}?{urlencode(asked)}" if end else ""

    async def _described(self) -> Mapping[str, Any]:
        address = self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
        described = await _fetch(address)
        if described.get("issuer") != self.settings.issuer:
            raise AccountError("server.openid_down")
        return described

    def _claims(self, token: str, keys: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        """Return the claims of an id token: signature, issuer, audience, times and nonce checked."""
        from authlib.common.errors import AuthlibBaseError
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        needed = {
            "iss": {"essential": True, "value": self.settings.issuer},
            "aud": {"essential": True, "value": self.settings.client},
            "exp": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
        }
        try:
            read = jwt.decode(
                token,
                KeySet.import_key_set({"keys": list(keys.get("keys", []))}),
                algorithms=ALGORITHMS,
            )
            known = {"nonce": nonce, "client_id": self.settings.client}
            claims = CodeIDToken(read.claims, read.header, needed, known)
            claims.validate(now=int(time.time()), leeway=_LEEWAY)
        except (JoseError, AuthlibBaseError, ValueError, KeyError, TypeError) as error:
            raise AccountError("server.openid_token") from error
        return dict(read.claims)


def fresh() -> tuple[str, str, str]:
    """Return state, nonce and verifier of one sign-in."""
    return secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48)


async def _fetch(address: str, form: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    body = None if form is None else urlencode(form)
    request = HTTPRequest(
        address,
        method="GET" if form is None else "POST",
        body=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"} if form else {},
        request_timeout=_WAIT,
        follow_redirects=False,
    )
    try:
        answer = json.loads((await AsyncHTTPClient().fetch(request)).body)
    except (OSError, HTTPClientError, ValueError) as error:
        raise AccountError("server.openid_down") from error
    if not isinstance(answer, dict):
        raise AccountError("server.openid_down")
    return answer


def _check_address(name: str, address: str) -> None:
    """Raise ConfigError unless an address is HTTPS, or on this computer."""
    parts = urlparse(address)
    here = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and here)):
        raise ConfigError("server.openid_address", name=name, address=address)
