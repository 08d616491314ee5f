"""Numbers as people write them: with a unit, with "about", with a sign of money."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from geodata.tables import Column

# Unit of a column -> texts of units that can be turned into it, and how many of it each is.
_UNITS: Mapping[str, Mapping[str, float]] = {
    "yuan": {
        "元": 1, "块": 1, "块钱": 1, "元人民币": 1, "人民币": 1, "yuan": 1, "rmb": 1, "cny": 1,
        "角": 0.1, "分": 0.01, "fen": 0.01, "10k_yuan": 1e4,
    },
    "mu": {
        "亩": 1, "mu": 1, "公顷": 15, "ha": 15, "平方公里": 1500, "km2": 1500,
        "平方米": 0.0015, "平米": 0.0015, "m2": 0.0015,
    },
    "m2": {"平方米": 1, "平米": 1, "平方": 1, "m2": 1, "亩": 10000 / 15, "公顷": 1e4, "ha": 1e4},
    "km": {"公里": 1, "千米": 1, "km": 1, "里": 0.5, "华里": 0.5, "米": 0.001, "m": 0.001},
    "m": {"米": 1, "m": 1, "公里": 1000, "千米": 1000, "km": 1000, "厘米": 0.01, "cm": 0.01},
    "persons": {"人": 1, "口": 1, "口人": 1, "名": 1, "个": 1, "个人": 1, "人次": 1},
    "households": {"户": 1, "家": 1},
    "count": {"个": 1, "所": 1, "家": 1, "份": 1, "件": 1, "项": 1, "处": 1, "间": 1, "次": 1, "人": 1},
    "days": {"天": 1, "日": 1, "周": 7},
    "months": {"个月": 1, "月": 1, "年": 12},
    "minutes": {"分钟": 1, "分": 1, "min": 1, "小时": 60, "h": 60},
    "L": {"升": 1, "公升": 1, "l": 1, "毫升": 0.001, "ml": 0.001, "立方米": 1000, "m3": 1000},
    "m3/day": {"立方米/天": 1, "立方米/日": 1, "方/天": 1, "m3/d": 1, "m3/day": 1, "吨/天": 1},
    "%": {"%": 1, "percent": 1, "‰": 0.1},
    "degree": {"度": 1, "°": 1},
    "mg/L": {
        "mg/l": 1, "毫克/升": 1, "毫克每升": 1, "ppm": 1, "g/l": 1000, "克/升": 1000,
        "μg/l": 1e-3, "ug/l": 1e-3, "微克/升": 1e-3, "微克每升": 1e-3, "ppb": 1e-3, "ng/l": 1e-6,
    },
    "NTU": {"ntu": 1, "度": 1},
    "CFU/mL": {"cfu/ml": 1, "个/ml": 1, "个/毫升": 1, "cfu/100ml": 0.01},
    "/100mL": {
        "/100ml": 1, "cfu/100ml": 1, "mpn/100ml": 1, "个/100ml": 1, "个/100毫升": 1,
        "cfu/l": 0.1, "mpn/l": 0.1, "个/l": 0.1,
    },
}  # fmt: skip
_TIMES: Mapping[str, float] = {
    "百": 1e2, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8,
}  # fmt: skip
_ABOUT = "大约|约|大概|将近|接近|近|不到|不足|超过|近似|≈|~|>=|<=|[<>≥≤]"
_ROUGHLY = "左右|上下|以上|以下|以内|多|余|来|\\+"
_CELL = re.compile(
    rf"^(?P<about>{_ABOUT})?(?P<sign>[¥￥]|人民币|rmb)?"
    r"(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)"
    rf"(?P<more>{_ROUGHLY})?(?P<unit>(?:[^\d\s]\S*?)?)(?P<whole>整|正)?(?P<behind>{_ROUGHLY})?$"
)
_EACH = re.compile(r"(?:/|每|一)(?P<span>年|月|天|日|人|户|year|month)$")
_BLANKS = re.compile(r"\s")
# A full stop of Chinese writing between digits is a point typed in the wrong mode of the keyboard.
_POINT = re.compile(r"(?<=\d)。(?=\d)")
_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?:,\d{3})+(?![\d,])")
# The unit of a header: in brackets, or behind a stroke.
_BRACKET = re.compile(r"^(?P<base>.+?)\((?:单位[::]?)?(?P<unit>[^()]+)\)$")
_STROKE = re.compile(r"^(?P<base>.+?)[/_|-](?P<unit>[^/_|()-]+)$")


@dataclass(frozen=True)
class Amount:
    """A number read: its value in the unit of the column, and whether its text was more than that."""

    value: float
    approximate: bool = False
    converted: bool = False


def read_amount(text: str, column: Column, factor: float = 1.0) -> Amount | None:
    """Return the number of a text in the unit of a column, None when it is not understood.

    `factor` is the unit of the whole column, which counts where the text has no unit of its own.
    """
    line = _POINT.sub(".", _BLANKS.sub("", unicodedata.normalize("NFKC", text)).casefold())
    # A comma that parts no thousands may be a decimal sign; nobody guesses.
    match = _CELL.match(_THOUSANDS.sub(lambda match: match[0].replace(",", ""), line))
    if match is None:
        return None
    unit, figure = match["unit"], float(match["number"])
    times = unit_factor(unit, column) if unit else factor
    if times is None:
        return None
    about = bool(match["about"] or match["more"] or match["behind"])
    return Amount(figure * times, approximate=about, converted=bool(unit) and times != 1.0)


def unit_factor(unit: str, column: Column) -> float | None:
    """Return how many of a column's unit one of a unit is, None when the unit is another kind."""
    named = re.sub(r"\s+", "", unicodedata.normalize("NFKC", unit)).casefold()
    known = {column.unit.casefold(): 1.0, **_UNITS.get(column.unit, {})}
    if named in known:
        return known[named]
    each = _EACH.search(named)
    if each and named not in known:
        return unit_factor(named[: each.start()], column) if _same_span(each, column) else None
    for word, times in sorted(_TIMES.items(), key=lambda item: -len(item[0])):
        if named.startswith(word):
            rest = named.removeprefix(word)
            return times if not rest else times * known[rest] if rest in known else None
    return None


def _same_span(each: re.Match[str], column: Column) -> bool:
    """Return whether "a year", "a month" or "a person" is what the column is about anyway."""
    title = column.title["zh"]
    span = {"year": "年", "month": "月", "日": "天"}.get(each["span"], each["span"])
    if span == "年":
        return not any(word in title for word in ("月", "日", "天"))
    return {"人": "人均", "户": "户均"}.get(span, span) in title


def is_unit(text: str) -> bool:
    """Return whether a text is a unit that numbers of some column may be in."""
    line = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()
    return any(line in known for known in _UNITS.values())


def split_unit(header: str) -> tuple[str, str]:
    """Return a header without its unit, and the unit ("" when it names none)."""
    line = re.sub(r"\s+", "", unicodedata.normalize("NFKC", header))
    match = _BRACKET.match(line) or _STROKE.match(line)
    return (match["base"], match["unit"]) if match else (line, "")
