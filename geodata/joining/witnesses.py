"""Whether columns that were only guessed hold up: how many match, and what points and parents say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata import i18n
from geodata.boundaries.crs import crs_of
from geodata.errors import JoinError
from geodata.joining.join_columns import (
    JoinColumns,
    code_candidates,
    coordinates,
    name_candidates,
    name_stem,
)
from geodata.joining.matching import Matching
from geodata.joining.steps import CODE

# Below half of either side, or half of what witnesses can say, a guess is no ground for a join.
_HALF = 0.5
# So few places or witnesses say nothing.
_FEW = 8
_SHOWN = 4
_LONGITUDE = re.compile(r"^(lon|lng|long|longitude|longitud|x|x_?coord|经度|經度)$", re.I)
_LATITUDE = re.compile(r"^(lat|latitude|latitud|y|y_?coord|纬度|緯度)$", re.I)


@dataclass(frozen=True)
class JoinAlternative:
    """Columns that could be joined by, as options of the command, and how many rows they would place."""

    options: str
    rows: int

    def text(self, number: int, total: int, lang: str | None) -> str:
        """Return one line of the list of alternatives."""
        values = {"number": number, "options": self.options, "rows": self.rows, "total": total}
        return i18n.text("join.alternative", lang, **values)


def refuse_weak_guess(
    work: Matching, layer: gpd.GeoDataFrame, frame: pd.DataFrame, columns: JoinColumns
) -> None:
    """Raise JoinError, with the alternatives ranked, when guessed columns match too little.

    That is when less than half of the places of both sides match, when most points of the table lie
    in other features than its rows were given, or most names beside the codes, or parents, differ. Columns that were
    stated are taken at their word.
    """
    if not columns.guessed or columns.table_xy:
        return
    places, features = len(work.table), len(work.boundary)
    linked = {link.feature for link in work.matched.values()}
    settled = len(work.matched) + len(work.proposed)
    shares = (settled / max(places, 1), len(linked) / max(features, 1))
    if min(places, features) >= _FEW and max(shares) < _HALF:
        counts = {"rows": len(work.matched), "places": places}
        raise _refusal("join.guess_few", layer, frame, columns, **counts)
    right, told = _points_agree(work, layer, frame)
    if told >= _FEW and right < _HALF * told:
        raise _refusal("join.guess_points", layer, frame, columns, wrong=told - right, told=told)
    right, told = _names_agree(work)
    if told >= _FEW and right < _HALF * told:
        raise _refusal("join.guess_names", layer, frame, columns, wrong=told - right, told=told)
    right, told, ours, theirs = _parents_agree(work, layer, frame, columns)
    if told >= _FEW and right < _HALF * told:
        counts = {"wrong": told - right, "told": told}
        raise _refusal(
            "join.guess_parents", layer, frame, columns, **counts, boundary=ours, table=theirs
        )


def point_columns(frame: pd.DataFrame) -> tuple[str, str] | None:
    """Return the columns that hold longitude and latitude by heading and values, None without them."""
    names = [str(name) for name in frame.columns]
    named = [
        next((n for n in names if pattern.search(n.strip())), "")
        for pattern in (_LONGITUDE, _LATITUDE)
    ]
    if not all(named):
        return None
    try:
        known = coordinates(frame, named).notna().all(axis=1).mean()
    except JoinError:
        return None
    return (named[0], named[1]) if known >= _HALF else None


def _inside(layer: gpd.GeoDataFrame, frame: pd.DataFrame) -> pd.Series | None:
    """Return the feature that each row's point lies in, -1 for none; None without coordinates."""
    names = point_columns(frame)
    if names is None:
        return None
    points = coordinates(frame, names)
    drawn = gpd.GeoSeries(gpd.points_from_xy(points["x"], points["y"]), crs=4326)
    spots = drawn.to_crs(crs_of(layer)).to_numpy()
    spots[points["x"].isna().to_numpy()] = None
    rows, features = shapely.STRtree(layer.geometry.to_numpy()).query(spots, "intersects")
    inside = pd.Series(-1, index=range(len(frame)))
    inside.iloc[rows[::-1]] = features[::-1]
    return inside


def _points_agree(work: Matching, layer: gpd.GeoDataFrame, frame: pd.DataFrame) -> tuple[int, int]:
    """Return how many matched rows have their point in their feature, and how many have one in any."""
    inside = _inside(layer, frame)
    if inside is None:
        return 0, 0
    of_place = np.full(len(work.table), -1)
    for place, link in work.matched.items():
        of_place[place] = link.feature
    given = of_place[work.table.place_of]
    told = (given >= 0) & (inside.to_numpy() >= 0)
    return int((given[told] == inside.to_numpy()[told]).sum()), int(told.sum())


def _names_agree(work: Matching) -> tuple[int, int]:
    """Return how many places matched by code have one name on both sides, and how many have names."""
    named = [
        (work.boundary.paths[link.feature], work.table.paths[place])
        for place, link in work.matched.items()
        if link.step == CODE
    ]
    told = [(one[-1], other[-1]) for one, other in named if one and other and one[-1] and other[-1]]
    return sum(name_stem(one) == name_stem(other) for one, other in told), len(told)


def _parents_agree(
    work: Matching, layer: gpd.GeoDataFrame, frame: pd.DataFrame, columns: JoinColumns
) -> tuple[int, int, str, str]:
    """Return how many matched rows have a parent of one name on both sides, and how many have one.

    The parents are the columns not joined by whose distinct names agree most; both are named.
    """
    used = {*columns.boundary_name, *columns.table_name, columns.boundary_code, columns.table_code}
    ours = {n: one for n, one in name_candidates(layer).items() if n not in used}
    theirs = {n: one for n, one in name_candidates(frame).items() if n not in used}
    pairs = [
        (len(one & other) / max(1, min(len(one), len(other))), len(one & other), left, right)
        for left, one in ours.items()
        for right, other in theirs.items()
        if 2 <= len(one) < len(layer) / 2 and len(one & other) >= 2
    ]
    if not pairs or max(pairs)[0] < _HALF:
        return 0, 0, "", ""
    _, _, left, right = max(pairs)
    above = layer[left].astype("str").str.strip().str.casefold().to_numpy()
    first = pd.Series(range(len(frame))).groupby(work.table.place_of).first()
    parents = frame[right].astype("str").str.strip().str.casefold().to_numpy()
    known = set(above)
    told = [
        (above[link.feature], parents[first[place]])
        for place, link in work.matched.items()
        if parents[first[place]] in known
    ]
    return sum(one == other for one, other in told), len(told), left, right


def _refusal(
    key: str, layer: gpd.GeoDataFrame, frame: pd.DataFrame, columns: JoinColumns, **values: object
) -> JoinError:
    ranked = sorted(_alternatives(layer, frame), key=lambda one: (-one.rows, one.options))
    lines = [one.text(n, len(frame), None) for n, one in enumerate(ranked[:_SHOWN], 1)]
    lacking = i18n.text("join.no_alternative")
    chosen = " · ".join(
        f"{'+'.join(map(str, ours))} = {'+'.join(map(str, theirs))}"
        for ours, theirs in (
            ((columns.boundary_code,), (columns.table_code,)),
            (columns.boundary_name, columns.table_name),
        )
        if ours and ours[0]
    )
    error = JoinError(key, chosen=chosen, **values)
    error.values["alternatives"] = "\n".join(lines) or lacking
    return error


def _alternatives(layer: gpd.GeoDataFrame, frame: pd.DataFrame) -> Iterator[JoinAlternative]:
    """Give the pairs of columns that could be joined by: codes, names, and the points of the table."""
    for ours, theirs, rows in code_candidates(layer, frame):
        yield JoinAlternative(f"--boundary-code {ours} --table-code {theirs}", rows)
    right = name_candidates(frame)
    for ours, names in name_candidates(layer).items():
        for theirs, others in right.items():
            if len(names & others) >= 2:
                rows = _rows_with(frame[theirs], names)
                yield JoinAlternative(f"--boundary-name {ours} --table-name {theirs}", rows)
    points = point_columns(frame)
    inside = _inside(layer, frame)
    if points is not None and inside is not None and (inside >= 0).any():
        yield JoinAlternative(f"--table-xy {','.join(points)}", int((inside >= 0).sum()))


def _rows_with(column: pd.Series, names: frozenset[str]) -> int:
    texts = column.astype("str")
    known = {text: name_stem(text) in names for text in texts.unique()}
    return int(texts.map(known).sum())
