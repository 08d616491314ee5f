"""Where the list of places comes from: the delivery, an earlier month, the boundaries, the files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from geodata.config import Config
from geodata.errors import SourceError
from geodata.intake.extracting import Part
from geodata.intake.known import Known
from geodata.intake.placing import AREA, PlaceList, assigned_places, place_list
from geodata.tables import table

_BOUNDARY_FILES = ("*.shp", "*.gpkg", "*.geojson", "*.zip")


def find_places(config: Config, parts: Sequence[Part], known: Known) -> PlaceList:
    """Return the list of places for an import.

    Taken are, in this order, a table of places among the files, the list of the latest snapshot,
    the boundaries of the workspace; with `assign` in [places] areas of the files are added to it.
    Raises SourceError when there is no list.
    """
    listed, origin = _listed(config, parts, known)
    if config.places.assign:
        areas = [
            part.frame.reindex(columns=["place_code", *AREA])
            for part in parts
            if part.table != "place" and part.main
        ]
        base = listed if listed is not None else pd.DataFrame(columns=["place_code", "name"])
        listed = assigned_places(pd.concat(areas, ignore_index=True), base, config.county.code)
        origin = origin or "files"
    if listed is None or listed.empty:
        raise SourceError("imports.no_places", folder=str(config.folder / "boundaries"))
    return place_list(_with_columns(listed), origin)


def _listed(config: Config, parts: Sequence[Part], known: Known) -> tuple[pd.DataFrame | None, str]:
    delivered = [part.frame for part in parts if part.table == "place"]
    if delivered:
        frame = pd.concat(delivered, ignore_index=True)
        return frame[frame["place_code"].notna() & frame["name"].notna()], "delivery"
    if known.places is not None and len(known.places):
        return known.places, "snapshot"
    file = _boundary_file(config)
    return (_from_boundaries(config, file), "boundaries") if file else (None, "")


def _boundary_file(config: Config) -> Path | None:
    if config.boundaries.file:
        return config.folder / config.boundaries.file
    folder = config.folder / "boundaries"
    files = [file for pattern in _BOUNDARY_FILES for file in sorted(folder.glob(pattern))]
    return files[0] if files else None


def _from_boundaries(config: Config, file: Path) -> pd.DataFrame:
    """Return the places of the boundaries: villages by code, upper levels by name where named."""
    from geodata.boundaries.hierarchy import place_tree
    from geodata.boundaries.read import read_boundaries

    settings = config.boundaries
    boundaries = read_boundaries(file, encoding=settings.encoding or None, crs=settings.crs or None)
    frame = pd.DataFrame(boundaries.frame.drop(columns=boundaries.frame.geometry.name)).astype(
        "str"
    )
    code = settings.code or _code_column(frame)
    if code is None:
        raise SourceError(
            "imports.no_code_column", file=file.name, columns="、".join(frame.columns)
        )
    village = settings.name or _village_column(frame.drop(columns=code))
    township = _township_column(frame.drop(columns=code))
    tree = place_tree(boundaries, code=code)
    places = tree.places.reset_index(names="place_code").reindex(columns=["place_code", "level"])
    names = dict(zip(frame[code], frame[village], strict=True)) if village else {}
    if township:
        names |= dict(zip(frame[code].str[:9], frame[township], strict=True))
    names[config.county.code] = config.county.name
    shown = places["place_code"].map(names)
    return places.assign(name=shown.where(shown.notna(), places["place_code"]))


def _code_column(frame: pd.DataFrame) -> str | None:
    """Return the column that holds a different 12-digit code in most rows."""
    shares = {
        name: texts.str.fullmatch(r"\d{12}").fillna(False).mean() * texts.nunique() / len(texts)
        for name, texts in frame.items()
    }
    best = max(shares, key=lambda name: shares[name], default=None)
    return str(best) if best is not None and shares[best] > 0.5 else None


def _village_column(frame: pd.DataFrame) -> str | None:
    """Return the column of names that repeats least."""
    named = {name: texts.nunique() for name, texts in frame.items() if _is_named(texts)}
    return str(max(named, key=lambda name: named[name])) if named else None


def _township_column(frame: pd.DataFrame) -> str | None:
    """Return the column most of whose names end like a township's."""
    shares = {
        name: texts.str.contains(r"(?:乡|镇|街道|苏木|办事处)$").fillna(False).mean()
        for name, texts in frame.items()
        if _is_named(texts)
    }
    best = max(shares, key=lambda name: shares[name], default=None)
    return str(best) if best is not None and shares[best] > 0.5 else None


def _is_named(texts: pd.Series) -> bool:
    return bool(texts.str.contains(r"[^\W\d_]").fillna(False).mean() > 0.9)


def _with_columns(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.reindex(columns=list(table("place").columns))
