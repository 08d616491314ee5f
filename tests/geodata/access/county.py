"""A county of invented villages and households, and a door to it, for the tests of access."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd

from geodata.access import (
    AccessLimits,
    Accounts,
    AuditTrail,
    Database,
    Door,
    Unmasking,
    table_privacy,
)
from geodata.policy import load_policy

NOW = datetime.datetime(2025, 6, 30, 9, 0, tzinfo=datetime.UTC)
COUNTIES = ("990101", "990102")
TOWNSHIPS = tuple(f"{county}{number:03d}" for county in COUNTIES for number in (1, 2, 10))
VILLAGES = tuple(f"{town}{number:03d}" for town in TOWNSHIPS for number in (200, 201, 210))
PARENT = {
    **{village: village[:9] for village in VILLAGES},
    **{town: town[:6] for town in TOWNSHIPS},
    **dict.fromkeys(COUNTIES, "9901"),
    "9901": "99",
    "99": None,
}
PASSWORD = "Mashang-tu-47"


def limits() -> AccessLimits:
    policy, day = load_policy(), NOW.date()
    return AccessLimits.of(lambda key: policy.at(key, "990101", day).value)


def households() -> pd.DataFrame:
    """Return two households a village with a name and number that must never be readable."""
    rows = [
        {
            "place_code": village,
            "household_code": f"{village}-{number}",
            "head_name": f"王{village[-6:]}{number}",
            "head_certificate": f"99010119500101{number}{village[-3:]}",
            "phone": f"139{village[-7:]}{number}",
            "per_capita_income": 500_000 + number,
            "new_column": "nobody described this",
        }
        for village in VILLAGES
        for number in (1, 2)
    ]
    return pd.DataFrame(rows)


def trail(folder: Path, now: datetime.datetime = NOW) -> AuditTrail:
    return AuditTrail(Database(folder / "access.sqlite"), clock=lambda: now)


def accounts(folder: Path) -> Accounts:
    return Accounts(trail(folder), limits())


def door(folder: Path, read=None) -> Door:
    """Return a door to all households; its store ignores the prefixes that it is given."""
    written = trail(folder)
    return Door(
        read or (lambda request, starts: households()),
        written,
        Unmasking(written, limits()),
        limits(),
        table_privacy(),
    )
