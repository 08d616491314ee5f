"""Planted truths of a county against what the rules find: per rule, and none may be missed.

Run: python -m tests.benchmarks.confusion FOLDER, a workspace of `guatu sample` with its last month
built. `extra` are findings beside the planted ones: most are true of the invented people as well.
Without a folder: precision and recall against the events of the second county, which was written
without knowing the rules (`tests/second_county.py`).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from geodata import open_workspace
from geodata.workspace import Workspace
from tests.second_county import make_second_county


def confusion(county: Workspace) -> pd.DataFrame:
    """Return planted, found, missed and extra for each rule over the last built month."""
    broken = _pairs(county.flags, "subject")
    planted = _planted(county.setup.config.folder / "answers", county.months[-1])
    rows = [
        {
            "rule": rule,
            "planted": len(planted.get(rule, set())),
            "found": len(planted.get(rule, set()) & broken.get(rule, set())),
            "missed": len(planted.get(rule, set()) - broken.get(rule, set())),
            "extra": len(broken.get(rule, set()) - planted.get(rule, set())),
        }
        for rule in sorted({*planted, *broken})
    ]
    return pd.DataFrame(rows).set_index("rule")


def against_truth(county: Workspace, truth: Mapping[str, set[str]]) -> pd.DataFrame:
    """Return true, named, precision and recall of each rule that the truth is told of."""
    broken = _pairs(county.flags, "subject")
    rows = []
    for rule, wanted in sorted(truth.items()):
        named = broken.get(rule, set())
        right = len(named & wanted)
        counts = {"rule": rule, "true": len(wanted), "named": len(named)}
        rows.append(
            counts | {"precision": right / max(len(named), 1), "recall": right / len(wanted)}
        )
    return pd.DataFrame(rows).set_index("rule")


def _planted(answers: Path, month: str) -> dict[str, set[str]]:
    """Return the planted subjects of each rule, with the households that have fallen by a month."""
    planted = _pairs(pd.read_csv(answers / "rules.csv", dtype=str, encoding="utf-8-sig"), "code")
    falling = pd.read_csv(answers / "falling.csv", dtype=str, encoding="utf-8-sig")
    fallen = falling.loc[falling["below_since"] <= month, "household_code"]
    planted["income_below_line"] = planted.get("income_below_line", set()) | set(fallen)
    return planted


def _pairs(rows: pd.DataFrame, subject: str) -> dict[str, set[str]]:
    return {rule: set(codes) for rule, codes in rows.groupby("rule")[subject]}


def main() -> None:
    """Print the table of the planted rules, the findings of the others, and the totals."""
    if len(sys.argv) < 2:
        with tempfile.TemporaryDirectory() as folder:
            county, story = make_second_county(Path(folder) / "county", households=6000, seed=1)
            print(against_truth(county, story.truth).round(3).to_string())
        return
    table = confusion(open_workspace(Path(sys.argv[1])))
    print(table[table["planted"] > 0].to_string())
    others = table.loc[table["planted"] == 0, "extra"]
    print("not planted:", ", ".join(f"{rule} {count}" for rule, count in others.items()))
    print("in all:", table.sum().to_dict())


if __name__ == "__main__":
    main()
