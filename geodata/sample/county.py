"""A whole invented county written as a workspace, with the answers to what is planted in it.

Every month has its folder raw/YYYY-MM with the five upstream exports and our own tables. The
exports of the last three months are workbooks as the national system writes them; those of earlier
months are CSV in the same layout, as a clerk gets them when a back file is asked for: 36 months of
workbooks for 60,000 households would take ten minutes to write and two gigabytes. The ledger, the
measures and the visits are always CSV.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.config import make_workspace
from geodata.sample import invented_names
from geodata.sample.cases import ledger_cases, plant_cases
from geodata.sample.exports import registered_persons
from geodata.sample.faults import CarelessDesk, Fault, FlaggedSubject, plant_faults
from geodata.sample.month_files import EXPORTS, month_files, with_column, write_files
from geodata.sample.other_tables import denied, entitlement_cases
from geodata.sample.places import COUNTY_CODE
from geodata.sample.plan import LAST_MONTH, LINES, line_of, month_text
from geodata.sample.projects import project_cases
from geodata.sample.records import FOLDER as RECORDS
from geodata.sample.records import write_records
from geodata.sample.rectification import make_register
from geodata.sample.sheets import write_shapefile
from geodata.sample.terrain_files import write_terrain
from geodata.sample.world import Month, World, live, make_world
from geodata.themes import Theme, find_themes

_EXTRA = 6  # months lived beyond the last one to see who falls below the line


def write_answers(
    folder: Path,
    world: World,
    *,
    faults: Sequence[Fault],
    cases: Sequence[FlaggedSubject],
    places: dict[str, object],
) -> None:
    """Write answers.json (places, feeds, clusters), faults.csv, rules.csv and falling.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "clusters": [_cluster(world, at) for at in range(len(world.plan.clusters))],
        "months": list(world.plan.months),
        **places,
    }
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "answers.json").write_bytes(text.encode())
    for name, kind, entries in (
        ("faults.csv", Fault, faults),
        ("rules.csv", FlaggedSubject, cases),
    ):
        columns = [one.name for one in fields(kind)]
        _csv(folder / name, pd.DataFrame([vars(entry) for entry in entries], columns=columns))
    _csv(folder / "falling.csv", _falling(world))


def _csv(file: Path, frame: pd.DataFrame) -> None:
    file.write_bytes(frame.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))


def _cluster(world: World, at: int) -> dict[str, object]:
    cluster, plan = world.plan.clusters[at], world.plan
    return {
        "indicator": cluster.indicator,
        "kind": cluster.kind,
        "villages": world.places.villages["code"].iloc[list(cluster.villages)].tolist(),
        "start": plan.months[cluster.start],
        "end": plan.months[cluster.end],
        "risk": cluster.risk,
    }


def _falling(world: World) -> pd.DataFrame:
    """Return the planted households: cause, month, and the first month below the line.

    Below means that the net income of the 12 months up to it, divided by the people of the
    household, lies under the county's line; up to six months beyond the last one are foretold.
    """
    shocks = world.economy.shocks
    below = np.full(len(shocks), -1)
    last_income = np.zeros(len(shocks))
    last = world.plan.first + len(world.plan.months) - 1
    for month in live(world, extra=_EXTRA):
        income = month.state["per_head"].to_numpy()[shocks["household"]]
        fell = (income < line_of(month.number)) & (month.number >= shocks["month"]) & (below < 0)
        below = np.where(fell, month.number, below)
        if month.number == last:
            last_income = income
    told = pd.DataFrame(
        {
            "household_code": [f"99{number + 1:011d}" for number in shocks["household"]],
            "village_code": world.places.villages["code"]
            .iloc[world.households["village"].iloc[shocks["household"]]]
            .to_numpy(),
            "cause": shocks["cause"].to_numpy(),
            "month": [month_text(int(month)) for month in shocks["month"]],
            "per_capita_income": last_income.round(2),
            "line": line_of(last),
            "below_since": ["" if at < 0 else month_text(int(at)) for at in below],
        }
    )
    return told[below >= 0]


WORKBOOK_MONTHS = 3
# What the invented county has set for its own checks.
_OWN_VALUES = {
    "eval.sample.villages": 10,
    "eval.sample.exited": 60,
    "eval.sample.suspected_missed": 40,
    "eval.sample.weak_share": 50,
    "survey.min_minutes": 60,
    "village.collective_income.min": 50_000,
    "monitor.drop.pct_threshold": 30,
    "monitor.identify.max_days": 15,
    "monitor.clear.min_income_stable_months": 6,
    "monitor.clear.min_months_since_identified": 6,
    "monitor.clear.min_measures": 1,
    "monitor.surge.rule_rigid_gt_last_income": True,
    "monitor.surge.rule_after_rigid_below_line": True,
    "monitor.clear.block_if_no_labour_household": True,
    "fund.industry_share.min": 60,
    "reloc.public_post.age_max": 60,
    "reloc.public_post.subsidy_max_years": 3,
    "reloc.workshop.min_absorbed": 5,
    # A county of a few thousand households has no site of 800 people.
    "reloc.site.large_min_persons": 50,
}
# What it has set for the time after the transition period.
_VALUES_OF_2026 = {
    "survey.renovation_min_area": 20,
    "survey.renovation_max_area": 25,
    "aid.dibao_line": 6200,
    "aid.margin_line": 9300,
    "aid.rigid_line": 8800,
    "aid.former_classes": "稳定发展户,重点关注户",
    "aid.income_differs": 40,
    "water.disclosure.max_days": 100,
    "water.emergency_plan.needed": True,
}
# What townships report; water works, sites and workshops report to the county.
_TOWNSHIP_TABLES = (
    *EXPORTS,
    "ledger",
    "measure",
    "public_post",
    "visit",
    "responsibility",
)


def write_county(
    folder: str | os.PathLike[str],
    *,
    villages: int = 300,
    households: int = 60_000,
    months: int = 36,
    seed: int = 7,
    until: str = LAST_MONTH,
    step: Callable[[str], object] = lambda month: None,
) -> Path:
    """Write the invented county as a workspace and return its folder.

    The months end with `until`. `step` is told each month before it is written. The folder answers
    holds answers.json (clusters, faults of places and feeds), faults.csv (planted faults with
    file, sheet, row, column and check), rules.csv (households and villages that rules must flag in
    the last month) and falling.csv (households that fall below the line). The folder records holds
    the card and the book of the last month, to be reconciled with it. The same numbers give
    the same bytes. Raises ConfigError when the folder is a workspace already and
    ValueError for fewer than 24 villages, 40 households a village or 6 months.
    """
    if villages < 24 or households < villages * 40 or months < 6:
        raise ValueError(
            f"too small: {villages} villages, {households} households, {months} months"
        )
    world = make_world(
        villages=villages, households=households, months=months, seed=seed, until=until
    )
    place = make_workspace(folder, code=COUNTY_CODE, name=invented_names.COUNTY)
    themes = find_themes(place).themes
    _write_boundaries(place, world)
    write_terrain(place / "context", world.places)
    _write_line(place)
    _write_own_values(place)
    faults: list[Fault] = []
    cases: list[FlaggedSubject] = []
    rows: dict[str, int] = {}
    differ: list[str] = []
    records: list[dict[str, str]] = []
    last = world.plan.first + months - 1
    for month in live(world):
        step(month_text(month.number))
        if month.number == last:
            desk, cases, differ = _soiled(world, month, themes)
            files = desk.finished()
            records = write_records(place / RECORDS, world, month)
            faults = sorted(desk.faults, key=lambda fault: (fault.file, fault.row, fault.column))
        else:
            files = month_files(world, month, themes=themes)[0]
        if month.number == last - 2:
            files.pop("workshop")  # the feed that fails to come
        stamp = month_text(month.number)
        books = month.number > last - WORKBOOK_MONTHS
        written = write_files(place / "raw" / stamp, files, workbooks=books)
        rows |= {f"{stamp}/{name}": count for name, count in written.items()}
    faults = [_with_suffix(fault, rows) for fault in faults]
    facts = _places_told(world, last - 2)
    facts |= {"rows": rows, "members_seen_differ": differ, "records_differ": records}
    write_answers(place / "answers", world, faults=faults, cases=cases, places=facts)
    return place


def _soiled(
    world: World, month: Month, themes: Sequence[Theme]
) -> tuple[CarelessDesk, list[FlaggedSubject], list[str]]:
    """Return the last month's files with faults, the cases for rules, and visits that met fewer."""
    rng = np.random.default_rng([world.seed, 20])
    everyone = np.arange(len(world.households))
    persons = registered_persons(world, month, everyone)
    lost = _lost_persons(rng, world, persons)
    files, owners, differ = month_files(world, month, without=lost, themes=themes)
    files["villages"] = with_column(files["villages"], "村情简介", "")
    desk = CarelessDesk(month_text(month.number), rng, files, owners)
    desk.taken.update(int(number) for each in denied(world).values() for number in each)
    for person in lost:
        household = int(world.persons["household"].iloc[person])
        desk.taken.add(household)
        size = files["households"].columns["家庭人口数"][household].as_py()
        desk.write("households", household, "家庭人口数", size, check="members_differ")
    plant_faults(desk, world, month, np.setdiff1d(persons, lost))
    cases = [*plant_cases(desk, world, month), *entitlement_cases(world)]
    cases += [*ledger_cases(make_register(world)), *project_cases(world)]
    return desk, cases, differ


def _lost_persons(rng: np.random.Generator, world: World, persons: np.ndarray) -> np.ndarray:
    """Return two persons, none of them a head, who are left out of the export of persons."""
    people = world.persons.iloc[persons]
    safe = ~np.isin(
        world.households["village"].to_numpy()[people["household"]], world.plan.misspelt
    )
    return np.sort(
        rng.choice(persons[(people["relation"].to_numpy() > 1) & safe], 2, replace=False)
    )


def _with_suffix(fault: Fault, rows: dict[str, int]) -> Fault:
    """Return a fault with the name of the file as it was written; CSV has no sheets."""
    for suffix in (".xlsx", ".csv"):
        if f"{fault.month}/{fault.file}{suffix}" in rows:
            sheet = (fault.sheet or fault.file) if suffix == ".xlsx" else ""
            return replace(fault, file=fault.file + suffix, sheet=sheet)
    raise ValueError(f"{fault.file} was not written in {fault.month}")


def _write_boundaries(place: Path, world: World) -> None:
    """Write the villages in GBK without .cpg and in UTF-8, and name the first in guatu.toml."""
    absent = world.plan.absent
    gbk = place / "boundaries" / "gbk" / "行政村界.shp"
    write_shapefile(world.places, gbk, encoding="GBK", cpg=False, without=absent)
    utf8 = place / "boundaries" / "utf8" / "行政村界.shp"
    write_shapefile(world.places, utf8, encoding="UTF-8", without=absent)
    settings = place / "guatu.toml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    at = lines.index("[boundaries]")
    lines.insert(at + 1, 'file = "boundaries/gbk/行政村界.shp"')
    settings.write_bytes(("\n".join(lines) + "\n").encode())


def _write_line(place: Path) -> None:
    """Write the county's own monitoring line by year into the parameters of the workspace."""
    entries = "".join(
        f"  - value: {value}\n"
        f'    places: ["{COUNTY_CODE}"]\n'
        f"    scope: {{zh: 岚禾县(虚构), en: Lanhe county (invented)}}\n"
        f"    from: {year}-01-01\n"
        f"    to: {year}-12-31\n"
        f"    status: county\n"
        f"    document: {{zh: 示例数据, en: sample data}}\n"
        for year, value in LINES.items()
    )
    file = place / "parameters" / "monitoring_line.yaml"
    file.write_bytes(f"monitor.line.per_capita:\n{entries}".encode())


def _write_own_values(place: Path) -> None:
    """Write the values that the county has set for its own checks."""
    dated: list[tuple[str, object, int]] = [
        (key, value, 2020) for key, value in _OWN_VALUES.items()
    ]
    dated += [(key, value, 2026) for key, value in _VALUES_OF_2026.items()]
    entries = "".join(
        f"{key}:\n"
        f"  - value: {value}\n"
        f'    places: ["{COUNTY_CODE}"]\n'
        f"    scope: {{zh: 岚禾县(虚构), en: Lanhe county (invented)}}\n"
        f"    from: {year}-01-01\n"
        f"    status: county\n"
        f"    document: {{zh: 示例数据, en: sample data}}\n"
        for key, value, year in dated
    )
    (place / "parameters" / "own_values.yaml").write_bytes(entries.encode())


def _places_told(world: World, failed: int) -> dict[str, object]:
    """Return what was done to places and feeds, for the answers."""
    plan, villages = world.plan, world.places.villages
    code = villages["code"]
    gone, into, when = plan.merged
    return {
        "absent_from_boundaries": [code.iloc[plan.absent]],
        "merged": [{"code": code.iloc[gone], "into": code.iloc[into], "month": plan.months[when]}],
        "misspelt": [code.iloc[village] for village in plan.misspelt],
        "missing_township": [
            {
                "township": world.places.townships["code"].iloc[plan.silent],
                "month": plan.months[plan.silent_month],
                "tables": list(_TOWNSHIP_TABLES),
            }
        ],
        "missing_feed": [{"table": "workshop", "month": month_text(failed)}],
        "sites": [
            {
                "name": site["name"],
                "village": code.iloc[site["village"]],
                "origins": code.iloc[list(site["origins"])].tolist(),
            }
            for _, site in world.sites.iterrows()
        ],
    }
