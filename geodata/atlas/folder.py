"""The folder of an atlas: what is written for the app, and how it is opened again."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import geopandas as gpd
import pandas as pd

from geodata.atlas.atlas import Atlas
from geodata.atlas.outlines import screen_outlines
from geodata.errors import AtlasError, QuantityError
from geodata.figures import Indicator
from geodata.figures.totals import PARTS

FORMAT = 2
FOLDER = "atlas"
VALUE_COLUMNS = ["place", "period", "indicator", *PARTS]


class Tree(Protocol):
    """What is asked of a place tree: levels top-down, places by key, geometry of a level."""

    @property
    def levels(self) -> tuple[str, ...]:
        """Return the levels, top-down."""

    @property
    def places(self) -> pd.DataFrame:
        """Return the places of all levels by key."""

    def geometry(self, level: str) -> gpd.GeoDataFrame:
        """Return the outlines of a level, index key."""


def build_atlas(
    *,
    title: str,
    tree: Tree,
    values: pd.DataFrame,
    indicators: Sequence[Indicator],
    join: Mapping[str, object],
    source: Mapping[str, object],
) -> Atlas:
    """Return an atlas in memory; the arguments are those of `write_atlas`."""
    places = _places(tree)
    unknown = set(values["place"]) - set(places.index[places["level"] == tree.levels[-1]])
    if unknown:
        raise AtlasError("atlas.unknown_place", place=min(unknown), count=len(unknown))
    atlas = Atlas(
        title=title,
        levels=tuple(tree.levels),
        places=places,
        outlines={},
        values=_sorted_values(values),
        indicators={indicator.key: indicator for indicator in indicators},
        join=dict(join),
        source=dict(source),
    )
    ancestors = {level: atlas.ancestors(atlas.lowest, level) for level in atlas.levels}
    atlas.outlines.update(screen_outlines(tree.geometry(atlas.lowest), ancestors))
    drawn = pd.concat([frame.index.to_series() for frame in atlas.outlines.values()])
    places["shape"] = places.index.isin(drawn)
    return atlas


def write_atlas(
    folder: Path,
    *,
    title: str,
    tree: Tree,
    values: pd.DataFrame,
    indicators: Sequence[Indicator],
    join: Mapping[str, object],
    source: Mapping[str, object],
) -> None:
    """Write the atlas of a joined folder, whole or not at all.

    `values` is long: place (key of the lowest level), period (a key of geodata.periods, or ""
    when there is one only), indicator, numerator, denominator (NaN: not reported; 1 for a plain
    value); missing and subjects beside them where it is known who was judged. `join` and `source` are kept as they are for the page to show.
    """
    atlas = build_atlas(
        title=title, tree=tree, values=values, indicators=indicators, join=join, source=source
    )
    save_atlas(atlas, Path(folder))


def save_atlas(atlas: Atlas, folder: Path) -> None:
    """Write an atlas under `folder`/atlas; an older one there is replaced in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".atlas-") as scratch:
        written = Path(scratch) / FOLDER
        written.mkdir()
        atlas.places.to_parquet(written / "places.parquet")
        atlas.values.to_parquet(written / "values.parquet", index=False)
        for level, frame in atlas.outlines.items():
            frame.to_parquet(written / f"outlines_{level}.parquet")
        facts = {
            "format": FORMAT,
            "title": atlas.title,
            "levels": list(atlas.levels),
            "indicators": [indicator.to_json() for indicator in atlas.indicators.values()],
            "join": atlas.join,
            "source": atlas.source,
        }
        text = json.dumps(facts, ensure_ascii=False, indent=1, default=str)
        (written / "atlas.json").write_text(text + "\n", encoding="utf-8")
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
        written.rename(folder / FOLDER)


def open_atlas(folder: Path | str) -> Atlas:
    """Return the atlas of a joined folder (or of its atlas folder); raises AtlasError."""
    folder = Path(folder)
    home = folder if (folder / "atlas.json").is_file() else folder / FOLDER
    if not (home / "atlas.json").is_file():
        raise AtlasError("atlas.no_atlas", folder=folder)
    try:
        facts = json.loads((home / "atlas.json").read_text(encoding="utf-8"))
        if facts["format"] != FORMAT:
            raise AtlasError("atlas.other_format", folder=folder, found=facts["format"])
        return Atlas(
            title=facts["title"],
            levels=tuple(facts["levels"]),
            places=pd.read_parquet(home / "places.parquet"),
            outlines={
                level: gpd.read_parquet(home / f"outlines_{level}.parquet")
                for level in facts["levels"]
            },
            values=pd.read_parquet(home / "values.parquet"),
            indicators={one["key"]: Indicator.from_json(one) for one in facts["indicators"]},
            join=facts["join"],
            source=facts["source"],
        )
    except (OSError, ValueError, KeyError, TypeError, QuantityError) as error:
        raise AtlasError("atlas.damaged", folder=folder, reason=error) from error


def shaped_places(folder: Path, level: str) -> pd.Index | None:
    """Return the places of a level that have an outline in the atlas of a folder; None without one."""
    file = folder / FOLDER / "places.parquet"
    if not file.is_file():
        return None
    places = pd.read_parquet(file, columns=["level", "shape"])
    return places.index[places["shape"] & (places["level"] == level)]


def _places(tree: Tree) -> pd.DataFrame:
    """Return level, name and parent by key, top-down and then in code order."""
    places = tree.places[["level", "name", "parent"]].copy()
    places.index.name = "key"
    order = places["level"].map({level: depth for depth, level in enumerate(tree.levels)})
    places = places.assign(order=order).reset_index().sort_values(["order", "key"])
    return places.set_index("key")[["level", "name", "parent"]].assign(shape=False)


def _sorted_values(values: pd.DataFrame) -> pd.DataFrame:
    """Return the values in one order with float parts; raises AtlasError on a doubled row."""
    rows = values.reindex(columns=VALUE_COLUMNS).astype(dict.fromkeys(PARTS, "float64"))
    doubled = rows.duplicated(["place", "period", "indicator"])
    if doubled.any():
        first = rows[doubled].iloc[0]
        raise AtlasError("atlas.doubled", place=first["place"], period=first["period"])
    return rows.sort_values(["indicator", "period", "place"], ignore_index=True)
