"""What is written down about each planted fault and each planted case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One planted fault: where it stands (file, sheet, row as printed, header) and of what kind.

    `check` is the name of the check that finds it, `month` the folder of the file, `written` what
    the cell holds now and `right` what it held.
    """

    month: str
    file: str
    sheet: str
    row: int
    column: str
    check: str
    written: str
    right: str


@dataclass(frozen=True)
class Case:
    """One subject that a rule must flag: a household or a village by its code."""

    rule: str
    subject: str
    code: str
