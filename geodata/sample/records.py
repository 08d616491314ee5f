"""The other records of the last month: the card in the house and the township's book of households.

The system's export, the card and the book say the same of nearly every household; what was planted
to differ is told in the answers. What was seen in the house is among the visits of the month.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from geodata.sample.exports import Columns, household_export
from geodata.sample.sheets import write_csv
from geodata.sample.world import Month, World

FOLDER = "records"
CARD, BOOK = "明白卡", "户台账"
_CODE = "户编号"
# File and header -> what stands there instead, on four households each.
_DIFFER: dict[tuple[str, str], Callable[[str], str]] = {
    (CARD, "家庭人口数"): lambda cell: str(int(cell) + 1),
    (CARD, "人均纯收入"): lambda cell: f"{float(cell) * 1.25:.2f}",
    (CARD, "享受低保政策情况"): lambda cell: "否" if cell == "是" else "是",
    (BOOK, "是否危房户"): lambda cell: "否" if cell == "是" else "是",
    (BOOK, "户联系电话"): lambda cell: cell[:-1] + ("1" if cell[-1] == "0" else "0"),
    (BOOK, "耕地面积"): lambda cell: f"{float(cell) + 2:.1f}",
}
_EACH = 4
_HEADERS = ("户编号", "县(市、区、旗)", "乡(镇)", "行政村", "户主姓名")


def write_records(folder: Path, world: World, month: Month) -> list[dict[str, str]]:
    """Write both records of the registered households; return file, household and field that differ."""
    rows = np.flatnonzero(world.households["former_poor"] | month.state["listed"])
    export = household_export(world, month, rows)
    rng = np.random.default_rng([world.seed, 46])
    order = rng.permutation(len(rows))
    told: list[dict[str, str]] = []
    for file in (CARD, BOOK):
        fields = [header for name, header in _DIFFER if name == file]
        columns: Columns = {header: export[header] for header in (*_HEADERS, *fields)}
        for header in fields:
            chosen, order = np.sort(order[:_EACH]), order[_EACH:]
            cells = columns[header].to_pylist()
            for at in chosen:
                cells[at] = _DIFFER[file, header](cells[at])
                code = export[_CODE][int(at)].as_py()
                told.append({"file": file, "household_code": code, "field": header})
            columns[header] = pa.array(cells, pa.string())
        write_csv(folder / f"{file}.csv", columns, encoding="utf-8-sig", titles=())
    return told
