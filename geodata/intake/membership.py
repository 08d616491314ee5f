"""Which texts are among others, column by column; pandas would look at each one by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Texts = pd.Series | pd.Index


def is_among(texts: Texts, known: Texts | Iterable[str]) -> np.ndarray:
    """Return for each text whether it is among those known; a missing one is not."""
    listed = known if isinstance(known, (pd.Series, pd.Index)) else list(known)
    hits = pc.is_in(_arrow(texts), value_set=_arrow(listed).drop_null())
    result: np.ndarray = hits.to_numpy(zero_copy_only=False)
    return result


def _arrow(texts: Any) -> pa.Array:
    array = pa.array(texts, type=pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
