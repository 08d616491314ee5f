"""What each sheet of a delivery was taken for, and why: for the report, for the manifest, as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from geodata.errors import GuatuError
from geodata.i18n import text
from geodata.intake.amounts import unit_factor
from geodata.intake.delivery import DeliveredSheet
from geodata.intake.import_result import ImportResult
from geodata.intake.layouts import (
    HeaderBinding,
    area_headers,
    bindings,
    header_key,
    marks_of,
    month_headers,
    unknown_headers,
)
from geodata.intake.refusal import ImportRefused, Refusal, kind_of
from geodata.intake.statedmonths import statements

# How a header is used, in the order in which a sheet lists them.
USES = ("used", "area", "month", "measure", "ignored", "unknown", "refused")


def describe(sheet: DeliveredSheet) -> dict[str, Any]:
    """Return what a sheet was taken for.

    `taken_as` is the layout and `title` its names; `why` says what decided: `mapping` or `headers`,
    the headers that mark it, and the word of the name; `months` are the months it says it is of;
    `columns` has for each header its `use`, and the table and column it fills or the nearest known.
    """
    layout, headers = sheet.layout, list(sheet.table.frame.columns)
    word = next((word for word in layout.words if word in f"{sheet.file} {sheet.sheet}"), "")
    return {
        "file": sheet.file,
        "sheet": sheet.sheet,
        "taken_as": layout.name,
        "title": dict(layout.title),
        "why": {
            "by": "mapping" if layout.settings is not None else "headers",
            "headers": marks_of(layout, headers),
            "word": word,
        },
        "months": sorted({said.period for said in statements(sheet)}),
        "header_row": sheet.table.header_row,
        "rows_read": len(sheet.rows),
        "columns": _columns(sheet, headers),
    }


def _columns(sheet: DeliveredSheet, headers: Sequence[str]) -> list[dict[str, str]]:
    layout = sheet.layout
    filled = {each.name: each for each in layout.tables}
    bound: dict[str, HeaderBinding] = {}
    for binding in bindings(layout, headers):
        for header in binding.headers:
            bound.setdefault(header_key(header), binding)
    areas = set(area_headers(layout, headers).values())
    months = set(month_headers(layout, headers))
    measures = set(map(header_key, layout.measures))
    nearest = dict(unknown_headers(layout, headers))
    described = []
    for header in headers:
        entry = {"header": header, "use": "ignored", "table": "", "column": "", "nearest": ""}
        key = header_key(header)
        if key in bound:
            binding = bound[key]
            column = filled[binding.table].columns.get(binding.column)
            refused = column is not None and bool(
                binding.unit and unit_factor(binding.unit, column) is None
            )
            entry |= {"use": "refused" if refused else "used"}
            entry |= {"table": binding.table, "column": binding.column}
        elif header in areas:
            entry["use"] = "area"
        elif header in months:
            entry["use"] = "month"
        elif key in measures:
            entry["use"] = "measure"
        elif header in nearest:
            entry |= {"use": "unknown", "nearest": nearest[header]}
        described.append(entry)
    return described


def described_result(result: ImportResult, said: pd.DataFrame) -> dict[str, Any]:
    """Return an import as plain values for JSON; `said` are its issues with their sentences.

    Values of identity columns are masked in it as they are in the report.
    """
    about = {(sheet["file"], sheet["sheet"]): sheet for sheet in result.sheets}
    files = []
    for source in result.manifest.sources:
        sheet = about[(source.file, source.sheet)]
        files.append(
            {
                **{key: sheet[key] for key in ("file", "sheet", "taken_as", "title", "why")},
                "month": sheet["months"],
                "header_row": sheet["header_row"],
                "rows_read": source.rows,
                "rows_stored": source.stored,
                "rows_aside": source.set_aside,
                "columns": sheet["columns"],
            }
        )
    counts = result.issues["severity"].value_counts()
    return {
        "month": result.manifest.month,
        "stored": result.stored,
        "snapshot": result.manifest.snapshot,
        "files": files,
        "issues": _issues(said),
        "places": _open_places(result.places),
        "totals": {
            "rows_read": sum(source.rows for source in result.manifest.sources),
            "rows_stored": sum(source.stored for source in result.manifest.sources),
            "rows_aside": sum(source.set_aside for source in result.manifest.sources),
            "rows_refused": 0,
            **{name: int(counts.get(name, 0)) for name in ("error", "warning", "notice")},
        },
    }


def _open_places(ledger: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the areas of the files that are in no list: rows, and the nearest place with its code."""
    lost = ledger[ledger["outcome"] != "matched"]
    return [
        {
            "township": str(area["township"]),
            "name": str(area["village"]),
            "rows": int(area["rows"]),
            "proposal": str(area["proposal"]),
            "code": str(area["proposal"]).split()[-1] if area["proposal"] else "",
        }
        for area in lost.to_dict("records")
    ]


def _issues(said: pd.DataFrame) -> list[dict[str, Any]]:
    shown = said.astype(object).where(said.notna(), "")
    return [
        {
            "severity": row["severity"],
            "kind": row["check"],
            "file": row["file"],
            "sheet": row["sheet"],
            "row": int(row["row"]) if row["row"] != "" else None,
            "column": row["header"],
            "value": row["value"],
            "sentence": row["sentence"],
            "advice": row["advice"],
            "set_aside": bool(row["set_aside"]),
        }
        for row in shown.to_dict("records")
    ]


def why_text(sheet: Mapping[str, Any], lang: str | None = None) -> str:
    """Return in words why a sheet was taken for what it was."""
    why = sheet["why"]
    if why["by"] == "mapping":
        return text("report.why_mapping", lang)
    marks = "、".join(why["headers"])
    return text(
        "report.why_named" if why["word"] else "report.why", lang, headers=marks, word=why["word"]
    )


def columns_text(sheet: Mapping[str, Any], use: str) -> str:
    """Return the headers of a sheet that are used in one way, unknown ones with the nearest known."""
    columns = [column for column in sheet["columns"] if column["use"] == use]
    return "、".join(
        f"{column['header']}（{column['nearest']}?）" if column["nearest"] else column["header"]
        for column in columns
    )


def described_refusal(error: GuatuError, month: str) -> dict[str, Any]:
    """Return a refused import as plain values for JSON, in the structure of one that went through."""
    faults: tuple[Refusal, ...] = (Refusal(kind_of(error.key), error.sentence()),)
    sheets: list[dict[str, Any]] = []
    if isinstance(error, ImportRefused):
        faults, sheets = error.faults, [describe(sheet) for sheet in error.read]
    issues = [
        {"severity": "error", **asdict(fault), "advice": "", "set_aside": False} for fault in faults
    ]
    files = [_recognised(sheet) for sheet in sheets]
    named = {(sheet["file"], sheet["sheet"]) for sheet in sheets}
    for fault in faults:
        if fault.file and (fault.file, fault.sheet) not in named:
            named.add((fault.file, fault.sheet))
            files.append(_unknown(fault))
    rows = sum(int(file["rows_read"]) for file in files)
    return {
        "month": month,
        "stored": False,
        "snapshot": "",
        "files": files,
        "issues": issues,
        "places": [],
        "totals": {
            "rows_read": rows,
            "rows_stored": 0,
            "rows_aside": 0,
            "rows_refused": rows,
            "error": len(issues),
            "warning": 0,
            "notice": 0,
        },
    }


def _recognised(sheet: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told of a sheet that was read and not stored."""
    same = ("file", "sheet", "taken_as", "title", "why", "header_row", "rows_read", "columns")
    told = {key: sheet[key] for key in same}
    return {**told, "month": sheet["months"], "rows_stored": 0, "rows_aside": 0}


def _unknown(fault: Refusal) -> dict[str, Any]:
    """Return what is told of a file that was taken for nothing."""
    return {
        "file": fault.file,
        "sheet": fault.sheet,
        "taken_as": "",
        "title": {"zh": "", "en": ""},
        "why": {"by": "", "headers": [], "word": ""},
        "month": [],
        "header_row": 0,
        "rows_read": 0,
        "rows_stored": 0,
        "rows_aside": 0,
        "columns": [],
    }
