"""Hot spots in words: names, one plain sentence each, and the numbers anybody can check."""

from __future__ import annotations

import math

from geodata import i18n, periods
from geodata.hotspots.emerging import CATEGORIES, NOT_ASSESSED
from geodata.hotspots.gi import REASONS

_RUNS = {"month": "months_run", "quarter": "quarters_run", "year": "years_run"}


def category_key(code: int) -> str:
    """Return the catalogue name of a category code, e.g. hot_new, cold_historical, not_assessed."""
    if code == NOT_ASSESSED:
        return "not_assessed"
    if code == 0:
        return "no_pattern"
    return f"{'hot' if code > 0 else 'cold'}_{CATEGORIES[abs(int(code))]}"


def category_name(code: int, lang: str | None = None) -> str:
    """Return what a category is called on a map, e.g. 新增热点."""
    return i18n.text(f"hotspots.{category_key(code)}", lang)


def category_meaning(code: int, lang: str | None = None) -> str:
    """Return what a category says, in one plain sentence."""
    return i18n.text(f"hotspots.{category_key(code)}_sentence", lang)


def bin_name(code: int, lang: str | None = None) -> str:
    """Return what a significance bin -3..3 is called on a map."""
    return i18n.text(f"hotspots.bin_{'m' if code < 0 else ''}{abs(int(code))}", lang)


def reason_sentence(code: int, lang: str | None = None) -> str:
    """Return why a village was not assessed; `code` is a position in REASONS."""
    return i18n.text(f"hotspots.{REASONS[int(code)]}", lang)


def category_sentence(
    code: int,
    run: int = 0,
    *,
    trend: int | None = 0,
    reason: int = 0,
    period: str = "",
    level: str = "village",
    lang: str | None = None,
) -> str:
    """Return the finding for a village, e.g. 该村连续4个月为热点,且趋势上升 (no full stop).

    `run`: periods up to the last one, without a break, in which the village was significantly hot
    (or cold); `trend`: -1, 0, +1 of z, None when it cannot be assessed; `reason`: position in
    REASONS for code 99; `period`: the last period, whose kind names months, quarters or years;
    `level`: what kind of place it is.
    """
    here = level_word("here", level, lang)
    if code == NOT_ASSESSED:
        because = reason_sentence(reason or REASONS.index("few_periods"), lang)
        return here + i18n.text("hotspots.not_assessed_because", lang, reason=because)
    state = i18n.text("hotspots.hot" if code > 0 else "hotspots.cold", lang)
    if abs(code) == 8:
        return here + i18n.text("hotspots.left_run", lang, state=state)
    if code == 0:
        return here + i18n.text("hotspots.no_run", lang)
    name = _RUNS.get(_kind_of(period), "periods_run") if run > 1 else "one_run"
    words = i18n.text(f"hotspots.{name}", lang, count=run, state=state)
    if run <= 1:  # one period has no way to go
        return here + words
    ending = {None: "trend_unknown", 1: "trend_1", -1: "trend_m1"}.get(trend, "trend_0")
    return here + words + i18n.text(f"hotspots.{ending}", lang)


def level_word(name: str, level: str, lang: str | None = None) -> str:
    """Return a word that depends on the kind of place: name is here, self or near."""
    known = level if level in ("village", "township") else "place"
    return i18n.text(f"hotspots.{name}_{known}", lang)


def bin_sentence(code: int, *, level: str = "village", lang: str | None = None) -> str:
    """Return what a significance bin says of a place in its period (no full stop)."""
    if code == 0:
        return level_word("here", level, lang) + i18n.text("hotspots.no_run", lang)
    state = bin_name(code, lang)
    return level_word("here", level, lang) + i18n.text("hotspots.bin_is", lang, state=state)


def _kind_of(period: str) -> str:
    try:
        return periods.kind_of(periods.parse_period(str(period)))
    except (ValueError, KeyError):
        return ""


def share_text(share: float, kind: str) -> str:
    """Return a rate as people write it: a share in percent, a mean with its thousands."""
    if not math.isfinite(share):
        return "—"
    if kind == "proportion":
        return f"{100 * share:.1f}%"
    return f"{share:,.2f}" if abs(share) < 100 else f"{share:,.0f}"


def count_text(count: float) -> str:
    """Return a count with its thousands; whole when it is whole."""
    if not math.isfinite(count):
        return "—"
    return f"{count:,.0f}" if float(count).is_integer() else f"{count:,.1f}"
