"""What is wrong in the files: one row for each finding, with file, sheet, row, column and value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from geodata import i18n
from geodata.escaping import plain_text
from geodata.tables import Column, Table

SEVERITIES = ("error", "warning", "notice")
COLUMNS = (
    "check",
    "severity",
    "file",
    "sheet",
    "row",
    "header",
    "table",
    "column",
    "value",
    "place_code",
    "household_code",
    "detail",
    "set_aside",
)
_FILE = Path(__file__).parent / "checks.yaml"


@cache
def severities() -> Mapping[str, str]:
    """Return the severity of every check by its name."""
    content = i18n.load_yaml(_FILE)
    assert isinstance(content, dict)
    return content


class _Source(Protocol):
    @property
    def file(self) -> str: ...
    @property
    def sheet(self) -> str: ...


class Issues:
    """Findings gathered during one import, about columns of the tables given."""

    def __init__(self, known: Mapping[str, Table]) -> None:
        self._parts: list[pd.DataFrame] = []
        self._known = known

    def add(
        self,
        check: str,
        rows: pd.DataFrame,
        source: _Source | None = None,
        **values: str | int | None,
    ) -> None:
        """Add one finding for each row of a frame that has some of COLUMNS; `values` fill others.

        `source` is the sheet that the rows stand in.
        """
        if rows.empty:
            return
        part = rows.reindex(columns=list(COLUMNS)).astype(object).assign(**values)
        if source is not None:
            part = part.assign(file=source.file, sheet=source.sheet)
        aside = bool(values.get("set_aside", False))
        self._parts.append(part.assign(check=check, severity=severities()[check], set_aside=aside))

    def first_error(self) -> dict[str, object]:
        """Return kind and place of the first error so far, without a value; {} where there is none."""
        for part in self._parts:
            if part["severity"].iloc[0] == "error":
                first = part.iloc[0]
                row = None if pd.isna(first["row"]) else int(first["row"])
                where = {"file": first["file"], "sheet": first["sheet"], "column": first["header"]}
                told = {name: "" if pd.isna(text) else str(text) for name, text in where.items()}
                return {"severity": "error", "kind": first["check"], **told, "row": row}
        return {}

    def most_often(self, source: _Source, check: str) -> dict[str, object]:
        """Return `header` and `value` of what is most often wrong in a sheet, identity masked.

        What a check told counts first, and rows that were set aside before others.
        """
        listed = self.frame()
        mine = listed["file"].eq(source.file) & listed["sheet"].eq(source.sheet)
        mine &= listed["header"].fillna("").ne("")
        told = mine & listed["check"].eq(check)
        mine = told if told.any() else mine & listed["severity"].eq("error")
        wrong = listed[mine & listed["set_aside"]] if mine.any() else listed[mine]
        wrong = listed[mine] if wrong.empty else wrong
        if wrong.empty:
            return {"header": "", "value": ""}
        header = wrong["header"].mode().iloc[0]
        return {"header": header, "value": wrong.loc[wrong["header"] == header, "value"].mode()[0]}

    def frame(self) -> pd.DataFrame:
        """Return all findings, gravest first, then by file, sheet and row; identity values masked."""
        if not self._parts:
            return pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS}).astype(
                {"row": "Int64", "set_aside": "bool"}
            )
        listed = pd.concat(self._parts, ignore_index=True)
        listed["value"] = _masked_values(listed, self._known)
        order = {severity: n for n, severity in enumerate(SEVERITIES)}
        listed["order"] = listed["severity"].map(order)
        listed["row"] = listed["row"].astype("Int64")
        listed["set_aside"] = listed["set_aside"].astype(bool)
        listed = listed.sort_values(
            ["order", "file", "sheet", "row", "column", "check"], kind="stable", na_position="first"
        )
        texts = [name for name in COLUMNS if name not in ("row", "set_aside")]
        listed[texts] = listed[texts].astype("str")
        return listed.drop(columns="order").reset_index(drop=True)


def sentences(
    issues: pd.DataFrame, known: Mapping[str, Table], lang: str | None = None
) -> pd.DataFrame:
    """Return for each issue its sentence and what to do, as columns `sentence` and `advice`.

    `known` are the tables whose columns the issues name.
    """
    columns = {
        (name, column.name): _expected(column, lang)
        for name, table in known.items()
        for column in table.columns.values()
    }
    shown = issues.drop(columns=["row", "set_aside"]).astype("str").fillna("")
    # A sentence needs its own values, so this is a loop; 100,000 issues take about a second.
    names = ["check", "value", "header", "detail", "table", "column", "household_code"]
    said = [
        (
            i18n.text(
                f"issues.{check}",
                lang,
                value=value,
                header=header,
                detail=detail,
                household=household,
                expected=columns.get((name, column), ""),
            ),
            i18n.text(f"issues.{check}_advice", lang, header=header),
        )
        for check, value, header, detail, name, column, household in zip(
            *(shown[name] for name in names), strict=True
        )
    ]
    return pd.DataFrame(said, columns=["sentence", "advice"], index=issues.index)


def _expected(column: Column, lang: str | None) -> str:
    """Return what a column may hold, for the end of a sentence."""
    if column.choices is not None:
        labels = [column.choices.label(value, lang) for value in column.choices.values]
        return "、".join(labels[:8]) + ("……" if len(labels) > 8 else "")
    if column.kind in ("count", "money", "number"):
        low, high = column.usual or (column.low, column.high)
        return "~".join("" if bound is None else f"{bound:,.10g}" for bound in (low, high))
    return ""


def masked(values: Sequence[str]) -> list[str]:
    """Return texts of identity columns with the middle hidden: 35*************123, 138****1234, 张*."""
    return [_masked(str(value)) for value in values]


def _masked(value: str) -> str:
    if len(value) >= 15:
        return value[:2] + "*" * (len(value) - 5) + value[-3:]
    if len(value) >= 8:
        return value[:3] + "*" * (len(value) - 7) + value[-4:]
    return value[:1] + "*" * (len(value) - 1)


def _masked_values(listed: pd.DataFrame, known: Mapping[str, Table]) -> pd.Series:
    values = listed["value"].where(listed["value"].notna(), "").astype(str).map(plain_text)
    hidden = np.zeros(len(listed), dtype=bool)
    for name, columns in listed.groupby("table")["column"].unique().items():
        strict = [c for c in columns if name in known and _is_identity(known[str(name)], c)]
        hidden |= ((listed["table"] == name) & listed["column"].isin(strict)).to_numpy()
    result = values.copy()
    result[hidden] = np.array(masked(values[hidden].tolist()), dtype=object)
    return result


def _is_identity(table: Table, column: object) -> bool:
    columns = table.columns
    return column not in columns or columns[str(column)].identifies
