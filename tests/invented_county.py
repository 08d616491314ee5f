"""A built workspace of three villages and fifty households, with hostile names, and its map."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
from shapely import box

from geodata.config import make_workspace
from geodata.periods import months_until
from geodata.store import new_snapshot
from geodata.workspace import Workspace, open_workspace
from tests.geodata.workspace.test_workspace import LINE, accounts, rows
from tests.invented import HOSTILE

COUNTY, TOWNSHIP = "990101", "990101100"
VILLAGES = ("990101100201", "990101100202", "990101101201")
# Village, yearly wages in fen: the first lie below the line of 9,000 yuan.
POOR, RICH = 700_000, 2_400_000
HOUSEHOLDS = tuple(
    (f"h{number:03d}", VILLAGES[number % 3], POOR if number < 27 else RICH) for number in range(81)
)
HOSTILE_HOUSEHOLD = "h000"
SITE, WORKS, ZONE, SETTLED = "S1", "W1", "Z1", "h003"
MONTHS = months_until("2025-01", 13)
_NAMES = {
    COUNTY: "某县",
    TOWNSHIP: "甲镇",
    "990101101": "乙镇",
    VILLAGES[0]: HOSTILE,
    VILLAGES[1]: "甲二村",
    VILLAGES[2]: "乙一村",
}


def make_invented_county(
    folder: Path, *, sites: bool = False, names: Sequence[str] = (), listed: bool = False
) -> Workspace:
    """Return the county built for its last two months, with the map, in a new folder.

    With `sites` one household lives on a site, and a works serves the first village. With `names`
    every household, its helper, a person, a visit and a measure bear one of them. `listed` adds the
    list of villages, the second an exited one.
    """
    make_workspace(folder, code=COUNTY, name="某县")
    (folder / "parameters" / "local.yaml").write_text(LINE, encoding="utf-8")
    shapes = [box(500_000 + 1000 * x, 3_600_000, 501_000 + 1000 * x, 3_601_000) for x in range(3)]
    layer = gpd.GeoDataFrame({"code": VILLAGES}, geometry=shapes, crs="EPSG:4545")
    layer.to_file(folder / "boundaries" / "villages.gpkg")
    settings = folder / "guatu.toml"
    lines = settings.read_text(encoding="utf-8")
    named = '[boundaries]\nfile = "boundaries/villages.gpkg"\n'
    settings.write_text(lines.replace("[boundaries]\n", named), encoding="utf-8")
    for month in MONTHS:
        import_month(folder / "store", month, sites=sites, names=names, listed=listed)
    county = open_workspace(folder)
    county.build(MONTHS[-2:])
    county.write_atlas()
    return county


def import_month(
    store: Path,
    month: str,
    *,
    sites: bool = False,
    names: Sequence[str] = (),
    listed: bool = False,
) -> None:
    """Import one month of the county into a store."""
    households = [
        {
            "household_code": code,
            "place_code": place,
            "members": 1,
            "head_name": HOSTILE if code == HOSTILE_HOUSEHOLD else f"王大{code}",
            "household_type": "脱贫户",
            "relocated": sites and code == SETTLED,
            "site_code": SITE if sites and code == SETTLED else None,
            "zone_code": ZONE if sites and place == VILLAGES[0] else None,
            "reported_month": month,
        }
        for code, place, _ in HOUSEHOLDS
    ]
    ledger = [
        row
        for code, place, wages in HOUSEHOLDS
        for row in accounts(month, place, code, {"a1": wages // 12, "d2": 1_200})
    ]
    named = [{"place_code": c, "name": n, "reported_month": month} for c, n in _NAMES.items()]
    measure = {
        "household_code": HOSTILE_HOUSEHOLD,
        "place_code": VILLAGES[0],
        "kind": "employment",
        "detail": HOSTILE,
        "start_month": "2024-03",
        "contact": "李四",
        "reported_month": month,
    }
    person = {
        "household_code": HOSTILE_HOUSEHOLD,
        "person_code": "p1",
        "place_code": VILLAGES[0],
        "name": "张三丰",
        "relation": "户主",
        "reported_month": month,
    }
    extra = _named(month, names) if names else {}
    if names:
        for number, household in enumerate(households):
            household["head_name"] = names[number % len(names)]
    with new_snapshot(store, month) as writer:
        writer.write_table("household", rows("household", *households))
        writer.write_table("ledger", rows("ledger", *ledger))
        writer.write_table("place", rows("place", *named))
        writer.write_table("measure", rows("measure", measure, *extra.get("measure", ())))
        writer.write_table("person", rows("person", person, *extra.get("person", ())))
        for table in ("responsibility", "visit") if names else ():
            writer.write_table(table, rows(table, *extra[table]))
        if listed:
            villages = [
                {"place_code": c, "exited": at == 1, "persons": 100, "reported_month": month}
                for at, c in enumerate(VILLAGES)
            ]
            writer.write_table("village", rows("village", *villages))
        if sites:
            for name, row in _supply(month).items():
                writer.write_table(name, rows(name, row))
        writer.commit(who="clerk", at="2025-02-01T08:00:00", facts={})


def _named(month: str, names: Sequence[str]) -> dict[str, list[dict[str, object]]]:
    """Return rows of people, helpers, visits and measures that bear the names, one a household."""
    found: dict[str, list[dict[str, object]]] = {}
    for number, (code, place, _) in enumerate(HOUSEHOLDS):
        name = names[number % len(names)]
        about = {"household_code": code, "place_code": place, "reported_month": month}
        day = datetime.date.fromisoformat(f"{month}-15")
        each = {
            "person": {"person_code": "p2", "name": name, "relation": name},
            "responsibility": {"role": "帮扶责任人", "name": name, "unit": name},
            "visit": {"day": day, "visitor": name, "role": name, "finding": name},
            "measure": {"kind": name, "detail": name, "start_month": "2024-03", "contact": name},
        }
        for table, row in each.items():
            found.setdefault(table, []).append({**about, **row})
    return found


def _supply(month: str) -> dict[str, dict[str, object]]:
    """Return a site with a hostile name, its workshop, and a works without coordinates."""
    at = {"place_code": VILLAGES[0], "reported_month": month}
    return {
        "site": {"site_code": SITE, "name": HOSTILE, "longitude": 117.01, "latitude": 32.52, **at},
        "workshop": {"workshop_code": "C1", "name": "车间", "closed_month": "2024-06", **at},
        "works": {
            "works_code": WORKS,
            "name": "甲一供水站",
            "kind": "small",
            "population": 9,
            **at,
        },
        "supply_zone": {"zone_code": ZONE, "works_code": WORKS, "households": 27, **at},
    }
