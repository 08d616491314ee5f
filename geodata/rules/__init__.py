"""What is wrong: declarative rules over named features, answered yes, no or unknown."""

from __future__ import annotations

from geodata.rules.binding import Binding
from geodata.rules.exemption import Exemption, read_exemptions
from geodata.rules.feature import Feature, FeatureSet
from geodata.rules.reason import reasons
from geodata.rules.rule import Rule, read_rules
from geodata.rules.run import Findings, run_rules
from geodata.rules.subject import Subject, base_offices, base_subjects

__all__ = [
    "Binding",
    "Exemption",
    "Feature",
    "FeatureSet",
    "Findings",
    "Rule",
    "Subject",
    "base_offices",
    "base_subjects",
    "read_exemptions",
    "read_rules",
    "reasons",
    "run_rules",
]
