"""What a figure is: its quantity, what it counts, and the unit it is written in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Self, TypeVar

import yaml

from geodata import i18n
from geodata.errors import QuantityError

_LABELS = Path(__file__).parent / "labels"
MONEY = "money"
T = TypeVar("T")


@dataclass(frozen=True)
class Quantity:
    """One kind of figure, and what follows from it.

    `adds_up`: "sum" adds places up, "ratio" divides the sum of numerators by the sum of
    denominators, "none" takes the median of the places. `counts` says what the numerator may be:
    a thing, money, either, or nothing that is named. `based` tells whether it has a base. `units`
    are the kinds of unit it is written in, `limits` the quantities of a policy value it can be
    held against, `lowest` and `highest` its bounds as a plain value. `tested` is how hot spots are
    looked for: as events of a base, as a plain value, or not at all.
    """

    key: str
    adds_up: str = "none"
    counts: tuple[str, ...] = ()
    based: bool = False
    units: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    lowest: float | None = 0.0
    highest: float | None = None
    tested: str = ""
    policy_only: bool = False


_KNOWN = (
    Quantity("share", "ratio", ("thing", MONEY), True, ("share",), ("share",), 0.0, 1.0, "events"),
    Quantity("count", "sum", ("thing",), False, ("count",), ("count",)),
    Quantity("total", "sum", (MONEY,), False, (MONEY,), ("total",), None),
    Quantity("per_head", "ratio", (MONEY,), True, (MONEY,), ("per_head",), None, None, "value"),
    Quantity(
        "mean",
        "ratio",
        ("thing", ""),
        True,
        ("count", "level", "time", "age"),
        ("mean", "level", "count", "duration", "age"),
        None,
        None,
        "value",
    ),
    Quantity("days", "ratio", ("",), True, ("time",), ("days",), 0.0, None, "value"),
    Quantity("index", "none", ("",), False, ("index", "none"), ("index",), None, None, "value"),
    # Of a value of the policy alone.
    Quantity("level", units=("level",), lowest=None, policy_only=True),
    Quantity("duration", units=("time",), policy_only=True),
    Quantity("age", units=("age",), policy_only=True),
    Quantity("switch", units=("none",), policy_only=True),
    Quantity("words", units=("none", "level", "count"), policy_only=True),
    # Of a table that says no more than how its figures add up.
    Quantity("sum", "sum", ("",), lowest=None),
    Quantity("ratio", "ratio", ("",), lowest=None, tested="value"),
    Quantity("plain", "none", ("",), lowest=None, tested="value"),
)
QUANTITIES: Mapping[str, Quantity] = {one.key: one for one in _KNOWN}


@dataclass(frozen=True)
class Unit:
    """A unit: its texts by language (`one`: the English word for one) and how it is written.

    `scale` multiplies a plain value to be shown; `fen` is how many fen make one of it, 1 for what
    is no money; `close` tells that it stands right behind the number. `multiple_of` is the unit in
    place of which it is written where amounts are large.
    """

    key: str = ""
    title: Mapping[str, str] = field(default_factory=dict)
    of: str = ""
    scale: float = 1.0
    fen: int = 1
    close: bool = False
    decimals: int | None = None
    multiple_of: str = ""

    @property
    def root(self) -> str:
        """Return the key of the unit that it is a multiple of, or its own."""
        return self.multiple_of or self.key

    def text(self, lang: str | None = None, number: str = "") -> str:
        """Return the unit in one language, as it stands after a number; empty when there is none."""
        return in_language(self.title, lang, number)

    def after(self, number: str, lang: str | None = None) -> str:
        """Return a written number with its unit behind it, e.g. 12,300 元 or 12.5%."""
        unit = self.text(lang, number)
        return f"{number}{unit}" if self.close or not unit else f"{number} {unit}"

    def suffix(self, lang: str | None = None) -> str:
        """Return what is written behind any number, with the space before it."""
        return self.after("", lang).rstrip()

    @property
    def sign(self) -> str:
        """Return what is never left off a number, such as the sign of percent; else empty."""
        return self.suffix("zh") if self.close else ""


NO_UNIT = Unit()


@dataclass(frozen=True)
class Thing:
    """Something that is counted: its words after a number, and what kind of thing it is.

    `root` is itself, or what it is a narrower kind of. `people` tells that a small number of it
    could point at somebody. Parts of a share are written divided by `each`, with `decimals`.
    """

    key: str
    title: Mapping[str, str]
    root: str
    people: bool = False
    each: float = 1.0
    decimals: int = 0

    def text(self, lang: str | None = None, number: str = "") -> str:
        """Return what it is called after a number."""
        return in_language(self.title, lang, number)


@dataclass(frozen=True)
class Words:
    """The units and things that declarations may name."""

    units: Mapping[str, Unit]
    things: Mapping[str, Thing]

    def unit(self, key: object) -> Unit:
        """Return a unit; raises QuantityError with the known ones and the nearest."""
        return _known("unit", key, self.units)

    def thing(self, field: str, key: object) -> Thing:
        """Return a thing that a field names; raises QuantityError."""
        return _known(field, key, self.things)

    def with_files(self, units: Path, things: Path | None = None) -> Self:
        """Return the words with those of further files added; absent files add none."""
        own = {key: _unit(key, entry) for key, entry in _entries(units).items()}
        known = dict(self.things) if things is None else _things(_entries(things), self.things)
        return type(self)({**self.units, **own}, known)


@cache
def shipped_words() -> Words:
    """Return the units and things of the product's own catalogue."""
    return Words({}, {}).with_files(_LABELS / "units.yaml", _LABELS / "things.yaml")


def quantity_of(key: object, *, policy: bool = False) -> Quantity:
    """Return a quantity by name; raises QuantityError. One of the policy alone needs `policy`."""
    known = {name: one for name, one in QUANTITIES.items() if policy or not one.policy_only}
    return _known("quantity", key, known)


def named_unit(text: str) -> Unit:
    """Return a unit of which only its text is known, as the head of a table's column says it.

    Nothing is computed from the text; it is written as close to a number as a known unit like it.
    """
    close = any(text in one.title.values() for one in shipped_words().units.values() if one.close)
    return Unit(title=dict.fromkeys(i18n.LANGUAGES, text), close=close)


def in_language(texts: Mapping[str, str], lang: str | None, number: str = "") -> str:
    """Return the text of a language; in English `one` after the number 1; the other if absent."""
    lang = lang or i18n.default_language()
    if lang == "en" and number == "1" and "one" in texts:
        return texts["one"]
    return texts.get(lang) or next(iter(texts.values()), "")


def _known(field: str, key: object, known: Mapping[str, T]) -> T:
    if isinstance(key, str) and key in known:
        return known[key]
    values = {"found": "" if key is None else str(key), "near": i18n.nearest(key, known)}
    raise QuantityError("quantity.unknown", field=field, known=", ".join(known), **values)


def _entries(file: Path) -> Mapping[str, Mapping[str, Any]]:
    try:
        content = i18n.load_yaml(file) if file.is_file() else {}
    except (yaml.YAMLError, ValueError) as problem:
        words = " ".join(str(problem).split())
        raise QuantityError("quantity.no_yaml", file=file, problem=words) from problem
    if not isinstance(content, dict) or not all(isinstance(one, dict) for one in content.values()):
        raise QuantityError("quantity.no_mapping", file=file)
    return content


def _unit(key: str, entry: Mapping[str, Any]) -> Unit:
    facts = _facts(key, entry, Unit)
    return Unit(key, _texts(key, entry), **facts)


def _things(
    entries: Mapping[str, Mapping[str, Any]], known: Mapping[str, Thing]
) -> dict[str, Thing]:
    """Return the things of a file; one that `is` another takes its root and people from it."""
    things: dict[str, Thing] = dict(known)
    for key, entry in entries.items():
        facts = _facts(key, {name: one for name, one in entry.items() if name != "is"}, Thing)
        parent = _known(f"{key}.is", entry["is"], things) if "is" in entry else None
        facts = ({"people": parent.people} if parent else {}) | facts
        things[key] = Thing(key, _texts(key, entry), parent.root if parent else key, **facts)
    return things


def _facts(key: str, entry: Mapping[str, Any], kind: type) -> dict[str, Any]:
    key = str(key)
    own = {one.name for one in fields(kind)} - {"key", "title", "root"}
    given = {name: value for name, value in entry.items() if name not in ("zh", "en", "one")}
    for name in given:
        _known(key, name, dict.fromkeys(own))
    return given


def _texts(key: str, entry: Mapping[str, Any]) -> dict[str, str]:
    for lang in i18n.LANGUAGES:
        if not isinstance(entry.get(lang), str):
            told = i18n.Key(f"themes.language_{lang}")
            raise QuantityError("quantity.no_text", key=key, lang=told)
    return {name: str(entry[name]) for name in (*i18n.LANGUAGES, "one") if name in entry}


def agrees(quantity: Quantity, unit: Unit, counts: Thing | None, base: Thing | None) -> None:
    """Raise QuantityError when unit, what is counted and base do not fit the quantity.

    The numerator and the base of a share are the same kind of thing, the base the wider or the
    narrower one.
    """
    counted = "" if counts is None else MONEY if counts.key == MONEY else "thing"
    faults: Iterable[tuple[bool, str, object]] = (
        (quantity.based and base is None, "no_base", ""),
        (not quantity.based and base is not None, "base", base and base.key),
        (bool(unit.of and quantity.units) and unit.of not in quantity.units, "unit", unit.key),
        (counted not in (quantity.counts or ("",)), "counts", counts.key if counts else ""),
        (
            quantity.key == "share" and bool(counts and base) and counts.root != base.root,  # type: ignore[union-attr]
            "other_base",
            base and base.key,
        ),
    )
    for wrong, name, value in faults:
        if wrong:
            known = {
                "units": ", ".join(quantity.units),
                "counts": ", ".join(filter(None, quantity.counts)),
            }
            told = counts.key if counts else ""
            raise QuantityError(
                f"quantity.fault_{name}", quantity=quantity.key, found=value, counted=told, **known
            )
