"""Contradictions within a row: the class of a works bears its scale in its name."""

from __future__ import annotations

import pytest

from geodata.intake.consistency import consistencies
from geodata.store.embedded import DuckDBEngine

CLASS = next(one for one in consistencies() if one.name == "works_class_differs")


def _contradicts(kind: str | None, capacity: float | None, population: int | None) -> bool:
    def literal(value: object) -> str:
        return "NULL" if value is None else f"'{value}'" if isinstance(value, str) else str(value)

    row = zip(("kind", "capacity", "population"), (kind, capacity, population), strict=True)
    cells = ", ".join(f"{literal(value)} AS {name}" for name, value in row)
    with DuckDBEngine() as engine:
        engine.add_view("works", f"SELECT {cells}")
        return len(engine.frame(f"SELECT kind FROM works WHERE {CLASS.when}")) == 1


@pytest.mark.parametrize(
    ("kind", "capacity", "population", "wrong"),
    [
        ("large", 160, 1900, True),
        ("large", 999, 9999, True),
        ("large", 1000, 1900, False),
        ("large", 160, 10_000, False),
        ("large", None, 1900, False),
        ("thousand", 90, 999, True),
        ("thousand", 100, 999, False),
        ("thousand", 90, 1000, False),
        ("thousand", 1000, 10_000, True),
        ("small", 1000, 12_000, True),
        ("small", 100, 1000, True),
        ("small", 99, 1000, False),
        ("urban_rural", 160, 1900, False),
        ("decentralised", 20, 90, False),
        (None, 160, 1900, False),
    ],
)
def test_a_class_of_works_is_told_where_its_scale_does_not_bear_it_out(
    kind: str | None, capacity: float | None, population: int | None, wrong: bool
) -> None:
    assert _contradicts(kind, capacity, population) == wrong
