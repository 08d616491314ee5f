"""The files of one month: the five upstream exports and the tables of our own templates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from geodata.sample.assistance import low_income
from geodata.sample.brought import brought_tables
from geodata.sample.exports import (
    Columns,
    household_export,
    person_export,
    planned_export,
    registered_persons,
    village_export,
    working_export,
)
from geodata.sample.faults import File
from geodata.sample.other_tables import (
    ledger,
    place_table,
    site_table,
    water_tables,
    workshop_table,
)
from geodata.sample.plan import month_text
from geodata.sample.projects import project_table
from geodata.sample.rectification import ledger_tables, make_register
from geodata.sample.sheets import words, write_csv, write_workbook
from geodata.sample.support import measures, public_posts, responsibilities, visits
from geodata.sample.world import Month, World
from geodata.tables import table
from geodata.themes import Theme

EXPORTS = {
    "households": "（乡村建设）户信息",
    "persons": "（自定义）监测对象信息",
    "working": "（务工月监测）已外出务工信息",
    "planned": "计划外出务工信息",
    "villages": "（自定义）行政村信息",
}
# Too long for a clerk's spreadsheet, so they come as CSV whatever the month.
_ALWAYS_CSV = ("ledger", "measure", "visit")


def present(world: World, month: Month) -> tuple[np.ndarray, np.ndarray]:
    """Return the households and villages (rows) whose townships report in a month.

    A merged village is no longer there; one township is silent in one month.
    """
    plan, villages = world.plan, world.places.villages
    codes = villages["township_code"].to_numpy()
    told = np.ones(len(villages), dtype=bool)
    if month.number == plan.first + plan.silent_month:
        told = codes != world.places.townships["code"].iloc[plan.silent]
    homes = np.flatnonzero(told[month.state["village"].to_numpy()])
    gone, _, when = plan.merged
    if month.number >= plan.first + when:
        told[gone] = False
    return homes, np.flatnonzero(told)


def month_files(
    world: World,
    month: Month,
    *,
    without: np.ndarray | None = None,
    themes: Sequence[Theme] = (),
) -> tuple[dict[str, File], dict[str, np.ndarray], list[str]]:
    """Return the files of a month by key, who each row is about, and visits that met fewer people.

    The owners of rows are households, or -1 less the village in the export of villages. Persons
    (rows) in `without` are left out of the export of persons. `themes` may bring sample rows of
    their own tables.
    """
    homes, villages = present(world, month)
    persons = registered_persons(world, month, homes)
    who = world.persons["household"].to_numpy()
    working = persons[month.account.working[persons] & (month.work_months[persons] > 0)]
    planned = persons[_will_leave(world, month, persons)]
    if without is not None:
        persons = np.setdiff1d(persons, without)
    exports = {
        "households": (household_export(world, month, homes), homes),
        "persons": (person_export(world, month, persons), who[persons]),
        "working": (working_export(world, month, working), who[working]),
        "planned": (planned_export(world, month, planned), who[planned]),
        "villages": (village_export(world, month, villages), -1 - villages),
    }
    visited, differ = visits(world, month, homes)
    others: dict[str, Columns] = {
        "ledger": ledger(world, month, homes),
        "place": place_table(world, month),
        "site": site_table(world, month),
        "workshop": workshop_table(world, month),
        **water_tables(world, month),
        "low_income": low_income(world, month, homes),
        "measure": measures(world, month, homes),
        "public_post": public_posts(world, month, homes),
        "visit": visited,
        "responsibility": responsibilities(world, month, homes),
        "project": project_table(world, month),
        **ledger_tables(world, make_register(world), month),
    }
    files = {
        key: File(EXPORTS[key], columns, "sheet1", _titles(EXPORTS[key], month.number))
        for key, (columns, _) in exports.items()
    }
    files |= {key: File(table(key).title["zh"], columns) for key, columns in others.items()}
    for key, title, columns in brought_tables(themes, world, month, homes, villages):
        files[key], others[key] = File(title, columns), columns
    owners = {key: rows for key, (_, rows) in exports.items()}
    owners |= {key: _owners(columns) for key, columns in others.items()}
    return files, owners, [f"99{number + 1:011d}" for number in differ]


def _titles(name: str, number: int) -> tuple[str, ...]:
    stamp = month_text(number).replace("-", "年")
    return (name, f"数据截至: {stamp}月")


def _will_leave(world: World, month: Month, persons: np.ndarray) -> np.ndarray:
    """Return which persons plan to leave for work: able, without work, and willing."""
    people = world.persons.iloc[persons]
    age = (month.number - people["birth"].to_numpy()) // 12
    willing = ~people["works"].to_numpy() & (people["health"].to_numpy() == 0)
    return np.asarray(willing & (age >= 22) & (age < 58) & (people["educated"].to_numpy() < 0.3))


def _owners(columns: Columns) -> np.ndarray:
    """Return the household of each row from its code, or one row after another without it."""
    codes = columns.get("户编号")
    if codes is None:
        return -(10**9) - np.arange(len(next(iter(columns.values()))))
    texts = codes.to_pylist()
    return np.array([int(text[2:]) - 1 if text else -1 for text in texts], dtype=np.int64)


def write_files(folder: Path, files: dict[str, File], *, workbooks: bool) -> dict[str, int]:
    """Write the files of a month into a folder; returns the number of rows of each file.

    With `workbooks` all but the longest tables are xlsx, else all are CSV in the same layout. The
    exports come in GB18030, the tables of templates in UTF-8 with a byte order mark.
    """
    rows = {}
    for key, file in files.items():
        if file.rows == 0:
            continue
        if workbooks and key not in _ALWAYS_CSV:
            path = folder / f"{file.name}.xlsx"
            sheet = file.sheet or file.name
            write_workbook(path, file.columns, sheet=sheet, titles=file.titles)
        else:
            path = folder / f"{file.name}.csv"
            encoding = "gb18030" if file.titles or key == "ledger" else "utf-8-sig"
            write_csv(path, file.columns, encoding=encoding, titles=file.titles)
        rows[path.name] = file.rows
    return rows


def with_column(file: File, header: str, word: str) -> File:
    """Return a file with one more column that says the same in every row."""
    more = {header: words([word] * file.rows)}
    return File(file.name, {**file.columns, **more}, file.sheet, file.titles)
