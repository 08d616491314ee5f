"""The ground under a map as it is sent to a page and drawn on paper; the same for everybody."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import dataclass

import numpy as np
import shapely
from PIL import Image

from geodata.atlas import Atlas
from geodata.atlas.scoped import ScopedAtlas
from geodata.ground import LINES, RELIEF


@dataclass(frozen=True)
class GroundPicture:
    """A relief as PNG with west, south, east and north in degrees, rows even on a map of Mercator."""

    png: bytes
    bounds: tuple[float, float, float, float]

    def pixels(self) -> np.ndarray:
        """Return black and white with opacity as (rows, columns, 4) from 0 to 1."""
        with Image.open(io.BytesIO(self.png)) as picture:
            return np.asarray(picture.convert("RGBA"), dtype="float64") / 255


def relief_of(atlas: Atlas) -> GroundPicture | None:
    """Return the relief that was made with an atlas; None where the county has none."""
    table = _whole(atlas).computed(RELIEF)
    if table is None or table.empty:
        return None
    row = table.iloc[0]
    west, south, east, north = (float(row[end]) for end in ("west", "south", "east", "north"))
    return GroundPicture(bytes(row["png"]), (west, south, east, north))


def lines_of(atlas: Atlas) -> dict[tuple[str, int], np.ndarray]:
    """Return rivers, roads and settlements by kind and rank, the narrow ones first, in degrees."""
    table = _whole(atlas).computed(LINES)
    if table is None:
        return {}
    keys = sorted(set(zip(table["kind"].tolist(), table["rank"].tolist(), strict=True)))
    return {
        (kind, rank): np.asarray(
            shapely.from_wkb(
                table.loc[(table["kind"] == kind) & (table["rank"] == rank), "wkb"].to_numpy()
            )
        )
        for kind, rank in keys
    }


def ground_json(atlas: Atlas) -> bytes | None:
    """Return relief and lines for the page; None where there is neither."""
    relief, lines = relief_of(atlas), lines_of(atlas)
    if relief is None and not lines:
        return None
    features = [
        {
            "type": "Feature",
            "properties": {"kind": kind, "rank": rank},
            "geometry": json.loads(
                str(shapely.to_geojson(shapely.GeometryCollection(list(shapes))))
            ),
        }
        for (kind, rank), shapes in lines.items()
    ]
    told: dict[str, object] = {"lines": {"type": "FeatureCollection", "features": features}}
    if relief is not None:
        told["picture"] = "data:image/png;base64," + base64.b64encode(relief.png).decode("ascii")
        told["bounds"] = relief.bounds
    return json.dumps(told, separators=(",", ":")).encode()


def _whole(atlas: Atlas) -> Atlas:
    """Return the atlas with what was made with it: the ground is no secret of anybody."""
    return atlas.whole if isinstance(atlas, ScopedAtlas) else atlas
