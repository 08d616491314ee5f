"""Passwords: what one must be like, and how it is kept (argon2)."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geodata import i18n
from geodata.access.limits import AccessLimits
from geodata.escaping import capped, storable

_HASHER = PasswordHasher()
# Longer input only costs the server time.
LONGEST = 256


def password_faults(
    password: str, name: str, limits: AccessLimits, lang: str | None = None
) -> list[str]:
    """Return in sentences what a new password lacks; empty when it will do."""
    password = capped(password, LONGEST)
    faults = []
    if not limits.password_length <= len(password) <= LONGEST:
        faults.append(
            i18n.text("access.password_length", lang, least=limits.password_length, most=LONGEST)
        )
    if len(_kinds(password)) < limits.password_kinds:
        faults.append(i18n.text("access.password_kinds", lang, least=limits.password_kinds))
    if name and name.casefold() in password.casefold():
        faults.append(i18n.text("access.password_has_name", lang))
    if len(set(password)) < limits.password_length // 2:
        faults.append(i18n.text("access.password_repeats", lang))
    return faults


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    return _HASHER.hash(_same(password))


def is_password(password: str, kept: str | None) -> bool:
    """Return whether a password is the one kept; None takes as long and is never right."""
    try:
        right = _HASHER.verify(kept or _nobody(), _same(password))
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None


def prepare() -> None:
    """Make what is verified for unknown names, so that the first takes no longer than any other."""
    _nobody()


@cache
def _nobody() -> str:
    """Return what is verified for a name without account, so that it takes as long as a real one."""
    return _HASHER.hash("nobody has this password")


def _same(password: str) -> str:
    """Return one form for the same characters typed on different keyboards."""
    return unicodedata.normalize("NFKC", storable(capped(password, LONGEST)))


def _kinds(password: str) -> set[str]:
    return {
        "upper"
        if sign.isupper()
        else "lower"
        if sign.islower()
        else "digit"
        if sign.isdigit()
        else "letter"
        if sign.isalpha()
        else "sign"
        for sign in password
    }
