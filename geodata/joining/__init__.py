"""Table rows to boundary features: codes, names, changes, proposals, decisions, and the ledger."""

from geodata.joining.join import join_indicators
from geodata.joining.join_columns import JoinColumns, find_column
from geodata.joining.join_result import JoinResult

__all__ = ["JoinColumns", "JoinResult", "find_column", "join_indicators"]
