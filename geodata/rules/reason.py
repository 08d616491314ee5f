"""Sentences: why a rule is broken, or why it cannot be answered."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from geodata.escaping import plain_text
from geodata.i18n import default_language, fill, listed
from geodata.rules.rule import Rule

# From here on money is told in whole yuan, as in every list; a fee or a price below it to the fen.
_WHOLE_YUAN = 100


def worded(value: float | None, unit: str, *, beside: float | None = None) -> str:
    """Return a number as it stands in a sentence: yuan from fen, at most two decimals elsewhere.

    An amount is in whole yuan, unless it would then read like the other number `beside` it.
    """
    if value is None or math.isnan(value):
        return ""
    if unit == "yuan":
        yuan = round(value) / 100
        other = math.nan if beside is None else beside / 100
        alike = yuan != other and f"{yuan:.0f}" == f"{other:.0f}"
        whole = yuan == int(yuan) or (abs(yuan) >= _WHOLE_YUAN and not alike)
        return f"{yuan:,.0f}" if whole else f"{yuan:,.2f}"
    if unit == "percent":
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    shown = f"{value:,.4f}".rstrip("0").rstrip(".")
    return shown or "0"


def reasons(
    flags: pd.DataFrame,
    rules: Mapping[str, Rule],
    month: str,
    *,
    words: Mapping[str, str] | None = None,
    lang: str | None = None,
) -> pd.Series:
    """Return the sentence of each flag; flags have rule, value, threshold and detail.

    `words` translates the parts of a detail. One pass over the rows that are shown: a sentence is
    text and cannot be vectorised further.
    """
    lang = lang or default_language()
    rows = zip(flags["rule"], flags["value"], flags["threshold"], flags["detail"], strict=True)
    sentences = [
        _sentence(rules[key], lang, values=(value, threshold), month=month).replace(
            _DETAIL, _worded_detail(detail, words or {}, lang)
        )
        for key, value, threshold, detail in rows
    ]
    return pd.Series(sentences, index=flags.index, dtype=str)


# Stands for the detail while the sentence is filled, so that a brace in a name stays a brace.
_DETAIL = "\x00"
# A name in a sentence is cut to this length.
_LONGEST = 60


def _sentence(
    rule: Rule, lang: str, *, values: tuple[float | None, float | None], month: str
) -> str:
    given = {
        "value": worded(values[0], rule.unit, beside=values[1]),
        "threshold": worded(values[1], rule.unit, beside=values[0]),
        "detail": _DETAIL,
        "year": month[:4],
        "month": month,
    }
    return fill(rule.reason[lang], given)


def _worded_detail(detail: object, words: Mapping[str, str], lang: str) -> str:
    """Return the parts of a detail (separated by |) in words."""
    parts = [part for part in detail.split("|") if part] if isinstance(detail, str) else []
    return listed((words.get(part) or plain_text(part, _LONGEST) for part in parts), lang)
