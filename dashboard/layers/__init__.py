"""The kinds of layer a view may be drawn as: one module each, found by its name.

A module holds `KIND`. What a layer says of itself on a map (legend, rule, words, unit, places
pointed out) it answers by its own methods; a kind says when it is wanted, draws it, and puts what it
says into a sentence.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from dashboard.layers.map_source import MapSource
from dashboard.texts import text
from dashboard.view import POLICY, View
from geodata.cartography import Layer
from geodata.cartography.classes import METHODS
from geodata.cartography.words import period_text

# Why each drawn village was drawn, by its key.
Sample = Mapping[str, str]


@dataclass(frozen=True)
class Headline:
    """The heading of a map, and the sentence under it; equal where there is no more to say.

    `short` and `line` say the same where place, period and indicator already stand beside them;
    empty where a kind of layer has no shorter words.
    """

    title: str
    sentence: str
    short: str = ""
    line: str = ""


@dataclass(frozen=True)
class LayerKind:
    """A kind of layer: the first in `order` that wants a view draws it.

    `says` gives the finding of a layer of this kind, told the figure of the place in a sentence.
    A kind with `classes`, its name by language, is offered as a way of classing wherever `offered`
    says so, and with `lowest` colours the lowest places alone.
    """

    name: str
    order: int
    wants: Callable[[MapSource, View, Sample], bool]
    draw: Callable[[MapSource, View, Sample], Layer]
    says: Callable[[MapSource, View, Layer, str], Headline]
    classes: Callable[[str], str] | None = None
    offered: Callable[[MapSource], bool] = lambda source: True
    lowest: bool = False


def kinds() -> Mapping[str, LayerKind]:
    """Return every kind of layer by name, in order."""
    return _kinds(tuple(__path__))


@cache
def _kinds(folders: tuple[str, ...]) -> Mapping[str, LayerKind]:
    names = [module.name for module in pkgutil.iter_modules(folders)]
    known = [importlib.import_module(f"{__name__}.{name}") for name in names]
    kinds: list[LayerKind] = [module.KIND for module in known if hasattr(module, "KIND")]
    return {kind.name: kind for kind in sorted(kinds, key=lambda kind: kind.order)}


def drawn_layer(source: MapSource, view: View, sample: Sample) -> Layer:
    """Return the layer of a view, drawn by the first kind that wants it."""
    for kind in kinds().values():
        if kind.wants(source, view, sample):
            return kind.draw(source, view, sample)
    raise ValueError("no kind of layer wants the view")


def headline_in(source: MapSource, view: View, layer: Layer, whole: str) -> Headline:
    """Return what a layer says, told the figure of the place in a sentence."""
    return kinds()[layer.kind].says(source, view, layer, whole)


def ways_of_classing(source: MapSource) -> tuple[str, ...]:
    """Return what may stand as the classes of a view: by policy, by figures, by another kind."""
    offered = (kind.name for kind in kinds().values() if kind.classes and kind.offered(source))
    return (POLICY, *METHODS, *offered)


def classing_title(name: str, lang: str) -> str:
    """Return what a way of classing is called."""
    kind = kinds().get(name)
    if kind is not None and kind.classes is not None:
        return kind.classes(lang)
    return text(f"controls.{name}", lang)


def colours_lowest(classes: str) -> bool:
    """Return whether a way of classing colours the lowest places alone."""
    return classes in kinds() and kinds()[classes].lowest


def counted_headline(
    key: str,
    source: MapSource,
    view: View,
    layer: Layer,
    sentence: str | None = None,
    *,
    about: str = "",
    **counts: object,
) -> Headline:
    """Return a heading that counts places, whole and short, over a sentence or over nothing else.

    The whole one tells the shown area, the period and what it is about, too.
    """
    title = text(
        key,
        view.lang,
        place=source.atlas.name(source.area(view.place)),
        period=period_text(layer.period, view.lang),
        about=about or layer.indicator.title_in(view.lang),
        **counts,
    )
    short = text(f"{key}_short", view.lang, **counts)
    return Headline(title, title if sentence is None else sentence, short)
