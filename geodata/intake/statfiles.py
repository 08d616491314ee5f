"""Tables of statistics programs: Stata (.dta) and SPSS (.sav, .zsav), with labels in place of codes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat

from geodata.errors import SourceError

# Versions of Stata before 117 begin with their number, the order of bytes and a one.
_OLD_STATA = frozenset({104, 105, 108, 110, 111, 112, 113, 114, 115})


def kind_of(head: bytes) -> str:
    """Return "stata" or "spss" by the first bytes of a file, "" for another kind."""
    if head.startswith(b"<stata_dta>"):
        return "stata"
    if len(head) > 3 and head[0] in _OLD_STATA and head[1] in (1, 2) and head[2] == 1:
        return "stata"
    return "spss" if head.startswith((b"$FL2", b"$FL3")) else ""


def read_statistics(file: Path, head: bytes, *, encoding: str | None = None) -> pd.DataFrame:
    """Return the rows of a file, values that have a label as their label.

    Raises SourceError for a damaged file, and for texts in another encoding than the file says.
    """
    try:
        if kind_of(head) == "stata":
            frame, _ = pyreadstat.read_dta(
                str(file), apply_value_formats=True, formats_as_category=False, encoding=encoding
            )
        else:
            frame, _ = pyreadstat.read_sav(
                str(file), apply_value_formats=True, formats_as_category=False, encoding=encoding
            )
    except UnicodeDecodeError:
        raise SourceError("readers.statistics_encoding", file=file.name) from None
    except (
        pyreadstat.ReadstatError,
        pyreadstat.PyreadstatError,
        ValueError,
        OverflowError,
    ) as error:
        raise SourceError("readers.damaged_statistics", file=file.name, why=str(error)) from None
    return pd.DataFrame(frame)
