"""The folder of one theme read: its YAML and SQL files as a `Theme`, or one sentence of what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from geodata.entries import check_fields, check_name, check_pair, check_value, mapping_of
from geodata.errors import QuantityError, ThemeError
from geodata.figures import Indicator, read_indicators
from geodata.intake.layouts import Layout, read_layout
from geodata.quantity import Thing, Words, shipped_words
from geodata.rules import (
    Feature,
    FeatureSet,
    Rule,
    Subject,
    base_offices,
    base_subjects,
    read_rules,
)
from geodata.rules.subject import read_subject
from geodata.tables import (
    Enumeration,
    Table,
    enumerations,
    read_definition,
    read_enumerations,
    tables,
)
from geodata.themes.base import (
    GROUPS,
    HOUSEHOLD,
    SHAPES,
    AboutHouseholds,
    CardSection,
    Chain,
    Fit,
    Layer,
    PartsOf,
    Points,
    SampleRows,
    Sentence,
    Step,
    Theme,
    Topic,
)

# Field of theme.yaml and of its entries -> whether it must be there.
FIELDS = {
    "title": True,
    "layers": True,
    **dict.fromkeys(("order", "topics", "card", "briefing", "points", "due", "composition"), False),
    **dict.fromkeys(("subjects", "responsible", "household", "fits", "surroundings"), False),
    "inspection": False,
}
_PAIR = {"zh": True, "en": True}
_LAYER = {"indicator": True, "breaks": False}
_TOPIC = {**_PAIR, "indicators": True}
_SECTION = {**_PAIR, **dict.fromkeys(("features", "rules", "table", "columns"), False)}
_FIT = {**_PAIR, "kinds": True}
_CHAIN = {**_PAIR, "column": True, "steps": True, "order": False}
_STEP = {"table": True, "key": True, "next": False, "kind": False, "more": False}
_INSPECTION = {"weights": False, "suspected": False}
_SENTENCE = {**_PAIR, "indicator": True}
_SUBJECT = {"key": True, **_PAIR, "count": True, "several": True}
_SAMPLE = {"of": True, "every": True, "columns": True, "skip": False}
_FEATURE = {**_PAIR, "unit": False}
_POINTS = {**_PAIR, **{name: name in ("table", "key") for name in Points.__dataclass_fields__}}
_PARTS = {**_PAIR, **dict.fromkeys(PartsOf.__dataclass_fields__, False)}
for _made in (_POINTS, _PARTS):
    _made.pop("title")


def read_theme(folder: Path, name: str = "") -> Theme:
    """Return the theme of one folder; raises ThemeError naming the file and what is wrong.

    The theme has the name of its folder unless another is given.
    """
    key, file = name or folder.name, folder / "theme.yaml"
    content = _theme_file(file, key)
    subjects = dict(base_subjects()) | {s.name: s for s in _subjects(file, content)}
    offices = dict(base_offices()) | dict(_offices(file, content))
    read = list(_rules(folder, key, subjects, offices))
    lists, brought = _brought(folder)
    own = {entry.name: entry for _, entry in brought}
    indicators = _indicators(folder, key, subjects)
    return Theme(
        key=key,
        folder=folder,
        title=content["title"],
        order=_number(file, content, "order"),
        rules=tuple(rule for _, rule in read),
        feature_sets=tuple(_feature_sets(folder, key)),
        features=_features(folder / "features.yaml"),
        indicators=indicators,
        layers=tuple(_layers(file, content)),
        card=tuple(_card(file, content)),
        briefing=tuple(_briefing(file, content)),
        labels=_labels(folder / "labels.yaml"),
        points=tuple(_points(file, content)),
        composition=tuple(_composition(file, content)),
        due=tuple(_listed(file, content, "due")),
        topics=tuple(_topics(file, content, [one.key for one in indicators])),
        subjects=subjects,
        tables=own,
        lists={name: entry for _, name, entry in lists},
        sample=dict(_sample(folder / "sample.yaml", own)),
        sheets=tuple(_sheets(folder, own)),
        households=_about_households(file, content),
        written=_written(
            theme=[(file, key)],
            rule=[(file, rule.key) for file, rule in read],
            indicator=[(folder / "indicators.yaml", one.key) for one in indicators],
            table=[(file, entry.name) for file, entry in brought],
            enumeration=[(file, name) for file, name, _ in lists],
            subject=[(file, name) for name in content.get("subjects") or ()],
        ),
    )


def _theme_file(file: Path, key: str) -> dict[str, Any]:
    """Return the content of theme.yaml, its fields and its title checked."""
    check_name(str(file.parent), key)
    content = mapping_of(file)
    check_fields(str(file), content, FIELDS)
    check_pair(str(file), content, "title")
    return content


def _written(**kinds: list[tuple[Path, str]]) -> dict[str, Path]:
    """Return the file of each thing by its kind and name."""
    return {f"{kind} {name}": file for kind, found in kinds.items() for file, name in found}


def _rules(
    folder: Path,
    key: str,
    subjects: Mapping[str, Subject],
    offices: Mapping[str, Mapping[str, str]],
) -> Iterator[tuple[Path, Rule]]:
    for file in sorted((folder / "rules").glob("*.yaml")):
        for rule in read_rules(file, key, subjects, offices):
            yield file, rule


def _brought(
    folder: Path,
) -> tuple[list[tuple[Path, str, Enumeration]], list[tuple[Path, Table]]]:
    """Return the lists of allowed values and the tables that a theme brings, each with its file."""
    lists = [
        (file, name, entry)
        for file in sorted((folder / "enumerations").glob("*.yaml"))
        for name, entry in read_enumerations(file).items()
    ]
    known = {**enumerations(), **{name: entry for _, name, entry in lists}}
    files = sorted((folder / "tables").glob("*.yaml"))
    return lists, [(file, read_definition(file, known)) for file in files]


def _sheets(folder: Path, brought: Mapping[str, Table]) -> Iterator[Layout]:
    """Give the layouts of upstream files that a theme brings."""
    known = {**tables(), **brought}
    for file in sorted((folder / "layouts").glob("*.yaml")):
        yield read_layout(file, known)


def _sample(file: Path, brought: Mapping[str, Table]) -> Iterator[tuple[str, SampleRows]]:
    """Give the sample rows of the tables that a theme brings."""
    for name, entry in (mapping_of(file) if file.is_file() else {}).items():
        place = f"{file} {name}"
        check_value(str(file), "table", name, brought)
        check_fields(place, entry, _SAMPLE)
        check_value(place, "of", entry["of"], ("household", "village"))
        columns = {}
        for column, texts in entry["columns"].items():
            check_value(f"{place} columns", "column", column, brought[name].columns)
            columns[column] = tuple(map(str, texts if isinstance(texts, list) else [texts]))
        numbers = {field: _number(file, entry, field) for field in ("every", "skip")}
        yield name, SampleRows(entry["of"], max(numbers["every"], 1), columns, numbers["skip"])


def _subjects(file: Path, content: Mapping[str, Any]) -> Iterator[Subject]:
    for name, entry in _entries(file, content, "subjects"):
        place = f"{file} subjects.{name}"
        check_name(place, name)
        check_fields(place, entry, _SUBJECT)
        check_name(place, entry["key"])
        yield read_subject(name, _with_texts(place, entry))


def _indicators(folder: Path, key: str, subjects: Mapping[str, Subject]) -> tuple[Indicator, ...]:
    """Return the indicators, which may name our units and things, the subjects, the folder's own."""
    words = shipped_words()
    new = {
        one.name: Thing(
            one.name, {"zh": one.count, "en": one.several, "one": one.title["en"]}, one.name
        )
        for one in subjects.values()
        if one.name not in words.things
    }
    words = Words(words.units, {**words.things, **new})
    try:
        words = words.with_files(folder / "units.yaml", folder / "things.yaml")
    except QuantityError as fault:
        raise ThemeError("quantity.at", file=folder, key="", fault=fault.sentence()) from fault
    return read_indicators(folder / "indicators.yaml", key, subjects, words)


def _offices(file: Path, content: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    for name, entry in _entries(file, content, "responsible"):
        place = f"{file} responsible.{name}"
        check_name(place, name)
        check_fields(place, entry, _PAIR)
        yield name, _pair(place, entry)


def _feature_sets(folder: Path, key: str) -> Iterator[FeatureSet]:
    for file in sorted((folder / "features").glob("*.sql")):
        check_name(str(file), file.stem)
        yield FeatureSet(f"{key}_{file.stem}", file.read_text(encoding="utf-8"))


def _features(file: Path) -> dict[str, Feature]:
    found = {}
    for name, entry in mapping_of(file).items():
        place = f"{file} {name}"
        check_name(place, name)
        check_fields(place, entry, _FEATURE)
        found[name] = Feature(name, _pair(place, entry), entry.get("unit", ""))
    return found


def _labels(file: Path) -> dict[str, dict[str, str]]:
    found = {}
    for name, entry in (mapping_of(file) if file.is_file() else {}).items():
        check_fields(f"{file} {name}", entry, _PAIR)
        found[name] = _pair(f"{file} {name}", entry)
    return found


def _layers(file: Path, content: Mapping[str, Any]) -> Iterator[Layer]:
    for place, entry in _listed_entries(file, content, "layers", _LAYER):
        yield Layer(entry["indicator"], tuple(_listed(place, entry, "breaks")))


def _topics(file: Path, content: Mapping[str, Any], indicators: list[str]) -> Iterator[Topic]:
    """Give the topics; where none are named, one of the title of the theme with every indicator."""
    if not content.get("topics"):
        yield Topic(content["title"], tuple(indicators))
    for place, entry in _listed_entries(file, content, "topics", _TOPIC):
        yield Topic(_pair(place, entry), tuple(_listed(place, entry, "indicators")))


def _briefing(file: Path, content: Mapping[str, Any]) -> Iterator[Sentence]:
    for place, entry in _listed_entries(file, content, "briefing", _SENTENCE):
        yield Sentence(entry["indicator"], _pair(place, entry))


def _card(file: Path, content: Mapping[str, Any]) -> Iterator[CardSection]:
    for name, entry in _entries(file, content, "card"):
        place = f"{file} card.{name}"
        check_fields(place, entry, _SECTION)
        features, rules, columns = (
            tuple(_listed(place, entry, field)) for field in ("features", "rules", "columns")
        )
        pair, table = _pair(place, entry), entry.get("table", "")
        yield CardSection(name, pair, features, rules, table, columns)


def _about_households(file: Path, content: Mapping[str, Any]) -> AboutHouseholds:
    """Return what a theme says for lists, cards and samples."""
    household = dict(_entries(file, content, "household"))
    for what in household:
        check_value(f"{file} household", "name", what, HOUSEHOLD)
    inspection = dict(_entries(file, content, "inspection"))
    check_fields(f"{file} inspection", inspection, _INSPECTION)
    weights = dict(_entries(file, inspection, "weights"))
    suspected = dict(_entries(file, inspection, "suspected"))
    for group in suspected:
        check_value(f"{file} inspection.suspected", "group", group, GROUPS)
    return AboutHouseholds(
        told=household,
        fits=tuple(_fits(file, content)),
        surroundings=tuple(_chains(file, content)),
        weights={key: float(_number(file, weights, key)) for key in weights},
        suspected={group: tuple(_listed(file, suspected, group)) for group in suspected},
    )


def _fits(file: Path, content: Mapping[str, Any]) -> Iterator[Fit]:
    for feature, entry in _entries(file, content, "fits"):
        place = f"{file} fits.{feature}"
        check_fields(place, entry, _FIT)
        yield Fit(feature, _pair(place, entry), tuple(_listed(place, entry, "kinds")))


def _chains(file: Path, content: Mapping[str, Any]) -> Iterator[Chain]:
    for place, entry in _listed_entries(file, content, "surroundings", _CHAIN):
        steps = []
        for number, step in enumerate(_listed(place, entry, "steps"), 1):
            check_fields(f"{place} steps {number}", step, _STEP)
            steps.append(Step(**{**step, "more": tuple(step.get("more", ()))}))
        order = _number(file, {"order": 10, **entry}, "order")
        yield Chain(_pair(place, entry), entry["column"], tuple(steps), order)


def _points(file: Path, content: Mapping[str, Any]) -> Iterator[Points]:
    for place, entry in _listed_entries(file, content, "points", _POINTS):
        check_value(place, "shape", entry.get("shape", SHAPES[0]), SHAPES)
        given = {name: value for name, value in entry.items() if name not in _PAIR}
        given |= {name: tuple(_listed(place, entry, name)) for name in ("features", "columns")}
        yield Points(title=_pair(place, entry), **given)


def _composition(file: Path, content: Mapping[str, Any]) -> Iterator[PartsOf]:
    for place, entry in _listed_entries(file, content, "composition", _PARTS):
        given = {name: value for name, value in entry.items() if name not in _PAIR}
        for name in ("series", "down", "indicators"):
            given[name] = tuple(_listed(place, entry, name))
        yield PartsOf(_pair(place, entry), **given)


def _entries(file: Path, content: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    """Give the entries of a field that maps names to entries."""
    found = content.get(name) or {}
    if not isinstance(found, Mapping):
        raise ThemeError("themes.no_mapping", place=f"{file} {name}", found=found)
    for key, entry in found.items():
        yield str(key), entry


def _listed_entries(
    file: Path, content: Mapping[str, Any], name: str, fields: Mapping[str, bool]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the entries of a field that lists them, each with where it stands."""
    for number, entry in enumerate(_listed(file, content, name), 1):
        place = f"{file} {name} {number}"
        check_fields(place, entry, fields)
        yield place, entry


def _listed(place: object, content: Mapping[str, Any], name: str) -> list[Any]:
    found = content.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise ThemeError("themes.no_list", place=place, field=name, found=found)
    return found


def _number(file: Path, content: Mapping[str, Any], name: str) -> int:
    found = content.get(name, 0)
    if not isinstance(found, int):
        raise ThemeError("themes.no_number", place=file, field=name, found=found)
    return found


def _with_texts(place: str, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an entry whose Chinese and English are there; raises ThemeError where one is empty."""
    for lang in ("zh", "en"):
        if not isinstance(entry[lang], str) or not entry[lang].strip():
            raise ThemeError("themes.no_text", place=place, language=lang)
    return entry


def _pair(place: str, entry: Mapping[str, Any]) -> dict[str, str]:
    known = _with_texts(place, entry)
    return {lang: known[lang] for lang in ("zh", "en")}
