"""One sheet as typed rows of its tables, with the file row of each and the faults of its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from geodata import periods
from geodata.intake.amounts import unit_factor
from geodata.intake.converting import MISSING, Converted, Reading, convert
from geodata.intake.delivery import DeliveredSheet
from geodata.intake.issues import Issues
from geodata.intake.layouts import (
    HOUSEHOLD,
    NUMBERS,
    HeaderBinding,
    area_headers,
    bindings,
    header_key,
    unknown_headers,
)
from geodata.intake.placing import AREA
from geodata.intake.results import measured_columns, read_results, refused
from geodata.tables import Column, Table, table

_WHERE = ("sheet_number", "row", "place_code", HOUSEHOLD, "area_township")


@dataclass(frozen=True)
class Part:
    """The rows one sheet gives one table.

    `frame` has the columns the sheet fills, the area columns, `source` (number of the sheet) and
    `row` (1-based row in the file); `headers` says under which header a column stands in the file.
    """

    entry: Table
    frame: pd.DataFrame
    headers: Mapping[str, str]
    main: bool

    @property
    def table(self) -> str:
        """Return the name of the table."""
        return self.entry.name

    def slim(self) -> Part:
        """Return the part with what says where its rows are and whom they are about, alone."""
        kept = [name for name in _WHERE if name in self.frame.columns]
        return Part(self.entry, self.frame[kept], self.headers, self.main)


def extract(sheet: DeliveredSheet, number: int, *, month: str, issues: Issues) -> list[Part]:
    """Return the parts of a sheet; what is wrong with its cells goes to `issues`."""
    headers = list(sheet.table.frame.columns)
    bound = bindings(sheet.layout, headers)
    areas = _areas(sheet, headers)
    _report_unknown_headers(sheet, headers, issues)
    parts = []
    for position, entry in enumerate(sheet.layout.tables):
        mine = [binding for binding in bound if binding.table == entry.name]
        part = _part(sheet, number, entry, mine, month=month, issues=issues, main=position == 0)
        named = {**_area_names(sheet, headers), **part.headers}
        parts.append(Part(entry, pd.concat([part.frame, areas], axis=1), named, part.main))
    measures = _measures(sheet, number, areas)
    return [*parts, measures] if measures is not None else parts


def _part(
    sheet: DeliveredSheet,
    number: int,
    entry: Table,
    bound: Iterable[HeaderBinding],
    *,
    month: str,
    issues: Issues,
    main: bool,
) -> Part:
    frame = sheet.table.frame
    columns: dict[str, pd.Series] = {}
    headers: dict[str, str] = {}
    first = {
        name
        for b in bindings(sheet.layout, list(frame.columns))
        if b.table == sheet.layout.tables[0].name
        for name in b.headers
    }
    bound = tuple(bound)
    shared = [binding for binding in bound if set(binding.headers) & first]
    for binding in bound:
        column = entry.column(binding.column)
        header = _there(frame, binding.headers)
        if column.kind in NUMBERS and binding.unit and unit_factor(binding.unit, column) is None:
            _report_unit(sheet, header[0], binding.unit, issues)
            continue
        headers[column.name] = "、".join(header)
        converted = _converted(sheet, column, header, month, binding.unit)
        columns[column.name] = converted.values
        # A header that two tables share is reported once, with the first of them.
        if main or binding not in shared:
            _report(sheet, entry, column, headers[column.name], converted, issues)
    columns |= _results(sheet, entry, bound, columns, headers, issues)
    for name, value in sheet.layout.constants.items():
        if name in entry.columns and name not in columns:
            columns[name] = _constant(entry.column(name), value, frame.index)
    rows = pd.DataFrame(columns, index=frame.index)
    rows["sheet_number"] = number
    rows["row"] = sheet.table.rows
    return Part(entry, rows, headers, main)


def _results(
    sheet: DeliveredSheet,
    entry: Table,
    bound: Iterable[HeaderBinding],
    columns: Mapping[str, pd.Series],
    headers: dict[str, str],
    issues: Issues,
) -> dict[str, pd.Series]:
    """Return the numbers that texts of results say, and these texts without what is no result.

    The headers of the texts become those of the numbers; faults of the texts go to `issues`.
    """
    units = {binding.column: binding.unit for binding in bound}
    filled: dict[str, pd.Series] = {}
    for measured in measured_columns(entry):
        if not {measured.text.name, measured.item.name} <= columns.keys():
            continue
        text, header = measured.text.name, headers[measured.text.name]
        read = read_results(
            columns[text], columns[measured.item.name], measured, units.get(text, "")
        )
        _report(sheet, entry, measured.text, header, Converted(read.values, read.faults), issues)
        headers[measured.number.name] = header
        filled |= {text: columns[text].mask(refused(read)), measured.number.name: read.values}
        if measured.censored is not None:
            filled[measured.censored.name] = read.censored
        if measured.limit is not None:
            given = columns.get(measured.limit.name, read.limits)
            filled[measured.limit.name] = given.where(given.notna(), read.limits)
    return filled


def _report_unit(sheet: DeliveredSheet, header: str, unit: str, issues: Issues) -> None:
    """Report a column in a unit that is not understood; nothing of it is read."""
    filled = int((~sheet.table.frame[header].isin(MISSING)).sum())
    row = pd.DataFrame({"row": [sheet.table.header_row or None], "value": [unit]})
    issues.add("unknown_unit", row, sheet, header=header, detail=str(filled))


def _converted(
    sheet: DeliveredSheet, column: Column, headers: list[str], month: str, unit: str = ""
) -> Converted:
    frame = sheet.table.frame
    texts = frame[headers[0]]
    for header in headers[1:]:
        texts = texts + "-" + frame[header]
    converted = convert(texts, column, _reading(sheet, column, unit))
    if not column.past or column.kind not in ("month", "day"):
        return converted
    values = converted.values
    if column.kind == "month":
        late = (values > month).fillna(False).to_numpy(bool)
    else:
        limit = pd.Timestamp(periods.last_day(month)).date()
        late = (values > limit).fillna(False).to_numpy(bool)
    if not late.any():
        return converted
    return Converted(values.mask(late), {**converted.faults, f"future_{column.kind}": late})


def _reading(sheet: DeliveredSheet, column: Column, unit: str) -> Reading:
    settings = sheet.layout.settings
    if settings is None:
        return Reading(factor=(unit_factor(unit, column) or 1.0) if unit else 1.0)
    unit = settings.units.get(column.name, "")
    return Reading(
        missing=MISSING | frozenset(settings.missing),
        factor=(unit_factor(unit, column) or 1.0) if unit else 1.0,
        dates=settings.dates,
        values={**settings.values[column.name], **dict.fromkeys({"", *settings.missing})}
        if column.name in settings.values
        else {},
    )


def _report(
    sheet: DeliveredSheet,
    entry: Table,
    column: Column,
    header: str,
    converted: Converted,
    issues: Issues,
) -> None:
    frame = sheet.table.frame
    shown, household = header.split("、")[0], _household_header(sheet)
    for check, wrong in converted.faults.items():
        codes = frame.loc[wrong]
        rows = pd.DataFrame({"row": sheet.table.rows[wrong], "value": codes[shown].to_numpy()})
        if household:
            rows["household_code"] = codes[household].to_numpy()
        issues.add(check, rows, sheet, header=shown, table=entry.name, column=column.name)


def _household_header(sheet: DeliveredSheet) -> str:
    """Return under which header the sheet gives the household of a row, "" when it gives none."""
    headers = list(sheet.table.frame.columns)
    coded = [b for b in bindings(sheet.layout, headers) if b.column == HOUSEHOLD]
    return _there(sheet.table.frame, coded[0].headers)[0] if coded else ""


def _constant(column: Column, value: object, index: pd.Index) -> pd.Series:
    converted = convert(pd.Series([str(value)], dtype="str"), column).values
    return converted.take([0] * len(index)).set_axis(index)


def _there(frame: pd.DataFrame, wanted: tuple[str, ...]) -> list[str]:
    """Return the headers of the frame that a mapping means, whatever their width and case."""
    keys = {header_key(header): header for header in reversed(list(frame.columns))}
    return [header if header in frame.columns else keys[header_key(header)] for header in wanted]


def _areas(sheet: DeliveredSheet, headers: list[str]) -> pd.DataFrame:
    frame = sheet.table.frame
    by_level = area_headers(sheet.layout, headers)
    return pd.DataFrame(
        {
            name: frame[_there(frame, (by_level[level],))[0]] if level in by_level else ""
            for name, level in zip(AREA, ("county", "township", "village"), strict=True)
        },
        index=frame.index,
    )


def _area_names(sheet: DeliveredSheet, headers: list[str]) -> dict[str, str]:
    """Return the headers of the area columns under the names of those columns."""
    by_level = area_headers(sheet.layout, headers)
    return {f"area_{level}": header for level, header in by_level.items()}


def _report_unknown_headers(sheet: DeliveredSheet, headers: list[str], issues: Issues) -> None:
    unknown = []
    for header, near in unknown_headers(sheet.layout, headers):
        base, _, number = header.rpartition("_")
        if base == "column" and number.isdigit():
            _report_blank(sheet, header, int(number), issues)
        elif base in headers and number.isdigit():
            _report_doubled(sheet, base, header, xl_col_to_name(headers.index(header)), issues)
        else:
            unknown.append((header, near))
    rows = pd.DataFrame(
        {
            "header": [header for header, _ in unknown],
            "value": [header for header, _ in unknown],
            "detail": [near or "—" for _, near in unknown],
        }
    )
    # A header is no personal value; `column` names none, so nothing of it needs to be masked.
    issues.add("unknown_header", rows, sheet, row=sheet.table.header_row or None)


def _report_blank(sheet: DeliveredSheet, header: str, number: int, issues: Issues) -> None:
    """Report a column that is filled and has no header, by its letters; `number` counts from 1."""
    filled = int((~sheet.table.frame[header].isin(MISSING)).sum())
    if filled:
        letters = xl_col_to_name(number - 1)
        row = pd.DataFrame({"row": [sheet.table.header_row or None], "value": [letters]})
        issues.add("blank_header", row, sheet, header=letters, detail=str(filled))


def _report_doubled(
    sheet: DeliveredSheet, header: str, second: str, letters: str, issues: Issues
) -> None:
    """Report a header that comes twice where the second column says otherwise."""
    frame = sheet.table.frame
    differs = int(((frame[header] != frame[second]) & (frame[second] != "")).sum())
    if differs:
        row = pd.DataFrame({"row": [sheet.table.header_row or None], "value": [str(differs)]})
        issues.add("doubled_header", row, sheet, header=header, detail=letters)


def _measures(sheet: DeliveredSheet, number: int, areas: pd.DataFrame) -> Part | None:
    """Return one measure for each filled cell under a header that names a kind of measure."""
    frame = sheet.table.frame
    kinds = {header_key(header): kind for header, kind in sheet.layout.measures.items()}
    columns = [header for header in frame.columns if header_key(header) in kinds]
    household = _household_header(sheet)
    if not columns or not household:
        return None
    codes = convert(frame[household], table("measure").column(HOUSEHOLD)).values
    rows = []
    for header in columns:
        # 否 and 无 say that there is no measure; they are answers, not missing values.
        filled = ~frame[header].isin(MISSING | {"无", "否"})
        part = pd.DataFrame({HOUSEHOLD: codes[filled]})
        part["kind"] = kinds[header_key(header)]
        part["detail"] = frame.loc[filled, header]
        part["row"] = sheet.table.rows[filled.to_numpy()]
        rows.append(pd.concat([part, areas[filled]], axis=1))
    measures = pd.concat(rows, ignore_index=True)
    measures["sheet_number"] = np.full(len(measures), number)
    return Part(table("measure"), measures, {HOUSEHOLD: household}, False)
