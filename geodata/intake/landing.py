"""Checked rows into a snapshot, and the figures of the delivery by feed and township."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from geodata.intake.aside import SetAside
from geodata.intake.combining import TableRows
from geodata.intake.delivery import DeliveredSheet
from geodata.intake.extracting import Part
from geodata.intake.packed import give_back
from geodata.intake.placing import PlaceList, Placer
from geodata.store import Manifest, SourceFile, new_snapshot, stored_columns
from geodata.store.entered import REPORTED
from geodata.store.known_months import EARLIER
from geodata.tables import table

_ARROW = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
}


def arrivals(parts: Sequence[Part], placer: Placer, households: pd.Series) -> pd.DataFrame:
    """Return one row for each row read: source, row and township ("" where it is unknown)."""
    arrived = []
    for part in parts:
        if not part.main or part.table == "place":
            continue
        frame = part.frame
        place = frame.get("place_code", pd.Series(index=frame.index, dtype="str")).astype("str")
        if "household_code" in frame.columns:
            place = place.where(place.notna(), frame["household_code"].map(households))
        township = place.str[:9].fillna("")
        if "area_township" in frame.columns:
            township = township.where(township != "", placer.townships(frame["area_township"]))
        arrived.append(
            pd.DataFrame(
                {"sheet_number": frame["sheet_number"], "row": frame["row"], "township": township}
            )
        )
    columns = {"sheet_number": "int64", "row": "int64", "township": "str"}
    none = pd.DataFrame(columns=list(columns))
    rows = pd.concat([none, *arrived], ignore_index=True).astype(columns)
    return rows.assign(township=rows["township"].where(rows["township"].str.len() == 9, ""))


@dataclass(frozen=True)
class Landing:
    """All that is to be stored, before it is."""

    sheets: Sequence[DeliveredSheet]
    aside: SetAside
    tables: Mapping[str, TableRows]
    arrived: pd.DataFrame
    month: str

    def feeds(self) -> dict[str, dict[str, int]]:
        """Return rows read by feed (layout) and township."""
        layouts = self.arrived["sheet_number"].map(
            dict(enumerate(s.layout.name for s in self.sheets))
        )
        counts = self.arrived.groupby([layouts.rename("feed"), "township"]).size()
        feeds: dict[str, dict[str, int]] = {}
        for at, count in enumerate(counts):
            feed, township = counts.index[at]
            feeds.setdefault(str(feed), {})[str(township)] = int(count)
        return feeds

    def rows_by_township(self) -> pd.Series:
        """Return rows read by township."""
        return self.arrived.groupby("township").size()

    def households_by_township(self) -> pd.Series:
        """Return households stored by township."""
        if "household" not in self.tables:
            return pd.Series(dtype="int64")
        return self.tables["household"].frame["place_code"].str[:9].value_counts()

    def sources(self) -> tuple[SourceFile, ...]:
        """Return what became of each sheet's rows."""
        described = []
        for number, sheet in enumerate(self.sheets):
            rows, lost = len(sheet.rows), self.aside.count(number)
            described.append(
                SourceFile(
                    file=sheet.file,
                    sheet=sheet.sheet,
                    layout=sheet.layout.name,
                    sha256=sheet.sha256,
                    rows=rows,
                    stored=rows - lost,
                    set_aside=lost,
                )
            )
        return tuple(described)

    def completed(self, issues: pd.DataFrame) -> pd.DataFrame:
        """Return issues with the township of their row, and whether their row was set aside."""
        names = {number: (sheet.file, sheet.sheet) for number, sheet in enumerate(self.sheets)}
        known = self.arrived.assign(
            file=self.arrived["sheet_number"].map(lambda number: names[number][0]),
            sheet=self.arrived["sheet_number"].map(lambda number: names[number][1]),
        ).drop_duplicates(["file", "sheet", "row"])
        merged = issues.merge(
            known.drop(columns="sheet_number"), on=["file", "sheet", "row"], how="left"
        )
        place = issues["place_code"].reset_index(drop=True)
        lost = self.aside.marks(self.sheets)
        rows = pd.MultiIndex.from_frame(issues[["file", "sheet", "row"]].fillna({"row": 0}))
        gone = rows.isin(lost) & (issues["severity"] == "error").to_numpy()
        return issues.assign(
            place_code=place.where(place.notna() & (place != ""), merged["township"]).to_numpy(),
            set_aside=issues["set_aside"].to_numpy() | gone,
        )


def land(
    store: Path,
    landing: Landing,
    frames: Mapping[str, pd.DataFrame],
    *,
    places: PlaceList,
    who: str,
    at: str,
    facts: Mapping[str, Any],
) -> Manifest:
    """Write everything into a new snapshot and let its month show it; returns the manifest.

    `frames` are findings stored beside the tables (issues, ledger of places).
    """
    with new_snapshot(store, landing.month) as writer:
        for name, rows in sorted(landing.tables.items()):
            if name == "place":
                continue
            # A file without a row says that there was nothing: that is known, too.
            if "month" not in rows.table.columns and rows.table.nature == "events":
                writer.note_months(name, [EARLIER, landing.month])
            if rows.frame.empty:
                continue
            give_back()
            sealed = [column.name for column in rows.table.columns.values() if column.sealed]
            sort = ["place_code", *rows.table.key]
            writer.write_table(name, as_arrow(rows, landing.month), sort=sort, sealed=sealed)
            if "month" in rows.table.columns:
                writer.note_months(name, sorted(rows.frame["month"].unique()))
        writer.write_table("place", _places(places, landing.month), sort=["place_code"])
        for name, frame in frames.items():
            writer.write_table(name, _findings(frame))
        writer.write_table("set_aside", landing.aside.rows(landing.sheets), sealed=["cells"])
        return writer.commit(who=who, at=at, sources=landing.sources(), facts=facts)


def _findings(frame: pd.DataFrame) -> pa.Table:
    """Return a frame of findings for storing; a column without any value is text."""
    rows = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
    for place, column in enumerate(rows.schema):
        if pa.types.is_null(column.type) or pa.types.is_large_string(column.type):
            text = pa.field(column.name, pa.string())
            rows = rows.set_column(place, text, rows.column(place).cast(pa.string()))
    return rows


def as_arrow(rows: TableRows, month: str) -> pa.Table:
    """Return the rows of a table as they are stored, with the month that brought them."""
    schema = pa.schema([(name, _ARROW[kind]) for name, kind in stored_columns(rows.table).items()])
    frame = rows.frame.assign(**{REPORTED: month})
    return pa.Table.from_pandas(
        frame[schema.names], schema=schema, preserve_index=False
    ).replace_schema_metadata()


def _places(places: PlaceList, month: str) -> pa.Table:
    """Return the list of places as the table of places, whatever it came from."""
    frame = places.frame.reset_index(names="place_code").assign(**{REPORTED: month})
    frame["aliases"] = frame["aliases"].replace("", np.nan)
    columns = stored_columns(table("place"))
    schema = pa.schema([(name, _ARROW[kind]) for name, kind in columns.items()])
    frame = frame.reindex(columns=schema.names).astype("str")
    return pa.Table.from_pandas(
        frame, schema=schema, preserve_index=False
    ).replace_schema_metadata()
