"""Birth day and sex of persons from their certificate, where the file does not give them."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from geodata.intake.certificates import read_certificates
from geodata.intake.combining import TableRows


def with_birth_and_sex(persons: TableRows) -> None:
    """Fill unknown birth days and sexes from certificates that are right."""
    frame = persons.frame
    numbers = frame["certificate"].fillna("").to_numpy(dtype=object)
    certificates = read_certificates(numbers)
    day = pd.ArrowDtype(pa.date32())
    born = pd.Series(pa.array(certificates.birth_day, pa.date32()), index=frame.index, dtype=day)
    sex = pd.Series(certificates.sex, index=frame.index, dtype="str")
    persons.frame = frame.assign(
        birth_day=frame["birth_day"].where(frame["birth_day"].notna(), born),
        sex=frame["sex"].where(frame["sex"].notna(), sex.where(sex != "")),
    )
