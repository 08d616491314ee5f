"""A module for the test of this package; example_tests.py fails on one of its faults alone."""

from __future__ import annotations


def is_grown(age: int) -> bool:
    """Return whether somebody is of age, which begins at 18."""
    return age >= 18
