"""Where the figures of a page come from: month, source, rules, parameters, what is missing, who made it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from dashboard.answers.source import Source
from dashboard.answers.taken_in import taken_in_sentence
from dashboard.texts import text
from dashboard.view import View
from geodata.boundaries.approximate import FILE as APPROXIMATE
from geodata.cartography.coverage import Coverage, coverage
from geodata.cartography.words import period_text
from geodata.escaping import plain_text
from geodata.periods import last_day
from geodata.themes import Theme

_DIGITS = 8  # of a digest: enough to tell versions apart on paper


@dataclass(frozen=True)
class UsedParameter:
    """A policy parameter as it holds for the county on the last day of the month, in words.

    `why` says why there is no usable value; rules that need it then answer unknown.
    """

    key: str
    title: str
    value: str
    status: str
    document: str
    why: str = ""

    @property
    def usable(self) -> bool:
        """Return whether rules can use it."""
        return not self.why


@dataclass(frozen=True)
class Origin:
    """What every page says of its figures; each field is a finished text, empty when it has none."""

    month: str
    source: str
    rules: str
    joined: str
    places: str
    made: str
    approval: str
    mark: str
    coverage: Coverage
    parameters: tuple[UsedParameter, ...]

    @property
    def foot(self) -> str:
        """Return the line at the foot of a page."""
        parts = (
            self.month,
            self.source,
            self.rules,
            self.joined,
            self.places,
            self.made,
            self.approval,
        )
        return "　".join(part for part in parts if part)


def origin_of(source: Source, view: View) -> Origin:
    """Return the origin of the figures of a view."""
    lang, setup = view.lang, source.county.setup
    built = source.county.month(view.period).built
    complete = coverage(source.atlas, view.indicator, view.period, view.place)
    boundary = PurePath(str(source.atlas.source.get("boundaries", ""))).name
    snapshot = setup.store.snapshot_of(view.period)
    digests = {
        "rules": str(built.inputs.get("definitions", ""))[:_DIGITS],
        "result": built.digest[:_DIGITS],
    }
    said = {"period": period_text(view.period, lang), "version": built.inputs.get("guatu", "")}
    approval = plain_text(setup.config.maps.approval, 60) or _text("approval_none", lang)
    return Origin(
        month=_text("month", lang, **said),
        source=_text("source", lang, snapshot=snapshot, boundary=plain_text(boundary, 40) or "—"),
        rules=_text("rules", lang, **digests, **said),
        joined=_joined(source, complete, lang),
        places=taken_in_sentence(source, view),
        made=_text("made", lang, at=plain_text(source.at, 40), by=plain_text(source.by, 40)),
        approval=_text("approval", lang, number=approval) + borders_sentence(source, lang),
        mark=_text("mark_public" if view.public else "mark_internal", lang),
        coverage=complete,
        parameters=used_parameters(
            source, view, source.theme(view.theme), indicator=view.indicator
        ),
    )


def borders_sentence(source: Source, lang: str) -> str:
    """Return that the outlines are approximate, in brackets; "" where they are those of a file."""
    boundary = PurePath(str(source.atlas.source.get("boundaries", ""))).name
    return _text("approximate", lang) if boundary == APPROXIMATE else ""


def used_parameters(
    source: Source, view: View, theme: Theme, *, indicator: str | None = None
) -> tuple[UsedParameter, ...]:
    """Return the parameters behind an indicator, or behind all rules of a theme, by key."""
    measures = [m for m in theme.indicators if indicator in (None, m.key)]
    rules = [theme.rules_by_key[key] for m in measures for key in m.rules]
    keys = {key for rule in (rules if indicator else theme.rules) for key in rule.parameters}
    keys |= {measure.target for measure in measures if measure.target}
    setup = source.county.setup
    day, code = last_day(view.period), setup.config.county.code
    return tuple(_used(setup.policy.at(key, code, day), view.lang) for key in sorted(keys))


def _used(at_day, lang: str) -> UsedParameter:  # type: ignore[no-untyped-def]
    parameter, unit = at_day.parameter, at_day.parameter.unit.text(lang)
    value, why = _text(f"state_{at_day.state}", lang), at_day.reason(lang)
    if at_day.value is not None:
        value = f"{_worded(at_day.value)} {unit}".strip()
    chosen = at_day.dated
    return UsedParameter(
        parameter.key,
        parameter.title[lang],
        plain_text(value, 80),
        chosen.reference.label(lang) if chosen else _text("status_none", lang),
        plain_text(chosen.reference.citation(lang), 80) if chosen else "",
        why,
    )


def _worded(value: object) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return str(value)


def _joined(source: Source, complete: Coverage, lang: str) -> str:
    level = text(f"atlas.{source.atlas.lowest}", lang)
    said = _text("joined", lang, count=complete.with_data, places=complete.places, level=level)
    if complete.not_applicable:
        said += _text("not_applicable", lang, count=complete.not_applicable, level=level)
    if complete.unshaped:
        said += _text("unshaped", lang, count=len(complete.unshaped), level=level)
    return said


def _text(name: str, lang: str, **values: object) -> str:
    return text(f"briefing_page.{name}", lang, **values)
