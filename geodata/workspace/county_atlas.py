"""The atlas of a workspace: every built month on the map of its villages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata import codes
from geodata.atlas import Atlas, write_atlas
from geodata.boundaries.hierarchy import PlaceTree, cleaned, dissolved, place_tree
from geodata.boundaries.levels import code_texts
from geodata.boundaries.read import Boundaries
from geodata.errors import ConfigError
from geodata.figures import Indicator
from geodata.ground import read_ground
from geodata.hotspots.built import hotspot_tables
from geodata.intake.placefile import outline_codes, outline_rows, read_layer, read_places_file
from geodata.workspace.figures import least_bases, parameter_steps, village_values
from geodata.workspace.inputs import Setup
from geodata.workspace.place_register import PlaceRegister
from geodata.workspace.saved import Built
from geodata.workspace.unshaped import add_unshaped

_CODE = "place_code"
# Where a workspace keeps the files of the ground: heights, rivers, roads, settlements.
CONTEXT = "context"


def write_workspace_atlas(
    setup: Setup, built: Sequence[Built], *, processes: int = 1
) -> Mapping[str, int]:
    """Write the atlas under the workspace and return the counts of the join.

    Hot spots of months that changed are computed with it, by so many `processes`.

    A village that has ended is shown under its successor, its outline as part of it. A village
    without a shape stays among the places, so that the figures above hold it. Raises ConfigError
    when no boundary file is set or no column of it holds village codes.
    """
    last = built[-1].month
    register = setup.place_register
    drawn = county_tree(setup)
    outlines = drawn.geometry(drawn.lowest).geometry
    # A village whose record has no shape is in the file, but on no map.
    shaped = outlines.index[~(outlines.isna() | outlines.is_empty)]
    indicators = _indicators(setup)
    values = village_values(setup, built)
    tree = _named(add_unshaped(drawn, values["place"].unique()), register)
    reported = pd.Index(values.loc[values["period"] == last, "place"].unique())
    lost = pd.Index(values["place"].unique()).difference(shaped)
    names = register.places["name"].reindex(lost).fillna("")
    join = {
        "boundary_features": len(shaped),
        "matched_boundary": len(shaped.intersection(reported)),
        "table_rows": len(reported),
        "matched": len(reported.intersection(shaped)),
        "unmatched_boundary": sorted(shaped.difference(reported)),
        "unmatched_table": [f"{code} {name}".strip() for code, name in sorted(names.items())],
    }
    county = setup.config.county
    write_atlas(
        setup.config.folder,
        title=county.name or county.code,
        tree=tree,
        values=values,
        indicators=indicators,
        ended=register.ended,
        least_bases=least_bases(setup, built),
        steps=parameter_steps(setup, built),
        join=join,
        source={
            "boundaries": setup.config.boundaries.file,
            "snapshot": setup.store.snapshot_of(last),
        },
        compute=partial(_computed, setup, processes=processes),
    )
    return {name: count for name, count in join.items() if isinstance(count, int)}


def _computed(
    setup: Setup, atlas: Atlas, before: Atlas | None = None, *, processes: int = 1
) -> dict[str, pd.DataFrame | Path]:
    """Return the tables of an atlas: its hot spots, and the ground under it where files of it are there."""
    bounds = atlas.geometry(atlas.levels[0]).total_bounds
    ground = read_ground(setup.config.folder / CONTEXT, [float(end) for end in bounds])
    return {**hotspot_tables(atlas, before, processes=processes), **ground}


def county_tree(setup: Setup) -> PlaceTree:
    """Return the places of the boundary file with their shapes, by code.

    Raises ConfigError when no boundary file is set or no column of it holds village codes.
    """
    layer = read_layer(setup.config)
    wanted = setup.config.boundaries
    places = read_places_file(setup.config.folder)
    if places is not None:
        codes_of = outline_codes(outline_rows(layer, wanted), places)
        coded = _with_codes(layer, codes_of)
        return place_tree(_as_of_now(coded, _CODE, setup.place_register), code=_CODE)
    code = wanted.code or _code_column(layer)
    if code is None:
        raise ConfigError(
            "workspace.no_code_column", file=wanted.file, folder=str(setup.config.folder)
        )
    return place_tree(_as_of_now(layer, code, setup.place_register), code=code)


def _with_codes(layer: Boundaries, codes_of: pd.Series) -> Boundaries:
    """Return a layer with place codes; outlines of one place are one, those of none stay apart."""
    frame = layer.frame[[layer.frame.geometry.name]].assign(**{_CODE: codes_of.astype("str")})
    named = frame[frame[_CODE] != ""]
    whole = named.dissolve(_CODE, as_index=False) if named[_CODE].duplicated().any() else named
    return replace(layer, frame=pd.concat([whole, frame[frame[_CODE] == ""]], ignore_index=True))


def _as_of_now(layer: Boundaries, code: str, register: PlaceRegister) -> Boundaries:
    """Return boundaries in which the area of every place that has ended is its successor's."""
    keys = code_texts(layer.frame[code])
    now = register.now(keys)
    touched = now.isin(now[now != keys].dropna())
    if not touched.any():
        return layer
    shapes = gpd.GeoSeries(layer.frame.geometry[touched])
    whole = dissolved(cleaned(shapes), now[touched])
    # The attributes are the successor's own where it is drawn already.
    order = (now != keys).sort_values(kind="stable").index
    frame = layer.frame.assign(**{code: now}).loc[order]
    kept = frame[~touched[order] | ~now[order].duplicated()].sort_index()
    joined = kept[code].map(whole).to_numpy(dtype=object)
    drawn = np.where(touched[kept.index], joined, kept.geometry.to_numpy())
    shaped = kept.set_geometry(gpd.GeoSeries(drawn, index=kept.index, crs=kept.crs))
    return replace(layer, frame=shaped.reset_index(drop=True))


def _named(tree: PlaceTree, register: PlaceRegister) -> PlaceTree:
    """Return the tree with names and terms of the county's own list, the key where it names none."""
    places = tree.places
    names = register.places["name"].reindex(places.index).fillna(places["name"])
    return replace(tree, places=places.assign(name=names).join(register.terms(places.index)))


def _code_column(layer: Boundaries) -> str | None:
    """Return the first column in which every value is a whole village code."""
    width = codes.WIDTHS["village"]
    for name in layer.frame.columns.drop([layer.frame.geometry.name]):
        texts = layer.frame[name].dropna().astype(str).str.strip()
        if len(texts) and texts.str.fullmatch(rf"\d{{{width}}}").all():
            return str(name)
    return None


def _indicators(setup: Setup) -> list[Indicator]:
    """Return the indicators of all themes, those that the layers show first before the others."""
    shown: dict[str, Indicator] = {}
    for theme in setup.themes:
        by_key = {one.key: one for one in theme.indicators}
        shown |= {layer.indicator: by_key[layer.indicator] for layer in theme.layers}
    for theme in setup.themes:
        shown |= {one.key: one for one in theme.indicators if one.key not in shown}
    return list(shown.values())
