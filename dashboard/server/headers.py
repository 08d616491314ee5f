"""What every answer carries so that the browser guards the page: no outside host, no framing."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

# Bokeh's page starts with scripts written into it, and Panel's components are compiled in the
# browser from blobs; everything else comes from this server alone.
_APP = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' blob: data:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# What stands between the tags of a style.
_STYLE = re.compile(r"(?s)(?<=[<]style>).*?(?=[<]/style>)")
# The pages of this folder hold no script at all, and no style but that of their templates.
_PLAIN = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_ALWAYS = {
    "Server": "guatu",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def security_headers(*, plain: bool = False, https: bool = False) -> Mapping[str, str]:
    """Return the headers of an answer; `plain` for one of the pages without any script."""
    rules = _plain_rules() if plain else _APP
    policy = "; ".join(f"{name} {value}" for name, value in rules.items())
    headers = {**_ALWAYS, "Content-Security-Policy": policy}
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


@cache
def _plain_rules() -> Mapping[str, str]:
    """Return the rules of the plain pages, with the hash of each style written in their templates."""
    styles = [
        style
        for file in sorted((Path(__file__).parent / "pages").glob("*.html"))
        for style in _STYLE.findall(file.read_text(encoding="utf-8"))
    ]
    digests = (base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in styles)
    hashes = " ".join(f"'sha256-{digest}'" for digest in digests)
    return {**_PLAIN, "style-src": f"{_PLAIN['style-src']} {hashes}"}
