"""Issues of one kind at one place, taken together for a page: how many, where, and the first of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geodata.intake.issues import SEVERITIES, sentences
from geodata.tables import Table

_KEYS = ("severity", "check", "file", "sheet", "header")
# So many rows of a group are named.
_ROWS = 5


def alike(issues: pd.DataFrame, known: Mapping[str, Table]) -> list[dict[str, Any]]:
    """Return a line for each kind of issue in a column of a sheet, gravest first, then by number.

    Each has `severity`, `kind`, `file`, `sheet`, `column`, `value` (of the first), the first `rows`,
    `count`, `aside`, and as `said` sentence and advice of the first in both languages. `known` are
    the tables whose columns the issues name.
    """
    if issues.empty:
        return []
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
                "said": {
                    lang: {name: frame[name].iloc[at] for name in ("sentence", "advice")}
                    for lang, frame in said.items()
                },
            }
        )
    order = {severity: n for n, severity in enumerate(SEVERITIES)}
    return sorted(lines, key=lambda line: (order[line["severity"]], -line["count"]))
