"""What a stand-alone map tells: figures by month, reasons, rules and hot spots, of places alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from dashboard.answers.answer import Answer
from dashboard.answers.layers import layer_of
from dashboard.briefing.briefing import Briefing, Progress
from dashboard.briefing.sentences import sentences_of
from dashboard.layers.clusters import CLUSTERS
from dashboard.maps.drill import drill_map, drill_places
from dashboard.texts import text
from geodata.cartography import Layer
from geodata.cartography.headline import whole_figure
from geodata.cartography.palette import QUIET
from geodata.cartography.words import figure_text, period_text, state_text
from geodata.escaping import plain_text
from geodata.figures import STATES
from geodata.themes import Theme

_MONTHS, _RULES, _NAME = 13, 12, 60
_WORDS = (
    "classes", "hot", "why", "below", "place", "value", "rules", "rule", "yes",
    "unknown", "last_only",
)  # fmt: skip


def html_map(briefing: Briefing, *, step: Progress = lambda name: None) -> str:
    """Return the map of a briefing as one page of HTML that fetches nothing and names nobody's home.

    It has the first indicator of each theme over the last months, with reasons, counts of broken
    rules and hot spots of the month itself; the public form has the figures of that month alone.
    `step` is told each theme when it is ready.
    """
    atlas, lang = briefing.source.atlas, briefing.lang
    keys = drill_places(atlas)
    layers = []
    for theme in briefing.themes:
        layers.append(_layer(briefing, theme, keys))
        step(theme.key)
    first = briefing.answer(briefing.themes[0])
    titles, rules = _rules(briefing, keys)
    numbers = {key: number for number, key in enumerate(keys)}
    parents = atlas.places["parent"]
    told = {
        "lang": lang,
        "title": text("file.title", lang, place=briefing.name, period=first.period),
        "mark": f"{first.origin.mark} · {first.origin.approval}",
        "words": {name: text(f"file.{name}", lang) for name in _WORDS},
        "places": [
            {"name": plain_text(atlas.name(key), _NAME), "parent": numbers.get(parents[key], -1)}
            for key in keys
        ],
        "layers": layers,
        "titles": titles,
        "states": STATES[1:],
        "rules": rules,
    }
    return drill_map(atlas, told)


def _layer(briefing: Briefing, theme: Theme, keys: list[str]) -> dict[str, object]:
    """Return one indicator as the page reads it; lists are in the order of the places."""
    answer = briefing.answer(theme, level=briefing.source.atlas.lowest)
    upper = {level: briefing.answer(theme, level=level) for level in answer.atlas.levels[1:-1]}
    title = answer.layer.indicator.title_in(briefing.lang)
    return {
        "title": title,
        "unit": answer.unit,
        "message": plain_text(answer.title, 160),
        "colours": list(answer.layer.palette.colours["light"]),
        "circles": answer.layer.form == "circles",
        "quiet": QUIET["light"],
        "rule": answer.rule,
        "foot": answer.origin.foot,
        "months": [*_earlier(briefing, answer, keys), _month(answer, upper, keys)],
        "why": _reasons(briefing, theme, answer, keys),
        "hot": None if briefing.public else _hot(briefing, answer, keys),
    }


def _month(answer: Answer, upper: dict[str, Answer], keys: list[str]) -> dict[str, object]:
    layers = [answer.layer, *(one.layer for one in upper.values())]
    return _told(answer, layers, answer.summary, answer.view.period, answer.figure, keys)


def _earlier(briefing: Briefing, answer: Answer, keys: list[str]) -> list[dict[str, object]]:
    """Return the months before; none for the public, whose small counts are hidden month by month."""
    if briefing.public:
        return []
    atlas, view, months = answer.atlas, answer.view, []
    periods = [one for one in atlas.periods_of(view.indicator) if one < view.period]
    for period in periods[1 - _MONTHS :]:
        layers = [
            layer_of(briefing.source, replace(view, period=period, level=level))
            for level in reversed(atlas.levels[1:])
        ]
        summary = whole_figure(atlas, layers[0], briefing.lang)
        value = answer.own["value"].get(period, float("nan"))
        months.append(_told(answer, layers, summary, period, answer.worded(value), keys))
    return months


def _told(
    answer: Answer, layers: list[Layer], summary: str, period: str, whole: str, keys: list[str]
) -> dict[str, object]:
    """Return figures, order (worst first), classes and legend of one month."""
    lang, lowest = answer.view.lang, layers[0]
    values = pd.concat([pd.Series(one.values, index=one.keys) for one in layers]).reindex(keys)
    states = pd.concat([pd.Series(one.states, index=one.keys) for one in layers]).reindex(keys)
    figures = [
        state_text(str(state), lang)
        or figure_text(value, lowest.indicator, decimals=lowest.decimals, lang=lang)
        for value, state in zip(values, states.fillna(STATES[1]), strict=True)
    ]
    figures[0] = whole
    ordered = values if lowest.indicator.worse == "low" else -values
    if answer.view.public:  # a ranking is a finding
        ordered = ordered * 0
    order = ordered.rank(method="first", na_option="bottom").fillna(0).astype(int)
    return {
        "name": period_text(period, lang),
        "summary": plain_text(summary, 300),
        "figures": figures,
        "order": order.tolist(),
        "classes": _classes(lowest, keys),
        "legend": _legend(lowest, lang),
        "sizes": _sizes(lowest, keys),
    }


def _sizes(layer: Layer, keys: list[str]) -> list[float]:
    """Return the radius of each place's circle, 1 for the largest figure; empty without circles."""
    if layer.form != "circles":
        return []
    shown = pd.Series(np.sqrt(np.maximum(layer.values, 0) / layer.largest), index=layer.keys)
    return [round(float(size), 3) for size in shown.reindex(keys).fillna(0)]


def _classes(layer: Layer, keys: list[str]) -> list[int]:
    """Return the class of each place; beyond the last colour the reason why there is none."""
    count = len(layer.palette.colours["light"])
    absent = {state: count + at for at, state in enumerate(STATES[1:])}
    shown = zip(layer.classes.tolist(), layer.reasons, strict=True)
    classes = dict(zip(layer.keys, (absent.get(why, class_) for class_, why in shown), strict=True))
    return [int(classes.get(key, count)) for key in keys]


def _legend(layer: Layer, lang: str) -> list[list[object]]:
    return [
        [row.label, "" if row.no_data else row.colour["light"], row.count, row.state, row.at]
        for row in layer.legend(lang)
    ]


def _hot(briefing: Briefing, answer: Answer, keys: list[str]) -> dict[str, object]:
    layer = layer_of(briefing.source, replace(answer.view, classes=CLUSTERS))
    return {
        "colours": list(layer.palette.colours["light"]),
        "classes": _classes(layer, keys),
        "legend": _legend(layer, briefing.lang),
        "rule": layer.rule(briefing.lang),
    }


def _reasons(briefing: Briefing, theme: Theme, answer: Answer, keys: list[str]) -> list[str]:
    """Return the sentence of each place; empty for the public and where it may not be read.

    That of the briefing's place begins with what the theme says of its indicators.
    """
    sentences, told = [], " ".join(sentences_of(briefing, theme).values())
    for key in keys:
        why = briefing.source.why(replace(answer.view, place=key))
        reason = plain_text(why.whole, 600) if why else ""
        sentences.append(f"{told} {reason}".strip() if key == briefing.place else reason)
    return sentences


def _rules(briefing: Briefing, keys: list[str]) -> tuple[list[list[str]], list[list[list[int]]]]:
    """Return title and severity of each rule, and by place the rules with findings, most first."""
    rules = briefing.source.county.setup.rules
    numbers = {key: number for number, key in enumerate(rules)}
    titles = [[plain_text(rule.title[briefing.lang]), rule.severity] for rule in rules.values()]
    counts = briefing.source.county.month(briefing.month).counts
    by_place = []
    for key in keys:
        readable = not briefing.public and briefing.source.actor.allows(key, "rows")
        inside = counts[counts["place"].str.startswith(key)] if readable else counts.iloc[:0]
        summed = inside.groupby("rule")[["yes", "unknown"]].sum()
        broken = summed[summed["yes"] > 0].sort_values("yes", ascending=False, kind="stable")
        shown = broken.head(_RULES).astype(int)
        counted = zip(shown.index, shown["yes"], shown["unknown"], strict=True)
        by_place.append([[numbers[str(rule)], yes, unknown] for rule, yes, unknown in counted])
    return ([] if briefing.public else titles), by_place
