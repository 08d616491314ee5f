"""The folder of one theme read: its YAML and SQL files as a `Theme`, and all that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from geodata.errors import QuantityError, ThemeError
from geodata.figures import Indicator, check_relations, read_indicators
from geodata.intake.layouts import Layout, read_layout
from geodata.quantity import Thing, Words, shipped_words
from geodata.rules import Feature, FeatureSet, Rule, Subject, base_offices, base_subjects
from geodata.rules.rule import read_rules
from geodata.tables import (
    IDENTIFYING,
    PRIVACY,
    Enumeration,
    Table,
    enumerations,
    read_definition,
    read_enumerations,
    tables,
)
from geodata.themes.base import Clock, SampleRows, Theme
from geodata.themes.theme_file import ThemeFile
from geodata.yaml_entries import (
    Faults,
    check_fields,
    check_name,
    check_texts,
    check_value,
    mapping_of,
    text_of,
)

T = TypeVar("T")
_PAIR = {"zh": True, "en": True}
_FEATURE = {**_PAIR, "unit": False, "privacy": False}
# What a feature may say: places are no features, and who a person is enters none.
_FEATURE_CLASSES = [one for one in PRIVACY if one != "open" and one not in IDENTIFYING]
_CLOCK = {**_PAIR, "limit": False, "responsible": False}
_SAMPLE = {"of": True, "every": True, "columns": True, "skip": False}


@dataclass(frozen=True)
class ThemeReading:
    """What could be read of a folder, and everything that could not.

    `names` are by kind (rule, feature, table ...) all that the folder writes down, what could not be
    read among them: naming one of these is no fault of its own.
    """

    theme: Theme
    faults: tuple[ThemeError, ...]
    names: Mapping[str, frozenset[str]]
    # The kinds of which a file is no mapping: nobody knows what it names.
    unread: frozenset[str] = frozenset()


def read_theme(folder: Path, name: str = "") -> Theme:
    """Return the theme of one folder; raises ThemeError naming each file and what is wrong.

    The theme has the name of its folder unless another is given.
    """
    reading = read_folder(folder, name)
    faults = Faults()
    faults.kept += reading.faults
    faults.tell()
    return reading.theme


def read_folder(folder: Path, name: str = "") -> ThemeReading:
    """Return the theme of one folder as far as it can be read, with all faults of all its files."""
    key, files, told = _opened(folder, name)
    subjects = dict(base_subjects()) | {s.name: s for s in told.subjects()}
    lists, brought, sheets = _tables(files)
    rules, indicators = _judged(files, key, told, subjects)
    layers, keys, written = told.layers(), [i.key for i in indicators], _written(folder, key, told)
    theme = Theme(
        key=key,
        folder=folder,
        title=told.title,
        order=told.order,
        rules=tuple(rules),
        feature_sets=tuple(files.of("features", partial(_set, key), "*.sql")),
        features=files.entries("features.yaml", _feature, needed=True),
        indicators=tuple(indicators),
        layers=layers,
        card=told.card(),
        briefing=told.briefing(),
        labels=files.entries("labels.yaml", _label),
        points=told.points(),
        composition=told.composition(),
        due=told.due,
        matters=told.matters(indicators),
        classes=told.classes,
        ledger=told.ledger(),
        clocks=tuple(files.entries("clocks.yaml", partial(_clock, files, _offices(told))).values()),
        sites=told.sites(),
        service=told.service(),
        strip=told.strip(layers, keys),
        short=told.short,
        topics=told.topics(keys),
        subjects=subjects,
        tables=brought,
        lists=lists,
        sample=dict(_sample(files, brought)),
        sheets=tuple(sheets),
        households=told.about_households(),
        written=_file_of_each(written),
    )
    kept, unread = tuple(files.faults.kept), frozenset(_unread(folder))
    return ThemeReading(theme, kept, _named(folder, written), unread)


def _opened(folder: Path, name: str) -> tuple[str, _Files, ThemeFile]:
    """Return the key of a theme, a fault where it is no name, the files of its folder and theme.yaml."""
    key, files = name or folder.name, _Files(folder, Faults())
    with files.faults:
        check_name(str(folder), key)
    return key, files, ThemeFile(folder / "theme.yaml", files.faults)


def _named(
    folder: Path, written: Mapping[str, list[tuple[Path, str]]]
) -> dict[str, frozenset[str]]:
    """Return by kind what the files of a theme define, read or not."""
    names = {kind: frozenset(name for _, name in places) for kind, places in written.items()}
    names["feature"] = frozenset(_names(folder / "features.yaml"))
    names["parameter"] = frozenset(_parameters(folder / "parameters"))
    return names


@dataclass(frozen=True)
class _Files:
    """The files of a theme's folder; what is wrong with one is kept, and the next is read."""

    folder: Path
    faults: Faults

    def of(self, name: str, read: Callable[[Path], list[T]], pattern: str = "*.yaml") -> list[T]:
        """Return what is read of each file of a folder."""
        entries_read: list[T] = []
        for file in sorted((self.folder / name).glob(pattern)):
            with self.faults:
                entries_read += read(file)
        return entries_read

    def entries(
        self, name: str, read: Callable[[str, str, Any], T], *, needed: bool = False
    ) -> dict[str, T]:
        """Return what is read of each entry of a file; {} where it is absent and need not be there."""
        entries_read: dict[str, T] = {}
        for key, entry in _mapping(self.folder / name, self.faults, needed=needed).items():
            with self.faults:
                entries_read[key] = read(f"{self.folder / name} {key}", key, entry)
        return entries_read


def _tables(files: _Files) -> tuple[dict[str, Enumeration], dict[str, Table], list[Layout]]:
    """Return the lists of allowed values, the tables and the layouts that a theme brings."""
    lists = {one.name: one for one in files.of("enumerations", _lists)}
    known = {**enumerations(), **lists}
    brought = {one.name: one for one in files.of("tables", lambda f: [read_definition(f, known)])}
    unread = _stems(files.folder / "tables") - brought.keys()
    return lists, brought, files.of("layouts", partial(_sheets, {**tables(), **brought}, unread))


def _judged(
    files: _Files, key: str, told: ThemeFile, subjects: Mapping[str, Subject]
) -> tuple[list[Rule], list[Indicator]]:
    """Return the rules and the indicators.

    What theme.yaml declares but nobody could read may be named: it has a fault of its own already.
    """
    known = {n: base_subjects()["household"] for n in told.named("subjects")} | dict(subjects)
    rules = files.of("rules", partial(_rules, key, known, _offices(told)))
    indicators: list[Indicator] = []
    with files.faults:
        words = _words(files.folder, subjects)
        indicators += read_indicators(files.folder / "indicators.yaml", key, known, words)
        check_relations(files.folder / "indicators.yaml", indicators)
    return rules, indicators


def _offices(told: ThemeFile) -> dict[str, Mapping[str, str]]:
    """Return the offices that may be named, those that could not be read among them."""
    unread = {n: {"zh": n, "en": n} for n in told.named("responsible")}
    return unread | dict(base_offices()) | dict(told.offices())


def _written(folder: Path, key: str, told: ThemeFile) -> dict[str, list[tuple[Path, str]]]:
    """Return by kind the names that a folder writes down, each with its file."""
    file, indicators = folder / "theme.yaml", folder / "indicators.yaml"
    return {
        "theme": [(file, key)],
        "rule": _keys(folder, "rules"),
        "indicator": [(indicators, name) for name in _names(indicators)],
        "table": [(folder / "tables" / f"{n}.yaml", n) for n in sorted(_stems(folder / "tables"))],
        "enumeration": _keys(folder, "enumerations"),
        "subject": [(file, name) for name in told.named("subjects")],
    }


def _file_of_each(written: Mapping[str, list[tuple[Path, str]]]) -> dict[str, Path]:
    """Return the file of each name, by kind and name."""
    return {f"{kind} {name}": file for kind, places in written.items() for file, name in places}


def _unread(folder: Path) -> Iterator[str]:
    """Give the kinds of names of which a file cannot be read as a whole."""
    files = {"feature": [folder / "features.yaml"], "indicator": [folder / "indicators.yaml"]}
    files["rule"] = list((folder / "rules").glob("*.yaml"))
    for kind, named in files.items():
        faults = Faults()
        for file in named:
            _mapping(file, faults)
        if faults.kept:
            yield kind


def _stems(folder: Path) -> set[str]:
    return {file.stem for file in folder.glob("*.yaml")}


def _rules(
    key: str,
    subjects: Mapping[str, Subject],
    offices: Mapping[str, Mapping[str, str]],
    file: Path,
) -> list[Rule]:
    return list(read_rules(file, key, subjects, offices))


def _sheets(known: Mapping[str, Table], unread: set[str], file: Path) -> list[Layout]:
    """Return the layout of a file; none over tables that could not be read and are told already."""
    named = mapping_of(file).get("tables")
    told = isinstance(named, list) and bool(unread & set(map(str, named)))
    return [] if told else [read_layout(file, known)]


def _lists(file: Path) -> list[Enumeration]:
    return list(read_enumerations(file).values())


def _set(key: str, file: Path) -> list[FeatureSet]:
    check_name(str(file), file.stem)
    return [FeatureSet(f"{key}_{file.stem}", text_of(file))]


def _label(place: str, name: str, entry: Mapping[str, Any]) -> Mapping[str, str]:
    check_fields(place, entry, _PAIR)
    return {lang: str(entry[lang]) for lang in _PAIR}


def _clock(
    files: _Files,
    offices: Mapping[str, Mapping[str, str]],
    place: str,
    name: str,
    entry: Mapping[str, Any],
) -> Clock:
    check_name(place, name)
    check_fields(place, entry, _CLOCK)
    responsible = str(entry.get("responsible", ""))
    if responsible:
        check_value(place, "responsible", responsible, offices)
    file = files.folder / "clocks" / f"{name}.sql"
    rows = FeatureSet(f"{files.folder.name}_{name}_due", text_of(file))
    title = {lang: str(entry[lang]) for lang in _PAIR}
    return Clock(name, title, rows, str(entry.get("limit", "")), offices.get(responsible, {}))


def _feature(place: str, name: str, entry: Mapping[str, Any]) -> Feature:
    check_name(place, name)
    check_fields(place, entry, _FEATURE)
    unit = entry.get("unit", "")
    if not isinstance(unit, str):
        raise ThemeError("themes.no_word", place=place, field="unit", found=unit)
    privacy = entry.get("privacy", "restricted")
    check_value(place, "privacy", privacy, _FEATURE_CLASSES)
    return Feature(name, {lang: str(entry[lang]) for lang in _PAIR}, unit, privacy)


def _mapping(file: Path, faults: Faults, *, needed: bool = False) -> dict[str, Any]:
    """Return the mapping of a file, empty where it is absent and need not be there."""
    if needed or file.exists():
        with faults:
            return mapping_of(file)
    return {}


def _names(file: Path) -> tuple[str, ...]:
    """Return the keys of a file, none where it cannot be read."""
    return tuple(_mapping(file, Faults()))


def _keys(folder: Path, name: str) -> list[tuple[Path, str]]:
    """Return the keys of the files of a folder, each with its file."""
    return [(f, key) for f in sorted((folder / name).glob("*.yaml")) for key in _names(f)]


def _parameters(folder: Path) -> Iterator[str]:
    """Give the keys that parameters have by the place of their files."""
    for file in folder.rglob("*.yaml"):
        yield ".".join((*file.parent.relative_to(folder).parts, file.stem))


def _sample(files: _Files, brought: Mapping[str, Table]) -> Iterator[tuple[str, SampleRows]]:
    """Give the sample rows of the tables that a theme brings."""
    file, declared = files.folder / "sample.yaml", _stems(files.folder / "tables")
    for name, entry in _mapping(file, files.faults).items():
        with files.faults:
            if name in brought:
                yield name, _sample_rows(f"{file} {name}", entry, brought[name])
            else:
                check_value(str(file), "table", name, declared)


def _sample_rows(place: str, entry: Mapping[str, Any], table: Table) -> SampleRows:
    check_fields(place, entry, _SAMPLE)
    check_value(place, "of", entry["of"], ("household", "village"))
    columns = entry["columns"]
    check_fields(f"{place} columns", columns, dict.fromkeys(table.columns, False))
    texts = {
        column: tuple(map(str, given if isinstance(given, list) else [given]))
        for column, given in columns.items()
    }
    numbers = {"every": entry["every"], "skip": entry.get("skip", 0)}
    for field, number in numbers.items():
        if not isinstance(number, int) or isinstance(number, bool):
            raise ThemeError("themes.no_number", place=place, field=field, found=number)
    return SampleRows(entry["of"], max(numbers["every"], 1), texts, numbers["skip"])


def _words(folder: Path, subjects: Mapping[str, Subject]) -> Words:
    """Return the units and things that indicators may name: ours, the subjects, the folder's own."""
    words = shipped_words()
    new = {
        one.name: Thing(
            one.name, {"zh": one.count, "en": one.several, "one": one.title["en"]}, one.name
        )
        for one in subjects.values()
        if one.name not in words.things
    }
    words = Words(words.units, {**words.things, **new})
    units, things = folder / "units.yaml", folder / "things.yaml"
    faults = Faults()
    for file in (units, things):
        for name, entry in _mapping(file, faults).items():
            with faults:
                check_texts(f"{file} {name}", entry)
    faults.tell()
    for file, named in ((units, (units, None)), (things, (units, things))):
        try:
            extended = words.with_files(*named)
        except QuantityError as fault:
            raise ThemeError("quantity.at", place=file, fault=fault.sentence()) from fault
    return extended
