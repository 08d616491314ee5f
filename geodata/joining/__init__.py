"""Table rows to boundary features: codes, names, changes, proposals, decisions, and the ledger."""

from geodata.joining.columns import JoinColumns, find_column
from geodata.joining.join import join_indicators
from geodata.joining.result import JoinResult

__all__ = ["JoinColumns", "JoinResult", "find_column", "join_indicators"]
