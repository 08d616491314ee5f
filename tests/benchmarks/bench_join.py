"""Time of a join against pandas' merge in the same run: 3,000 villages, then 600,000 rows.

Run with ``python tests/benchmarks/bench_join.py``. The merge says nothing of what did not match.
"""

from __future__ import annotations

import time

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

from geodata.joining import join_indicators
from geodata.joining.names import clean_name

VILLAGES, ROWS = 3_000, 600_000
SIGNS = list("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余")


def villages(rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return villages of 100 townships with codes and names of three signs."""
    numbers = np.arange(VILLAGES)
    names = ["".join(rng.choice(SIGNS, 3)) + "村" for _ in numbers]
    towns = [f"{SIGNS[n % 10]}{SIGNS[10 + n // 10 % 10]}镇" for n in numbers // 30]
    shapes = [box(n % 60, n // 60, n % 60 + 1, n // 60 + 1) for n in numbers]
    codes = [f"990101{n // 30 + 100}{n % 30 + 200}" for n in numbers]
    return gpd.GeoDataFrame(
        {"code": codes, "town": towns, "village": names}, geometry=shapes, crs=4326
    )


def timed(label: str, work, *arguments, **options) -> float:
    """Print and return the best of three runs in seconds."""
    best = np.inf
    for _ in range(3):
        start = time.perf_counter()
        work(*arguments, **options)
        best = min(best, time.perf_counter() - start)
    print(f"{label:42s} {best * 1000:9.1f} ms")
    return best


def main() -> None:
    """Print the times and how many times a bare merge each join takes."""
    rng = np.random.default_rng(7)
    layer = villages(rng)
    table = pd.DataFrame(layer[["code", "town", "village"]]).assign(figure="1")
    clean_name("臺")
    table.loc[::7, "village"] = table["village"][::7].str.replace("村", "村民委员会")
    table.loc[::50, "village"] = table["village"][::50].str[0] + "错村"
    names = {"boundary_name": "town,village", "table_name": "town,village"}
    codes = {"boundary_code": "code", "table_code": "code"}
    bare = timed("merge, 3,000 rows by code", layer.merge, table, on="code")
    by_name = timed("join, 3,000 rows by name", join_indicators, layer, table, **names)
    by_code = timed("join, 3,000 rows by code", join_indicators, layer, table, **codes)
    many = table.iloc[rng.integers(0, VILLAGES, ROWS)].reset_index(drop=True)
    bare_many = timed("merge, 600,000 rows by code", many.merge, layer, on="code")
    by_code_many = timed("join, 600,000 rows by code", join_indicators, layer, many, **codes)
    print(
        f"by name {by_name / bare:.0f}x, by code {by_code / bare:.0f}x, 600,000 rows {by_code_many / bare_many:.1f}x a bare merge"
    )


if __name__ == "__main__":
    main()
