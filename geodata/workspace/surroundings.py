"""What a household lives by and who helps: its water from source to tap, its site, measures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from geodata.access import MonthSource, Request, public_rows
from geodata.i18n import load_yaml

_FITS = Path(__file__).with_name("measures_fit.yaml")


def water_chain(source: MonthSource, zone: object) -> pd.DataFrame:
    """Return zone_code, zone, works_code, works, kind, source and keeper's absence of one zone.

    Nothing of it is about a person. Without a zone it is empty.
    """
    if zone is None or pd.isna(zone):  # type: ignore[call-overload]
        return pd.DataFrame()
    asked = _named("supply_zone", "zone_code", zone, ("name", "works_code"))
    zones = public_rows(source, asked)
    if zones.empty:
        return pd.DataFrame()
    first = zones.iloc[0]
    asked = _named("works", "works_code", first["works_code"], ("name", "kind", "source"))
    works = public_rows(source, asked)
    found = works.iloc[0] if len(works) else pd.Series(dtype="object")
    return pd.DataFrame(
        [
            {
                "zone_code": zone,
                "zone": first["name"],
                "works_code": first["works_code"],
                "works": found.get("name"),
                "kind": found.get("kind"),
                "source": found.get("source"),
            }
        ]
    )


def site_of(source: MonthSource, site: object) -> pd.DataFrame:
    """Return the one row (site_code, name, kind) of a relocation site; empty without one."""
    if site is None or pd.isna(site):  # type: ignore[call-overload]
        return pd.DataFrame()
    return public_rows(source, _named("site", "site_code", site, ("name", "kind")))


def measures_fit(features: pd.Series, measures: pd.DataFrame, month: str) -> pd.DataFrame:
    """Return for each risk of a household the kinds of help that answer it: risk, wanted, given.

    Both are comma-separated kinds; `given` are those in force in the month. Which help answers
    which risk is our own default (measures_fit.yaml), no rule of a document.
    """
    fits = load_yaml(_FITS)
    assert isinstance(fits, dict)
    ended = measures["end_month"].notna() & (measures["end_month"].astype("str") < month)
    held: Sequence[str] = sorted(set(measures.loc[~ended, "kind"])) if len(measures) else []
    rows = [
        (risk, ",".join(kinds), ",".join(kind for kind in held if kind in kinds))
        for risk, kinds in fits.items()
        if features.get(risk) is not None and pd.notna(features.get(risk)) and features.get(risk)
    ]
    return pd.DataFrame(rows, columns=["risk", "wanted", "given"])


def _named(table: str, key: str, value: object, columns: tuple[str, ...]) -> Request:
    return Request(table, filters=((key, "is", str(value)),), columns=(key, *columns), limit=1)
