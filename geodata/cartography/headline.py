"""The finding in a sentence: place, period, indicator and the worst places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from geodata import i18n
from geodata.atlas import Atlas
from geodata.cartography.decimals import way_of
from geodata.cartography.finding import WORST, Finding, finding_of
from geodata.cartography.layer import Layer
from geodata.cartography.ranking import Worst, most_of, previous_period, rank_places
from geodata.cartography.words import (
    figure_text,
    number_text,
    parts_text,
    period_text,
    scale_of,
    short_parts,
    state_text,
    unknown_text,
)
from geodata.figures import STATES, Indicator, ParameterStep

_HIDDEN = STATES[3]


def headline(atlas: Atlas, layer: Layer, lang: str | None = None) -> str:
    """Return the finding of a map: which places of its level are worst, and how many have no figure."""
    finding = finding_of(atlas, layer)
    if finding.kind == "own":
        return whole_figure(atlas, layer, lang) + _standing(atlas, layer, lang)
    if finding.kind == "none":
        return _nothing(atlas, layer, lang)
    said = _worst_in_words(atlas, layer, finding, lang) + others_text(layer, lang)
    unknown = unknown_of_whole(atlas, layer, lang)
    return said + (i18n.text("cartography.in_brackets", lang, said=unknown) if unknown else "")


def _worst_in_words(atlas: Atlas, layer: Layer, finding: Finding, lang: str | None) -> str:
    """Return which of several places with figures are worst, ties told as ties."""

    def figure(value: float) -> str:
        return figure_text(value, layer.indicator, decimals=layer.decimals, lang=lang)

    ranked, worst = finding.known, finding.worst
    level = i18n.text(f"atlas.{layer.level}", lang)
    facts = _facts(atlas, layer, lang) | {"level": level, "count": len(ranked)}
    if finding.kind == "zero":
        return i18n.text("cartography.headline_zero", lang, **facts)
    if finding.kind == "equal":
        same = figure(ranked["value"].iloc[0])
        return i18n.text("cartography.headline_equal", lang, figure=same, **facts)
    if finding.kind == "few":
        facts |= _small_base(atlas, layer, lang)
        told = _most_in_words(atlas, layer, worst, lang)
        compared = ranked[ranked["rank"].notna()]
        if compared.empty:
            return i18n.text("cartography.headline_few", lang, told=told, **facts)
        facts |= {"count": len(compared), "figure": figure(compared["value"].iloc[0])}
        return i18n.text("cartography.headline_alike", lang, told=told, **facts)
    few = few_text(atlas, layer, ranked, lang)
    facts["end"] = end_text(layer.indicator, lang)
    tied = {"tied": worst.tied, "figure": figure(worst.value)}
    if finding.kind == "tied":
        return i18n.text("cartography.headline_tied", lang, **facts, **tied) + few
    names = i18n.listed(
        _named_places(worst.places, layer, _skips_a_level(atlas, layer), lang), lang
    )
    facts |= {"indicator": _with_unit(layer, lang), "names": names, "count": len(worst.places)}
    more = i18n.text("cartography.headline_more_tied", lang, **facts, **tied) if worst.tied else ""
    return i18n.text("cartography.headline", lang, **facts) + more + few


def few_text(atlas: Atlas, layer: Layer, ranked: pd.DataFrame, lang: str | None = None) -> str:
    """Return of the ranked places of a map those whose base is too small to rank; empty for none.

    Those in which most are bad are named with how many of how many.
    """
    few = ranked[ranked["few"]]
    if few.empty:
        return ""
    facts = _small_base(atlas, layer, lang) | {"count": len(few)}
    told = _most_in_words(atlas, layer, most_of(few, WORST), lang)
    return i18n.text("cartography.few", lang, told=told, **facts)


def _small_base(atlas: Atlas, layer: Layer, lang: str | None) -> dict[str, object]:
    """Return what is said of a small base: how many it would take, of what."""
    least, thing = atlas.least_bases.get(layer.period, 0), layer.indicator.base
    return {
        "least": least,
        "thing": thing.text(lang, str(least)) if thing else "",
        "level": i18n.text(f"atlas.{layer.level}", lang),
    }


def _most_in_words(atlas: Atlas, layer: Layer, worst: Worst, lang: str | None) -> str:
    """Return the places in which most are bad with the parts of their share, ties told as ties."""
    indicator = layer.indicator
    nested, level = _skips_a_level(atlas, layer), i18n.text(f"atlas.{layer.level}", lang)
    if worst.places.empty and not worst.tied:
        return i18n.text(f"cartography.few_none_{indicator.worse}", lang)
    names: list[str] = []
    row: Any
    for name, row in zip(
        _names(worst.places, nested, lang), worst.places.itertuples(), strict=True
    ):
        parts = short_parts(row.numerator, row.denominator, indicator, lang)
        names.append(i18n.text("cartography.few_place", lang, name=name, parts=parts))
    if worst.tied:
        number = number_text(worst.value, 0)
        unit = indicator.base.text(lang, number) if indicator.base else ""
        tied = {"tied": worst.tied, "level": level, "number": number, "unit": unit}
        names.append(i18n.text(f"cartography.few_tied_{indicator.worse}", lang, **tied))
    return i18n.listed(names, lang)


def others_text(layer: Layer, lang: str | None = None) -> str:
    """Return in brackets how many places of a map have no figure, by the reason; empty for none.

    Of what is hidden it says that the comparison beside it is without it: more may be hidden there.
    """
    told = counted_others(layer, lang, beside=True)
    return i18n.text("cartography.others", lang, others=told) if told else ""


def counted_others(layer: Layer, lang: str | None = None, *, beside: bool = False) -> str:
    """Return how many places of a map have no figure, by the reason; empty for none.

    `beside` tells that it stands beside a comparison of the others.
    """
    uncompared = i18n.text("cartography.uncompared", lang)
    states = pd.Series(layer.states[layer.inside]).value_counts()
    level = i18n.text(f"atlas.{layer.level}", lang)
    counted = [(state, int(states.get(state, 0))) for state in STATES[1:]]
    return i18n.listed(
        (
            i18n.text("cartography.others_count", lang, count=count, level=level, reason=reason)
            for state, count in counted
            if count
            for reason in [uncompared if beside and state == _HIDDEN else state_text(state, lang)]
        ),
        lang,
    )


def _nothing(atlas: Atlas, layer: Layer, lang: str | None) -> str:
    """Return why no place of a map has a figure: in words, or counted by the reason."""
    facts, states = _facts(atlas, layer, lang), set(layer.states[layer.inside])
    if states <= {STATES[1]}:
        return i18n.text("cartography.headline_none", lang, **facts)
    return i18n.text(
        "cartography.headline_unshown", lang, others=counted_others(layer, lang), **facts
    )


def whole_figure(atlas: Atlas, layer: Layer, lang: str | None = None) -> str:
    """Return the figure of the shown place itself, how it was made, and its change."""
    indicator = layer.indicator
    facts = _facts(atlas, layer, lang)
    figure, parts = figure_of_whole(atlas, layer, lang)
    if figure == number_text(float("nan"), 0):
        return i18n.text(f"cartography.headline_{absent_state(atlas, layer)}", lang, **facts)
    unknown = unknown_of_whole(atlas, layer, lang)
    parts += i18n.text("cartography.in_brackets", lang, said=unknown) if unknown else ""
    facts["figure"] = figure + parts
    lowest = atlas.level_of(layer.place) == atlas.lowest
    kind = "own" if lowest or indicator.adds_up != "none" else "median"
    sentence = i18n.text(f"cartography.whole_{kind}", lang, **facts)
    change, _ = change_of_whole(atlas, layer, lang)
    apart = {"zh": "，", "en": ", "}[lang or i18n.default_language()]
    return f"{sentence}{apart}{change}" if change else sentence


def absent_state(atlas: Atlas, layer: Layer) -> str:
    """Return why the shown place has no figure: not_applicable, outside, hidden or none of these."""
    place, level = layer.place, atlas.level_of(layer.place)
    if place is None or level is None:
        return "none"
    state = str(atlas.states(layer.indicator.key, layer.period, level)[place])
    return "none" if state in STATES[:2] else state


def figure_of_whole(atlas: Atlas, layer: Layer, lang: str | None = None) -> tuple[str, str]:
    """Return the figure of the shown place with its unit, and what it was made of in words."""
    row = atlas.series(layer.indicator.key, layer.place).reindex([layer.period]).iloc[0]
    value = row["value"] * scale_of(layer.indicator)
    parts = parts_text(row["numerator"], row["denominator"], layer.indicator, lang)
    return figure_text(value, layer.indicator, decimals=layer.decimals, lang=lang), parts


def unknown_of_whole(atlas: Atlas, layer: Layer, lang: str | None = None) -> str:
    """Return of how many of the shown place nothing is known, where these are most; else empty."""
    row = atlas.series(layer.indicator.key, layer.place).reindex([layer.period]).iloc[0]
    return unknown_text(row["missing"], row["subjects"], lang)


def change_of_whole(atlas: Atlas, layer: Layer, lang: str | None = None) -> tuple[str, str]:
    """Return the change of the shown place since the period before in words, and its course.

    The course is worse, better or plain; both are about nothing ("", "plain") without a change.
    """
    indicator = layer.indicator
    before = previous_period(atlas, indicator.key, layer.period)
    if before is None:
        return "", "plain"
    value, earlier, base = _compared(atlas, layer, before)
    if pd.isna(value) or pd.isna(earlier):
        return "", "plain"
    steps = atlas.steps_between(indicator.key, before, layer.period)
    change = round(value - earlier, layer.decimals)
    way = way_of(value - earlier, base, indicator, layer.decimals)
    if way not in ("up", "down"):
        change = 0.0
    amount = _amount(layer, change, lang)
    values = {
        "before": period_text(before, lang),
        "change": amount,
        "thing": one_of(indicator, lang),
    }
    sentence = i18n.text(f"cartography.change_{way}", lang, **values)
    old, new = (_sent(atlas, layer, period) for period in (before, layer.period))
    if not old.equals(new):
        both = _comparable(atlas, layer, before)
        key = "cartography.other_places" if both is None else "cartography.both_sent"
        counts = {"old": int(old.sum()), "new": int(new.sum()), "both": int((old & new).sum())}
        level = i18n.text(f"atlas.{atlas.lowest}", lang)
        sentence += i18n.text(key, lang, level=level, **counts)
    sentence += steps_text(steps, lang)
    return sentence, course_of(change, "none" if steps else indicator.worse)


def end_text(indicator: Indicator, lang: str | None = None) -> str:
    """Return what the end of a figure is called to which a headline points: most, highest, longest."""
    end = "low" if indicator.worse == "low" else "high"
    kind = "count" if indicator.adds_up == "sum" else "days" if indicator.quantity == "days" else ""
    return i18n.text("cartography.end_" + "_".join(filter(None, (end, kind))), lang)


def short_change(atlas: Atlas, layer: Layer, lang: str | None = None) -> str:
    """Return in a word or two how the shown place moved; empty where more would have to be said of it."""
    before = previous_period(atlas, layer.indicator.key, layer.period)
    if before is None or atlas.steps_between(layer.indicator.key, before, layer.period):
        return ""
    if not _sent(atlas, layer, before).equals(_sent(atlas, layer, layer.period)):
        return ""
    value, earlier, base = _compared(atlas, layer, before)
    way = way_of(value - earlier, base, layer.indicator, layer.decimals)
    if not way:
        return ""
    amount = _amount(layer, value - earlier, lang)
    thing = one_of(layer.indicator, lang)
    return i18n.text(f"cartography.short_{way}", lang, change=amount, thing=thing)


def _amount(layer: Layer, change: float, lang: str | None) -> str:
    """Return the size of a change with its unit, of a share in points."""
    if layer.indicator.is_share:
        points = number_text(abs(change), layer.decimals)
        return i18n.text("cartography.points", lang, change=points)
    return figure_text(abs(change), layer.indicator, decimals=layer.decimals, lang=lang)


def one_of(indicator: Indicator, lang: str | None = None) -> str:
    """Return what stands after the number one where a share counts things; else empty."""
    return indicator.base.text(lang, "1") if indicator.base else ""


def steps_text(steps: Sequence[ParameterStep], lang: str | None = None) -> str:
    """Return in brackets which parameters changed with the figure; empty for none."""
    lang = lang or i18n.default_language()
    told = [
        i18n.text(
            "cartography.step",
            lang,
            title=step.title[lang],
            before=step.before[lang],
            after=step.after[lang],
        )
        for step in steps
    ]
    return i18n.text("cartography.steps", lang, steps=i18n.listed(told, lang)) if told else ""


def _sent(atlas: Atlas, layer: Layer, period: str) -> pd.Series:
    """Return which lowest places of the shown one sent what a figure is made of; who has nobody in
    question did.
    """
    places = atlas.places_in(layer.place, atlas.lowest)
    return atlas.states(layer.indicator.key, period, atlas.lowest)[places] != STATES[1]


def _comparable(atlas: Atlas, layer: Layer, before: str) -> pd.Index | None:
    """Return the lowest places that sent in both periods, where others did in one of them alone.

    None where all are the same, where a figure of them is not shown or nothing can be added up.
    """
    key, level = layer.indicator.key, atlas.lowest
    old, new = (_sent(atlas, layer, period) for period in (before, layer.period))
    unshown = any(
        atlas.states(key, period, level)[old.index].isin(STATES[3:]).any()
        for period in (before, layer.period)
    )
    if old.equals(new) or unshown or layer.indicator.adds_up == "none":
        return None
    return old.index[old & new]


def _compared(atlas: Atlas, layer: Layer, before: str) -> tuple[float, float, float]:
    """Return the figure of the shown place now and before, in shown units, and its base now.

    Both are of the places that sent in both periods where it can be told.
    """
    indicator, both = layer.indicator, _comparable(atlas, layer, before)
    if both is None:
        course = atlas.series(indicator.key, layer.place)
        series = course["value"] * scale_of(indicator)
        nothing = float("nan")
        now, then = (float(series.get(one, nothing)) for one in (layer.period, before))
        return now, then, float(course["denominator"].get(layer.period, nothing))

    def total(period: str) -> tuple[float, float]:
        parts = atlas.frame(indicator.key, period, atlas.lowest).loc[both]
        known = parts[parts["value"].notna()]
        numerator, base = known["numerator"].sum(min_count=1), known["denominator"].sum()
        whole = 1.0 if indicator.adds_up == "sum" else base
        return float(numerator / whole * scale_of(indicator)) if whole else float("nan"), base

    (now, base), (then, _) = total(layer.period), total(before)
    return now, then, float(base)


def course_of(change: float, worse: str) -> str:
    """Return whether a change is worse or better; plain when it is neither or unknown."""
    if worse == "none" or pd.isna(change) or change == 0:
        return "plain"
    return "worse" if (change > 0) == (worse == "high") else "better"


def _standing(atlas: Atlas, layer: Layer, lang: str | None) -> str:
    """Return the rank of a place among its neighbours, and how many of them have no figure."""
    said = rank_sentence(atlas, layer, lang)
    if not said:
        return ""
    among = layer.keys.isin(_neighbours(atlas, layer).index)
    return said + others_text(replace(layer, inside=among), lang)


def _neighbours(atlas: Atlas, layer: Layer) -> pd.DataFrame:
    """Return the ranking of the shown place and those beside it; empty for the topmost."""
    path = atlas.path(layer.place)
    above = path[-2] if len(path) > 1 else None
    key, period = layer.indicator.key, layer.period
    ranked = rank_places(atlas, key, period, level=layer.level, place=above)
    return ranked if above else ranked.head(0)


def rank_sentence(atlas: Atlas, layer: Layer, lang: str | None = None) -> str:
    """Return the rank of a place among its neighbours; empty without a figure or a worse end.

    Empty, too, where nobody stands out by it: all are alike, or the place is as good as the best.
    """
    path, siblings = atlas.path(layer.place), _neighbours(atlas, layer)
    ranked = siblings["rank"]
    rank = ranked.get(layer.place)
    if layer.indicator.worse == "none" or pd.isna(rank) or rank == ranked.max():
        return ""
    end = end_text(layer.indicator, lang)
    level = i18n.text(f"atlas.{layer.level}", lang)
    facts = {"area": atlas.name(path[-2]), "rank": rank, "count": int(ranked.notna().sum())}
    tied = "_tied" if int((ranked == rank).sum()) > 1 else ""
    return i18n.text(f"cartography.standing{tied}", lang, end=end, level=level, **facts)


def _skips_a_level(atlas: Atlas, layer: Layer) -> bool:
    """Return whether the places listed lie in different places below the shown one."""
    level = atlas.level_of(layer.place)
    depth = -1 if level is None else atlas.levels.index(level)
    return atlas.levels.index(layer.level) - depth > 1


def _named_places(worst: pd.DataFrame, layer: Layer, nested: bool, lang: str | None) -> list[str]:
    """Return each place with its figure and what that was made of."""
    percent = layer.indicator.unit.sign
    told = []
    row: Any
    for name, row in zip(_names(worst, nested, lang), worst.itertuples(), strict=True):
        parts = short_parts(row.numerator, row.denominator, layer.indicator, lang)
        made_of = i18n.text("cartography.in_brackets", lang, said=parts) if parts else ""
        told.append(f"{name} {number_text(row.value, layer.decimals)}{percent}{made_of}")
    return told


def _names(places: pd.DataFrame, nested: bool, lang: str | None) -> list[str]:
    """Return the name of each place, three at most, and its parent's where that changes."""
    names, before = [], None
    between = {"zh": "", "en": " "}[lang or i18n.default_language()]
    for row in places.itertuples():
        parent = row.parent_name if nested and isinstance(row.parent_name, str) else ""
        shown = "" if parent in ("", before) else f"{parent}{between}"
        names.append(f"{shown}{row.name}")
        before = parent
    return names


def _with_unit(layer: Layer, lang: str | None) -> str:
    """Return the title of the indicator with its unit, which is then left off each figure."""
    title, unit = layer.indicator.title_in(lang), layer.indicator.unit_in(lang)
    if not unit or layer.indicator.unit.sign:
        return title
    return i18n.text("cartography.with_unit", lang, title=title, unit=unit)


def _facts(atlas: Atlas, layer: Layer, lang: str | None) -> dict[str, object]:
    return {
        "place": atlas.name(layer.place),
        "period": period_text(layer.period, lang),
        "indicator": layer.indicator.title_in(lang),
    }
