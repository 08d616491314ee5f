"""A theme: one folder with features, rules, indicators, layers, card, sentences and cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from geodata.cube import Measure, read_measures
from geodata.errors import ThemeError
from geodata.i18n import load_yaml
from geodata.rules import Feature, FeatureSet, Rule, read_rules
from geodata.tables import enumeration

FOLDER = Path(__file__).parent / "themes"
_FIELDS = (
    "title",
    "order",
    "layers",
    "topics",
    "card",
    "briefing",
    "points",
    "due",
    "composition",
)
SHAPES = ("circle", "square", "triangle", "diamond")


@dataclass(frozen=True)
class Layer:
    """What a map shows first: an indicator, and class breaks from policy (keys or numbers)."""

    indicator: str
    breaks: tuple[str | float, ...] = ()


@dataclass(frozen=True)
class Topic:
    """Indicators of a theme that answer one kind of question, in order; a list is grouped by them."""

    title: Mapping[str, str]
    indicators: tuple[str, ...]


@dataclass(frozen=True)
class Points:
    """One kind of points on the map: the table they come from and what colours them.

    The state is that of the rules over `subject`, or, without one, whether the month in the column
    `closed` has come. `features` are its scorecard, `columns` those that stand side by side in the
    list of all. A click lists households by `lists` (site or
    zone); `zones` is the table of what a works serves.
    """

    table: str
    key: str
    title: Mapping[str, str]
    shape: str = SHAPES[0]
    subject: str = ""
    closed: str = ""
    lists: str = ""
    zones: str = ""
    features: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class PartsOf:
    """What some figure of the theme is made of.

    Counted: the parts between "|" or "," in `column` of a feature set (words of `choice`, by default
    of the column's own), of the rows where the column `where` is true, or where `unless` is false;
    with `amount` that column is summed instead. With `parts` (key to title) it is stacked: sums by
    month and part of a table with place_code, month, part and amount. With `series` the courses of
    these indicators are stacked, those of `down` below zero, titled by `parts` where these are given. It is shown for its `indicators`; one
    without any stands where nothing else is said.
    """

    title: Mapping[str, str]
    table: str = ""
    column: str = ""
    where: str = ""
    unless: str = ""
    amount: str = ""
    choice: str = ""
    parts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    series: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True)
class CardSection:
    """One section of the household card: features in order and the rules shown with them."""

    key: str
    title: Mapping[str, str]
    features: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Sentence:
    """One sentence of the briefing about an indicator.

    It may hold {place}, {month}, {value}, {numerator}, {denominator}, {worst} and {worst_value}.
    """

    indicator: str
    text: Mapping[str, str]


@dataclass(frozen=True)
class Theme:
    """All of one theme as its folder says it; `labels` names the words in details of rules.

    `due` are the rules whose findings have a date to be met, as told by overview and "why is it red".
    """

    key: str
    folder: Path
    title: Mapping[str, str]
    order: int
    rules: tuple[Rule, ...] = field(repr=False)
    feature_sets: tuple[FeatureSet, ...] = field(repr=False)
    features: Mapping[str, Feature] = field(repr=False)
    indicators: tuple[Measure, ...] = field(repr=False)
    layers: tuple[Layer, ...] = field(repr=False)
    card: tuple[CardSection, ...] = field(repr=False)
    briefing: tuple[Sentence, ...] = field(repr=False)
    labels: Mapping[str, Mapping[str, str]] = field(repr=False)
    points: tuple[Points, ...] = field(default=(), repr=False)
    composition: tuple[PartsOf, ...] = field(default=(), repr=False)
    due: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = field(default=(), repr=False)

    def words(self, lang: str) -> dict[str, str]:
        """Return the words of details in one language: the theme's own and those of the tables."""
        known = {
            choice.value: choice.title[lang]
            for name in ("risk", "house_grade", "monitored_category")
            for choice in enumeration(name).choices
        }
        return known | {token: entry[lang] for token, entry in self.labels.items()}

    def breaks_of(self, indicator: str) -> tuple[str | float, ...]:
        """Return where policy cuts an indicator: the breaks of its layer, else its target."""
        breaks = next((one.breaks for one in self.layers if one.indicator == indicator), ())
        targets = [one.target for one in self.indicators if one.key == indicator and one.target]
        return breaks or tuple(targets)

    @cached_property
    def rules_by_key(self) -> Mapping[str, Rule]:
        """Return the rules by key."""
        return {rule.key: rule for rule in self.rules}


@cache
def load_themes(folder: Path = FOLDER) -> tuple[Theme, ...]:
    """Return every theme of a folder, in the order they name; a folder with theme.yaml is one.

    Raises ThemeError when a theme cannot be read or two themes share a rule or indicator.
    """
    found = [read_theme(file.parent) for file in sorted(folder.glob("*/theme.yaml"))]
    for kind in ("rules", "indicators"):
        keys = [entry.key for theme in found for entry in getattr(theme, kind)]
        doubled = sorted({key for key in keys if keys.count(key) > 1})
        if doubled:
            raise ThemeError("themes.doubled", kind=kind, keys=", ".join(doubled))
    return tuple(sorted(found, key=lambda theme: (theme.order, theme.key)))


def read_theme(folder: Path) -> Theme:
    """Return the theme of one folder; raises ThemeError naming the file and what is wrong."""
    key = folder.name
    content = _mapping(folder / "theme.yaml")
    unknown = [name for name in content if name not in _FIELDS]
    if unknown:
        values = {"name": unknown[0], "known": ", ".join(_FIELDS)}
        raise ThemeError("themes.unknown_field", file=folder / "theme.yaml", **values)
    features = _mapping(folder / "features.yaml")
    files = sorted((folder / "rules").glob("*.yaml"))
    sql = sorted((folder / "features").glob("*.sql"))
    return Theme(
        key=key,
        folder=folder,
        title=content["title"],
        order=int(content.get("order", 0)),
        rules=tuple(rule for file in files for rule in read_rules(file, key)),
        feature_sets=tuple(
            FeatureSet(f"{key}_{file.stem}", file.read_text(encoding="utf-8")) for file in sql
        ),
        features={name: _feature(name, entry) for name, entry in features.items()},
        indicators=read_measures(folder / "indicators.yaml", key),
        layers=tuple(
            Layer(entry["indicator"], tuple(entry.get("breaks", ()))) for entry in content["layers"]
        ),
        card=tuple(_section(name, entry) for name, entry in content["card"].items()),
        briefing=tuple(Sentence(e["indicator"], _pair(e)) for e in content["briefing"]),
        labels=_mapping(folder / "labels.yaml"),
        points=tuple(_points(entry) for entry in content.get("points", ())),
        composition=tuple(_parts_of(entry) for entry in content.get("composition", ())),
        due=tuple(content.get("due", ())),
        topics=tuple(Topic(_pair(e), tuple(e["indicators"])) for e in content.get("topics", ())),
    )


def _points(entry: Mapping[str, Any]) -> Points:
    given = {name: found for name, found in entry.items() if name not in ("zh", "en")}
    given |= {name: tuple(given.get(name, ())) for name in ("features", "columns")}
    return Points(title=_pair(entry), **given)


def _parts_of(entry: Mapping[str, Any]) -> PartsOf:
    given = {name: found for name, found in entry.items() if name not in ("zh", "en")}
    listed = {
        name: tuple(given[name]) for name in ("series", "down", "indicators") if name in given
    }
    return PartsOf(_pair(entry), **(given | listed))


def _section(name: str, entry: Mapping[str, Any]) -> CardSection:
    features, rules = tuple(entry.get("features", ())), tuple(entry.get("rules", ()))
    return CardSection(name, _pair(entry), features, rules)


def _feature(name: str, entry: Mapping[str, str]) -> Feature:
    return Feature(name, _pair(entry), entry.get("unit", ""))


def _pair(entry: Mapping[str, str]) -> dict[str, str]:
    return {"zh": entry["zh"], "en": entry["en"]}


def _mapping(file: Path) -> dict[str, Any]:
    """Return the mapping of a YAML file; raises ThemeError when it is absent or none."""
    if not file.is_file():
        raise ThemeError("themes.no_file", file=file)
    content = load_yaml(file)
    if not isinstance(content, dict):
        raise ThemeError("rules.fault_mapping", file=file)
    return content
