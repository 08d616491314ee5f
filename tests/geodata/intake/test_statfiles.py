"""Files of Stata and SPSS are read as any other table, with labels in place of codes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from geodata.errors import SourceError
from geodata.intake.readers import read_table

ROWS = pd.DataFrame(
    {"village": ["甲村", "乙村", ""], "households": [12.0, 7.0, None], "water": [1.0, 2.0, 1.0]}
)
LABELS = {"water": {1.0: "是", 2.0: "否"}}


def _write(file: Path) -> Path:
    if file.suffix == ".dta":
        pyreadstat.write_dta(ROWS, str(file), variable_value_labels={"water": {1: "是", 2: "否"}})
    else:
        pyreadstat.write_sav(
            ROWS, str(file), variable_value_labels=LABELS, compress=file.suffix == ".zsav"
        )
    return file


@pytest.mark.parametrize("suffix", [".dta", ".sav", ".zsav"])
def test_rows_are_read_as_text_with_labels(tmp_path: Path, suffix: str) -> None:
    frame = read_table(_write(tmp_path / f"t{suffix}")).frame
    assert frame["village"].tolist() == ["甲村", "乙村", ""]
    assert frame["households"].tolist() == ["12", "7", ""]
    assert frame["water"].tolist() == ["是", "否", "是"]


def test_an_old_stata_file_is_told_by_its_content(tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    pd.DataFrame({"code": [1, 2], "name": ["a", "b"]}).to_stata(
        file, write_index=False, version=114
    )
    assert read_table(file).frame["name"].tolist() == ["a", "b"]


@pytest.mark.parametrize("suffix", [".dta", ".sav"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_half_a_file_is_refused_in_a_sentence(tmp_path: Path, suffix: str, share: float) -> None:
    file = _write(tmp_path / f"t{suffix}")
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(SourceError, match=file.name.replace(".", r"\.")):
        read_table(file)
