"""Each kind of file that is mutated: a whole one, and what reads it."""

from __future__ import annotations

import io
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import openpyxl
import pandas as pd

from geodata.config import read_config
from geodata.intake.readers import read_tables
from geodata.tables import tables
from tests.conftest import ROOT
from tests.fuzz.mutations import mutated, mutated_archive, mutated_binary, mutated_text
from tests.fuzz.whole import (
    households_bytes,
    import_of,
    join_of,
    join_table_of,
    layer_bytes,
    mutated_zip,
    table_bytes,
)

_TABLE = pd.DataFrame(
    {
        "户编号": [f"H{n}" for n in range(40)],
        "户主姓名": ["甲,乙", '丙"丁', "戊\n己", "庚"] * 10,
        "人均纯收入": [f"{8000 + n}" for n in range(40)],
    }
)
_SETTINGS = """[county]
code = "990101"
name = "示例县"
[[source]]
file = "*.csv"
table = "household"
columns = {household_code = "户编号"}
"""


@dataclass(frozen=True)
class Kind:
    """One kind of file: its name, a whole one, how it is changed, and what reads it from a folder."""

    name: str
    whole: Callable[[], bytes]
    read: Callable[[Path], object]
    change: Callable[[bytes, random.Random], bytes] = mutated


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(list(_TABLE.columns))
    for row in _TABLE.itertuples(index=False):
        book.active.append(list(row))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _parquet() -> bytes:
    packed = io.BytesIO()
    _TABLE.to_parquet(packed)
    return packed.getvalue()


def _layout(file: Path) -> object:
    from geodata.intake.layouts import read_layout

    return read_layout(file, tables())


def _theme(name: str) -> Callable[[Path], object]:
    def read(file: Path) -> object:
        from geodata.themes import find_themes

        workspace = file.parent / "county"
        shutil.rmtree(workspace, ignore_errors=True)
        theme = workspace / "themes" / "eldercare"
        shutil.copytree(ROOT / "tests" / "themes" / "eldercare", theme)
        (workspace / "guatu.toml").write_text(_SETTINGS, encoding="utf-8")
        shutil.copy(file, theme / name)
        return find_themes(workspace)

    return read


def _config(file: Path) -> object:
    shutil.copy(file, file.parent / "guatu.toml")
    return read_config(file.parent)


# How tables are changed: of a workbook mostly what is packed in it.
TABLES = {
    ".csv": mutated,
    ".xlsx": mutated_zip,
    ".parquet": mutated_binary,
    ".dta": mutated_binary,
    ".sav": mutated_binary,
}
_THEME = ROOT / "tests" / "themes" / "eldercare"
KINDS = {
    kind.name: kind
    for kind in (
        Kind("table.csv", lambda: _TABLE.to_csv(index=False).encode("utf-8"), read_tables),
        Kind("table-gbk.csv", lambda: _TABLE.to_csv(index=False).encode("gb18030"), read_tables),
        Kind("table.xlsx", _workbook, read_tables),
        Kind("table-xml.xlsx", _workbook, read_tables, mutated_archive),
        Kind("table.parquet", _parquet, read_tables, mutated_binary),
        *(
            Kind(f"import{suffix}", partial(households_bytes, suffix), import_of, change)
            for suffix, change in TABLES.items()
        ),
        *(
            Kind(f"join-table{suffix}", partial(table_bytes, suffix), join_table_of, change)
            for suffix, change in TABLES.items()
        ),
        Kind("join.zip", partial(layer_bytes, ".shp"), join_of, mutated_zip),
        Kind("join.geojson", partial(layer_bytes, ".geojson"), join_of),
        *(
            Kind(f"join{suffix}", partial(layer_bytes, suffix), join_of, mutated_binary)
            for suffix in (".gpkg", ".parquet", ".fgb")
        ),
        Kind("settings.toml", _SETTINGS.encode, _config, mutated_text),
        Kind(
            "layout.yaml",
            (ROOT / "geodata/intake/layouts/monitored_persons.yaml").read_bytes,
            _layout,
            mutated_text,
        ),
        *(
            Kind(f"theme-{file.name}", file.read_bytes, _theme(file.name), mutated_text)
            for file in sorted(_THEME.glob("*.yaml"))
        ),
    )
}
