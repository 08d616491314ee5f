"""Relocation sites, the households that moved to them from the heights, and their workshops."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.sample.places import Places


def make_sites(rng: np.random.Generator, places: Places) -> pd.DataFrame:
    """Return the sites, one to nine: village (row), name, kind and the villages they draw from.

    Sites lie in the communities of towns or in low villages; `origins` holds up to five villages
    (rows) of the heights.
    """
    villages = places.villages
    count = int(np.clip(len(villages) // 35, 1, 9))
    towns = np.flatnonzero(villages["urban"])
    low = villages["metres"].rank(method="first").to_numpy().argsort()
    seats = list(dict.fromkeys([*towns[: max(count - 2, 1)], *low]))[:count]
    high = villages["metres"].rank(method="first", ascending=False).to_numpy().argsort()
    pool = np.setdiff1d(high[: max(count * 6, 2)], seats, assume_unique=True)
    xy = villages[["x", "y"]].to_numpy()
    away = np.hypot(*(xy[pool][:, None] - xy[seats][None]).transpose(2, 0, 1))
    origins: list[list[int]] = [[] for _ in seats]
    for at in range(min(len(pool), count * 5)):  # the sites choose in turn, the nearest first
        nearest = int(away[:, at % count].argmin())
        origins[at % count].append(int(pool[nearest]))
        away[nearest] = np.inf
    words = ["新城", "福苑", "安居", "惠民", "和兴", "康宁", "锦绣", "同心", "永安"]
    order = rng.permutation(len(words))
    return pd.DataFrame(
        {
            "village": seats,
            "name": [words[order[at]] + "安置点" for at in range(count)],
            "kind": np.where(villages["urban"].to_numpy()[seats], "城镇安置", "农村集中安置"),
            "origins": [tuple(chosen) for chosen in origins],
        }
    )


def relocate(
    rng: np.random.Generator, places: Places, households: pd.DataFrame, sites: pd.DataFrame
) -> pd.DataFrame:
    """Return the households with `site` and `origin` (-1 none) after the moves, sorted by village.

    About half of the formerly poor households of a village of origin live at its site.
    """
    moved = households.assign(site=-1, origin=-1)
    village = households["village"].to_numpy()
    target = np.full(len(places.villages), -1)
    for site, origins in enumerate(sites["origins"]):
        target[list(origins)] = site
    goes = households["former_poor"].to_numpy() & (target[village] >= 0)
    goes &= rng.random(len(households)) < 0.55
    site = target[village[goes]]
    seat = sites["village"].to_numpy()[site]
    moved.loc[goes, "origin"] = village[goes]
    moved.loc[goes, "site"] = site
    moved.loc[goes, "village"] = seat
    moved.loc[goes, ["x", "y"]] = (
        places.villages[["x", "y"]].to_numpy()[seat] + rng.normal(0, 25, (goes.sum(), 2))
    ).round(1)
    moved.loc[goes, "house_area"] = rng.integers(3, 6, goes.sum()) * 20.0
    return moved.sort_values("village", kind="stable", ignore_index=True)
