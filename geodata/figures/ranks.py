"""Places in order of a figure, worst first."""

from __future__ import annotations

import pandas as pd


def ranked(
    frame: pd.DataFrame, worse: str, *, decimals: int | None = None, scale: float = 1.0
) -> pd.DataFrame:
    """Return the rows with their rank, worst first; `frame` has value, index key.

    1 is worst, equal values share a rank and the next one is left out (1, 2, 2, 4); ties stand in
    the order of their keys, places without a value last and with no rank. Unless low is `worse`,
    high is. With `decimals` values are equal that are written alike, times `scale`.
    """
    shown = frame["value"] if decimals is None else (frame["value"] * scale).round(decimals)
    rank = shown.rank(method="min", ascending=worse == "low").astype("Int64")
    frame = frame.assign(rank=rank).sort_index()
    return frame.sort_values("rank", kind="stable", na_position="last")
