"""What the walls read alike: what the rules found, and the values of rows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geodata.access import Request
from geodata.escaping import plain_text

LONGEST = 40
FLAG_COLUMNS = ("subject_kind", "subject", "place_code", "rule", "answer")
IS_FOUND = ("answer", "is", "yes")
FINDINGS = Request("flags", columns=FLAG_COLUMNS, filters=(IS_FOUND,))


def word_of(value: Any) -> str:
    """Return a text that was read, empty where there is none."""
    return "" if pd.isna(value) else plain_text(str(value), LONGEST)


def whole_number(value: Any) -> int | None:
    """Return a number that was read; None where there is none."""
    return None if pd.isna(value) else int(value)
