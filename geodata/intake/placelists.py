"""Where the list of places comes from: the delivery, an earlier month, the boundaries, the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from geodata.config import Config
from geodata.errors import SourceError
from geodata.intake.extracting import Part
from geodata.intake.known import Known
from geodata.intake.placefile import read_layer, read_places_file
from geodata.intake.placing import (
    AREA,
    WITHOUT_CODE,
    PlaceList,
    Placer,
    assigned_places,
    place_list,
)
from geodata.tables import table

_BOUNDARY_FILES = ("*.shp", "*.gpkg", "*.geojson", "*.zip")


def find_places(config: Config, parts: Sequence[Part], known: Known) -> PlaceList:
    """Return the list of places for an import.

    Taken are, in this order, places.csv of the workspace with what the others add to it, a table of
    places among the files, the list of the latest snapshot, the boundaries of the workspace; with
    `assign` in [places] areas of the files that none of them has are added. Raises SourceError when
    there is no list.
    """
    settled = read_places_file(config.folder)
    listed, origin = _listed(config, parts, known, settled)
    if config.places.assign:
        areas = [
            part.frame.reindex(columns=["place_code", *AREA])
            for part in parts
            if part.table != "place" and part.main
        ]
        base = listed if listed is not None else pd.DataFrame(columns=["place_code", "name"])
        wanted = _unlisted(pd.concat(areas, ignore_index=True), base, config)
        listed = assigned_places(wanted, base, config.county.code)
        origin = origin or "files"
    if listed is None or listed.empty:
        raise SourceError("imports.no_places", folder=str(config.folder / "boundaries"))
    return place_list(_with_columns(listed), origin, own=own_codes(settled))


def _unlisted(areas: pd.DataFrame, listed: pd.DataFrame, config: Config) -> pd.DataFrame:
    """Return the areas that a list does not have by code or name, under its names of townships."""
    if listed.empty:
        return areas
    own = own_codes(read_places_file(config.folder))
    placer = Placer(place_list(_with_columns(listed), "", own=own), config.places)
    lost = areas[placer.place(areas, counted=False) == ""]
    townships = lost[AREA[1]].astype("str").fillna("")
    names = placer.townships(townships).map(placer.places.names("township"))
    return lost.assign(**{AREA[1]: names.where(names.notna(), townships)})


def _listed(
    config: Config, parts: Sequence[Part], known: Known, settled: pd.DataFrame | None
) -> tuple[pd.DataFrame | None, str]:
    delivered = [part.frame for part in parts if part.table == "place"]
    lists: list[tuple[pd.DataFrame, str]] = []
    if settled is not None:
        lists.append((settled.drop(columns="boundary"), "settled"))
    if delivered:
        frame = pd.concat(delivered, ignore_index=True)
        lists.append((frame[frame["place_code"].notna() & frame["name"].notna()], "delivery"))
    elif known.places is not None and len(known.places):
        lists.append((known.places, "snapshot"))
    if not lists:
        file = _boundary_file(config)
        return (_from_boundaries(config, file), "boundaries") if file else (None, "")
    first, origin = lists[0]
    # Earlier months may have had another code of the county: their places are none of this list.
    county = config.county.code or WITHOUT_CODE
    inside = [
        more[more["place_code"].astype("str").str.startswith(county)] for more, _ in lists[1:]
    ]
    return pd.concat([first, *inside]).drop_duplicates("place_code", ignore_index=True), origin


def own_codes(settled: pd.DataFrame | None) -> dict[str, str]:
    """Return the place code of each code that the boundaries have of their own."""
    if settled is None:
        return {}
    pairs = zip(settled["boundary"], settled["place_code"], strict=True)
    return {key: code for key, code in pairs if key and key != code}


def _boundary_file(config: Config) -> Path | None:
    if config.boundaries.file:
        return config.folder / config.boundaries.file
    folder = config.folder / "boundaries"
    files = [file for pattern in _BOUNDARY_FILES for file in sorted(folder.glob(pattern))]
    return files[0] if files else None


def _from_boundaries(config: Config, file: Path) -> pd.DataFrame:
    """Return the places of the boundaries: villages by code, upper levels by name where named."""
    from geodata.boundaries.hierarchy import place_tree

    stated = replace(config.boundaries, file=str(file.relative_to(config.folder)))
    boundaries = read_layer(replace(config, boundaries=stated))
    settings = config.boundaries
    frame = pd.DataFrame(boundaries.frame.drop(columns=boundaries.frame.geometry.name)).astype(
        "str"
    )
    code = settings.code or _code_column(frame)
    if code is None:
        raise SourceError(
            "imports.no_code_column",
            file=file.name,
            columns="、".join(frame.columns),
            folder=str(config.folder),
        )
    village = settings.name or _village_column(frame.drop(columns=code))
    township = settings.township or _township_column(frame.drop(columns=code))
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
