"""The folder of an atlas: what is written for the app, and how it is opened again."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Protocol, TypeAlias

import geopandas as gpd
import pandas as pd

from geodata.atlas.atlas import Atlas
from geodata.atlas.outlines import screen_outlines
from geodata.atlas.tiles import TILED, write_tiles
from geodata.errors import AtlasError, QuantityError
from geodata.figures import Cube, Indicator, ParameterStep
from geodata.figures.totals import PARTS
from geodata.store.checksums import digest_of, faulty
from geodata.store.snapshots import write_durably

FORMAT = 2
FOLDER = "atlas"
_TABLE, _TILES = "table_", "tiles"
_PLACE_COLUMNS = ("level", "name", "parent", "valid_from", "valid_to")
VALUE_COLUMNS = ["place", "period", "indicator", *PARTS]


# Name and digest of a file of an atlas.
_File: TypeAlias = Mapping[str, str]
# What tables an atlas has, told the atlas and the one before it.
Compute: TypeAlias = Callable[[Atlas, Atlas | None], Mapping[str, pd.DataFrame | Path]]


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
    ended: Mapping[str, tuple[str, str, str]] | None = None,
    least_bases: Mapping[str, int] | None = None,
    steps: Mapping[str, tuple[ParameterStep, ...]] | None = None,
) -> Atlas:
    """Return an atlas in memory; the arguments are those of `write_atlas`."""
    places = _places(tree)
    unknown = set(values["place"]) - set(places.index[places["level"] == tree.levels[-1]])
    if unknown:
        raise AtlasError("atlas.unknown_place", place=min(unknown), count=len(unknown))
    cube = Cube(
        title=title,
        levels=tuple(tree.levels),
        places=places,
        values=_sorted_values(values),
        indicators={indicator.key: indicator for indicator in indicators},
    )
    ancestors = {level: cube.ancestors(cube.lowest, level) for level in cube.levels}
    outlines = screen_outlines(tree.geometry(cube.lowest), ancestors)
    drawn = pd.concat([frame.index.to_series() for frame in outlines.values()])
    return Atlas(
        title=title,
        levels=cube.levels,
        places=places.assign(shape=places.index.isin(drawn)),
        values=cube.values,
        indicators=cube.indicators,
        outlines=outlines,
        join=dict(join),
        source=dict(source),
        ended=dict(ended or {}),
        least_bases=dict(least_bases or {}),
        steps=dict(steps or {}),
    )


def write_atlas(
    folder: Path,
    *,
    title: str,
    tree: Tree,
    values: pd.DataFrame,
    indicators: Sequence[Indicator],
    join: Mapping[str, object],
    source: Mapping[str, object],
    ended: Mapping[str, tuple[str, str, str]] | None = None,
    least_bases: Mapping[str, int] | None = None,
    steps: Mapping[str, tuple[ParameterStep, ...]] | None = None,
    compute: Compute = lambda atlas, before: {},
) -> None:
    """Write the atlas of a joined folder, whole or not at all.

    `values` is long: place (key of the lowest level), period (a key of geodata.periods, or ""
    when there is one only), indicator, numerator, denominator (NaN: not reported; 1 for a plain
    value); missing and subjects beside them where it is known who was judged. `join` and `source` are kept
    as they are for the page to show, `ended`, `least_bases`
    and `steps` are those of an Atlas. `compute` gives the tables of the atlas, told the atlas and the
    one it takes the place of, where there is one.
    """
    atlas = build_atlas(
        title=title,
        tree=tree,
        values=values,
        indicators=indicators,
        join=join,
        source=source,
        ended=ended,
        least_bases=least_bases,
        steps=steps,
    )
    save_atlas(replace(atlas, tables=compute(atlas, _opened(Path(folder)))), Path(folder))


def _opened(folder: Path) -> Atlas | None:
    """Return the atlas that is there now; None without one that can be read."""
    try:
        return open_atlas(folder)
    except AtlasError:
        return None


def save_atlas(atlas: Atlas, folder: Path, *, tiled: int = TILED) -> None:
    """Write an atlas under `folder`/atlas; an older one there is replaced in one step.

    Outlines of more than `tiled` lowest places become vector tiles as well. Its files are named by their content and listed in atlas.json, which is moved into place last: a
    reader sees the old atlas or the new. Files of the atlas before stay for who has just opened it.
    """
    home = folder / FOLDER
    home.mkdir(parents=True, exist_ok=True)
    for left in (*folder.glob(".atlas-*"), *home.glob(".tiles-*")):
        shutil.rmtree(left, ignore_errors=True)
    before = _files(home)
    frames = {"places": atlas.places, "values": atlas.values}
    frames |= {f"outlines_{level}": frame for level, frame in atlas.outlines.items()}
    files: dict[str, _File] = {name: _written(home, name, one) for name, one in frames.items()}
    for name, table in atlas.tables.items():
        if isinstance(table, Path):
            table = pd.read_parquet(table)
        files[f"{_TABLE}{name}"] = _written(home, name, table)
    if len(atlas.outlines[atlas.lowest]) > tiled:
        files[_TILES] = _tiles(atlas, home, files, before)
    facts = {
        "format": FORMAT,
        "title": atlas.title,
        "levels": list(atlas.levels),
        "indicators": [indicator.to_json() for indicator in atlas.indicators.values()],
        "join": atlas.join,
        "source": atlas.source,
        "ended": atlas.ended,
        "least_bases": atlas.least_bases,
        "steps": {key: [asdict(one) for one in each] for key, each in atlas.steps.items()},
        "files": files,
    }
    text = json.dumps(facts, ensure_ascii=False, indent=1, default=str)
    write_durably(home / "atlas.json", (text + "\n").encode())
    kept = {entry["file"] for listed in (files, before) for entry in listed.values()}
    for file in (*home.glob("*.parquet"), *home.glob("*.mbtiles")):
        if file.name not in kept:
            file.unlink(missing_ok=True)


def _written(home: Path, name: str, frame: pd.DataFrame) -> _File:
    """Write one table of an atlas; returns its name and digest."""

    def write(part: Path) -> None:
        frame.to_parquet(part, index=None if frame.index.name else False)

    return _named(home, name, "parquet", write)


def _tiles(
    atlas: Atlas, home: Path, files: Mapping[str, _File], before: Mapping[str, _File]
) -> _File:
    """Write the tiles of an atlas, or take those of the one before with the same places and outlines."""
    made_of = ["places", *(f"outlines_{level}" for level in atlas.levels)]
    same = all(files[name] == before.get(name) for name in made_of)
    if same and _TILES in before and not faulty(home, _digests({_TILES: before[_TILES]})):
        return before[_TILES]
    return _named(home, _TILES, "mbtiles", lambda part: write_tiles(atlas, part))


def _named(home: Path, name: str, ending: str, write: Callable[[Path], None]) -> _File:
    """Let a file be written and name it by its content; returns its name and digest."""
    part = home / f".{name}.{os.getpid()}"
    try:
        write(part)
        digest = digest_of(part)
        file = home / f"{name}-{digest[:12]}.{ending}"
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return {"file": file.name, "sha256": digest}


def _digests(files: Mapping[str, _File]) -> dict[str, str]:
    return {entry["file"]: entry["sha256"] for entry in files.values()}


def _files(home: Path) -> dict[str, _File]:
    """Return the files that an atlas lists, none when it is absent or damaged."""
    try:
        listed = json.loads((home / "atlas.json").read_text(encoding="utf-8")).get("files", {})
        return {str(n): {k: str(e[k]) for k in ("file", "sha256")} for n, e in listed.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def atlas_faults(folder: Path | str) -> tuple[str, ...]:
    """Return the files of an atlas that are damaged or missing, none where there is no atlas."""
    home = Path(folder) / FOLDER
    if not (home / "atlas.json").is_file():
        return ()
    try:
        json.loads((home / "atlas.json").read_text(encoding="utf-8"))["title"]
    except (OSError, ValueError, KeyError, TypeError):
        return ("atlas.json",)
    return faulty(home, _digests(_files(home)))


def open_atlas(folder: Path | str) -> Atlas:
    """Return the atlas of a joined folder (or of its atlas folder).

    Raises AtlasError when there is none, or when a file of it is missing or damaged.
    """
    folder = Path(folder)
    home = folder if (folder / "atlas.json").is_file() else folder / FOLDER
    if not (home / "atlas.json").is_file():
        raise AtlasError("atlas.no_atlas", folder=folder)
    try:
        facts = json.loads((home / "atlas.json").read_text(encoding="utf-8"))
        if facts["format"] != FORMAT:
            raise AtlasError("atlas.other_format", folder=folder, found=facts["format"])
        files = _files(home)
        bad = faulty(home, _digests(files))
        if bad:
            raise AtlasError("atlas.damaged", folder=folder, reason="、".join(bad))

        def file(name: str) -> Path:
            return home / files.get(name, {"file": f"{name}.parquet"})["file"]

        return Atlas(
            title=facts["title"],
            levels=tuple(facts["levels"]),
            places=pd.read_parquet(file("places")),
            outlines={
                level: gpd.read_parquet(file(f"outlines_{level}")) for level in facts["levels"]
            },
            values=pd.read_parquet(file("values")),
            indicators={one["key"]: Indicator.from_json(one) for one in facts["indicators"]},
            join=facts["join"],
            source=facts["source"],
            ended={code: (one[0], one[1], one[2]) for code, one in facts.get("ended", {}).items()},
            least_bases=facts.get("least_bases", {}),
            steps={
                key: tuple(ParameterStep(**one) for one in each)
                for key, each in facts.get("steps", {}).items()
            },
            tables={
                name.removeprefix(_TABLE): file(name) for name in files if name.startswith(_TABLE)
            },
            tiles=file(_TILES) if _TILES in files else None,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, QuantityError) as error:
        raise AtlasError("atlas.damaged", folder=folder, reason=error) from error


def _places(tree: Tree) -> pd.DataFrame:
    """Return level, name, parent and terms by key, top-down and then in code order."""
    places = tree.places[[name for name in _PLACE_COLUMNS if name in tree.places]].copy()
    places.index.name = "key"
    order = places["level"].map({level: depth for depth, level in enumerate(tree.levels)})
    places = places.assign(order=order).reset_index().sort_values(["order", "key"])
    return places.set_index("key").drop(columns="order")


def _sorted_values(values: pd.DataFrame) -> pd.DataFrame:
    """Return the values in one order with float parts; raises AtlasError on a doubled row."""
    rows = values.reindex(columns=VALUE_COLUMNS).astype(dict.fromkeys(PARTS, "float64"))
    doubled = rows.duplicated(["place", "period", "indicator"])
    if doubled.any():
        first = rows[doubled].iloc[0]
        raise AtlasError("atlas.doubled", place=first["place"], period=first["period"])
    return rows.sort_values(["indicator", "period", "place"], ignore_index=True)
