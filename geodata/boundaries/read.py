"""Boundaries from a file: encoding, CRS and geometry settled and repaired, with all that was done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.boundaries.crs import CrsChoice, choose_crs
from geodata.boundaries.datums import without_shift
from geodata.boundaries.encoding import EncodingChoice, json_as_utf8
from geodata.boundaries.features import Features, as_table, damaged_texts, decoded, read_features
from geodata.boundaries.files import JSON, opened_file
from geodata.boundaries.remark import Remark
from geodata.boundaries.repair import NeighbourFaults, Repair, neighbour_faults, repair_geometry
from geodata.errors import BoundaryError
from geodata.escaping import html_text
from geodata.i18n import text

# So many damaged texts, repairs and places are named; the rest are counted.
NAMED = 8


def read_boundaries(
    path: str | Path,
    *,
    encoding: str | None = None,
    crs: object = None,
    datum: str | None = None,
    layer: str | None = None,
) -> Boundaries:
    """Return the boundaries of a shapefile (file, folder or zip), GeoPackage, GeoJSON and others.

    Also read are TopoJSON, FlatGeobuf and GeoParquet. `encoding` and `crs` are the user's own
    statements and go before what the file says; `datum="gcj02"` (or "bd09") takes the shift of Chinese
    map sites out of longitudes and latitudes; `layer` names one of several layers. Raises BoundaryError
    with what is wrong and what to do when the file cannot be read or placed.
    """
    shown = Path(path)
    with opened_file(shown) as file:
        table, features, encoding_choice = _texts_settled(file, layer, encoding)
    shapes = features.geometries
    drawn = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    if not len(drawn):
        raise BoundaryError("boundaries.all_null", file=shown)
    left, bottom, right, top = (float(value) for value in shapely.total_bounds(drawn))
    bounds = (left, bottom, right, top)
    if not np.isfinite(bounds).all():
        raise BoundaryError("boundaries.not_finite", file=shown)
    crs_choice = choose_crs(features.crs, bounds, given=crs)
    frame = gpd.GeoDataFrame(table, geometry=features.geometries, crs=crs_choice.crs)
    frame, moved = without_shift(frame, datum)
    frame, repairs = repair_geometry(frame)
    faults = neighbour_faults(frame)
    return Boundaries(
        path=shown,
        frame=frame,
        encoding=encoding_choice,
        crs=crs_choice,
        repairs=repairs,
        issues=(*features.remarks, *moved, *damaged_texts(table), *faults.remarks()),
        neighbours=faults,
    )


def _texts_settled(
    file: Path, layer: str | None, encoding: str | None
) -> tuple[pd.DataFrame, Features, EncodingChoice]:
    """Return attributes as readable texts, the features, and the encoding that was used."""
    suffix = file.suffix.lower()
    if suffix == ".shp":
        features = read_features(file, layer=layer)
        table, choice = decoded(features, file, encoding)
        return table, features, choice
    choice = EncodingChoice("utf-8", True, Remark("boundaries.encoding_format", {"suffix": suffix}))
    if suffix in JSON:
        with json_as_utf8(file, encoding) as (text, declared):
            features, choice = read_features(text, layer=layer), declared or choice
    else:
        features = read_features(file, layer=layer)
    return as_table(features.names, features.columns, len(features.geometries)), features, choice


@dataclass(frozen=True, repr=False)
class Boundaries:
    """A layer of boundaries as read from one file.

    `frame` has the rows 0..n-1 in the order of the source, decoded texts, a CRS, and None where a
    feature has no geometry. `repairs` name what was changed or found wrong in a geometry, `issues`
    what is wrong with texts, numbers and neighbours. No feature is left out.
    """

    path: Path
    frame: gpd.GeoDataFrame
    encoding: EncodingChoice
    crs: CrsChoice
    repairs: tuple[Repair, ...] = ()
    issues: tuple[Remark, ...] = ()
    neighbours: NeighbourFaults = field(default_factory=NeighbourFaults)

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        name, encoding = self.path.name, self.encoding.name
        return f"<Boundaries {name}: {len(self)} features, {encoding}, {self.crs.label}>"

    def _repr_html_(self) -> str:
        """Return what was read, line by line, for a notebook."""
        # The summary knows boundaries, so it is imported when it is wanted.
        lines = "".join(f"<li>{html_text(line, 400)}</li>" for line in reading_lines(self))
        return f"<strong>{html_text(self.path.name)}</strong><ul>{lines}</ul>"

    def repair_counts(self) -> dict[str, int]:
        """Return the number of repair records of each kind, sorted by kind."""
        return dict(sorted(Counter(repair.kind for repair in self.repairs).items()))

    def issue_counts(self) -> dict[str, int]:
        """Return the number of issues of each kind, sorted by kind."""
        return dict(sorted(Counter(issue.kind for issue in self.issues).items()))


def reading_lines(read: Boundaries, lang: str | None = None) -> list[str]:
    """Return how a layer was read and what is wrong with it, as lines of text in one language."""
    doubt = "" if read.encoding.certain else text("boundaries.encoding_doubtful", lang)
    lines = [
        text("boundaries.line_features", lang, count=len(read)),
        _line("encoding", lang, read.encoding.name, read.encoding.reason.sentence(lang) + doubt),
        _line("crs", lang, read.crs.label, read.crs.reason.sentence(lang)),
    ]
    clean = [] if read.repairs else [text("boundaries.line_no_repairs", lang)]
    return lines + clean + finding_lines(read, lang)


def finding_lines(read: Boundaries, lang: str | None = None) -> list[str]:
    """Return what to be careful about in a layer: warnings, repairs and issues; [] when nothing."""
    warnings = [
        text("boundaries.line_warning", lang, sentence=remark.sentence(lang))
        for remark in reading_warnings(read)
    ]
    return warnings + _repair_lines(read, lang) + _issue_lines(read, lang)


def reading_warnings(read: Boundaries) -> tuple[Remark, ...]:
    """Return what was doubtful about encoding and CRS."""
    return (*read.encoding.remarks, *read.crs.warnings)


def _repair_lines(read: Boundaries, lang: str | None) -> list[str]:
    lines = []
    for kind, count in read.repair_counts().items():
        rows = [str(repair.feature + 1) for repair in read.repairs if repair.kind == kind]
        shown = ", ".join(rows[:NAMED]) + (" …" if count > NAMED else "")
        name = text(f"boundaries.{kind}", lang)
        lines.append(text("boundaries.line_repair", lang, kind=name, count=count, rows=shown))
    return lines


def _issue_lines(read: Boundaries, lang: str | None) -> list[str]:
    damaged = [issue for issue in read.issues if issue.kind == "damaged_text"]
    others = [issue for issue in read.issues if issue.kind != "damaged_text"]
    lines = [issue.sentence(lang) for issue in (*others, *damaged[:NAMED])]
    if len(damaged) > NAMED:
        lines.append(text("boundaries.line_more_damaged", lang, count=len(damaged) - NAMED))
    return lines


def _line(name: str, lang: str | None, value: str, reason: str) -> str:
    return text(f"boundaries.line_{name}", lang, value=value, reason=reason)
