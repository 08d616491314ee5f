"""Which columns carry codes, names, levels and coordinates on each side: as stated, or guessed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from geodata.errors import JoinError
from geodata.joining.names import (
    clean_codes,
    clean_name,
    one_width,
    restore_zeros,
    split_ending,
)

# Running numbers of a file or a list: they agree by chance and never name a place.
_SERIAL = re.compile(
    r"^(objectid.*|.*fid(_\d+)?|gid|oid_?|et_id|sort|no\.?|index|row|序号|编号|行号)$", re.I
)
_CODE_HINT = re.compile(
    r"code|代[码碼号號]|编码|編碼|区划|區劃|adcode|ubigeo|geoid|pac|cun|xzq|dm$|id", re.I
)
# Of short codes so many agree, and so many stand beside the same names, when they are no chance.
_NEARLY, _MOSTLY_SAME = 0.9, 0.5


@dataclass(frozen=True)
class JoinColumns:
    """The columns used on both sides; names run from the parent to the place."""

    boundary_code: str | None = None
    table_code: str | None = None
    boundary_name: tuple[str, ...] = ()
    table_name: tuple[str, ...] = ()
    table_xy: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the fields as plain JSON values."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}


def settle_columns(
    boundaries: pd.DataFrame,
    table: pd.DataFrame,
    *,
    boundary_code: str | None = None,
    table_code: str | None = None,
    boundary_name: Sequence[str] = (),
    table_name: Sequence[str] = (),
    table_xy: Sequence[str] = (),
) -> JoinColumns:
    """Return the columns to join by; those not stated are guessed from what both sides hold.

    When only codes or only names are stated, the other kind is not guessed. Raises JoinError for a
    column that is not there (the nearest are named), that is empty, or when nothing fits.
    """
    codes = (find_column(boundaries, boundary_code), find_column(table, table_code))
    names = (_find_all(boundaries, boundary_name), _find_all(table, table_name))
    stated = (any(codes), any(names))
    points = _find_all(table, table_xy)
    if table_xy and len(points) != 2:
        raise JoinError("join.two_xy", value=",".join(table_xy))
    guessed: list[str] = []
    if not all(codes) and (stated[0] or not stated[1]):
        codes = _guess_codes(boundaries, table, *codes)
        guessed += ["code"] if all(codes) else []
    if not all(names) and (stated[1] or not stated[0]):
        names = _guess_names(boundaries, table, *names)
        guessed += ["name"] if all(names) else []
    if not any(codes) and all(names) and not any(stated):
        codes = _witnessed_codes(boundaries, table, names[0][-1], names[1][-1])
        guessed += ["code"] if all(codes) else []
    if not all(codes):
        codes = (None, None)
    if not all(names):
        names = ((), ())
    if not all(codes) and not all(names) and not points:
        raise JoinError("join.no_common_column", boundary=_listed(boundaries), table=_listed(table))
    return JoinColumns(*codes, *names, table_xy=points, guessed=tuple(guessed))


def find_column(frame: pd.DataFrame, name: str | None) -> str | None:
    """Return the column that a person means: exact, else alike, else its number without a header.

    Raises JoinError naming the nearest columns, or when the column holds nothing.
    """
    if not name:
        return None
    columns = [str(column) for column in frame.columns]
    alike = {clean_name(column): column for column in reversed(columns)}
    column = name if name in columns else alike.get(clean_name(name))
    if column is None and name.isdigit() and f"column_{name}" in columns:
        column = f"column_{name}"
    if column is None:
        columns = [column for column in columns if column != "geometry"]
        near = difflib.get_close_matches(name, columns, n=3, cutoff=0.4) or columns[:5]
        raise JoinError("join.no_column", column=name, nearest="、".join(near))
    if _texts(frame[column]).eq("").all():
        raise JoinError("join.empty_column", column=column)
    return column


def _find_all(frame: pd.DataFrame, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(column for name in names if (column := find_column(frame, name)))


def _listed(frame: pd.DataFrame) -> str:
    names = [str(name) for name in frame.columns if name != "geometry"]
    return "、".join(names[:12]) + ("…" if len(names) > 12 else "")


def _texts(column: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(column):
        column = column.map(lambda value: f"{value:.0f}", na_action="ignore")
    return column.astype(object).where(column.notna(), "").astype(str).str.strip()


def _guess_codes(
    boundaries: pd.DataFrame, table: pd.DataFrame, left: str | None, right: str | None
) -> tuple[str | None, str | None]:
    """Return the pair of code columns whose values agree most, or what was stated."""
    lefts = {left: _codes_in(boundaries, left)} if left else _code_columns(boundaries, unique=True)
    rights = {right: _codes_in(table, right)} if right else _code_columns(table, unique=False)
    best, best_score = (left, right), (0.0, 0, 0)
    for one, ours in lefts.items():
        for other, theirs in rights.items():
            share = _agreement(ours, theirs)
            hints = bool(_CODE_HINT.search(one)) + bool(_CODE_HINT.search(other))
            score = (round(share, 3), hints, len(ours))
            if share >= (0.02 if left or right else 0.3) and score > best_score:
                best, best_score = (one, other), score
    return best


def _witnessed_codes(
    boundaries: pd.DataFrame, table: pd.DataFrame, ours: str, theirs: str
) -> tuple[str | None, str | None]:
    """Return short codes that nearly all agree, where the names beside them say they are the same.

    Running numbers agree as well; those stand beside other names.
    """
    best: tuple[str | None, str | None] = (None, None)
    most = 0
    rights = _code_columns(table, unique=False, short=True)
    for one, left in _code_columns(boundaries, unique=True, short=True).items():
        for other, right in rights.items():
            if _agreement(left, right) < _NEARLY:
                continue
            pair = [
                pd.DataFrame(
                    {"code": clean_codes(_texts(frame[code]))[0], "name": _texts(frame[name])}
                )
                for frame, code, name in ((boundaries, one, ours), (table, other, theirs))
            ]
            met = pair[0].merge(pair[1].drop_duplicates(), on="code")
            same = met["name_x"].map(name_stem) == met["name_y"].map(name_stem)
            if len(met) > most and same.mean() >= _MOSTLY_SAME:
                best, most = (one, other), len(met)
    return best


def code_candidates(boundaries: pd.DataFrame, table: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Return the pairs of code columns that have a code in common, and how many rows have one."""
    rights = _code_columns(table, unique=False)
    pairs = []
    for one, ours in _code_columns(boundaries, unique=True).items():
        for other, theirs in rights.items():
            width = max(one_width(ours) or 0, one_width(theirs) or 0) or None
            known = set(restore_zeros(ours, width))
            rows = restore_zeros(clean_codes(_texts(table[other]))[0], width).isin(known).sum()
            if rows:
                pairs.append((one, other, int(rows)))
    return pairs


def name_candidates(frame: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return the distinct names of each column of texts, cleaned and without their endings."""
    return {column: names for column, (names, _) in _name_columns(frame, ()).items()}


def name_stem(name: str) -> str:
    """Return a name as `name_candidates` has it."""
    return split_ending(clean_name(name), lowest=True)[0]


def _codes_in(frame: pd.DataFrame, column: str) -> pd.Series:
    codes = clean_codes(pd.Series(_texts(frame[column]).unique(), dtype=str))[0]
    return codes[codes != ""].drop_duplicates()


def _code_columns(
    frame: pd.DataFrame, *, unique: bool, short: bool = False
) -> dict[str, pd.Series]:
    """Return the distinct codes of each column that can be one: fixed width, no running number.

    With `short` also those of two digits and more, which somebody else has to vouch for.
    """
    digits = r"[A-Z]{0,4}\d{2,20}" if short else r"[A-Z]{0,4}\d{4,20}"
    by_column = {}
    for column in map(str, frame.columns):
        if column == "geometry" or _SERIAL.match(column) or frame[column].dtype.name == "geometry":
            continue
        texts = _texts(frame[column])
        codes = _codes_in(frame, column)
        if codes.empty or not codes.str.fullmatch(digits).mean() > 0.95:
            continue
        if unique and len(codes) < 0.8 * (texts != "").sum():
            continue
        widths = codes.str.len().value_counts()
        if widths.iloc[0] < 0.5 * len(codes) or len(widths) > 3:
            continue
        hinted = _CODE_HINT.search(column) is not None
        if widths.index[0] >= (2 if short else 4 if hinted else 6):
            by_column[column] = codes
    return by_column


def _agreement(ours: pd.Series, theirs: pd.Series) -> float:
    width = max(one_width(ours) or 0, one_width(theirs) or 0) or None
    left = set(restore_zeros(ours, width))
    right = set(restore_zeros(theirs, width))
    return len(left & right) / max(1, min(len(left), len(right)))


def _guess_names(
    boundaries: pd.DataFrame,
    table: pd.DataFrame,
    left: tuple[str, ...],
    right: tuple[str, ...],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the name columns whose texts agree, from the parent to the place."""
    lefts = _name_columns(boundaries, left)
    rights = _name_columns(table, right)
    pairs = [
        (len(ours[0] & theirs[0]), one, other, ours[1], theirs[1])
        for one, ours in lefts.items()
        for other, theirs in rights.items()
        if len(ours[0] & theirs[0]) >= 0.1 * min(len(ours[0]), len(theirs[0]))
    ]
    chosen: list[tuple[int, str, str, int, int]] = []
    # The most distinct names in common first: they are the places, the rest are their parents.
    for pair in sorted(pairs, key=lambda pair: (-pair[0], -min(pair[3], pair[4]), pair[1:3])):
        used = {one for _, one, _, _, _ in chosen} | {other for _, _, other, _, _ in chosen}
        if pair[1] in used or pair[2] in used or (chosen and not _is_parent(pair, chosen[-1])):
            continue
        chosen.append(pair)
    chosen.reverse()
    if left and not right:
        order = {one: other for _, one, other, _, _ in chosen}
        kept = [name for name in left if name in order]
        return (tuple(kept), tuple(order[name] for name in kept)) if kept else (left, ())
    if right and not left:
        order = {other: one for _, one, other, _, _ in chosen}
        kept = [name for name in right if name in order]
        return (tuple(order[name] for name in kept), tuple(kept)) if kept else ((), right)
    return tuple(pair[1] for pair in chosen), tuple(pair[2] for pair in chosen)


def _is_parent(pair: tuple[int, str, str, int, int], below: tuple[int, str, str, int, int]) -> bool:
    """Return whether a pair of columns has fewer names on both sides than the level below it."""
    return pair[3] < below[3] and pair[4] < below[4] and pair[0] >= 0.5 * min(pair[3], pair[4])


def _name_columns(
    frame: pd.DataFrame, stated: tuple[str, ...]
) -> dict[str, tuple[frozenset[str], int]]:
    """Return for each column of texts its cleaned distinct names without ending, and their number."""
    by_column = {}
    for column in stated or tuple(map(str, frame.columns)):
        if frame[column].dtype.name == "geometry" or pd.api.types.is_numeric_dtype(frame[column]):
            continue
        names = [clean_name(text) for text in _texts(frame[column]).unique()]
        names = [name for name in names if name and not re.fullmatch(r"[\d.:年月日]+", name)]
        if names and (stated or len(names) >= 0.5 * frame[column].nunique()):
            stems = frozenset(split_ending(name, lowest=True)[0] for name in names)
            by_column[column] = (stems, len(stems))
    return by_column


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
    levels = [last] if last else []
    below = lowest or last
    if below is None:
        return levels
    for pattern in reversed(_LEVELS[:-1]):
        column = _first_level(frame, pattern, levels, below)
        if column:
            levels.insert(0, column)
            below = column
    return levels


def _lowest_name(frame: pd.DataFrame) -> str | None:
    return next(
        (c for c in _text_columns(frame) if _LEVELS[-1].search(c) and not _CODE.search(c)), None
    )


def _text_columns(frame: pd.DataFrame) -> list[str]:
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
    for column in _text_columns(frame):
        if column in used or not pattern.search(column) or _CODE.search(column):
            continue
        texts = frame[column].fillna("").astype(str)
        pairs = pd.DataFrame({"above": texts, "below": frame[below].astype(str)}).drop_duplicates()
        holds = pairs["below"].is_unique and (texts != "").mean() > 0.98
        if holds and texts.nunique() < max(2, pairs["below"].nunique()):
            return column
    return None


def coordinates(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return longitude and latitude as numbers, NaN where absent or impossible.

    Raises JoinError when no row has a point in degrees.
    """
    x, y = (pd.to_numeric(frame[column], errors="coerce") for column in columns)
    fits = x.between(-180, 180) & y.between(-90, 90) & ~((x == 0) & (y == 0))
    if not fits.any():
        raise JoinError("join.no_points", columns="、".join(columns))
    return pd.DataFrame({"x": x.where(fits), "y": y.where(fits)})
