"""Why a place has no figure: not reported, nobody in question, a hidden small count, or out of reach."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard.answers.source import Source
from dashboard.view import View

STATES = ("shown", "no_data", "not_applicable", "hidden", "outside")


def states_of(source: Source, view: View) -> pd.Series:
    """Return one of STATES for every place of the level, by key."""
    atlas, asked = source.atlas, (view.indicator, view.period, view.level)
    frame = atlas.frame(*asked)
    kinds = {
        "outside": ~atlas.seen(frame.index),
        "hidden": atlas.hidden(*asked),
        "shown": frame["value"].notna(),
        "not_applicable": atlas.not_applicable(*asked),
    }
    holds = [found.reindex(frame.index).to_numpy(dtype=bool) for found in kinds.values()]
    return pd.Series(np.select(holds, list(kinds), default="no_data"), index=frame.index)
