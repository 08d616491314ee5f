"""Who may do what where: place-code prefixes and a role; what is not granted is refused."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from geodata import codes
from geodata.access.roles import Role, role
from geodata.errors import ScopeError
from geodata.i18n import Key

# Stands for every place there is, also one without a division code. It must be given on purpose.
EVERYWHERE = "*"


@dataclass(frozen=True)
class Verdict:
    """An answer with its reason: `key` of the catalogue, and what was asked."""

    allow: bool
    key: str
    place: str
    act: str
    role: str

    def __bool__(self) -> bool:
        return self.allow

    def reason(self, lang: str | None = None) -> str:
        """Return the reason as a sentence."""
        return self.error().sentence(lang)

    def error(self) -> ScopeError:
        """Return the refusal as an error to raise."""
        titles = {"act": Key(f"access.act_{self.act}"), "role": Key(f"access.role_{self.role}")}
        return ScopeError(self.key, place=self.place, **titles)


@dataclass(frozen=True)
class Scope:
    """The places of one actor and what its role may do there.

    `prefixes` are whole division codes (2, 4, 6, 9 or 12 digits, without padding zeros) or
    EVERYWHERE; no prefix means no place. Raises ScopeError for anything else.
    """

    role_name: str
    prefixes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _ = self.role
        for prefix in self.prefixes:
            if not is_scope_place(prefix):
                raise ScopeError("access.bad_prefix", prefix=prefix)
        object.__setattr__(self, "prefixes", tuple(sorted(set(self.prefixes))))

    @property
    def role(self) -> Role:
        """Return what the role may do."""
        return role(self.role_name)

    @property
    def key(self) -> tuple[str, ...]:
        """Return what a cache must hold apart: the role and every prefix."""
        return (self.role_name, *self.prefixes)

    def allows(self, code: str, act: str) -> Verdict:
        """Return whether the act is allowed at the place `code`; no place is the empty text."""
        reach = self.role.acts.get(act)
        asked = (str(code), act, self.role_name)
        if reach is None:
            return Verdict(False, "access.act_not_granted", *asked)
        if not isinstance(code, str) or not self._reaches(code, reach):
            return Verdict(False, "access.place_outside", *asked)
        return Verdict(True, f"access.granted_{reach}", *asked)

    def filter(self, places: pd.Series, act: str) -> pd.Series:
        """Return, row for row, whether the act is allowed at these places; missing is not."""
        reach = self.role.acts.get(act)
        texts = places.astype("str")
        if reach is None:
            return pd.Series(False, index=places.index)
        if reach == "any":
            return pd.Series(True, index=places.index)
        if EVERYWHERE in self.prefixes:
            return texts.notna() & (texts != "")
        inside = texts.str.startswith(self.starts(act))
        if reach != "own":
            inside |= texts.isin(sorted(self._ancestors()))
        return inside

    def starts(self, act: str) -> tuple[str, ...]:
        """Return the code prefixes within which the act is allowed; all places is the empty text.

        A store may use them to read less. Places above the actor's own are not among them.
        """
        reach = self.role.acts.get(act)
        if reach is None:
            return ()
        if reach == "any" or EVERYWHERE in self.prefixes:
            return ("",)
        if reach == "county":
            return tuple(sorted({prefix[: codes.WIDTHS["county"]] for prefix in self.prefixes}))
        return self.prefixes

    def narrowed(self, place: str, act: str) -> tuple[str, ...]:
        """Return the prefixes within which the act is allowed in one place; none when there is none.

        Inside the actor's places it is the place itself; of a place above them, those within it.
        """
        if not place:
            return self.starts(act)
        if self.allows(place, act):
            return (place,)
        return tuple(start for start in self.starts(act) if start.startswith(place))

    def _reaches(self, code: str, reach: str) -> bool:
        if reach == "any":
            return True
        if not code:
            return False
        if EVERYWHERE in self.prefixes:
            return True
        bounds = self.prefixes
        if reach == "county":
            bounds = tuple(prefix[: codes.WIDTHS["county"]] for prefix in self.prefixes)
        return code.startswith(bounds) or (reach != "own" and code in self._ancestors())

    def _ancestors(self) -> set[str]:
        return {
            prefix[:width]
            for prefix in self.prefixes
            for width in codes.WIDTHS.values()
            if width < len(prefix)
        }


@dataclass(frozen=True)
class Actor:
    """A person at work: the account's name, its role and its places.

    `session` and `address` say from where, for the audit alone; the same person elsewhere is equal.
    """

    name: str
    role: str
    prefixes: tuple[str, ...] = ()
    session: str = field(default="", compare=False)
    address: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "prefixes", self.scope.prefixes)

    @property
    def scope(self) -> Scope:
        """Return the actor's scope."""
        return Scope(self.role, self.prefixes)

    def allows(self, code: str, act: str) -> Verdict:
        """Return whether this actor may do the act at a place, with the reason."""
        return self.scope.allows(code, act)


def is_scope_place(prefix: str) -> bool:
    """Return whether a text may be a scope: EVERYWHERE or a code that is not padded with zeros."""
    if prefix == EVERYWHERE:
        return True
    if not codes.is_code(prefix):
        return False
    # A county is often written 990101000000. As a prefix that would be one village, not a county.
    level = codes.level_of(prefix)
    part = prefix[codes.WIDTHS[_ABOVE[level]] :] if level in _ABOVE else prefix
    return part.strip("0") != ""


_ABOVE = dict(zip(codes.LEVELS[1:], codes.LEVELS[:-1], strict=True))
