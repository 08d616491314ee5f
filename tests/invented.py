"""A small invented county on a grid, for tests that need places, outlines and figures."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.atlas.atlas import Atlas
from geodata.atlas.folder import build_atlas
from geodata.figures import Indicator
from geodata.quantity import shipped_words

COUNTY = "991181"
LEVELS = ("county", "township", "village")
# Web pages, formulas and reordering signs in names must be shown, never run.
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\'"&{x}村'


@dataclass(frozen=True)
class GridTree:
    """A place tree of unit squares: one county, townships side by side, villages in columns."""

    places: pd.DataFrame
    squares: gpd.GeoDataFrame
    levels: tuple[str, ...] = LEVELS

    def geometry(self, level: str) -> gpd.GeoDataFrame:
        """Return the squares of the villages, the only level asked for."""
        assert level == "village"
        return self.squares


def grid_tree(townships: int = 3, villages: int = 4, *, names: dict | None = None) -> GridTree:
    """Return a county of `townships` x `villages` squares of 1 km, codes with the prefix 99."""
    rows = [(COUNTY, "county", "云岭县", None)]
    shapes = {}
    for column in range(townships):
        township = f"{COUNTY}{column + 1:03d}"
        rows.append((township, "township", f"第{column + 1}乡", COUNTY))
        for row in range(villages):
            village = f"{township}{row + 1:03d}"
            rows.append((village, "village", f"{column + 1}-{row + 1}村", township))
            left, low = 500_000 + 1000 * column, 3_600_000 + 1000 * row
            shapes[village] = shapely.box(left, low, left + 1000, low + 1000)
    places = pd.DataFrame(rows, columns=["key", "level", "name", "parent"]).set_index("key")
    for key, name in (names or {}).items():
        places.loc[key, "name"] = name
    squares = gpd.GeoDataFrame(geometry=pd.Series(shapes), crs="EPSG:4545")
    return GridTree(places, squares)


WORDS = shipped_words()
HOUSEHOLD = WORDS.things["household"]
RATE = Indicator(
    "poor_share",
    {"zh": "低收入户占比", "en": "Share of poor"},
    "share",
    WORDS.units["percent"],
    HOUSEHOLD,
    HOUSEHOLD,
    worse="high",
)
INCOME = Indicator(
    "income",
    {"zh": "人均纯收入", "en": "Net income"},
    "plain",
    WORDS.units["yuan"],
    worse="low",
)


def grid_values(tree: GridTree, periods=("2023", "2024", "2025"), *, seed: int = 1) -> pd.DataFrame:
    """Return a figure per village, period and indicator; the first village never reports."""
    draw = np.random.default_rng(seed)
    villages = tree.places.index[tree.places["level"] == "village"]
    frames = []
    for period in periods:
        frame = pd.DataFrame({"place": villages, "period": period})
        poor = draw.integers(1, 40, len(villages)).astype(float)
        poor[0] = np.nan
        frames.append(frame.assign(indicator="poor_share", numerator=poor, denominator=100.0))
        income = draw.normal(12_000, 3_000, len(villages)).round(1)
        frames.append(frame.assign(indicator="income", numerator=income, denominator=1.0))
    return pd.concat(frames, ignore_index=True)


def grid_atlas(townships: int = 3, villages: int = 4, *, names: dict | None = None) -> Atlas:
    """Return the atlas of the invented county."""
    tree = grid_tree(townships, villages, names=names)
    count = townships * villages
    return build_atlas(
        title="云岭县",
        tree=tree,
        values=grid_values(tree),
        indicators=[RATE, INCOME],
        join={
            "boundary_features": count,
            "matched": count - 1,
            "unmatched_boundary": [f"{COUNTY}001001"],
        },
        source={"table": "收入.csv", "boundaries": "村界.shp"},
    )
