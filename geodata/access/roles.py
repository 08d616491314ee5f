"""What each role may do, read from ``roles.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geodata.errors import ScopeError
from geodata.i18n import load_yaml

REACHES = ("own", "above", "county", "any")
CLASSES = ("open", "restricted", "identity")
# Acts that show or change single households; these never reach above the actor's own places.
HOUSEHOLD_ACTS = frozenset({"rows", "card", "export", "unmask", "visit", "note", "exemption"})
_FILE = Path(__file__).with_name("roles.yaml")


@dataclass(frozen=True)
class Role:
    """One role: act to reach, the privacy classes it sees and those it may export."""

    name: str
    acts: Mapping[str, str]
    sees: frozenset[str]
    exports: frozenset[str]


@cache
def load_roles() -> Mapping[str, Role]:
    """Return the roles by name; an unsound rule raises ValueError naming it."""
    content = load_yaml(_FILE)
    assert isinstance(content, dict)
    roles = {
        name: Role(name, entry["acts"], frozenset(entry["sees"]), frozenset(entry["exports"]))
        for name, entry in content.items()
    }
    faults = [fault for role in roles.values() for fault in _faults(role)]
    if faults:
        raise ValueError(f"{_FILE.name}: " + "; ".join(faults))
    return roles


def role(name: str) -> Role:
    """Return one role; an unknown name raises ScopeError naming those there are."""
    roles = load_roles()
    if name not in roles:
        raise ScopeError("access.unknown_role", role=name, known=", ".join(roles))
    return roles[name]


def _faults(role: Role) -> list[str]:
    """Return in words what no role may be: open-ended rows, unknown reaches and classes."""
    faults = [
        f"{role.name}: unknown reach {reach!r} of {act}"
        for act, reach in role.acts.items()
        if reach not in REACHES
    ]
    faults += [
        f"{role.name}: {act} must reach 'own' only"
        for act in HOUSEHOLD_ACTS & set(role.acts)
        if role.acts[act] != "own"
    ]
    if not (role.sees | role.exports) <= set(CLASSES) or "identity" in role.sees | role.exports:
        faults.append(f"{role.name}: classes may be open and restricted only")
    return faults
