"""Table rows to boundary features: codes, names, changes, proposals, decisions, and the ledger."""

from geodata.boundaries.join.columns import JoinColumns, find_column
from geodata.boundaries.join.join import join_indicators
from geodata.boundaries.join.result import JoinResult

__all__ = ["JoinColumns", "JoinResult", "find_column", "join_indicators"]
