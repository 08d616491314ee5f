"""Which columns of the boundaries name the places above the lowest, for the drill-down."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

# Headings of each level, from the top; a column of names, not of codes.
_LEVELS = (
    re.compile(r"^(province|prov|省|nombdep|state|statename)", re.I),
    re.compile(r"^(prefecture|地市|市州|地级|nombprov)", re.I),
    re.compile(r"^(county|县|縣|区县|區縣|district|dist_name|旗县|城市|city|市)", re.I),
    re.compile(r"^(town|township|乡|鄉|镇|鎮|街道|sub_?dist)", re.I),
    re.compile(r"^(village|vill|村|社区|里|name$|名称)", re.I),
)
_CODE = re.compile(r"(id|code|代码|代碼|编码|cd|dm)$", re.I)


def level_columns(frame: pd.DataFrame, names: Sequence[str], lowest: str | None) -> list[str]:
    """Return name columns from the top down: `names` when they have parents, else by heading.

    A column is a level only when it is filled and each place below lies in one of its places;
    `lowest` is the code or name column of the places themselves.
    """
    if len(names) > 1:
        return list(names)
    last = names[0] if names else _lowest_name(frame)
    found = [last] if last else []
    below = lowest or last
    if below is None:
        return found
    for pattern in reversed(_LEVELS[:-1]):
        column = _first_level(frame, pattern, found, below)
        if column:
            found.insert(0, column)
            below = column
    return found


def _lowest_name(frame: pd.DataFrame) -> str | None:
    return next((c for c in _texts(frame) if _LEVELS[-1].search(c) and not _CODE.search(c)), None)


def _texts(frame: pd.DataFrame) -> list[str]:
    named = [str(column) for column in frame.columns]
    return [
        column
        for column in named
        if frame[column].dtype.name != "geometry"
        and not pd.api.types.is_numeric_dtype(frame[column])
    ]


def _first_level(
    frame: pd.DataFrame, pattern: re.Pattern[str], used: list[str], below: str
) -> str | None:
    for column in _texts(frame):
        if column in used or not pattern.search(column) or _CODE.search(column):
            continue
        texts = frame[column].fillna("").astype(str)
        pairs = pd.DataFrame({"above": texts, "below": frame[below].astype(str)}).drop_duplicates()
        holds = pairs["below"].is_unique and (texts != "").mean() > 0.98
        if holds and texts.nunique() < max(2, pairs["below"].nunique()):
            return column
    return None
