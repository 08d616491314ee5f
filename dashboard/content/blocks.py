"""The parts of a page of text: facts, grids and findings, all of them plain words in one language.

Nothing here is escaped for a medium: HTML and print each escape what they draw.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Facts:
    """Labels with values."""

    title: str
    pairs: tuple[tuple[str, str], ...]
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """A small table; `kinds` say text or number for each column.

    `marks` hold a word for each row: bad for a contradiction, unknown, sum, or nothing.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """A broken rule: severity, title, why, and what is to be done by whom."""

    severity: str
    title: str
    reason: str
    then: str


@dataclass(frozen=True)
class Findings:
    """Broken rules, worst first, and a note on those that cannot be answered."""

    title: str
    items: tuple[Finding, ...]
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """Amounts by period (index) and part (columns) to be drawn stacked; empty when there are none."""

    title: str
    amounts: pd.DataFrame = field(repr=False, compare=False)
    note: str = ""


Block = Facts | Grid | Findings | Chart


@dataclass(frozen=True)
class CardContent:
    """A household card as data: title, where and when, and its blocks in order."""

    title: str
    where: str
    blocks: tuple[Block, ...]
