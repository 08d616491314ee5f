"""Figures of the joined table per feature and period, with numerator and denominator."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.errors import JoinError
from geodata.i18n import text
from geodata.joining.join_columns import find_column
from geodata.joining.join_result import JoinResult
from geodata.joining.names import clean_name

VALUE_COLUMNS = ["feature", "period", "indicator", "numerator", "denominator"]
# What people write where a figure was not reported.
_NOT_REPORTED = {
    "",
    "-",
    "--",
    "—",
    "——",
    "/",
    "na",
    "n/a",
    "nan",
    "null",
    "none",
    "无",
    "缺",
    "缺失",
    "未报",
    "未上报",
    "…",
    "...",
}
_NO_FIGURE = re.compile(
    r"objectid|fid|^id$|_id$|序号|编号|代[码碼]|编码|電話|电话|经度|纬度|經度|緯度|^(lon|lat)|longitude|latitude|code|邮编",
    re.I,
)
_UNIT = re.compile(r"^(.*?)\s*[（(\[]([^（()）\[\]]{1,12})[)）\]]$")


@dataclass(frozen=True)
class Figure:
    """One column of the table, or a ratio of two, as an indicator; `unit` is what its name says."""

    key: str
    numerator: str
    denominator: str | None = None

    @property
    def title(self) -> str:
        """The name without the unit in brackets."""
        match = _UNIT.match(self.key)
        return match[1] if match and match[1] else self.key

    @property
    def unit(self) -> str:
        """The unit in brackets at the end of the name, else empty."""
        match = _UNIT.match(self.key)
        return match[2] if match and match[1] else ""


def numbers(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return figures as floats, NaN where not reported; and where a text is no figure at all.

    Read are 1,234.5, full-width digits, 12.5%, and (12) for minus twelve.
    """
    unique = pd.Series(texts.unique(), dtype=str)
    plain = (
        unique.str.normalize("NFKC")
        .str.strip()
        .str.replace(r"(?<=\d)[,\s](?=\d{3})", "", regex=True)
    )
    plain = plain.str.replace(r"^\((\d[\d.]*)\)$", r"-\1", regex=True)
    plain = plain.str.replace(r"\s*(%|元|户|人)$", "", regex=True)
    figures = pd.to_numeric(plain, errors="coerce").astype(float)
    figures = figures.where(np.isfinite(figures))
    blank = plain.str.casefold().isin(_NOT_REPORTED)
    wrong = figures.isna() & ~blank
    return (
        texts.map(dict(zip(unique, figures, strict=True))).astype(float),
        texts.map(dict(zip(unique, wrong, strict=True))).astype(bool),
    )


def settle_figures(
    result: JoinResult, stated: Sequence[str], *, period: str | None
) -> list[Figure]:
    """Return the figures stated (COL or NUM/DEN), else every column of numbers that is no key.

    Raises JoinError for an unknown column or one without any number.
    """
    if stated:
        return [_stated(result.table, value) for value in stated]
    columns = result.columns
    keys = {columns.table_code, *columns.table_name, period}
    return [
        Figure(name, name)
        for name in map(str, result.table)
        if name not in keys and _is_figure(result.table, name)
    ]


def _stated(table: pd.DataFrame, value: str) -> Figure:
    whole = {clean_name(name) for name in table}
    parts = [part.strip() for part in value.split("/")]
    if not all(parts) and value not in table.columns:
        raise JoinError("join.value_form", value=value)
    if (
        len(parts) != 2
        or value in table.columns
        or (clean_name(value) in whole and "/" not in value)
    ):
        column = find_column(table, value)
        _refuse_without_numbers(table, column)
        return Figure(column or value, column or value)
    numerator, denominator = (find_column(table, part) or part for part in parts)
    for column in (numerator, denominator):
        _refuse_without_numbers(table, column)
    return Figure(f"{numerator}/{denominator}", numerator, denominator)


def _refuse_without_numbers(table: pd.DataFrame, column: str | None) -> None:
    figures, wrong = numbers(table[column])
    if figures.isna().all():
        sample = table[column][wrong].iloc[0] if wrong.any() else ""
        raise JoinError("join.no_numbers", column=column, value=sample)


def _is_figure(table: pd.DataFrame, name: str) -> bool:
    if _NO_FIGURE.search(name):
        return False
    figures, wrong = numbers(table[name])
    if figures.isna().all() or wrong.mean() > 0.05:
        return False
    digits = table[name].str.fullmatch(r"\d{9,}").mean()
    return bool(digits < 0.5)


def feature_values(
    result: JoinResult, figures: Sequence[Figure], *, aggregate: str | None = None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return long rows (feature, period, indicator, numerator, denominator) and notes about them.

    A plain figure has the denominator 1. Where several rows of one period share a feature, the
    figure is unknown unless `aggregate` says how to put them together: the mean keeps its sum and
    the number of rows known; a sum leaves out what is not reported and the note says how much.
    """
    matched = np.flatnonzero(result.feature_of_row >= 0)
    place = pd.DataFrame(
        {
            "feature": result.feature_of_row[matched],
            "period": result.periods.to_numpy()[matched],
        }
    )
    several = place.duplicated(keep=False)
    notes, parts = [], []
    for figure in figures:
        rows, wrong = _rows_of(result.table, figure, matched)
        if aggregate != "count":
            notes += _wrong_note(figure, result, matched, wrong)
        parts.append(_put_together(place.join(rows), figure, several, aggregate))
        if aggregate not in (None, "count") and several.any() and rows["numerator"].isna().any():
            count = int(rows["numerator"].isna().sum())
            notes.append(text("join.rows_without_figure", column=figure.key, count=count))
    if several.any() and not aggregate:
        shared = place[several].drop_duplicates()
        notes.append(text("join.several_rows", count=len(shared)))
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=VALUE_COLUMNS)
    return frame[VALUE_COLUMNS], tuple(notes)


def _rows_of(
    table: pd.DataFrame, figure: Figure, matched: np.ndarray
) -> tuple[pd.DataFrame, pd.Series]:
    top, wrong = numbers(table[figure.numerator].iloc[matched].reset_index(drop=True))
    bottom = pd.Series(1.0, index=top.index)
    if figure.denominator:
        bottom, wrong_below = numbers(
            table[figure.denominator].iloc[matched].reset_index(drop=True)
        )
        wrong = wrong | wrong_below
        known = top.notna() & bottom.notna()
        top, bottom = top.where(known), bottom.where(known)
    return pd.DataFrame({"numerator": top, "denominator": bottom.where(top.notna())}), wrong


def _wrong_note(
    figure: Figure, result: JoinResult, matched: np.ndarray, wrong: pd.Series
) -> list[str]:
    if not wrong.any():
        return []
    sample = result.table[figure.numerator].iloc[matched[int(wrong.to_numpy().argmax())]]
    return [text("join.not_a_figure", column=figure.key, count=int(wrong.sum()), value=sample[:30])]


def _put_together(
    rows: pd.DataFrame, figure: Figure, several: pd.Series, aggregate: str | None
) -> pd.DataFrame:
    """Return one row per feature and period."""
    if not several.any() and aggregate != "count":
        return rows.assign(indicator=figure.key)
    groups = rows.groupby(["feature", "period"], sort=True)
    if aggregate is None:
        first = groups.first()
        unclear = groups.size() > 1
        first.loc[unclear, ["numerator", "denominator"]] = np.nan
        return first.reset_index().assign(indicator=figure.key)
    if aggregate == "count":
        whole = pd.DataFrame({"numerator": groups.size().astype(float), "denominator": 1.0})
    elif aggregate == "median" and not figure.denominator:
        middle = groups["numerator"].median()
        whole = pd.DataFrame(
            {"numerator": middle, "denominator": middle.notna().map({True: 1.0, False: np.nan})}
        )
    else:
        whole = groups[["numerator", "denominator"]].sum(min_count=1)
        if aggregate == "sum" and not figure.denominator:
            whole["denominator"] = whole["denominator"].where(whole["denominator"].isna(), 1.0)
    return whole.reset_index().assign(indicator=figure.key)


def wide_values(values: pd.DataFrame, features: int) -> pd.DataFrame:
    """Return one row per feature and one column per indicator and period, for a joined layer."""
    values = values.assign(value=values["numerator"] / values["denominator"].replace(0, np.nan))
    several = values["period"].nunique() > 1
    names = values["indicator"] + ("_" + values["period"] if several else "")
    order = list(dict.fromkeys(names))
    wide = values.assign(name=names).pivot(index="feature", columns="name", values="value")
    return wide.reindex(index=range(features), columns=order).rename_axis(columns=None)
