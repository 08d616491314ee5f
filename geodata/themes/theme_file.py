"""The content of a theme.yaml: what is shown where; every fault is kept and the rest is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from geodata.errors import ThemeError
from geodata.figures import Indicator
from geodata.rules.subject import Subject, read_subject
from geodata.themes.base import (
    CONCERNS,
    GRAVITIES,
    GROUPS,
    HOUSEHOLD,
    LEDGER_ENTRY,
    LEDGER_TASK,
    LIMITED,
    SHAPES,
    SITE,
    AboutHouseholds,
    CardSection,
    Chain,
    Fit,
    Ledger,
    PartsOf,
    Points,
    Sentence,
    ServiceLine,
    ServiceStep,
    Sites,
    Step,
    ThemeLayer,
    ThemeMatter,
    Topic,
)
from geodata.yaml_entries import (
    Faults,
    check_fields,
    check_name,
    check_pair,
    check_value,
    list_of,
    mapping_of,
    text_list,
)

T = TypeVar("T")
# So many figures stand over the map where a theme names none.
STRIP = 5
# Subjects whose findings concern people.
_PEOPLE = ("household", "person")
# Field of theme.yaml and of its entries -> whether it must be there.
FIELDS = {
    "title": True,
    "layers": True,
    **dict.fromkeys(("order", "topics", "card", "briefing", "points", "due", "composition"), False),
    **dict.fromkeys(("subjects", "responsible", "household", "fits", "surroundings"), False),
    **dict.fromkeys(("limits", "inspection", "short", "strip", "matters", "classes"), False),
    **dict.fromkeys(("ledger", "sites", "service"), False),
}
_PAIR = {"zh": True, "en": True}
_LAYER = {"indicator": True, "breaks": False}
_MATTER = {**_PAIR, **dict.fromkeys(("indicator", "gravity", "concern"), True)}
_TOPIC = {**_PAIR, "indicators": True}
_SECTION = {**_PAIR, **dict.fromkeys(("features", "rules", "table", "columns"), False)}
_FIT = {**_PAIR, "kinds": True}
_CHAIN = {**_PAIR, "column": True, "steps": True, "order": False}
_STEP = {"table": True, "key": True, "next": False, "kind": False, "more": False}
_INSPECTION = {"weights": False, "suspected": False}
_LEDGER = {name: name != "limits" for name in Ledger.__dataclass_fields__}
_SITES = {name: name in ("points", "origin", "parts") for name in Sites.__dataclass_fields__}
_SERVICE = dict.fromkeys(("points", "people", "steps"), True)
_SERVICE_STEP = {**_PAIR, "says": True, "rules": False, "rest": False}
# The colours of tasks that begin so many days before their day.
_DATED = ("yellow", "blue")
_SENTENCE = {**_PAIR, "indicator": True}
_SUBJECT = {"key": True, **_PAIR, "count": True, "several": True}
_POINTS = {**_PAIR, **{name: name in ("table", "key") for name in Points.__dataclass_fields__}}
_PARTS = {**_PAIR, **dict.fromkeys(PartsOf.__dataclass_fields__, False)}
for _made in (_POINTS, _PARTS):
    _made.pop("title")


class ThemeFile:
    """One theme.yaml; what it says is read part by part, and what is wrong with it kept in `faults`."""

    def __init__(self, file: Path, faults: Faults) -> None:
        self.file, self.faults = file, faults
        self.content: dict[str, Any] = {}
        with faults:
            self.content = mapping_of(file)
            check_fields(str(file), self.content, FIELDS)
        for name in ("title", "short"):
            if name in self.content:
                with faults:
                    check_pair(str(file), self.content, name)

    @property
    def title(self) -> Mapping[str, str]:
        """Return the title of the theme; empty where it is absent."""
        return self._pair_of("title")

    @property
    def short(self) -> Mapping[str, str]:
        """Return its name where there is little room, by default the title."""
        return self._pair_of("short") or self.title

    def _pair_of(self, field: str) -> Mapping[str, str]:
        pair = self.content.get(field)
        return {lang: str(text) for lang, text in pair.items()} if isinstance(pair, dict) else {}

    @property
    def order(self) -> int:
        """Return its place among the themes."""
        with self.faults:
            return _number(str(self.file), self.content, "order")
        return 0

    @property
    def due(self) -> tuple[str, ...]:
        """Return the rules whose findings have a date to be met."""
        with self.faults:
            return _texts(str(self.file), self.content, "due")
        return ()

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the features and rules by which a household is put into a class."""
        with self.faults:
            return _texts(str(self.file), self.content, "classes")
        return ()

    def matters(self, indicators: Iterable[Indicator]) -> tuple[ThemeMatter, ...]:
        """Return what is brought before the leader of a month.

        Where the file does not say, whatever counts the findings of one due rule.
        """

        def read(place: str, entry: Mapping[str, Any]) -> ThemeMatter:
            check_value(place, "gravity", entry["gravity"], GRAVITIES)
            check_value(place, "concern", entry["concern"], CONCERNS)
            key = _text(place, entry, "indicator")
            return ThemeMatter(key, str(entry["gravity"]), str(entry["concern"]), _pair(entry))

        if "matters" in self.content:
            return tuple(self._listed("matters", _MATTER, read))
        due = {(rule,) for rule in self.due}
        return tuple(
            ThemeMatter(one.key, GRAVITIES[0], CONCERNS[one.subject not in _PEOPLE], one.title)
            for one in indicators
            if one.own_rules in due and one.lists
        )

    def ledger(self) -> Ledger | None:
        """Return what the wall of a ledger tells, None where the theme keeps none."""
        with self.faults:
            entry, place = self.content.get("ledger"), f"{self.file} ledger"
            if entry is None:
                return None
            check_fields(place, entry, _LEDGER)
            known = {"of_entry": LEDGER_ENTRY, "of_task": LEDGER_TASK, "limits": _DATED}
            told: dict[str, dict[str, str]] = {}
            for name, words in known.items():
                named = entry.get(name, {})
                needed = {word: name != "limits" and word == words[0] for word in words}
                check_fields(f"{place}.{name}", named, needed)
                told[name] = {word: _text(f"{place}.{name}", named, word) for word in named}
            return Ledger(
                _text(place, entry, "entry"),
                _text(place, entry, "tasks"),
                _text(place, entry, "indicator"),
                told["of_entry"],
                told["of_task"],
                told["limits"],
            )
        return None

    def sites(self) -> Sites | None:
        """Return what the wall of sites tells, None where the theme has none."""
        with self.faults:
            entry, place = self.content.get("sites"), f"{self.file} sites"
            if entry is None:
                return None
            check_fields(place, entry, _SITES)
            told, parts = entry.get("told", {}), entry["parts"]
            check_fields(f"{place}.told", told, dict.fromkeys(SITE, False))
            if not isinstance(parts, Mapping):
                raise ThemeError("themes.no_mapping", place=f"{place}.parts", found=parts)
            for name, pair in parts.items():
                check_fields(f"{place}.parts.{name}", pair, _PAIR)
            return Sites(
                _text(place, entry, "points"),
                _text(place, entry, "origin"),
                {str(name): _pair(pair) for name, pair in parts.items()},
                _texts(place, entry, "limits"),
                {name: _text(f"{place}.told", told, name) for name in told},
                _texts(place, entry, "services"),
                _text(place, entry, "workshops"),
            )
        return None

    def service(self) -> ServiceLine | None:
        """Return the steps of a service, None where the theme tells none."""
        with self.faults:
            entry, place = self.content.get("service"), f"{self.file} service"
            if entry is None:
                return None
            check_fields(place, entry, _SERVICE)
            steps = []
            for number, step in enumerate(list_of(place, entry["steps"], "steps"), 1):
                where = f"{place} steps {number}"
                check_fields(where, step, _SERVICE_STEP)
                assert isinstance(step, Mapping)
                check_pair(where, step, "says")
                rest = step.get("rest", False)
                check_value(where, "rest", str(rest).lower(), ("true", "false"))
                rules = _texts(where, step, "rules")
                steps.append(ServiceStep(_pair(step), _pair(step["says"]), rules, bool(rest)))
            points, people = (_text(place, entry, name) for name in ("points", "people"))
            return ServiceLine(points, people, tuple(steps))
        return None

    def strip(self, layers: Iterable[ThemeLayer], indicators: Sequence[str]) -> tuple[str, ...]:
        """Return the indicators whose figures stand over the map, by default the first ones.

        The one that the theme opens with is always the first.
        """
        first = [one.indicator for one in layers if one.indicator in indicators]
        with self.faults:
            if chosen := _texts(str(self.file), self.content, "strip"):
                return tuple(dict.fromkeys((*first[:1], *chosen)))
        return tuple(dict.fromkeys((*first, *indicators)))[:STRIP]

    def named(self, field: str) -> tuple[str, ...]:
        """Return the names of the entries of a field, those that cannot be read among them."""
        named = self.content.get(field)
        return tuple(map(str, named)) if isinstance(named, Mapping) else ()

    def subjects(self) -> tuple[Subject, ...]:
        """Return what else rules may judge."""

        def read(name: str, place: str, entry: Mapping[str, Any]) -> Subject:
            check_name(place, name)
            check_fields(place, entry, _SUBJECT)
            check_name(place, entry["key"])
            return read_subject(name, entry)

        return tuple(self._mapped("subjects", read))

    def offices(self) -> Mapping[str, Mapping[str, str]]:
        """Return the offices that answer for findings, by key."""

        def read(name: str, place: str, entry: Mapping[str, Any]) -> tuple[str, Mapping[str, str]]:
            check_name(place, name)
            check_fields(place, entry, _PAIR)
            return name, _pair(entry)

        return dict(self._mapped("responsible", read))

    def layers(self) -> tuple[ThemeLayer, ...]:
        """Return the indicators that the map offers first."""

        def read(place: str, entry: Mapping[str, Any]) -> ThemeLayer:
            breaks = tuple(list_of(place, entry.get("breaks", []), "breaks"))
            for cut in breaks:
                if isinstance(cut, bool) or not isinstance(cut, (str, int, float)):
                    raise ThemeError("themes.no_amount", place=place, field="breaks", found=cut)
            return ThemeLayer(_text(place, entry, "indicator"), breaks)  # type: ignore[arg-type]  # just looked

        if self.content.get("layers", True) in (None, []):
            place = str(self.file)
            self.faults.kept.append(ThemeError("rules.fault_absent", place=place, field="layers"))
        return tuple(self._listed("layers", _LAYER, read))

    def topics(self, indicators: Iterable[str]) -> tuple[Topic, ...]:
        """Return the topics; indicators of none stand in one of the title of the theme, the last."""

        def read(place: str, entry: Mapping[str, Any]) -> Topic:
            return Topic(_pair(entry), _texts(place, entry, "indicators"))

        topics = tuple(self._listed("topics", _TOPIC, read))
        told = {key for topic in topics for key in topic.indicators}
        left = tuple(key for key in indicators if key not in told)
        return (*topics, Topic(self.title, left)) if left else topics

    def briefing(self) -> tuple[Sentence, ...]:
        """Return the sentences of a briefing."""

        def read(place: str, entry: Mapping[str, Any]) -> Sentence:
            return Sentence(_text(place, entry, "indicator"), _pair(entry))

        return tuple(self._listed("briefing", _SENTENCE, read))

    def card(self) -> tuple[CardSection, ...]:
        """Return the sections of the household card."""

        def read(name: str, place: str, entry: Mapping[str, Any]) -> CardSection:
            check_fields(place, entry, _SECTION)
            features, rules, columns = (
                _texts(place, entry, field) for field in ("features", "rules", "columns")
            )
            table = _text(place, entry, "table")
            return CardSection(name, _pair(entry), features, rules, table, columns)

        return tuple(self._mapped("card", read))

    def points(self) -> tuple[Points, ...]:
        """Return the points on the map."""

        def read(place: str, entry: Mapping[str, Any]) -> Points:
            check_value(place, "shape", entry.get("shape", SHAPES[0]), SHAPES)
            lists = ("features", "columns")
            given = {name: _text(place, entry, name) for name in entry if name not in lists}
            texts = {name: text for name, text in given.items() if name not in _PAIR}
            features, columns = (_texts(place, entry, name) for name in lists)
            return Points(title=_pair(entry), features=features, columns=columns, **texts)

        return tuple(self._listed("points", _POINTS, read))

    def composition(self) -> tuple[PartsOf, ...]:
        """Return what figures are made of."""

        def read(place: str, entry: Mapping[str, Any]) -> PartsOf:
            parts = entry.get("parts", {})
            if not isinstance(parts, Mapping):
                raise ThemeError("themes.no_mapping", place=f"{place} parts", found=parts)
            for name, pair in parts.items():
                check_fields(f"{place} parts.{name}", pair, _PAIR)
            return PartsOf(
                _pair(entry),
                table=_text(place, entry, "table"),
                column=_text(place, entry, "column"),
                where=_text(place, entry, "where"),
                unless=_text(place, entry, "unless"),
                amount=_text(place, entry, "amount"),
                choice=_text(place, entry, "choice"),
                parts=parts,
                series=_texts(place, entry, "series"),
                down=_texts(place, entry, "down"),
                indicators=_texts(place, entry, "indicators"),
                chart=_text(place, entry, "chart"),
            )

        return tuple(self._listed("composition", _PARTS, read))

    def about_households(self) -> AboutHouseholds:
        """Return what the theme says for lists, cards and samples."""

        def told(name: str, place: str, feature: object) -> tuple[str, str]:
            check_value(str(self.file), "household", name, HOUSEHOLD)
            return name, _text(place, {name: feature}, name)

        def fit(feature: str, place: str, entry: Mapping[str, Any]) -> Fit:
            check_fields(place, entry, _FIT)
            return Fit(feature, _pair(entry), _texts(place, entry, "kinds"))

        def limit(name: str, place: str, parameter: object) -> tuple[str, str]:
            check_value(str(self.file), "limits", name, LIMITED)
            return name, _text(place, {name: parameter}, name)

        weights, suspected = self._inspection()
        return AboutHouseholds(
            told=dict(self._mapped("household", told)),
            limits=dict(self._mapped("limits", limit)),
            fits=tuple(self._mapped("fits", fit)),
            surroundings=tuple(self._listed("surroundings", _CHAIN, _chain)),
            weights=weights,
            suspected=suspected,
        )

    def _inspection(self) -> tuple[Mapping[str, float], Mapping[str, tuple[str, ...]]]:
        """Return the weights of indicators, and the rules that make a household suspect by group."""
        place = f"{self.file} inspection"
        weights: dict[str, float] = {}
        suspected: dict[str, tuple[str, ...]] = {}
        with self.faults:
            content = self.content.get("inspection") or {}
            check_fields(place, content, _INSPECTION)
            for name in _INSPECTION:
                check_fields(f"{place}.{name}", content.get(name, {}), content.get(name, {}))
            for key in content.get("weights", {}):
                weights[str(key)] = float(_number(f"{place}.weights", content["weights"], key))
            for group in content.get("suspected", {}):
                check_value(f"{place}.suspected", "group", group, GROUPS)
                suspected[group] = _texts(f"{place}.suspected", content["suspected"], group)
        return weights, suspected

    def _mapped(self, field: str, read: Callable[[str, str, Any], T]) -> Iterator[T]:
        """Give what is read of each entry of a field that maps names to entries."""
        entries = self.content.get(field) or {}
        if not isinstance(entries, Mapping):
            place = f"{self.file} {field}"
            self.faults.kept.append(ThemeError("themes.no_mapping", place=place, found=entries))
            return
        for name, entry in entries.items():
            with self.faults:
                yield read(str(name), f"{self.file} {field}.{name}", entry)

    def _listed(
        self, field: str, fields: Mapping[str, bool], read: Callable[[str, Any], T]
    ) -> Iterator[T]:
        """Give what is read of each entry of a field that lists them."""
        entries: list[object] = []
        with self.faults:
            entries = list_of(str(self.file), self.content.get(field, []), field)
        for number, entry in enumerate(entries, 1):
            place = f"{self.file} {field} {number}"
            with self.faults:
                check_fields(place, entry, fields)
                yield read(place, entry)


def _chain(place: str, entry: Mapping[str, Any]) -> Chain:
    steps = []
    for number, step in enumerate(list_of(place, entry["steps"], "steps"), 1):
        where = f"{place} steps {number}"
        check_fields(where, step, _STEP)
        assert isinstance(step, Mapping)
        table, key, onward, kind = (
            _text(where, step, name) for name in ("table", "key", "next", "kind")
        )
        steps.append(Step(table, key, onward, kind, _texts(where, step, "more")))
    order = _number(place, {"order": 10, **entry}, "order")
    return Chain(_pair(entry), _text(place, entry, "column"), tuple(steps), order)


def _text(place: str, entry: Mapping[str, Any], name: str) -> str:
    """Return a field that is one text, "" where it is absent; raises ThemeError for anything else."""
    word = entry.get(name, "")
    if not isinstance(word, str):
        raise ThemeError("themes.no_word", place=place, field=name, found=word)
    return word


def _texts(place: str, entry: Mapping[str, Any], name: str) -> tuple[str, ...]:
    words = entry.get(name)
    return () if words is None else text_list(place, words, name)


def _number(place: str, content: Mapping[str, Any], name: str) -> int:
    number = content.get(name, 0)
    if not isinstance(number, int) or isinstance(number, bool):
        raise ThemeError("themes.no_number", place=place, field=name, found=number)
    return number


def _pair(entry: Mapping[str, Any]) -> dict[str, str]:
    return {lang: str(entry[lang]) for lang in ("zh", "en")}
