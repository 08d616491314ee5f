"""The wall of sites of a theme, as the browser draws it."""

from __future__ import annotations

import base64
from dataclasses import asdict
from typing import Any

import numpy as np
import param
import shapely

from dashboard.answers.site_wall import Site, SitesWall, sites_of
from dashboard.answers.titles import short_name
from dashboard.maps.ground import Plane
from dashboard.maps.ground_layers import relief_of
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.views.wall_view import WallView
from dashboard.web.component import Component
from geodata.atlas.label_points import label_points

_TEXTS = ("ring", "area", "width", "workshops", "no_workshop", "posts", "nobody", "km", "list")
# Outlines are drawn on a plane this wide; a unit is what a screen shows of it.
_WIDE = 1000.0


class SiteBoard(Component):
    """A map of rings with lines to where people came from, and cards; it answers with a site or a place."""

    wall = param.Dict(default={})
    ground = param.Dict(
        default={}, doc="outlines and relief on a plane, and the length of a kilometre"
    )
    texts = param.Dict(default={}, constant=True)


class SitesView(WallView[SitesWall]):
    """The wall of a state."""

    board: SiteBoard

    def __init__(self, state: State) -> None:
        texts = {name: text(f"sites.{name}", state.lang) for name in _TEXTS}
        super().__init__(
            state, "sites", SiteBoard(texts=texts, sizing_mode="stretch_both", margin=0)
        )

    def _read(self) -> SitesWall | None:
        return sites_of(self.state.source, self.state.shown)

    def _draw(self, wall: SitesWall) -> None:
        plane = _Drawing(self.state)
        self.board.param.update(wall=self._drawn(wall, plane), ground=plane.ground(wall))

    def _drawn(self, wall: SitesWall, plane: _Drawing) -> dict[str, Any]:
        lang = self.state.lang
        unplaced = text("sites.unplaced", lang, count=wall.unplaced) if wall.unplaced else ""
        return {
            "sentence": wall.sentence,
            "limits": [list(limit) for limit in wall.limits],
            "unplaced": unplaced,
            "sites": [self._site(site, plane) for site in wall.sites],
        }

    def _site(self, site: Site, plane: _Drawing) -> dict[str, Any]:
        lang, first = self.state.lang, site.parts[0]
        told = asdict(site)
        told["at"] = plane.point(site.longitude, site.latitude)
        for one in told["origins"]:
            one["at"] = plane.middle(one["place"])
        share = "no_share" if first.share is None else "share"
        told["judged"] = text(f"sites.{share}", lang, part=first.title)
        told["labour_text"] = "" if site.labour is None else _said("labour", lang, site.labour)
        told["source_text"] = self._source(site)
        told["squares"] = self._squares(site)
        told["workshops"] = [self._workshop(one) for one in told["workshops"]]
        told["posts_text"] = "" if site.posts is None else _said("posts_count", lang, site.posts)
        told["count_text"] = (
            "" if site.households is None else _said("households", lang, site.households)
        )
        return told

    def _source(self, site: Site) -> str:
        lang = self.state.lang
        if site.without is None:
            return text("sites.without_unknown", lang)
        return (
            _said("without", lang, site.without)
            if site.without
            else text("sites.with_source", lang)
        )

    def _squares(self, site: Site) -> list[list[object]]:
        """Return how many households with labour are without a source, at work, and neither."""
        if site.labour is None:
            return []
        without = site.without or 0
        working = min(site.working or 0, site.labour - without)
        counts = {"lacking": without, "working": working}
        counts["others"] = site.labour - without - working
        lang = self.state.lang
        return [
            [name, number, _said(name, lang, number)] for name, number in counts.items() if number
        ]

    def _workshop(self, one: dict[str, Any]) -> dict[str, str | bool]:
        lang, closed = self.state.lang, one["closed"]
        state = text("sites.closed", lang, month=closed) if closed else text("sites.running", lang)
        workers = "" if one["workers"] is None or closed else _said("workers", lang, one["workers"])
        return {"name": one["name"], "state": state, "workers": workers, "closed": bool(closed)}

    def _answer(self, message: dict[str, object]) -> None:
        state, key = self.state, str(message.get("key"))
        known = {site["key"] for site in self.board.wall.get("sites", ())}
        sites = state.themes[state.theme].sites if state.theme in state.themes else None
        if message.get("type") == "site" and key in known and sites is not None:
            state.choose_point(sites.points, key)
            state.choose_side("households")
        elif message.get("type") == "place" and key in state.atlas.places.index:
            state.go(key)


class _Drawing:
    """The area of a state on a plane, west and north at zero."""

    def __init__(self, state: State) -> None:
        self.atlas = state.atlas
        bounds = self.atlas.geometry(self.atlas.levels[0]).total_bounds
        self.plane = Plane.around(bounds)
        corners = self._metres(bounds[[0, 2, 0, 2]], bounds[[1, 1, 3, 3]])
        self.low, self.high = corners.min(axis=0), corners.max(axis=0)
        self.scale = _WIDE / float(self.high[0] - self.low[0])

    @property
    def tall(self) -> float:
        """Return the height of the area on a plane _WIDE wide."""
        return float(self.high[1] - self.low[1]) * self.scale

    def point(self, longitude: float | None, latitude: float | None) -> list[float] | None:
        """Return a place in degrees on the plane; None where it is not known."""
        if longitude is None or latitude is None:
            return None
        return self._placed(self._metres(np.array([longitude]), np.array([latitude])))[0]

    def middle(self, place: str) -> list[float] | None:
        """Return the point of a village that its name stands at; None where it has no outline."""
        points = label_points(self.atlas)
        if place not in points.index:
            return None
        longitude, latitude = points.loc[[place], ["longitude", "latitude"]].to_numpy(float)[0]
        return self.point(longitude, latitude)

    def ground(self, wall: SitesWall) -> dict[str, Any]:
        """Return outlines as paths by kind, names of the level between, relief, and a kilometre."""
        atlas = self.atlas
        villages = sorted({one.place for site in wall.sites for one in site.origins if one.place})
        middle = atlas.levels[-2] if len(atlas.levels) > 1 else atlas.lowest
        townships = list(atlas.places_in(None, middle))
        relief = relief_of(atlas)
        picture = None
        if relief is not None:
            west, south, east, north = relief.bounds
            ends = self._placed(self._metres(np.array([west, east]), np.array([north, south])))
            data = base64.b64encode(relief.png).decode("ascii")
            picture = {"href": f"data:image/png;base64,{data}", "ends": ends}
        return {
            "wide": _WIDE,
            "tall": self.tall,
            "km": 1000 * self.scale,
            "area": self._paths(atlas.levels[0], list(atlas.places_in(None, atlas.levels[0]))),
            "townships": self._paths(middle, townships),
            "villages": self._paths(atlas.lowest, villages),
            "names": self._names(middle, townships),
            "relief": picture,
        }

    def _names(self, level: str, keys: list[str]) -> list[list[object]]:
        shapes = self.plane.project(self.atlas.shapes(level, keys))
        return [
            [
                short_name(self.atlas.name(key)),
                *self._placed(shapely.get_coordinates(shape.point_on_surface()))[0],
            ]
            for key, shape in zip(keys, shapes, strict=True)
            if shape is not None
        ]

    def _paths(self, level: str, keys: list[str]) -> dict[str, str]:
        shapes = self.plane.project(self.atlas.shapes(level, keys))
        return {
            key: self._path(shape)
            for key, shape in zip(keys, shapes, strict=True)
            if shape is not None and not shape.is_empty
        }

    def _path(self, shape: shapely.Geometry) -> str:
        """Return the rings of a shape as the path of a drawing, as fine as a screen shows."""
        simple = shapely.simplify(shape, 1.2 / self.scale)
        rings = shapely.get_rings(shapely.get_parts(simple))
        return "".join(
            "M"
            + "L".join(f"{x:.1f} {y:.1f}" for x, y in self._placed(shapely.get_coordinates(ring)))
            + "Z"
            for ring in rings
        )

    def _metres(self, longitudes: np.ndarray, latitudes: np.ndarray) -> np.ndarray:
        points = np.asarray(shapely.points(longitudes, latitudes))
        return np.asarray(shapely.get_coordinates(self.plane.project(points)))

    def _placed(self, metres: np.ndarray) -> list[list[float]]:
        x = (metres[:, 0] - self.low[0]) * self.scale
        y = (self.high[1] - metres[:, 1]) * self.scale
        return [[float(a), float(b)] for a, b in np.round(np.column_stack([x, y]), 1)]


def _said(name: str, lang: str, count: int) -> str:
    return text(f"sites.{name}", lang, count=count)
