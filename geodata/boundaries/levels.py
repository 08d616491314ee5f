"""Columns of codes and names, and the keys, names and parents of the places of each level."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata import codes as division_codes
from geodata.boundaries.remark import Remark
from geodata.codes import LEVELS
from geodata.errors import BoundaryError

# Between the names of a path that serves as key; in a name it is written as its full-width form.
SEPARATOR = "/"
# The national statistics write 17 digits: the 12 of the place, then its urban-rural class; the
# land survey writes 19: the 12 of the place, then zeros for what lies below it.
_LONGER = "[0-9]{17}|[0-9]{12}0{7}"


@dataclass(frozen=True)
class LevelKeys:
    """Per level a table indexed by key with name and parent; `lowest` is the key per feature."""

    levels: tuple[str, ...]
    tables: tuple[pd.DataFrame, ...]
    lowest: pd.Index
    issues: tuple[Remark, ...]


def by_code(codes: pd.Series, names: pd.DataFrame | None = None) -> LevelKeys:
    """Return the levels that division codes of 2, 4, 6, 9 or 12 digits make by their beginnings.

    Levels above the county that hold a single place are left off. A feature whose text is no code
    of the common width keeps its own key and has no parent.
    """
    texts = code_texts(codes)
    width = _common_width(texts)
    valid = texts.str.fullmatch(rf"[0-9]{{{width}}}").fillna(False).astype(bool)
    lowest_level = division_codes.level_of("0" * width)
    levels = division_codes.LEVELS[: division_codes.LEVELS.index(lowest_level) + 1]
    paths = pd.DataFrame(
        {level: texts.where(valid).str.slice(0, division_codes.WIDTHS[level]) for level in levels}
    )
    paths = paths[_without_single_tops(paths)]
    labels = _labels_for(paths, names)
    return _assembled(paths, labels, texts)


def by_columns(
    names: pd.DataFrame | None, codes: pd.DataFrame | None, levels: Sequence[str] | None
) -> LevelKeys:
    """Return the levels that one column of names or codes per level makes, from the top down.

    Without codes a place is the path of names down to it, so places of one name in different
    parents stay apart. A feature without its own name or a parent's keeps a key and no parent.
    """
    given = codes if codes is not None else names
    if given is None:
        raise ValueError("neither codes nor names")
    level_names = tuple(levels) if levels else _usual_levels(given.shape[1])
    if len(level_names) != given.shape[1]:
        raise BoundaryError(
            "boundaries.unequal_levels", codes=len(level_names), names=given.shape[1]
        )
    texts = given.apply(code_texts if codes is not None else name_texts)
    texts.columns = list(level_names)
    paths = texts if codes is not None and _apart(texts) else _joined_paths(texts)
    labels = texts if names is None else names.apply(name_texts).set_axis(level_names, axis=1)
    return _assembled(paths, labels, texts.iloc[:, -1])


def code_texts(codes: pd.Series) -> pd.Series:
    """Return codes as text: numbers without decimals, no blanks, 17 or 19 digits cut to 12."""
    if pd.api.types.is_numeric_dtype(codes.dtype):
        # Shapefiles and spreadsheets hand codes over as numbers; none has a fraction.
        text = codes.astype("Float64").round().astype("Int64").astype("str")
        text = text.where(codes.notna(), None).astype("str")
    else:
        text = codes.astype("str").str.strip().str.replace(r"\.0+$", "", regex=True)
    is_long = text.str.fullmatch(_LONGER).fillna(False).astype(bool)
    text = text.where(~is_long, text.str.slice(0, 12))
    return text.where(text.str.len().fillna(0) > 0, None)


def name_texts(names: pd.Series) -> pd.Series:
    """Return names as text without blanks around them; an empty one is missing."""
    text = names.astype("str").str.strip()
    return text.where(text.str.len().fillna(0) > 0, None)


def _common_width(texts: pd.Series) -> int:
    digits = texts[texts.str.fullmatch("[0-9]+").fillna(False).astype(bool)]
    widths = digits.str.len()
    widths = widths[widths.isin(division_codes.WIDTHS.values())]
    if widths.empty:
        raise BoundaryError("boundaries.no_codes", column=str(texts.name))
    counts = widths.value_counts()
    return int(counts[counts == counts.max()].index.max())


def _without_single_tops(paths: pd.DataFrame) -> list[str]:
    """Return the levels from the lowest one that holds everything, but at least from the county."""
    kept = list(paths.columns)
    while len(kept) > 1 and kept[0] in ("province", "city") and paths[kept[1]].nunique() == 1:
        kept.pop(0)
    return kept


def _usual_levels(count: int) -> tuple[str, ...]:
    if count > len(division_codes.LEVELS):
        raise BoundaryError("boundaries.too_many_levels", count=count)
    return division_codes.LEVELS[-count:]


def _apart(texts: pd.DataFrame) -> bool:
    """Return whether no code occurs at two levels, so that each is a key by itself."""
    total = pd.concat([texts[level].drop_duplicates().dropna() for level in texts.columns])
    return bool(total.is_unique)


def _joined_paths(texts: pd.DataFrame) -> pd.DataFrame:
    parts: pd.DataFrame = texts.apply(
        lambda column: column.str.replace(SEPARATOR, "／", regex=False)
    )
    paths = parts.copy()
    for above, level in zip(parts.columns[:-1], parts.columns[1:], strict=True):
        paths[level] = paths[above] + SEPARATOR + parts[level]
    return paths


def _labels_for(paths: pd.DataFrame, names: pd.DataFrame | None) -> pd.DataFrame:
    """Return a name per level: the columns belong to the lowest levels; a code names itself."""
    labels = paths.copy()
    if names is not None:
        for level, column in zip(reversed(paths.columns), reversed(names.columns), strict=False):
            named = name_texts(names[column])
            labels[level] = named.where(named.notna(), labels[level])
    return labels


def _assembled(paths: pd.DataFrame, labels: pd.DataFrame, texts: pd.Series) -> LevelKeys:
    """Return keys and tables; `paths`, `labels` and `texts` have one row per feature."""
    levels = tuple(paths.columns)
    upper = paths[list(levels[:-1])]
    lowest, issues = _feature_keys(
        paths[levels[-1]], texts, {str(key) for key in upper.to_numpy().ravel() if pd.notna(key)}
    )
    tables = []
    for place, level in enumerate(levels):
        keys = lowest.to_series(index=paths.index) if level == levels[-1] else paths[level]
        parent = paths[levels[place - 1]] if place else None
        rows = pd.DataFrame({"key": keys, "name": labels[level], "parent": parent})
        rows = rows[rows["key"].notna()]
        tables.append(_places_of(rows))
        issues += _with_two_parents(rows)
    if len(levels) > 1:
        orphans = np.flatnonzero(paths[levels[-2]].isna().to_numpy())
        issues += tuple(
            Remark(
                "boundaries.no_parent", {"row": int(row) + 1, "place": lowest[int(row)]}, int(row)
            )
            for row in orphans
        )
    return LevelKeys(levels, tuple(tables), lowest, issues)


def _with_two_parents(rows: pd.DataFrame) -> tuple[Remark, ...]:
    """Return a remark for each key whose features state different parents; the first is kept."""
    parents = rows.drop_duplicates(["key", "parent"]).groupby("key", sort=False)["parent"]
    several = parents.nunique()
    return tuple(
        Remark("boundaries.two_parents", {"place": key, "parents": ", ".join(above.dropna())})
        for key, above in parents
        if several[key] > 1
    )


def _places_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per key in order of first appearance, with its most frequent name."""
    counts = rows.groupby(["key", "name"], sort=False).size()
    names = counts.groupby(level="key", sort=False).idxmax().map(lambda pair: pair[1])
    table = rows.drop_duplicates("key").set_index("key")
    table["name"] = names.reindex(table.index).where(lambda known: known.notna(), table.index)
    return table


def _feature_keys(
    keys: pd.Series, texts: pd.Series, taken: set[str]
) -> tuple[pd.Index, tuple[Remark, ...]]:
    """Return a unique key per feature; doubled and missing ones are marked and reported.

    `taken` are the keys of upper levels, which a feature without parent may repeat.
    """
    issues = []
    whole = keys.where(keys.notna(), texts)
    repeat = whole.groupby(whole).cumcount()
    unique = []
    # One pass over features in order: each marked key depends only on its own row.
    for row, (key, count) in enumerate(zip(whole, repeat, strict=True)):
        if not isinstance(key, str):
            unique.append(f"#{row + 1}")
            issues.append(Remark("boundaries.no_key", {"row": row + 1}, row))
        elif count:
            unique.append(f"{key}#{row + 1}")
            values = {"row": row + 1, "place": key}
            issues.append(Remark("boundaries.duplicate_key", values, row))
        else:
            unique.append(f"{key}#{row + 1}" if key in taken else key)
    return pd.Index(unique, dtype="str"), tuple(issues)


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
    distinct = {column: _distinct(frame[column]) for column in codes}
    codes.sort(key=lambda column: (-distinct[column], not _CODE_HEADER.search(column)))
    return GuessedColumns(codes[0] if codes else None, _names(frame, columns))


def repeated_codes(frame: pd.DataFrame) -> list[tuple[int, int, str]]:
    """Return (row, earlier row, "column code") where a column of codes repeats one.

    A column counts as one of codes when nearly all its values differ and are digits of one width.
    """
    repeated = []
    for column in map(str, frame.columns):
        if not isinstance(frame[column].dtype, pd.StringDtype):
            continue
        texts = code_texts(frame[column])
        known = texts.dropna()
        if len(known) == known.nunique() or not _is_identifier(known, len(texts)):
            continue
        origin = known.groupby(known).transform(lambda rows: rows.index[0])
        again = origin[origin != origin.index]
        pairs = zip(again.index, again, known[again.index], strict=True)
        repeated += [(int(row), int(first), f"{column} {code}") for row, first, code in pairs]
    return repeated


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
    named = []
    for level in LEVELS:
        pattern = re.compile(f"(?:{_HEADERS[level]}){_ENDING}", re.I)
        fitting = [
            column
            for column in columns
            if pattern.fullmatch(column.strip()) and _is_name_column(frame[column])
        ]
        if fitting:
            named.append((level, fitting[0]))
    # A level cannot have more places than the one below it.
    counts = [_distinct(frame[column]) for _, column in named]
    kept = [pair for place, pair in enumerate(named) if counts[place] <= min(counts[place:])]
    return tuple(kept)


def _is_name_column(column: pd.Series) -> bool:
    if not isinstance(column.dtype, pd.StringDtype):
        return False
    texts = name_texts(column).dropna()
    is_number = texts.str.fullmatch(r"[\d.,:/-]+").fillna(False)
    return len(texts) >= _MOSTLY * len(column) and not is_number.astype(bool).any()


def _distinct(column: pd.Series) -> int:
    return int(column.nunique())
