"""A small delivery of two months, and ways to damage its second month as clerks and programs do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from geodata.config import make_workspace, read_config
from geodata.intake.import_result import ImportResult
from geodata.intake.importing import import_month

BEFORE, MONTH = "2025-02", "2025-03"
HOUSEHOLDS, PERSONS, VILLAGES = (
    "（乡村建设）户信息",
    "（自定义）监测对象信息",
    "（自定义）行政村信息",
)
_PLACES = """区划代码,名称,级别
990101,示例县,县
990101100,青龙镇,乡镇
990101101,白马乡,乡镇
990101100201,上河村,村
990101100202,下河村,村
990101101201,大坪村,村
990101101202,石桥村,村
"""
_WHERE = [("青龙镇", "上河村"), ("青龙镇", "下河村"), ("白马乡", "大坪村"), ("白马乡", "石桥村")]
COUNT = 80


@dataclass
class Delivery:
    """The tables of a month by name, their sheets' titles, and files that are written otherwise."""

    folder: Path
    month: str
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    titles: dict[str, list[list[str]]] = field(default_factory=dict)
    finish: list[Callable[[Path], None]] = field(default_factory=list)

    def write(self) -> None:
        """Write a workbook for each table, then what damages do to files."""
        raw = self.folder / "raw" / self.month
        raw.mkdir(parents=True, exist_ok=True)
        (raw / "区划.csv").write_text(_PLACES, encoding="utf-8-sig")
        for name, frame in self.tables.items():
            book = openpyxl.Workbook()
            sheet = book.active
            sheet.title = "sheet1"
            for row in self.titles.get(name, [[name], ["数据截至: " + self.month]]):
                sheet.append(row)
            sheet.append(list(frame.columns))
            for values in frame.itertuples(index=False):
                sheet.append(list(values))
            book.save(raw / f"{name}.xlsx")
        for change in self.finish:
            change(raw)


def delivery(folder: Path, month: str = MONTH) -> Delivery:
    """Return a clean delivery of 80 households, one person each, and four villages."""
    rows = []
    for number in range(COUNT):
        township, village = _WHERE[number % 4]
        income = 8000 + 137 * number
        rows.append(
            {
                "县": "示例县",
                "乡": township,
                "村": village,
                "户编号": f"5101{number:06d}",
                "户主姓名": f"户主{number}",
                "家庭人口数": "1",
                "户类型": "一般农户" if number % 3 else "脱贫户",
                "人均纯收入": str(income),
                "家庭纯收入": str(income),
                "耕地面积": f"{2 + number % 5}.5",
                "住房面积": str(80 + number),
            }
        )
    households = pd.DataFrame(rows)
    persons = households[["县", "乡", "村", "户编号"]].rename(
        columns={"县": "县(市、区、旗)", "乡": "乡(镇)", "村": "行政村"}
    )
    persons = persons.assign(
        人编号=[f"P{number:06d}" for number in range(COUNT)],
        姓名=[f"户主{number}" for number in range(COUNT)],
        与户主关系="户主",
        健康状况="健康",
        劳动技能="普通劳动力",
        **{"务工时间(月)": [str(number % 12) for number in range(COUNT)]},
        户类型=list(households["户类型"]),
    )
    villages = pd.DataFrame(
        [("示例县", *where, "120", "400", "90") for where in _WHERE],
        columns=["县", "乡", "行政村", "总户数", "总人口数", "脱贫人口数"],
    )
    tables = {HOUSEHOLDS: households, PERSONS: persons, VILLAGES: villages}
    return Delivery(folder, month, tables)


def made_county(folder: Path) -> Path:
    """Return a workspace in which the month before is imported."""
    made = make_workspace(folder, code="990101", name="示例县")
    delivery(made, BEFORE).write()
    run(made, BEFORE)
    return made


def county_of(base: Path, folder: Path) -> Path:
    """Return a copy of a workspace."""
    return Path(shutil.copytree(base, folder))


def run(folder: Path, month: str = MONTH, **options: Any) -> ImportResult:
    """Import a month."""
    return import_month(
        read_config(folder), month, who="clerk", at="2025-04-01T08:00:00", **options
    )
