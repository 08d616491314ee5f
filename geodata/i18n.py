"""Texts for people, in Chinese and English, from the YAML catalogues of a package."""

from __future__ import annotations

import difflib
import os
import re
import string
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import accumulate
from pathlib import Path

import yaml

LANGUAGES = ("zh", "en")


class Key(str):
    """The key of a text that stands as a value inside another text, in the same language.

    `values` fill its own places.
    """

    values: Mapping[str, object]

    def __new__(cls, key: str, /, **values: object) -> Key:
        """Return the key with what fills its text."""
        made = super().__new__(cls, key)
        made.values = values
        return made


def default_language() -> str:
    """Return the language of GUATU_LANG when it is a known one, else Chinese."""
    wanted = os.environ.get("GUATU_LANG", "zh")[:2].lower()
    return wanted if wanted in LANGUAGES else "zh"


class _Counting(string.Formatter):
    """Fills ``{count:household|households}`` with a number and the word for one or for several.

    After ``=`` the words stand without the number: ``{count:=the village|the {count} villages}``.
    """

    def format_field(self, value: object, format_spec: str) -> str:
        one, apart, several = format_spec.partition("|")
        if not apart:
            return str(super().format_field(value, format_spec))
        said = one.removeprefix("=") if str(value) == "1" else several
        return said if one.startswith("=") else f"{value} {said}"


def fill(template: str, values: Mapping[str, object]) -> str:
    """Return a template with its ``{places}`` filled; ``{count:one|several}`` agrees with its number.

    With ``{count:=one|several}`` the number is not written unless the words name it.
    """
    if "|" in template:
        return _COUNTING.vformat(template, (), values)
    return template.format(**values)


def places_of(template: str) -> frozenset[str]:
    """Return the names of the places of a template; braces that do not pair are told as a name."""
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError:
        return frozenset({template})
    return frozenset(name for _, name, _, _ in parsed if name is not None)


_COUNTING = _Counting()


class Catalogue:
    """Texts of a folder of YAML files: the key ``file.name`` is entry ``name`` of ``file.yaml``.

    An entry is a mapping with the keys ``zh`` and ``en``; ``{value}`` places are filled by name,
    and English writes ``{count:village|villages}`` where a word follows a number.
    Keys that a catalogue does not hold are looked up in its parent.
    """

    def __init__(self, folder: Path, parent: Catalogue | None = None) -> None:
        self._entries: dict[str, Mapping[str, str]] = {}
        self._parent = parent
        for file in sorted(folder.glob("*.yaml")):
            self.take(file)

    def take(self, file: Path, area: str = "") -> None:
        """Take in one more file, its keys under `area` (default its name).

        Raises ValueError for a key that is there already and says something else.
        """
        entries = load_yaml(file) or {}
        if not isinstance(entries, dict):
            raise ValueError(f"{file}: expected a mapping of names to zh and en")
        new = {f"{area or file.stem}.{name}": entry for name, entry in entries.items()}
        doubled = [key for key, entry in new.items() if self._entries.get(key, entry) != entry]
        if doubled:
            raise ValueError(f"{file}: key written twice: {', '.join(doubled)}")
        self._entries.update(new)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries or (self._parent is not None and key in self._parent)

    def entry(self, key: str) -> Mapping[str, str]:
        """Return the languages of one key; raises KeyError naming the nearest keys."""
        if key in self._entries:
            return self._entries[key]
        if self._parent is not None and key in self._parent:
            return self._parent.entry(key)
        near = difflib.get_close_matches(key, list(self._entries), n=3)
        told = f"; nearest: {', '.join(near)}" if near else ""
        raise KeyError(f"no text '{key}' in the catalogue{told}")

    def text(self, key: str, lang: str | None = None, /, **values: object) -> str:
        """Return the text of a key in one language with its ``{places}`` filled."""
        return fill(self.entry(key)[lang or default_language()], values)


@cache
def _unique_key_loader() -> type[yaml.SafeLoader]:
    """Return a YAML loader that refuses a key written twice, which YAML itself lets pass."""

    # The parser written in C reads all catalogues in a fifth of the time.
    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        pass

    def mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[object, object]:
        keys = [loader.construct_object(key) for key, _ in node.value]
        doubled = {str(key) for key in keys if keys.count(key) > 1}
        if doubled:
            raise ValueError(f"{node.start_mark}: key written twice: {', '.join(sorted(doubled))}")
        if any(isinstance(key, (dict, list)) for key in keys):
            raise ValueError(f"{node.start_mark}: a key is a list or a mapping")
        return dict(loader.construct_pairs(node, deep=True))

    Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    return Loader


def load_yaml(file: Path) -> object:
    """Return the content of one YAML file; raises ValueError for one that is larger than it may be.

    Too large are its bytes, or what its anchors stand for; a key written twice is refused, too.
    """
    if file.stat().st_size > _LARGEST:
        raise ValueError(text("yaml.large", most=_LARGEST // 1_000_000))
    written = file.read_text(encoding="utf-8")
    # The parser written in C recurses, and would take the process with it.
    if _depth(written) > _DEEPEST:
        raise ValueError(text("yaml.deep"))
    # Anchors alone can make much of little; without them nothing needs counting.
    if _ANCHOR.search(written) and _nodes(yaml.compose(written, _unique_key_loader())) > _MOST:
        raise ValueError(text("yaml.anchors", most=_MOST))
    return yaml.load(written, Loader=_unique_key_loader())


def _depth(written: str) -> int:
    """Return how deep a text could nest: its brackets that are open at once, or columns of indent."""
    if _INDENTED.search(written):
        return _DEEPEST + 1
    marks = _BRACKETS.findall(written)
    return max(accumulate(1 if mark in "[{" else -1 for mark in marks), default=0)


# A file is written by people: none of ours is a hundredth of this.
_LARGEST, _MOST, _DEEPEST = 4_000_000, 100_000, 100
_BRACKETS = re.compile(r"[\[\]{}]")
_INDENTED = re.compile(rf"(?m)^[ ?-]{{{_DEEPEST},}}[^ ?\n-]")
_ANCHOR = re.compile(r"(?m)(?:^|[\s\[{,:])\*\w")


def _nodes(node: yaml.Node | None) -> int:
    """Return how many values a document holds when its anchors are written out."""
    known: dict[int, int] = {}

    def count(node: yaml.Node) -> int:
        if id(node) in known:
            return known[id(node)]
        known[id(node)] = _MOST  # One that holds itself has no end.
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        inside = node.value if isinstance(node, yaml.SequenceNode) else []
        inside = [*inside, *(part for pair in pairs for part in pair)]
        known[id(node)] = 1 + sum(map(count, inside))
        return known[id(node)]

    return 0 if node is None else count(node)


# Between things named one after another, and between clauses in which things are named.
_BETWEEN = {"zh": ("、", "；"), "en": (", ", "; ")}


def listed(things: Iterable[str], lang: str | None = None) -> str:
    """Return things named one after another, as a language writes that."""
    return _BETWEEN[lang or default_language()][0].join(things)


def parted(clauses: Iterable[str], lang: str | None = None) -> str:
    """Return clauses one after another, told apart also where they list things."""
    return _BETWEEN[lang or default_language()][1].join(clauses)


def nearest(name: object, known: Collection[str], *, most: int = 1, cutoff: float = 0.0) -> Key:
    """Return which known names are most like another, as words of a sentence.

    Where none is so much alike as `cutoff` (0 to 1), the words say that.
    """
    near = most_alike(name, known, most=most, cutoff=cutoff)
    return Key("themes.near", names=", ".join(near)) if near else Key("themes.none_near")


def most_alike(
    name: object, known: Collection[str], *, most: int = 1, cutoff: float = 0.0
) -> list[str]:
    """Return the known names that are most like another, the likest first."""
    return difflib.get_close_matches(str(name)[:_LONGEST_NAME], list(known), n=most, cutoff=cutoff)


# Of a longer name the nearest is not looked for in all its letters.
_LONGEST_NAME = 100


CATALOGUE = Catalogue(Path(__file__).parent / "labels")


def text(key: str, lang: str | None = None, /, **values: object) -> str:
    """Return a text of geodata's own catalogue; language zh or en, default GUATU_LANG or zh."""
    return CATALOGUE.text(key, lang, **values)
