"""Issues of one kind at one place, taken together for a page: how many, where, and the first of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from geodata.intake.issues import SEVERITIES, sentences
from geodata.store import SourceFile
from geodata.tables import Table

_KEYS = ("severity", "check", "file", "sheet", "header")
# What is told of one township counts as this part of a sheet.
_TOWNSHIPS = 5
# So many rows of a group are named.
_ROWS = 5


def touched(issues: pd.DataFrame, sources: Sequence[SourceFile]) -> pd.Series:
    """Return how many rows each issue is about: what is told of a column is about all its rows.

    `sources` are the sheets of the import; of a township it is a part of them, of a table that did
    not come the rows that it had.
    """
    rows = {(one.file, one.sheet): one.rows for one in sources}
    sheets = pd.Series(zip(issues["file"], issues["sheet"], strict=True), index=issues.index)
    whole = sheets.map(rows).astype("Float64")
    had = pd.to_numeric(issues["detail"], errors="coerce").astype("Float64")
    whole = whole.where(whole.notna(), had).fillna(1)
    there = issues["place_code"].fillna("").astype(str) != ""
    whole = whole.where(~there, whole / _TOWNSHIPS)
    counts: pd.Series = whole.where(issues["row"].isna(), 1).clip(lower=1)
    return counts.astype(float)


def alike(
    issues: pd.DataFrame, known: Mapping[str, Table], sources: Sequence[SourceFile] = ()
) -> list[dict[str, Any]]:
    """Return a line for each kind of issue in a column of a sheet, gravest first, then by rows touched.

    Each has `severity`, `kind`, `file`, `sheet`, `column`, `value` (of the first), the first `rows`,
    `count`, `aside`, and as `said` sentence and advice of the first in both languages. `known` are
    the tables whose columns the issues name, `sources` the sheets of the import.
    """
    if issues.empty:
        return []
    weight = touched(issues, sources)
    filled = issues.assign(**{name: issues[name].fillna("").astype(str) for name in _KEYS})
    groups = filled.groupby(list(_KEYS), sort=False)
    firsts = filled.loc[groups.head(1).index]
    said = {lang: sentences(firsts, known, lang) for lang in ("zh", "en")}
    lines = []
    for at, ((severity, check, file, sheet, header), part) in enumerate(groups):
        rows = part["row"].dropna().astype(int).drop_duplicates().sort_values()
        value = firsts["value"].iloc[at]
        lines.append(
            {
                "severity": severity,
                "kind": check,
                "file": file,
                "sheet": sheet,
                "column": header,
                "value": "" if pd.isna(value) else str(value),
                "rows": rows.head(_ROWS).tolist(),
                "row_count": len(rows),
                "count": len(part),
                "aside": int(part["set_aside"].sum()),
                "weight": float(weight[part.index].sum()),
                "said": {
                    lang: {name: frame[name].iloc[at] for name in ("sentence", "advice")}
                    for lang, frame in said.items()
                },
            }
        )
    order = {severity: n for n, severity in enumerate(SEVERITIES)}
    return sorted(lines, key=lambda line: (order[line["severity"]], -line["weight"]))
