"""Passwords: what one must be like, and how it is kept (argon2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geodata import i18n
from geodata.access.limits import AccessLimits
from geodata.escaping import capped, storable

_HASHER = PasswordHasher()
# Longer input only costs the server time.
LONGEST = 256
# Words of the county shorter than this may stand in a password; so many signs that are part of no
# word make it one; so many that follow each other are a run.
_SHORTEST, _LEFT, _RUN = 3, 4, 3
_LOOKALIKE = str.maketrans("@0134$57!", "aoieassti")


def password_faults(
    password: str,
    name: str,
    limits: AccessLimits,
    *,
    words: Sequence[str] = (),
) -> list[str]:
    """Return in sentences what a new password lacks; empty when it will do.

    `words` are the county's own, which others would try as well as common ones.
    """
    password = capped(password, LONGEST)
    faults = []
    if not limits.password_length <= len(password) <= LONGEST:
        faults.append(
            i18n.text("access.password_length", None, least=limits.password_length, most=LONGEST)
        )
    if len(_kinds(password)) < limits.password_kinds:
        faults.append(i18n.text("access.password_kinds", None, least=limits.password_kinds))
    if name and name.casefold() in password.casefold():
        faults.append(i18n.text("access.password_has_name"))
    if len(set(password)) < limits.password_length // 2:
        faults.append(i18n.text("access.password_repeats"))
    if is_common(password, (name, *words)):
        faults.append(i18n.text("access.password_common"))
    return faults


def is_common(password: str, words: Sequence[str] = ()) -> bool:
    """Return whether little is left of a password without common words, `words`, years and runs."""
    known = {*_common_words(), *(word.casefold() for word in words if len(word) >= _SHORTEST)}
    pattern = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    plain = re.sub(pattern, "", _same(password).casefold())
    plain = re.sub(r"(?:19|20)\d\d", "", plain)
    for written in (plain, plain.translate(_LOOKALIKE)):
        left = re.sub(pattern, "", written)
        if len(set(_without_runs(left))) < _LEFT:
            return True
    return False


def _without_runs(text: str) -> str:
    """Return a text without three and more signs that repeat, or follow each other, up or down."""
    kept, at = "", 0
    while at < len(text):
        step = ord(text[at + 1]) - ord(text[at]) if at + 1 < len(text) else 2
        end = at + 1
        while end < len(text) and abs(step) <= 1 and ord(text[end]) - ord(text[end - 1]) == step:
            end += 1
        if end - at < _RUN:
            kept, end = kept + text[at], at + 1
        at = end
    return kept


@cache
def _common_words() -> frozenset[str]:
    lines = Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


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
