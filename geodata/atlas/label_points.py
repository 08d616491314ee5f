"""Where the name of a lowest place stands, and what without coordinates is put into it."""

from __future__ import annotations

import pandas as pd
import shapely

from geodata.atlas.atlas import Atlas


def label_points(atlas: Atlas) -> pd.DataFrame:
    """Return a point inside each lowest place: longitude and latitude, NaN without an outline."""
    keys = atlas.places_in(None, atlas.lowest)
    shapes = atlas.shapes(atlas.lowest, keys)
    points = shapely.point_on_surface(shapes)
    columns = {"longitude": shapely.get_x(points), "latitude": shapely.get_y(points)}
    return pd.DataFrame(columns, index=keys)
