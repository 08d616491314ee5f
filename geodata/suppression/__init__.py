"""Which counts of places must not be shown, so that no small one can be worked out."""

from __future__ import annotations

from geodata.suppression.paths import Relation, Term
from geodata.suppression.related import MonthCounts, RelatedCounts
from geodata.suppression.tree import Marks, NumberedTree, Numbers, hide_small

__all__ = [
    "Marks",
    "MonthCounts",
    "NumberedTree",
    "Numbers",
    "RelatedCounts",
    "Relation",
    "Term",
    "hide_small",
]
