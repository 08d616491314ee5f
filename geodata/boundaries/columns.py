"""Which columns of a layer carry division codes and the names of each level, as a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from geodata.boundaries.levels import code_texts, name_texts
from geodata.codes import LEVELS

# Column names as they occur in surveys, statistics and open data, level by level.
_HEADERS = {
    "province": r"省|省份|省名|省级|sheng|shengmc|province|prov|state|nombdep",
    "city": r"市|地市|市州|地级市|市名|市级|shi|shimc|city|prefecture|nombprov",
    "county": r"县|区县|县区|县市|旗县|县名|县级|縣市|xian|xianmc|county|countyname|district|nombdist",
    "township": r"乡|镇|乡镇|乡镇街道|街道|乡镇名|乡名|镇名|乡级|鄉鎮市區|xiang|zhen|xiangzhen"
    r"|town|townname|township|sub_dist|subdistrict|taluk|xzqmc",
    "village": r"村|村名|行政村|村社区|村级|社区|村里|cun|cunmc|village|villagename|vill_name|zldwmc"
    r"|name|名称|mc",
}
_ENDING = r"(名|名称|_?name|_?mc)?(_\d+)?"
_CODE_HEADER = re.compile(r"code|代码|编码|dm$|pac|adcode|ubigeo|iddist|geoid|xzq", re.I)
# Where a share of codes or names is enough to take a column for one.
_MOSTLY = 0.9


@dataclass(frozen=True)
class GuessedColumns:
    """The code column (None when there is none) and (level, column) of the names, top down."""

    code: str | None
    names: tuple[tuple[str, str], ...]


def guess_columns(frame: pd.DataFrame) -> GuessedColumns:
    """Return the columns that look like division codes and like names of province to village."""
    columns = [str(name) for name in frame.columns if frame[name].dtype.name != "geometry"]
    codes = [column for column in columns if _is_division_code(column, frame[column])]
    codes.sort(key=lambda column: (-_distinct(frame[column]), not _CODE_HEADER.search(column)))
    return GuessedColumns(codes[0] if codes else None, _names(frame, columns))


def repeated_codes(frame: pd.DataFrame) -> list[tuple[int, int, str]]:
    """Return (row, earlier row, "column code") where a column of codes repeats one.

    A column counts as one of codes when nearly all its values differ and are digits of one width.
    """
    found = []
    for column in map(str, frame.columns):
        if not isinstance(frame[column].dtype, pd.StringDtype):
            continue
        texts = code_texts(frame[column])
        known = texts.dropna()
        if len(known) == known.nunique() or not _is_identifier(known, len(texts)):
            continue
        origin = known.groupby(known).transform(lambda rows: rows.index[0])
        again = origin[origin != origin.index]
        found += [(int(row), int(first), f"{column} {known[row]}") for row, first in again.items()]
    return found


def _is_identifier(texts: pd.Series, rows: int) -> bool:
    if len(texts) < 0.95 * rows or texts.nunique() < 0.95 * rows:
        return False
    return bool(texts.str.fullmatch(r"[0-9]{6,}").mean() >= _MOSTLY and _one_width(texts))


def _is_division_code(name: str, column: pd.Series) -> bool:
    is_number = pd.api.types.is_numeric_dtype(column)
    if not (is_number or isinstance(column.dtype, pd.StringDtype)) or _distinct(column) < 2:
        return False
    if is_number and (column.dropna() % 1 != 0).any():
        return False
    texts = code_texts(column).dropna()
    if len(texts) < _MOSTLY * len(column) or _distinct(column) < _MOSTLY * len(column):
        return False
    # Provinces are numbered 11 to 82, 99 is the invented county; elsewhere the name must say it.
    first = "[0-9]{2}" if _CODE_HEADER.search(name) else "(?:[1-8][0-9]|99)"
    fits = texts.str.fullmatch(rf"{first}(?:[0-9]{{4}}|[0-9]{{7}}|[0-9]{{10}})")
    return bool(fits.mean() >= _MOSTLY and _one_width(texts))


def _one_width(texts: pd.Series) -> bool:
    return texts.str.len().value_counts(normalize=True).iloc[0] >= _MOSTLY


def _names(frame: pd.DataFrame, columns: list[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for level in LEVELS:
        pattern = re.compile(f"(?:{_HEADERS[level]}){_ENDING}", re.I)
        fitting = [
            column
            for column in columns
            if pattern.fullmatch(column.strip()) and _is_name_column(frame[column])
        ]
        if fitting:
            found.append((level, fitting[0]))
    # A level cannot have more places than the one below it.
    counts = [_distinct(frame[column]) for _, column in found]
    kept = [pair for place, pair in enumerate(found) if counts[place] <= min(counts[place:])]
    return tuple(kept)


def _is_name_column(column: pd.Series) -> bool:
    if not isinstance(column.dtype, pd.StringDtype):
        return False
    texts = name_texts(column).dropna()
    is_number = texts.str.fullmatch(r"[\d.,:/-]+").fillna(False)
    return len(texts) >= _MOSTLY * len(column) and not is_number.astype(bool).any()


def _distinct(column: pd.Series) -> int:
    return int(column.nunique())
