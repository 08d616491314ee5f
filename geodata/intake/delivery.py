"""The files a clerk delivered for a month: found, read and recognised, or all refused at once."""

from __future__ import annotations

import fnmatch
import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.config import Config
from geodata.errors import GuatuError, SourceError, ThemeError
from geodata.i18n import default_language, nearest, text
from geodata.intake.amounts import unit_factor
from geodata.intake.issues import Issues
from geodata.intake.layouts import (
    Layout,
    Likeness,
    better_likeness,
    bindings,
    check_constant,
    header_key,
    likeness,
    mapped_layout,
    recognise,
)
from geodata.intake.packed import PackedTable, give_back
from geodata.intake.pagerows import PageRows, without_page_rows
from geodata.intake.readers import SourceTable, read_tables
from geodata.intake.refusal import ImportRefused, Refusal
from geodata.intake.schema import Schema
from geodata.intake.templates import GUIDES

SUFFIXES = frozenset(
    {".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".txt", ".tsv", ".parquet", ".dta", ".sav", ".zsav"}
)


# Check -> files that hold tables which must first be unpacked, or saved in another form.
_CLOSED = {
    "packed_file": {".zip", ".rar", ".7z", ".tar", ".gz"},
    "other_format": {".et", ".ett", ".wps", ".xlsb", ".numbers", ".pdf", ".doc", ".docx"},
}
# Titles over a header that count as a name, in signs.
_TITLES = 400
# So many hidden columns are named.
_NAMED = 6
_OF_SYSTEMS = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class DeliveredSheet:
    """One recognised table of a delivery; `file` is its name below the month's folder.

    `rows` gives for each row its 1-based row in the file; `sheet` is "" for a file without sheets.
    """

    packed: PackedTable
    layout: Layout
    file: str
    sha256: str
    sheet: str
    rows: np.ndarray

    @classmethod
    def of(cls, table: SourceTable, layout: Layout, file: str, sha256: str) -> DeliveredSheet:
        """Return the sheet of a table that was read."""
        return cls(PackedTable(table), layout, file, sha256, table.sheet or "", table.rows)

    @property
    def table(self) -> SourceTable:
        """Return the table; it is unpacked anew where nobody holds it."""
        return self.packed.table()


@dataclass
class Delivery:
    """The files of a month.

    `sheets` are the recognised tables, `empty` the layouts and `emptied` file and sheet of tables without a row, `hidden`
    file and name of hidden sheets that were not read, `unread` the other files of the folder, `twins`
    file, sheet and rows of tables that are another one of the delivery again, with that one,
    `left_out` file, sheet and kind of rows that are headers again or totals.
    """

    sheets: list[DeliveredSheet] = field(default_factory=list)
    empty: set[str] = field(default_factory=set)
    emptied: list[tuple[str, str]] = field(default_factory=list)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    twins: list[tuple[str, str, int, DeliveredSheet]] = field(default_factory=list)
    left_out: list[tuple[str, str, PageRows]] = field(default_factory=list)

    def report(self, issues: Issues) -> None:
        """Report tables without rows, hidden sheets, and rows that a filter or hand has hidden."""
        for check, places in (("no_rows", self.emptied), ("hidden_sheet", self.hidden)):
            for file, name in places:
                rows = pd.DataFrame({"row": [None], "value": [name]})
                issues.add(check, rows, file=file, sheet=name, header=name)
        for file in self.unread:
            suffix = Path(file).suffix.lower()
            check = next(
                (name for name, ends in _CLOSED.items() if suffix in ends), "file_not_read"
            )
            rows = pd.DataFrame({"row": [None], "value": [suffix]})
            issues.add(check, rows, file=file)
        for file, name, left in self.left_out:
            rows = pd.DataFrame({"row": [left.row], "value": [str(left.count)]})
            issues.add(left.check, rows, file=file, sheet=name)
        for file, name, count, first in self.twins:
            rows = pd.DataFrame({"row": [None], "value": [str(count)]})
            other = f"{first.file} [{first.sheet}]" if first.sheet else first.file
            issues.add("same_table", rows, file=file, sheet=name, detail=other)
        for sheet in self.sheets:
            if sheet.table.hidden_columns:
                listed = "、".join(sheet.table.hidden_columns[:_NAMED])
                rows = pd.DataFrame({"row": [None], "value": [listed]})
                hidden = str(len(sheet.table.hidden_columns))
                issues.add("hidden_columns", rows, sheet, detail=hidden)
            unseen = np.intersect1d(sheet.table.hidden_rows, sheet.rows)
            if len(unseen):
                rows = pd.DataFrame({"row": [int(unseen[0])], "value": [str(len(unseen))]})
                issues.add("hidden_rows", rows, sheet)


def read_delivery(
    config: Config,
    month: str,
    *,
    step: Callable[[str], object] = lambda name: None,
    schema: Schema | None = None,
    hidden: bool = False,
    fault: Callable[[str], object] = lambda sentence: None,
) -> Delivery:
    """Return the recognised sheets of a month, in the order of file names.

    `schema` is what they may hold, by default what the product knows; `hidden` sheets are read only
    when asked. `step` is told the name of each file before it is read, `fault` what is wrong with one
    as soon as it is known. Raises SourceError that names every file that cannot be read or
    recognised, and when there is no file at all.
    """
    folder = config.raw / month
    files = delivered_files(folder)
    if not files:
        raise SourceError("imports.no_files", folder=str(folder))
    schema = schema or Schema()
    faults = [
        Refusal("setting", sentence, "guatu.toml") for sentence in _setting_faults(config, schema)
    ]
    delivery = Delivery(unread=_unread(folder))
    for file in files:
        step(file.name)
        try:
            wrong = _read(config, folder, file, schema, delivery, hidden=hidden)
        except GuatuError as error:
            wrong = [Refusal.unread(error, file.relative_to(folder).as_posix())]
        for one in wrong:
            fault(one.sentence)
        faults += wrong
        give_back()
    if faults:
        raise ImportRefused("imports.stopped", faults, read=delivery.sheets, month=month)
    if not delivery.sheets:
        raise SourceError("imports.only_empty", folder=str(folder))
    return delivery


def delivered_files(folder: Path) -> list[Path]:
    """Return the table files below a folder, without the lock files of open workbooks."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix.lower() in SUFFIXES
        and not path.name.startswith(("~$", "."))
    )


def _unread(folder: Path) -> list[str]:
    """Return the files below a folder that no table can be read from, without those of systems."""
    tables = set(delivered_files(folder))
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and path not in tables
        and not path.name.startswith(("~$", "."))
        and path.name.lower() not in _OF_SYSTEMS
    )


def recognised_sheets(
    file: Path, config: Config | None = None, schema: Schema | None = None
) -> list[DeliveredSheet]:
    """Return the recognised sheets of one file; raises SourceError when there is none."""
    settings = config or Config(folder=file.parent)
    delivery = Delivery()
    faults = _read(settings, file.parent, file, schema or Schema(), delivery)
    if not delivery.sheets:
        error = SourceError("imports.one_unrecognised", file=file.name)
        error.values["faults"] = " ".join(fault.sentence for fault in faults)
        raise error
    return delivery.sheets


def _read(
    config: Config,
    folder: Path,
    file: Path,
    schema: Schema,
    delivery: Delivery,
    *,
    hidden: bool = False,
) -> list[Refusal]:
    """Add the tables of a file to a delivery; returns what is wrong with it."""
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
        hidden=hidden,
        empty=True,
    )
    delivery.hidden += [(name, sheet) for sheet in tables_read[0].hidden if sheet not in GUIDES]
    faults = []
    for number, source in enumerate(tables_read):
        if source.sheet in GUIDES:
            continue
        if source.frame.empty:
            # An export of nothing, such as no planned workers this month, is no fault.
            delivery.emptied.append((name, source.sheet or ""))
            named, headers = _named(source, name), list(source.frame.columns)
            layout = recognise(headers, name=named, layouts=schema.layouts)
            delivery.empty |= set() if layout is None else {layout.name}
        elif mapped:
            missing = _missing_headers(mapped[0], source)
            if number == 0 and missing:
                lacks = "、".join(missing)
                where = (name, source.sheet or "")
                faults.append(Refusal.of("imports.mapping_misses", *where, columns=lacks))
            if number == 0 and not missing:
                delivery.sheets.append(DeliveredSheet.of(source, mapped[0], name, digest))
        else:
            fault = _add(source, name, digest, schema, delivery)
            faults += [] if fault is None else [fault]
    return faults


def _add(
    source: SourceTable, name: str, digest: str, schema: Schema, delivery: Delivery
) -> Refusal | None:
    """Add a table to a delivery as what it is recognised for; returns what is wrong with it."""
    source, layout, fault = _recognised(source, name, schema)
    if layout is None:
        return fault
    source, left = without_page_rows(source, _row_keys(source, layout))
    twin = _twin(delivery.sheets, source, layout)
    if twin is not None:
        delivery.twins.append((name, source.sheet or "", len(source.frame), twin))
        return fault
    delivery.left_out += [(name, source.sheet or "", one) for one in left]
    delivery.sheets.append(DeliveredSheet.of(source, layout, name, digest))
    return fault


def _twin(
    sheets: Sequence[DeliveredSheet], source: SourceTable, layout: Layout
) -> DeliveredSheet | None:
    """Return the sheet that holds the very same cells, None where there is none."""
    for sheet in sheets:
        alike = sheet.layout.name == layout.name and len(sheet.rows) == len(source.frame)
        if alike and sheet.table.frame.equals(source.frame):
            return sheet
    return None


def _recognised(
    source: SourceTable, name: str, schema: Schema
) -> tuple[SourceTable, Layout | None, Refusal | None]:
    """Return a table with the layout it is of; without one, None and what is wrong with it.

    Of a header of two lines the lower one counts where it tells more than both together.
    """
    where = _named(source, name)
    taken: list[tuple[int, SourceTable, Layout]] = []
    for table in (source, _lower_line(source)):
        headers = list(table.frame.columns)
        layout = recognise(headers, name=where, layouts=schema.layouts)
        if layout is not None:
            taken.append((len(bindings(layout, headers)), table, layout))
    if not taken:
        return source, None, _unrecognised(source, name, schema)
    _, table, layout = max(taken, key=lambda one: one[0])
    headers = list(table.frame.columns)
    other = better_likeness(headers, layout, schema.layouts, name=where)
    if other is not None:
        return source, None, _misnamed(source, name, other)
    return table, layout, None


def _row_keys(source: SourceTable, layout: Layout) -> list[str]:
    """Return the headers of the columns by which a sheet says whose a row is."""
    keys = layout.tables[0].key
    bound = bindings(layout, list(source.frame.columns))
    mine = [one for one in bound if one.table == layout.tables[0].name and one.column in keys]
    return [header for one in mine for header in one.headers if header in source.frame.columns]


def _lower_line(source: SourceTable) -> SourceTable:
    """Return the table under the lower line of a header of two lines, where each text is its own."""
    headers = list(source.frame.columns)
    lower = [header.rsplit("_", 1)[-1] for header in headers]
    counts = Counter(lower)
    named = [
        short if counts[short] == 1 and not short.isdigit() else header
        for header, short in zip(headers, lower, strict=True)
    ]
    return (
        source if named == headers else replace(source, frame=source.frame.set_axis(named, axis=1))
    )


def _named(source: SourceTable, name: str) -> str:
    """Return what a sheet calls itself: file, sheet, and the titles over its header."""
    titles = " ".join(cell for _, cells in source.above for cell in cells)[:_TITLES]
    return f"{name} {source.sheet or ''} {titles}"


def _unrecognised(source: SourceTable, name: str, schema: Schema) -> Refusal:
    headers: Sequence[str] = list(source.frame.columns)
    near = likeness(headers, schema.layouts, name=_named(source, name))
    if near is not None and near.renamed:
        return _misnamed(source, name, near)
    told = {"headers": "、".join(headers[:6])}
    if near is None:
        key = "imports.unlike" if source.header_row else "imports.no_header"
        return Refusal.of(key, name, source.sheet or "", **told)
    told["nearest"] = near.layout.title[default_language()]
    told["missing"] = "、".join(header for header, _ in near.missing)
    return Refusal.of("imports.unrecognised", name, source.sheet or "", **told)


def _misnamed(source: SourceTable, name: str, near: Likeness) -> Refusal:
    """Return the sentence for a sheet whose key headers are missing or have another name."""
    header, probably = next((pair for pair in near.missing if pair[1]), near.missing[0])
    return Refusal.of(
        "imports.renamed" if probably else "imports.without_key",
        name,
        source.sheet or "",
        title=near.layout.title[default_language()],
        known=near.known,
        header=header,
        probably=probably,
    )


def _missing_headers(layout: Layout, source: SourceTable) -> list[str]:
    assert layout.settings is not None
    there = {header_key(header) for header in source.frame.columns}
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
        filled = schema.tables[settings.table].columns
        told = {"number": number, "table": settings.table}
        for column in sorted(named - known_columns):
            near = nearest(column, known_columns)
            faults.append(
                SourceError("imports.no_column", column=column, near=near, **told).sentence()
            )
        for column in sorted(settings.constants.keys() & filled.keys()):
            try:
                place = f"guatu.toml [[source]] {number} constants"
                check_constant(place, filled[column], settings.constants[column])
            except ThemeError as fault:
                faults.append(fault.sentence())
        faults.extend(
            text("imports.no_unit", number=number, column=column, unit=unit)
            for column, unit in sorted(settings.units.items())
            if column in filled and unit_factor(unit, filled[column]) is None
        )
    return faults
