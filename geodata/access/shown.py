"""What exactly a read asked and whom it showed: beside the chain, which holds its digest."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd
from sqlalchemy import Column, ColumnElement, Integer, Table, Text

from geodata.access.database import METADATA

Filter = tuple[str, str, object]

# Kept apart from the chain, so that it can be put away without breaking it.
SHOWN = Table(
    "audit_shown",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
)
# Columns that say whom or what a row is about; what else stands in a row is not kept.
_CODES = ("household_code", "subject", "person_code")


@dataclass(frozen=True)
class Shown:
    """The filters of a read with their values, and the codes of the rows it showed, in order."""

    filters: Sequence[Filter] = ()
    codes: Sequence[str] = ()
    # A digest of few codes could otherwise be tried out.
    salt: str = field(default_factory=lambda: secrets.token_hex(8))

    @classmethod
    def of(cls, frame: pd.DataFrame, filters: Sequence[Filter]) -> Shown:
        """Return what a frame shows: the codes of its households, else of its subjects."""
        for column in _CODES:
            if column in frame.columns and frame[column].notna().any():
                codes = frame[column].dropna().astype(str)
                return cls(filters, tuple(dict.fromkeys(codes)))
        return cls(filters)

    @property
    def content(self) -> str:
        """Return it as JSON, always in the same order."""
        parts = {"codes": list(self.codes), "filters": self.filters, "salt": self.salt}
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":"), default=str)


def digest(content: str) -> str:
    """Return what the chain holds of a content."""
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def read_shown(content: str) -> Shown:
    """Return a content as it was kept."""
    parts = json.loads(content)
    filters = tuple((column, sign, value) for column, sign, value in parts["filters"])
    return Shown(filters, tuple(parts["codes"]), parts["salt"])


def shows(code: str) -> ColumnElement[bool]:
    """Return the condition of the records that showed a code in a list."""
    written = json.dumps(code, ensure_ascii=False)
    return SHOWN.c.content.contains(written, autoescape=True)
