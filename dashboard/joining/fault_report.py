"""Faults of a boundary layer as files: a table to decide in, a page with a map, and the mended layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup

from dashboard.texts import text
from dashboard.web.markup import filled
from geodata import i18n
from geodata.boundaries.boundary_faults import BoundaryFault
from geodata.boundaries.crs import crs_of
from geodata.boundaries.mending import COLUMNS, MendedLayer
from geodata.boundaries.repair import SLIVER_WIDTH, metres_per_unit
from geodata.escaping import cell_text
from geodata.joining.join_result import COLOURS, MATCHED, PROPOSED, UNMATCHED, svg_map

_MOST_ROWS = 500
# A sliver is drawn so many times as wide as it may be, or nobody would see it.
_WIDER = 20


def count_lines(faults: Sequence[BoundaryFault]) -> list[str]:
    """Return a line for each kind of fault with how many there are, most first."""
    counts = Counter(fault.kind for fault in faults)
    return [
        text(
            "boundaries_command.fault_count", kind=text(f"boundaries_command.kind_{kind}"), count=n
        )
        for kind, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def write_faults(
    folder: Path,
    frame: gpd.GeoDataFrame,
    keys: Sequence[str],
    faults: Sequence[BoundaryFault],
    *,
    title: str,
) -> None:
    """Write faults.csv (to decide in), faults.geojson and faults.html (with a map) into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "fault": cell_text(fault.key),
            "what": cell_text(fault.sentence()),
            "proposal": cell_text(fault.proposal()),
            "area": round(fault.area, 1),
            **dict.fromkeys(COLUMNS[1:], ""),
        }
        for fault in faults
    ]
    columns = ["fault", "what", "proposal", "area", *COLUMNS[1:]]
    table = pd.DataFrame(rows, columns=columns)
    table.to_csv(folder / "faults.csv", index=False, encoding="utf-8-sig", lineterminator="\n")
    located = gpd.GeoDataFrame(
        table[["fault", "what", "proposal", "area"]],
        geometry=[fault.shape for fault in faults],
        crs=frame.crs,
    )
    (folder / "faults.geojson").write_text(located.to_crs(4326).to_json(), encoding="utf-8")
    template = Path(__file__).with_name("fault_report.html")
    page = filled(
        template,
        lang=i18n.default_language(),
        text=text,
        style=Markup(template.with_name("report.css").read_text(encoding="utf-8")),
        picture=Markup(_picture(frame, keys, faults)),
        title=title,
        counts=count_lines(faults),
        colours=COLOURS,
        faults=faults[:_MOST_ROWS],
        more=max(0, len(faults) - _MOST_ROWS),
    )
    (folder / "faults.html").write_text(page, encoding="utf-8", newline="\n")


def _picture(frame: gpd.GeoDataFrame, keys: Sequence[str], faults: Sequence[BoundaryFault]) -> str:
    """Return the layer as SVG: villages with a fault, and over them where the faults are."""
    concerned = {row for fault in faults for row in fault.features}
    outcomes = [PROPOSED if row in concerned else MATCHED for row in range(len(frame))]
    width = _WIDER * SLIVER_WIDTH / metres_per_unit(crs_of(frame), frame.total_bounds)
    narrow = ("sliver", "overlap", "gap", "no_hole")
    marked = [fault for fault in faults if fault.kind in narrow]
    # The width is in units of the layer, be they degrees.
    wider = shapely.buffer(np.array([fault.shape for fault in marked], dtype=object), width)
    shapes = gpd.GeoSeries(wider, crs=frame.crs)
    together = gpd.GeoDataFrame(geometry=pd.concat([frame.geometry, shapes], ignore_index=True))
    together = together.set_crs(crs_of(frame), allow_override=True)
    titles = [*keys, *(fault.sentence() for fault in marked)]
    label = text("boundaries_command.faults_subtitle")
    return svg_map(
        together, [*outcomes, *([UNMATCHED] * len(marked))], titles, width=620, label=label
    )


def write_mended(folder: Path, name: str, mended: MendedLayer) -> Path:
    """Write the mended layer as a GeoPackage and the record of its repairs; returns the layer's file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.mended.gpkg"
    file.unlink(missing_ok=True)
    mended.frame.to_file(file, layer=name, driver="GPKG")
    record = mended.record.assign(
        **{
            column: mended.record[column].map(cell_text)
            for column in ("fault", "who", "when", "why")
        }
    )
    record.to_csv(folder / "repairs.csv", index=False, encoding="utf-8-sig", lineterminator="\n")
    return file
