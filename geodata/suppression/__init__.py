"""Which counts of places must not be shown, so that no small one can be worked out."""

from __future__ import annotations

from geodata.suppression.paths import Relation, Term
from geodata.suppression.related import MonthCounts, RelatedCounts
from geodata.suppression.tree import Marks, Numbers, Tree, hide_small

__all__ = [
    "Marks",
    "MonthCounts",
    "Numbers",
    "RelatedCounts",
    "Relation",
    "Term",
    "Tree",
    "hide_small",
]
