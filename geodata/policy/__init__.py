"""What the documents say: dated parameters with place, status and source, and how they are found."""

from __future__ import annotations

from geodata.policy.changes import ParameterChange, changes_since
from geodata.policy.parameter import PLACE, PLACES, DatedValue, Lookup, Parameter
from geodata.policy.parameter_files import load_policy
from geodata.policy.policy import Policy
from geodata.policy.reference import Reference

__all__ = [
    "PLACE",
    "PLACES",
    "DatedValue",
    "Lookup",
    "Parameter",
    "ParameterChange",
    "Policy",
    "Reference",
    "changes_since",
    "load_policy",
]
