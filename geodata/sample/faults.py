"""Faults planted in the files of the last month, each remembered with its place and its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geodata.sample.exports import Columns
from geodata.sample.households import check_sign, labour_and_school
from geodata.sample.invented_names import misspell
from geodata.sample.monitoring import WATER_RISK
from geodata.sample.world import Month, World


@dataclass(frozen=True)
class Fault:
    """One planted fault: where it stands (file, sheet, row as printed, header) and of what kind.

    `check` is the name of the check that finds it, `month` the folder of the file, `written` what
    the cell holds now and `right` what it held.
    """

    month: str
    file: str
    sheet: str
    row: int
    column: str
    check: str
    written: str
    right: str


@dataclass(frozen=True)
class FlaggedSubject:
    """One subject that a rule must flag: a household or a village by its code."""

    rule: str
    subject: str
    code: str


_COPIES = 2


@dataclass(frozen=True)
class File:
    """One file of a month before it is written: `first` is the number of its first data row."""

    name: str
    columns: Columns
    sheet: str = ""
    titles: tuple[str, ...] = ()

    @property
    def first(self) -> int:
        """Return the row number of the first row below the header."""
        return len(self.titles) + 2

    @property
    def rows(self) -> int:
        """Return the number of data rows."""
        return len(next(iter(self.columns.values())))


@dataclass
class CarelessDesk:
    """The files of one month on the desk of someone careless.

    `taken` are the households that a fault has touched; no household gets two.
    """

    month: str
    rng: np.random.Generator
    files: Mapping[str, File]
    owners: Mapping[str, np.ndarray]
    taken: set[int] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    _cells: dict[tuple[str, str], dict[int, str]] = field(default_factory=dict)
    _added: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    _dropped: dict[str, set[int]] = field(default_factory=dict)

    def choose(self, file: str, mask: np.ndarray, count: int = _COPIES) -> list[int]:
        """Return positions of rows of a file where `mask` holds, of households not yet touched."""
        owners = self.owners[file]
        positions: list[int] = []
        for position in self.rng.permutation(np.flatnonzero(mask)):
            owner = int(owners[position])
            if owner not in self.taken:
                self.taken.add(owner)
                positions.append(int(position))
            if len(positions) == count:
                break
        return sorted(positions)

    def write(self, file: str, position: int, header: str, value: str, *, check: str = "") -> None:
        """Put a value into a cell; with `check` it is remembered as a fault of that kind."""
        right = self.files[file].columns[header][position].as_py()
        self._cells.setdefault((file, header), {})[position] = value
        if check:
            row = self.files[file].first + position
            self.remember(file, row, header, check=check, written=value, right=right)

    def add(
        self, file: str, position: int, changes: dict[str, str], *, header: str, check: str
    ) -> None:
        """Repeat a row at the end of a file with some cells changed."""
        added = self._added.setdefault(file, [])
        added.append((position, changes))
        row = self.files[file].first + self.files[file].rows + len(added) - 1
        written = changes.get(header, self.files[file].columns[header][position].as_py())
        self.remember(file, row, header, check=check, written=written)

    def drop(self, file: str, positions: np.ndarray) -> None:
        """Leave rows out of a file in which no fault is remembered, since later rows move up."""
        self._dropped.setdefault(file, set()).update(int(one) for one in positions)

    def remember(
        self, file: str, row: int, header: str, *, check: str, written: str, right: str = ""
    ) -> None:
        """Note a fault at a row number and header of a file."""
        entry = self.files[file]
        self.faults.append(
            Fault(self.month, entry.name, entry.sheet, row, header, check, written, right)
        )

    def soil(
        self,
        file: str,
        mask: np.ndarray,
        header: str,
        value: str | Callable[[str], str],
        *,
        check: str,
    ) -> None:
        """Write a wrong value (or what a function makes of the right one) into a few rows."""
        for position in self.choose(file, mask):
            right = self.files[file].columns[header][position].as_py()
            written = value if isinstance(value, str) else value(right)
            self.write(file, position, header, written, check=check)

    def finished(self) -> dict[str, File]:
        """Return the files with all that was written into them."""
        done = {}
        for name, file in self.files.items():
            columns = {
                header: _changed(column, self._cells.get((name, header), {}))
                for header, column in file.columns.items()
            }
            columns = _without(columns, self._dropped.get(name, set()))
            for position, changes in self._added.get(name, []):
                columns = {
                    header: pa.concat_arrays(
                        [column, pa.array([changes.get(header, column[position].as_py())])]
                    )
                    for header, column in columns.items()
                }
            done[name] = File(file.name, columns, file.sheet, file.titles)
        return done


def _without(columns: Columns, dropped: set[int]) -> Columns:
    if not dropped:
        return columns
    count = len(next(iter(columns.values())))
    kept = pa.array(np.setdiff1d(np.arange(count), sorted(dropped)))
    return {header: column.take(kept) for header, column in columns.items()}


def _changed(column: pa.Array, cells: dict[int, str]) -> pa.Array:
    if not cells:
        return column
    at = np.array(sorted(cells))
    mask = np.zeros(len(column), dtype=bool)
    mask[at] = True
    return pc.replace_with_mask(column, pa.array(mask), pa.array([cells[one] for one in at]))


def plant_faults(desk: CarelessDesk, world: World, month: Month, persons: np.ndarray) -> None:
    """Soil the files of a month; `persons` are the rows of the export of persons."""
    _misspell(desk, world, month)
    _in_households(desk, world, month)
    _in_monitoring(desk, world, month)
    _in_persons(desk, world, month, persons)
    _in_work(desk)
    _in_villages(desk, world)
    _in_templates(desk)


def _misspell(desk: CarelessDesk, world: World, month: Month) -> None:
    """Write four villages wrongly, each in all rows of one export."""
    known = set(world.places.villages["name"])
    plan = zip(("persons", "working", "planned", "villages"), world.plan.misspelt, strict=False)
    for file, village in plan:
        name = str(world.places.villages["name"].iloc[village])
        written = misspell(desk.rng, name)
        while written in known:
            written = misspell(desk.rng, name) + "村"
        header = "村" if file in ("working", "planned") else "行政村"
        owners = desk.owners[file]
        homes = month.state["village"].to_numpy()
        here = owners == -1 - village if file == "villages" else homes[owners] == village
        for position in np.flatnonzero(here):
            desk.taken.add(int(owners[position]))
            desk.write(file, int(position), header, written, check="unknown_place")


def _in_households(desk: CarelessDesk, world: World, month: Month) -> None:
    """Plant faults in the export of households, among those that are on no other list."""
    plain = ~world.registered
    moved = (world.households["site"] >= 0).to_numpy() & ~month.state["listed"].to_numpy()
    lived = moved & (np.arange(len(moved)) % 53 > 0)
    soil, name = desk.soil, "households"
    soil(name, plain, "住房面积", "约120平", check="not_a_number")
    soil(name, plain, "与村主干路距离", "较远", check="not_a_number")
    soil(name, plain, "家庭人口数", "3.5", check="not_whole")
    soil(name, plain, "本月缺水天数", "45", check="out_of_range")
    soil(name, plain, "耕地面积", "480.0", check="unusual")
    soil(name, plain, "耕地面积", "-3.0", check="unusual")
    soil(name, plain, "退耕还林面积", "350.0", check="unusual")
    soil(name, plain, "入户路类型", "石板路", check="unknown_choice")
    soil(name, plain, "是否有卫生厕所", "待定", check="not_a_flag")
    soil(name, plain, "户主证件号码", lambda right: right[:17], check="certificate_length")
    soil(name, plain, "户主证件号码", _other_sign, check="certificate_check")
    _too_small_wages(desk, plain)
    soil(name, lived, "入住时间", "201913", check="not_a_month")
    soil(name, lived, "入住时间", "203001", check="future_month")
    soil(name, moved, "迁出村代码", "99012110", check="not_a_code")


def _too_small_wages(desk: CarelessDesk, plain: np.ndarray) -> None:
    """Plant wages that are too small; where they were large, the net income contradicts them."""
    name, wage = "households", "50.00"
    columns = desk.files[name].columns
    for position in desk.choose(name, plain):
        right = float(columns["工资性收入"][position].as_py() or 0)
        net = columns["家庭纯收入"][position].as_py()
        desk.write(name, position, "工资性收入", wage, check="wage_between_zero_and_100")
        if abs(right - float(wage)) > 0.05 * abs(float(net)) + 10:
            row = desk.files[name].first + position
            desk.remember(name, row, "家庭纯收入", check="income_parts_differ", written=net)


def _in_monitoring(desk: CarelessDesk, world: World, month: Month) -> None:
    """Plant contradictions about monitored households and removed risks."""
    listed, removed = (month.state[name].to_numpy() for name in ("listed", "removed"))
    dry = (world.episodes["risk_1"] != WATER_RISK).to_numpy()
    active, name = listed & ~removed & dry, "households"
    gone = removed & dry
    desk.soil(name, active, "是否饮水出现安全问题", "是", check="water_problem_without_risk")
    desk.soil(name, active, "是否住房出现安全问题", "是", check="house_problem_without_risk")
    for position in desk.choose(name, active):
        desk.write(name, position, "致贫/返贫风险1", "其他")
        desk.write(name, position, "致贫/返贫风险2", "")
        desk.write(name, position, "风险备注", "", check="other_risk_without_remark")
    desk.soil(name, gone, "消除后人均纯收入", "", check="removed_without_figures")
    for mask, header, value, check in (
        (active, "风险识别时间", "", "monitored_basics_empty"),
        (gone, "风险消除时间", "201901", "removed_before_identified"),
        (gone, "风险消除时间", "", "removed_without_month"),
    ):
        for position in desk.choose(name, mask):
            desk.write(name, position, header, value, check=check)
            for person in np.flatnonzero(desk.owners["persons"] == position):
                desk.write("persons", int(person), header, value)  # both exports say the same


def _in_persons(desk: CarelessDesk, world: World, month: Month, rows: np.ndarray) -> None:
    """Plant faults of identity, labour, posts and insurance in the export of persons."""
    people = world.persons.iloc[rows]
    age = (month.number - people["birth"].to_numpy()) // 12
    labour, school = (column[rows] for column in labour_and_school(world.persons, month.number))
    relation, healthy = people["relation"].to_numpy(), (people["health"] == 0).to_numpy()
    idle = month.work_months[rows] == 0
    post = desk.files["persons"].columns["公益性岗位类别"].to_numpy(zero_copy_only=False) != ""
    member, name, soil = relation > 0, "persons", desk.soil
    adult = member & (age >= 20)
    soil(name, adult, "证件号码", lambda right: right[:16], check="certificate_length")
    soil(name, adult, "证件号码", _other_sign, check="certificate_check")
    soil(name, adult, "证件号码", _impossible_day, check="certificate_day")
    _certificate_twice(desk, adult)
    soil(name, relation == 1, "与户主关系", "户主", check="two_heads")
    soil(name, relation == 0, "与户主关系", "其他", check="no_head")
    soil(name, (age >= 61) & (age < 69), "劳动技能", "普通劳动力", check="aged_as_ordinary_labour")
    weak = (age >= 20) & (age < 55) & healthy & (labour < 2)
    soil(name, weak, "劳动技能", "弱劳动力或半劳动力", check="healthy_as_weak_labour")
    soil(name, (age >= 8) & (age < 15), "务工时间(月)", "6", check="working_under_16")
    soil(name, (age > 71) & idle, "务工时间(月)", "5", check="working_without_labour")
    soil(name, post, "公益性岗位(月数)", "", check="post_without_months")
    soil(name, adult & ~post & (labour == 2), "公益性岗位(月数)", "12", check="months_without_post")
    soil(name, adult, "健康状况", "亚健康", check="unknown_choice")
    soil(name, adult, "出生日期", "1985-02-30", check="not_a_day")
    soil(name, adult, "人均纯收入", "1234.56", check="household_differs")
    for position in desk.choose(name, adult & (school == 0)):
        desk.write(name, position, "是否参加大病保险", "")
        desk.write(
            name, position, "是否参加城乡居民基本医疗保险", "", check="both_insurances_empty"
        )


def _certificate_twice(desk: CarelessDesk, adult: np.ndarray) -> None:
    """Give two persons of different households one number; both rows are at fault."""
    pair = desk.choose("persons", adult, 2)
    if len(pair) == 2:
        number = desk.files["persons"].columns["证件号码"][pair[0]].as_py()
        for position in pair:
            desk.write("persons", position, "证件号码", number, check="certificate_twice")


def _in_work(desk: CarelessDesk) -> None:
    """Plant repeated rows, unknown households and unlikely wages in the exports of work."""
    anyone = np.ones(len(desk.owners["working"]), dtype=bool)
    soil = desk.soil
    soil("working", anyone, "务工月收入", "60000.00", check="unusual")
    soil("working", anyone, "务工月收入", "35.00", check="unusual")
    soil("working", anyone, "户编号", "9988888888888", check="unknown_household")
    soil("working", anyone, "人编号", "", check="required_empty")
    planned = np.ones(len(desk.owners["planned"]), dtype=bool)
    soil("planned", planned, "户编号", "", check="required_empty")
    for position in desk.choose("planned", planned):
        desk.write("planned", position, "县", "邻溪县", check="other_county")
        desk.write("planned", position, "乡", "邻溪镇")
        desk.write("planned", position, "村", "邻溪村")
    for position in desk.choose("working", anyone):
        desk.add("working", position, {}, header="人编号", check="repeated_row")
    for position in desk.choose("working", anyone):
        wage = {"务工月收入": "2345.00"}
        desk.add("working", position, wage, header="人编号", check="repeated_key")


def _in_villages(desk: CarelessDesk, world: World) -> None:
    """Plant impossible counts and too little land in the export of villages."""
    anywhere = np.ones(len(desk.owners["villages"]), dtype=bool)
    check = "unsafe_households_over_households"
    desk.soil("villages", anywhere, "未解决安全饮水户数", "9999", check=check)
    file = desk.files["villages"]
    desk.remember(
        "villages", file.first - 1, "村情简介", check="unknown_header", written="村情简介"
    )


def _in_templates(desk: CarelessDesk) -> None:
    """Plant faults in the ledger, the visits and the water samples."""
    for file, header, value, check in (
        ("ledger", "金额", "-200.00", "out_of_range"),
        ("ledger", "收支项目", "z9", "unknown_choice"),
        ("visit", "走访日期", "上周三", "not_a_day"),
        ("visit", "走访日期", "2027-02-03", "future_day"),
        ("water_sample", "工程编号", "99GC9999", "unknown_works"),
    ):
        anyone = np.ones(len(desk.owners[file]), dtype=bool)
        desk.soil(file, anyone, header, value, check=check)


def _other_sign(number: str) -> str:
    """Return a number with a wrong check sign."""
    return number[:17] + ("0" if number[17] != "0" else "1")


def _impossible_day(number: str) -> str:
    """Return a number whose day of birth is the 30th of February, with the right check sign."""
    body = number[:10] + "0230" + number[14:17]
    return body + check_sign(body)
