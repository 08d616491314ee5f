"""How the figures of a theme are written: one indicator for map, reasons and lists alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from geodata.atlas import Indicator
from geodata.cartography.words import number_text
from geodata.cube import Measure
from geodata.i18n import LANGUAGES, text
from geodata.themes import Theme

_FEN_IN_TEN_THOUSAND = 1e6


def indicator_of(measure: Measure, themes: Sequence[Theme]) -> Indicator:
    """Return the indicator of an atlas that shows a measure, with what its parts count."""
    counted, scale = _counted(measure, themes)
    return Indicator(
        measure.key,
        measure.title,
        measure.unit,
        worse=measure.worse,
        adds_up=measure.adds_up,
        decimals=decimals_of(measure),
        counted=counted,
        counted_in=scale,
    )


def decimals_of(measure: Measure) -> int:
    """Return the decimals a measure is written with: none for counts and yuan, two for the rest."""
    return 0 if measure.adds_up == "sum" or measure.is_money else 2


def value_text(value: float, measure: Measure) -> str:
    """Return a value of the cube as it is written, without its unit; shares in percent."""
    scale = 100 if measure.unit["zh"] == "%" else 1
    return number_text(value * scale, decimals_of(measure))


def _counted(measure: Measure, themes: Sequence[Theme]) -> tuple[Mapping[str, str], float]:
    """Return what numerator and denominator of a share count, and how many make one."""
    if measure.adds_up != "ratio" or measure.unit["zh"] != "%":
        return {}, 1.0
    theme = next(theme for theme in themes if theme.key == measure.theme)
    if measure.denominator == "1":
        about = theme.subjects[measure.subject]
        words = {"zh": about.count, "en": about.several, "one": about.title["en"]}
        return words, 1.0
    features = theme.features
    named = [name for name in re.findall(r"\w+", measure.numerator) if name in features]
    if any(features[name].unit == "yuan" for name in named):
        return _words("money"), _FEN_IN_TEN_THOUSAND
    if any(features[name].unit == "sheets" for name in named):
        return _words("sheets"), 1.0
    return {}, 1.0


def _words(name: str) -> dict[str, str]:
    words = {lang: text(f"workspace.counted_{name}", lang) for lang in LANGUAGES}
    return words | {"one": text(f"workspace.counted_one_{name}", "en")}
