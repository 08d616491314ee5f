"""What every answer carries so that the browser guards the page: no outside host, no framing."""

from __future__ import annotations

from collections.abc import Mapping

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
# The pages of this folder hold no script at all.
_PLAIN = {
    "default-src": "'none'",
    "style-src": "'self' 'unsafe-inline'",
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
    """Return the headers of an answer; `plain` for a page without any script."""
    rules = _PLAIN if plain else _APP
    policy = "; ".join(f"{name} {value}" for name, value in rules.items())
    headers = {**_ALWAYS, "Content-Security-Policy": policy}
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers
