"""Birth day and sex of persons from their certificate: filled where unknown, told where they differ."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from geodata.intake.certificates import read_certificates
from geodata.intake.combining import TableRows
from geodata.intake.consistency import report_many
from geodata.intake.issues import Issues


def with_birth_and_sex(persons: TableRows, issues: Issues) -> None:
    """Fill unknown birth days and sexes from certificates that are right; report those that differ."""
    frame = persons.frame
    numbers = frame["certificate"].fillna("").to_numpy(dtype=object)
    certificates = read_certificates(numbers)
    day = pd.ArrowDtype(pa.date32())
    born = pd.Series(pa.array(certificates.birth_day, pa.date32()), index=frame.index, dtype=day)
    sex = pd.Series(certificates.sex, index=frame.index, dtype="str")
    sex = sex.where(sex != "")
    for name, known, check in (("birth_day", born, "birth_differs"), ("sex", sex, "sex_differs")):
        differs = (frame[name].notna() & known.notna() & (frame[name] != known)).fillna(False)
        keys = frame.index[differs.to_numpy(bool)]
        issues.add(check, persons.located(keys, name))
        report_many(persons, keys, int(known.notna().sum()), name, issues)
    persons.frame = frame.assign(
        birth_day=frame["birth_day"].where(frame["birth_day"].notna(), born),
        sex=frame["sex"].where(frame["sex"].notna(), sex),
    )
