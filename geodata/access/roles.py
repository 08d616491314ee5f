"""What each role may do, and which classes of data it sees: ``roles.yaml`` and ``classes.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geodata.errors import ScopeError
from geodata.i18n import load_yaml
from geodata.tables import IDENTIFYING, PRIVACY

REACHES = ("own", "above", "county", "any")
# Acts that show or change single households; these never reach above the actor's own places.
HOUSEHOLD_ACTS = frozenset(
    {"rows", "card", "export", "unmask", "visit", "note", "exemption"}
    | {"assign", "work", "accept", "close"}
)
_FILE = Path(__file__).with_name("roles.yaml")
_CLASSES = Path(__file__).with_name("classes.yaml")


@dataclass(frozen=True)
class Role:
    """One role: act to reach, the privacy classes it sees and those it may export."""

    name: str
    acts: Mapping[str, str]
    sees: frozenset[str]
    exports: frozenset[str]


@dataclass(frozen=True)
class DataClass:
    """A class of data: its title, the roles that see it as it is, and those that may export it."""

    key: str
    title: Mapping[str, str]
    sees: frozenset[str]
    exports: frozenset[str]


@cache
def load_roles() -> Mapping[str, Role]:
    """Return the roles by name; an unsound rule raises ValueError naming it."""
    content, classes = load_yaml(_FILE), data_classes()
    assert isinstance(content, dict)
    roles = {
        name: Role(
            name,
            entry["acts"],
            frozenset(key for key, one in classes.items() if name in one.sees),
            frozenset(key for key, one in classes.items() if name in one.exports),
        )
        for name, entry in content.items()
    }
    faults = [fault for role in roles.values() for fault in _faults(role)]
    faults += _class_faults(classes, frozenset(roles))
    if faults:
        raise ValueError(f"{_FILE.name}, {_CLASSES.name}: " + "; ".join(faults))
    return roles


@cache
def data_classes() -> Mapping[str, DataClass]:
    """Return the classes of data by key, as ``classes.yaml`` has them."""
    content = load_yaml(_CLASSES)
    assert isinstance(content, dict)
    return {
        key: DataClass(
            key,
            {lang: entry[lang] for lang in ("zh", "en")},
            frozenset(entry["sees"]),
            frozenset(entry["exports"]),
        )
        for key, entry in content.items()
    }


def role(name: str) -> Role:
    """Return one role; an unknown name raises ScopeError naming those there are."""
    roles = load_roles()
    if name not in roles:
        raise ScopeError("access.unknown_role", role=name, known=", ".join(roles))
    return roles[name]


def _faults(role: Role) -> list[str]:
    """Return in words what no role may be: unknown reaches, rows beyond its own places."""
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
    return faults


def _class_faults(classes: Mapping[str, DataClass], roles: frozenset[str]) -> list[str]:
    """Return in words what no class may be: another than tables declare, seen by nobody known."""
    faults = [] if tuple(classes) == PRIVACY else [f"the classes must be {', '.join(PRIVACY)}"]
    for one in classes.values():
        faults += [f"{one.key}: unknown role {name!r}" for name in one.sees - roles]
        faults += [f"{one.key}: {name} exports without seeing" for name in one.exports - one.sees]
        if one.key in IDENTIFYING and one.sees:
            faults.append(f"{one.key}: no role sees who a person is without a reason")
    return faults
