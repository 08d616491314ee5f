"""Small invented files of the same form as the public data of the examples: names, codes, encodings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

SIDE = 3


def _cells(left: float, bottom: float, size: float) -> Iterator[tuple[int, int, object]]:
    for row in range(SIDE):
        for column in range(SIDE):
            x, y = left + column * size, bottom + row * size
            yield row, column, box(x, y, x + size, y + size)


def write_example_data(folder: Path) -> Path:
    """Write the files of all four examples below a folder, as they lie in the public data; returns it."""
    _tainan(folder / "tw_tainan")
    _arequipa(folder / "pe_arequipa")
    _kerala(folder / "in_kerala_water")
    _malawi(folder / "mw_household")
    return folder


def _tainan(home: Path) -> None:
    rows = [
        {"TOWN": f"{'甲乙丙'[row]}區", "VILLAGE": f"{'東西南'[column]}內里", "geometry": shape}
        for row, column, shape in _cells(170_000, 2_550_000, 2_000)
    ]
    layer = gpd.GeoDataFrame(rows, crs="EPSG:3826")
    shapes = home / "boundary_2013_shp"
    shapes.mkdir(parents=True)
    layer.to_file(shapes / "10_tn-village.shp", encoding="CP950")
    (shapes / "10_tn-village.cpg").unlink(missing_ok=True)
    income = home / "income_2010_2016"
    income.mkdir()
    for year in (2012, 2013, 2014):
        table = pd.DataFrame(
            {
                "縣市": "台南市",
                "鄉鎮市區": layer["TOWN"],
                "村里": layer["VILLAGE"],
                "納稅單位": [100 + n for n in range(len(layer))],
                "綜合所得總額": [60_000 + 1_000 * n + year for n in range(len(layer))],
                "平均數": 600,
                "中位數": [500 + n for n in range(len(layer))],
            }
        )
        table.to_csv(income / f"{year}.csv", index=False)


def _arequipa(home: Path) -> None:
    home.mkdir(parents=True)
    rows = [
        {
            "IDDIST": f"04010{row * SIDE + column + 1}" if row < 2 else f"23010{column + 1}",
            "NOMBDIST": f"DISTRITO {row}{column}",
            "NOMBPROV": f"PROVINCIA {row}",
            "NOMBDEP": "AREQUIPA" if row < 2 else "TACNA",
            "geometry": shape,
        }
        for row, column, shape in _cells(-72.0, -16.5, 0.2)
    ]
    gpd.GeoDataFrame(rows, crs=4326).to_file(home / "peru_distrital_simple.geojson")
    codes = [row["IDDIST"] for row in rows if row["NOMBDEP"] == "AREQUIPA"] * 4
    table = pd.DataFrame(
        {
            "hogar_id": [f"{code}_00{n:04d}_11" for n, code in enumerate(codes)],
            "ubigeo": codes,
            "tam_hogar": 4,
            "ingreso_neto_total_hogar": [20_000.5 + 100 * n for n in range(len(codes))],
            "monto_total_transferencias_publicas": 300.0,
            "agua_segura_proxy": [n % 2 for n in range(len(codes))],
        }
    )
    name = "enaho_arequipa_2023_households.csv"
    table.to_csv(home / name, index=False, encoding="utf-8-sig")


def _kerala(home: Path) -> None:
    home.mkdir(parents=True)
    cells = list(_cells(76.0, 9.0, 0.1))
    topology = {
        "type": "Topology",
        "arcs": [[list(point) for point in shape.exterior.coords] for _, _, shape in cells],
        "objects": {
            "villages": {
                "type": "GeometryCollection",
                "geometries": [
                    {
                        "type": "Polygon",
                        "arcs": [[n]],
                        "properties": {
                            "DISTRICT": f"District {row}",
                            "SUB_DIST": f"Taluk {row}",
                            "NAME": f"Village {row}{column}",
                        },
                    }
                    for n, (row, column, _) in enumerate(cells)
                ],
            }
        },
    }
    file = home / "kerala_villages.topojson"
    file.write_text(json.dumps(topology), encoding="utf-8")
    spots = [shape.centroid for _, _, shape in cells]
    table = pd.DataFrame(
        {
            "State": "Kerala",
            "District": [f"District {row}" for row, _, _ in cells],
            "Location": [f"Well {n}" for n in range(len(cells))],
            "Longitude": [spot.x for spot in spots],
            "Latitude": [spot.y for spot in spots],
            "F (mg/L)": [0.1 * n for n in range(len(cells))],
        }
    )
    table.to_csv(home / "cgwb_groundwater_2023_kerala.csv", index=False)


def _malawi(home: Path) -> None:
    home.mkdir(parents=True)
    rows = [
        {
            "submitted_on": "9/20/2021",
            "latitude": -15.4 + 0.03 * row + 0.001 * n,
            "longitude": 35.2 + 0.03 * column,
            "district": "Zomba",
            "traditional_authority": f"Authority {row}",
            "group_village_headman": f"Group {row}",
            "village": f"Village {row}{column}",
            "household_id": n + 1,
            "household_size": 3 + n,
            "water_collection_time_minutes": "NA" if n == 0 else 10 * n,
            "seasonal_water_shortage": ("Yes", "No")[n % 2],
        }
        for row in range(SIDE)
        for column in range(SIDE)
        for n in range(4)
    ]
    pd.DataFrame(rows).to_csv(home / "waterconsumersurvey.csv", index=False)
