"""The files a clerk delivered for a month: found, read and recognised, or all refused at once."""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from geodata.config import Config
from geodata.errors import GuatuError, SourceError
from geodata.i18n import text
from geodata.intake.layouts import (
    Layout,
    header_key,
    mapped_layout,
    nearest_layout,
    recognise,
)
from geodata.intake.readers import SourceTable, read_tables
from geodata.intake.schema import Schema
from geodata.intake.templates import GUIDES

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".txt", ".tsv", ".parquet"})


@dataclass(frozen=True)
class Sheet:
    """One recognised table of a delivery; `file` is its name below the month's folder."""

    table: SourceTable
    layout: Layout
    file: str
    sha256: str

    @property
    def sheet(self) -> str:
        """Return the name of the sheet, "" for a file without sheets."""
        return self.table.sheet or ""


def read_delivery(
    config: Config,
    month: str,
    *,
    step: Callable[[str], object] = lambda name: None,
    schema: Schema | None = None,
) -> list[Sheet]:
    """Return the recognised sheets of a month, in the order of file names.

    `schema` is what they may hold, by default what the product knows. `step` is told the name of each file before it is read. Raises SourceError that names every
    file that cannot be read or recognised, and when there is no file at all.
    """
    folder = config.raw / month
    files = delivered_files(folder)
    if not files:
        raise SourceError("imports.no_files", folder=str(folder))
    schema = schema or Schema()
    faults = _setting_faults(config, schema)
    sheets: list[Sheet] = []
    for file in files:
        step(file.name)
        try:
            found, missed = _read(config, folder, file, schema)
        except GuatuError as error:
            # An export of nothing, such as no planned workers this month, is no fault.
            if error.key != "readers.no_rows":
                faults.append(error.sentence())
            continue
        sheets.extend(found)
        faults.extend(missed)
        pa.default_memory_pool().release_unused()
    if faults:
        listed = "\n".join(f"  {n}. {fault}" for n, fault in enumerate(faults, 1))
        error = SourceError("imports.stopped", count=len(faults), month=month)
        error.values["faults"] = listed
        raise error
    return sheets


def delivered_files(folder: Path) -> list[Path]:
    """Return the table files below a folder, without the lock files of open workbooks."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix.lower() in SUFFIXES
        and not path.name.startswith(("~$", "."))
    )


def recognised_sheets(
    file: Path, config: Config | None = None, schema: Schema | None = None
) -> list[Sheet]:
    """Return the recognised sheets of one file; raises SourceError when there is none."""
    settings = config or Config(folder=file.parent)
    sheets, faults = _read(settings, file.parent, file, schema or Schema())
    if not sheets:
        error = SourceError("imports.one_unrecognised", file=file.name)
        error.values["faults"] = " ".join(faults)
        raise error
    return sheets


def _read(
    config: Config, folder: Path, file: Path, schema: Schema
) -> tuple[list[Sheet], list[str]]:
    name = file.relative_to(folder).as_posix()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    mapped = [
        mapped_layout(settings, number, schema.tables[settings.table])
        for number, settings in enumerate(config.sources, 1)
        if fnmatch.fnmatch(name, settings.file) or fnmatch.fnmatch(file.name, settings.file)
        if settings.table in schema.tables
    ]
    settings = mapped[0].settings if mapped else None
    tables_read = read_tables(
        file,
        sheet=(settings.sheet or None) if settings else None,
        encoding=(settings.encoding or None) if settings else None,
    )
    sheets, faults = [], []
    for number, found in enumerate(tables_read):
        if found.sheet in GUIDES:
            continue
        if mapped:
            missing = _missing_headers(mapped[0], found)
            if number == 0 and missing:
                faults.append(text("imports.mapping_misses", file=name, columns="、".join(missing)))
            if number == 0 and not missing:
                sheets.append(Sheet(found, mapped[0], name, digest))
            continue
        layout = _recognised(found, name, schema)
        if layout is None:
            faults.append(_unrecognised(found, name, schema))
        else:
            sheets.append(Sheet(found, layout, name, digest))
    return sheets, faults


def _recognised(found: SourceTable, name: str, schema: Schema) -> Layout | None:
    headers = list(found.frame.columns)
    return recognise(headers, name=f"{name} {found.sheet or ''}", layouts=schema.layouts)


def _unrecognised(found: SourceTable, name: str, schema: Schema) -> str:
    headers: Sequence[str] = list(found.frame.columns)
    nearest, missing = nearest_layout(headers, schema.layouts)
    return text(
        "imports.unrecognised",
        file=name,
        sheet=found.sheet or "—",
        headers="、".join(headers[:6]),
        nearest=nearest.title[_language()],
        missing="、".join(missing) or "—",
    )


def _missing_headers(layout: Layout, found: SourceTable) -> list[str]:
    assert layout.settings is not None
    there = {header_key(header) for header in found.frame.columns}
    wanted = [
        str(header)
        for headers in layout.settings.columns.values()
        for header in (headers if isinstance(headers, (list, tuple)) else [headers])
    ]
    return [header for header in wanted if header_key(header) not in there]


def _setting_faults(config: Config, schema: Schema) -> list[str]:
    """Return sentences for mappings that name a table or column there is not."""
    faults = []
    for number, settings in enumerate(config.sources, 1):
        if settings.table not in schema.tables:
            known = "、".join(schema.tables)
            faults.append(
                text("imports.no_table", number=number, table=settings.table, known=known)
            )
            continue
        known_columns = {*schema.tables[settings.table].columns, "county", "township", "village"}
        named = {*settings.columns, *settings.constants, *settings.values, *settings.units}
        faults.extend(
            text("imports.no_column", number=number, table=settings.table, column=column)
            for column in sorted(named - known_columns)
        )
    return faults


def _language() -> str:
    from geodata.i18n import default_language

    return default_language()
