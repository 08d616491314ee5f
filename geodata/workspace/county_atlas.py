"""The atlas of a workspace: every built month on the map of its villages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from geodata import codes
from geodata.atlas import write_atlas
from geodata.boundaries.hierarchy import PlaceTree, place_tree
from geodata.boundaries.read import Boundaries
from geodata.errors import ConfigError
from geodata.figures import Indicator
from geodata.hotspots.built import hotspot_tables
from geodata.intake.placefile import outline_codes, outline_rows, read_layer, read_places_file
from geodata.workspace.figures import places_of, village_values
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import Built
from geodata.workspace.unshaped import add_unshaped

_CODE = "place_code"


def write_workspace_atlas(
    setup: Setup, built: Sequence[Built], *, processes: int = 1
) -> Mapping[str, int]:
    """Write the atlas under the workspace and return the counts of the join.

    Hot spots of months that changed are computed with it, by so many `processes`.

    A village that was merged away is shown under its successor. A village without a shape stays
    among the places, so that the figures above hold it. Raises ConfigError when no boundary file
    is set or no column of it holds village codes.
    """
    last = built[-1].month
    places = places_of(setup, built[-1])
    drawn = county_tree(setup)
    outlines = drawn.geometry(drawn.lowest).geometry
    # A village whose record has no shape is in the file, but on no map.
    shaped = outlines.index[~(outlines.isna() | outlines.is_empty)]
    indicators = _indicators(setup)
    values = village_values(setup, built, shaped)
    tree = _named(add_unshaped(drawn, values["place"].unique()), places)
    reported = pd.Index(values.loc[values["period"] == last, "place"].unique())
    lost = pd.Index(values["place"].unique()).difference(shaped)
    names = places["name"].reindex(lost).fillna("")
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
        join=join,
        source={
            "boundaries": setup.config.boundaries.file,
            "snapshot": setup.store.snapshot_of(last),
        },
        compute=partial(hotspot_tables, processes=processes),
    )
    return {name: count for name, count in join.items() if isinstance(count, int)}


def county_tree(setup: Setup) -> PlaceTree:
    """Return the places of the boundary file with their shapes, by code.

    Raises ConfigError when no boundary file is set or no column of it holds village codes.
    """
    layer = read_layer(setup.config)
    wanted = setup.config.boundaries
    places = read_places_file(setup.config.folder)
    if places is not None:
        codes_of = outline_codes(outline_rows(layer, wanted), places)
        return place_tree(_with_codes(layer, codes_of), code=_CODE)
    code = wanted.code or _code_column(layer)
    if code is None:
        raise ConfigError(
            "workspace.no_code_column", file=wanted.file, folder=str(setup.config.folder)
        )
    return place_tree(layer, code=code)


def _with_codes(layer: Boundaries, codes_of: pd.Series) -> Boundaries:
    """Return a layer with place codes; outlines of one place are one, those of none stay apart."""
    frame = layer.frame[[layer.frame.geometry.name]].assign(**{_CODE: codes_of.astype("str")})
    named = frame[frame[_CODE] != ""]
    whole = named.dissolve(_CODE, as_index=False) if named[_CODE].duplicated().any() else named
    return replace(layer, frame=pd.concat([whole, frame[frame[_CODE] == ""]], ignore_index=True))


def _named(tree: PlaceTree, places: pd.DataFrame) -> PlaceTree:
    """Return the tree with the names of the county's own list of places, the key where it has none."""
    listed = places["name"].reindex(tree.places.index)
    return replace(tree, places=tree.places.assign(name=listed.fillna(tree.places["name"])))


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
