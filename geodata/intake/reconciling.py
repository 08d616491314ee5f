"""机账卡实: two sources about the same households compared field by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import xlsxwriter

from geodata import i18n
from geodata.config import Config
from geodata.errors import SourceError
from geodata.escaping import cell_text, plain_text
from geodata.intake.converting import pandas_type
from geodata.intake.delivery import recognised_sheets
from geodata.intake.extracting import extract
from geodata.intake.issues import Issues, masked
from geodata.intake.layouts import header_key
from geodata.intake.placing import area_texts
from geodata.intake.schema import Schema
from geodata.intake.showing import shown_value
from geodata.store import SnapshotStore
from geodata.store.embedded import DuckDBEngine
from geodata.store.encryption import seals_of
from geodata.store.months import add_month
from geodata.tables import Column, table

_NEVER_COMPARED = frozenset({"household_code", "place_code", "natural_village"})
DIFFERENCE_COLUMNS = ("township", "household_code", "field", "kind", "a", "b", "row_a", "row_b")


@dataclass(frozen=True)
class HouseholdSource:
    """One source: values by household code (index) under field names, township and file row.

    `columns` describes the fields that a table of ours has; other fields are compared as text.
    """

    name: str
    frame: pd.DataFrame
    columns: dict[str, Column]


@dataclass(frozen=True)
class Reconciliation:
    """The comparison of two sources.

    `differences` has one row for each household and field that differs, `only_a` and `only_b` for
    households one side lacks. `fields` counts by field, `townships` by township and field:
    compared (both sides known), differing and unknown (one side or both not known).
    """

    a: str
    b: str
    differences: pd.DataFrame
    fields: pd.DataFrame
    townships: pd.DataFrame
    both: int
    only_a: int
    only_b: int


def read_households(
    source: str, *, config: Config | None = None, schema: Schema | None = None
) -> HouseholdSource:
    """Return one source: a file with households, or a month of the workspace's snapshots.

    Raises SourceError when the file has no column of household codes.
    """
    if (
        config is not None
        and not Path(source).exists()
        and source in SnapshotStore(config.store).months()
    ):
        return _from_month(source, config)
    return _from_file(Path(source), config, schema or Schema())


def reconcile(a: HouseholdSource, b: HouseholdSource, fields: Sequence[str] = ()) -> Reconciliation:
    """Return the differences between two sources.

    `fields` are column names or headers; without them all fields that both have are compared.
    Raises SourceError for a field that a side does not have.
    """
    wanted = [_field(a, b, name) for name in fields] or _common(a, b)
    both = a.frame.index.intersection(b.frame.index)
    townships = _townships(a, b)
    parts, counts = [], []
    for field in wanted:
        ours, theirs = _values(a, field, both), _values(b, field, both)
        known = (ours.notna() & theirs.notna()).to_numpy()
        differs = known & (ours != theirs).fillna(False).to_numpy(bool)
        rows = pd.DataFrame({"compared": known, "differing": differs, "unknown": ~known})
        rows["township"] = townships.reindex(both).to_numpy()
        counts.append(
            rows.groupby("township").sum().reset_index().assign(field=_label(a, b, field))
        )
        parts.append(_differences(a, b, field, both[differs], townships))
    parts += [_absent(a, b, townships, "only_a"), _absent(b, a, townships, "only_b")]
    per_township = pd.concat(counts, ignore_index=True)
    differences = pd.concat(parts, ignore_index=True)
    order = ["township", "household_code", "field"]
    return Reconciliation(
        a=a.name,
        b=b.name,
        differences=differences.sort_values(order, kind="stable").reset_index(drop=True),
        fields=per_township.groupby("field", sort=False)[["compared", "differing", "unknown"]]
        .sum()
        .reset_index(),
        townships=per_township[["township", "field", "compared", "differing", "unknown"]],
        both=len(both),
        only_a=len(a.frame.index.difference(b.frame.index)),
        only_b=len(b.frame.index.difference(a.frame.index)),
    )


def write_reconciliation(file: Path, result: Reconciliation, *, lang: str | None = None) -> None:
    """Write differences and counts as a workbook with one sheet each."""
    sheets = {
        "differences": result.differences.assign(
            kind=result.differences["kind"].map(lambda kind: i18n.text(f"reconcile.{kind}", lang))
        ),
        "townships": result.townships,
        "fields": result.fields,
    }
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#EEF1F4"})
        for key, frame in sheets.items():
            page = book.add_worksheet(i18n.text(f"reconcile.sheet_{key}", lang))
            for place, name in enumerate(frame.columns):
                title = i18n.text(f"reconcile.column_{name}", lang, a=result.a, b=result.b)
                page.set_column(place, place, 20)
                page.write_string(0, place, title, head)
            # Cell by cell, because the writer keeps only one row in memory.
            for number, row in enumerate(frame.itertuples(index=False), 1):
                for place, value in enumerate(row):
                    if isinstance(value, str):
                        page.write_string(number, place, cell_text(plain_text(value)))
                    elif not pd.isna(value):
                        page.write_number(number, place, float(value))


def _from_month(month: str, config: Config) -> HouseholdSource:
    columns: dict[str, Column] = {}
    frames = []
    with DuckDBEngine() as engine:
        add_month(engine, SnapshotStore(config.store), month, names=["household", "place"])
        frame = engine.frame("SELECT * FROM household").set_index("household_code")
        sealed = (column.name for column in table("household").columns.values() if column.sealed)
        frame = seals_of(config.store).opened_frame(frame, sealed)
        names = engine.frame("SELECT place_code, name FROM place").set_index("place_code")["name"]
        frames.append(frame.drop(columns="reported_month"))
    columns.update(table("household").columns)
    frame = pd.concat(frames, axis=1)
    codes = frame["place_code"].str[:9]
    townships = codes.map(names).astype("str")
    return HouseholdSource(
        month,
        frame.assign(
            township=townships.where(townships.notna(), codes), row=pd.Series(pd.NA, frame.index)
        ),
        columns,
    )


def _from_file(file: Path, config: Config | None, schema: Schema) -> HouseholdSource:
    sheets = recognised_sheets(file, config, schema)
    for sheet in sheets:
        for part in extract(sheet, 0, month="9999-12", issues=Issues(schema.tables)):
            if "household_code" not in part.frame.columns or part.table == "measure":
                continue
            if part.table != "household" and len(sheet.layout.tables) > 1:
                continue
            frame = part.frame[part.frame["household_code"].notna()]
            texts = sheet.table.frame.loc[frame.index]
            known = set(part.headers.values())
            extra = texts[[header for header in texts.columns if header not in known]]
            frame = pd.concat([frame, extra.where(extra != "")], axis=1)
            frame["township"] = area_texts(frame)["area_township"]
            frame = frame.drop(
                columns=[c for c in frame.columns if str(c).startswith("area_")] + ["sheet_number"]
            )
            return HouseholdSource(
                file.name,
                frame.groupby("household_code").first(),
                dict(part.entry.columns),
            )
    raise SourceError("reconcile.no_households", file=file.name)


def _field(a: HouseholdSource, b: HouseholdSource, name: str) -> str:
    """Return the field that a name or header means on both sides."""
    for source in (a, b):
        for column in source.columns.values():
            names = {header_key(text) for text in (column.name, *column.source_names)}
            if header_key(name) in names and column.name in a.frame and column.name in b.frame:
                return column.name
    texts = {header_key(str(column)): str(column) for column in a.frame.columns}
    there = {header_key(str(column)) for column in b.frame.columns}
    if header_key(name) in texts and header_key(name) in there:
        return texts[header_key(name)]
    common = "、".join(_label(a, b, field) for field in _common(a, b)[:12])
    raise SourceError("reconcile.no_field", field=name, common=common)


def _common(a: HouseholdSource, b: HouseholdSource) -> list[str]:
    skipped = _NEVER_COMPARED | {"township", "row"}
    common = [name for name in a.frame.columns if name in b.frame.columns and name not in skipped]
    return [name for name in common if a.frame[name].notna().any() and b.frame[name].notna().any()]


def _values(source: HouseholdSource, field: str, keys: pd.Index) -> pd.Series:
    values = source.frame.loc[keys, field]
    column = source.columns.get(field)
    series: pd.Series = values.astype("str" if column is None else pandas_type(column))
    return series


def _townships(a: HouseholdSource, b: HouseholdSource) -> pd.Series:
    ours, theirs = a.frame["township"].astype("str"), b.frame["township"].astype("str")
    ours = ours.where(ours != "").dropna()
    names = pd.concat([ours, theirs[~theirs.index.isin(ours.index)]])
    return names.reindex(a.frame.index.union(b.frame.index)).fillna("")


def _differences(
    a: HouseholdSource, b: HouseholdSource, field: str, keys: pd.Index, townships: pd.Series
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "township": townships.reindex(keys).to_numpy(),
            "household_code": keys,
            "field": _label(a, b, field),
            "kind": "differs",
            "a": _shown(a, b, field, a.frame.loc[keys, field]),
            "b": _shown(a, b, field, b.frame.loc[keys, field]),
            "row_a": a.frame.loc[keys, "row"].to_numpy(),
            "row_b": b.frame.loc[keys, "row"].to_numpy(),
        },
        columns=list(DIFFERENCE_COLUMNS),
    )


def _absent(
    source: HouseholdSource, other: HouseholdSource, townships: pd.Series, kind: str
) -> pd.DataFrame:
    keys = source.frame.index.difference(other.frame.index)
    rows = pd.DataFrame(
        {"household_code": keys, "kind": kind, "township": townships.reindex(keys).to_numpy()}
    )
    rows["row_a" if kind == "only_a" else "row_b"] = source.frame.loc[keys, "row"].to_numpy()
    return rows.reindex(columns=list(DIFFERENCE_COLUMNS))


def _shown(a: HouseholdSource, b: HouseholdSource, field: str, values: pd.Series) -> list[str]:
    column = a.columns.get(field) or b.columns.get(field)
    if column is None:
        return [plain_text(value) for value in values]
    if column.identifies:
        return masked([str(value) for value in values])
    return [shown_value(column, value) for value in values]


def _label(a: HouseholdSource, b: HouseholdSource, field: str) -> str:
    column = a.columns.get(field) or b.columns.get(field)
    return column.title["zh"] if column else field
