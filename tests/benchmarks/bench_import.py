"""Import of one xlsx of 60,000 households x 40 columns with all checks, against pandas + openpyxl.

Run: python -m tests.benchmarks.bench_import [ROWS]. Each way runs in a process of its own; printed
are seconds, peak memory above that of the started interpreter with its imports, and the ratios.
The other way reads with pandas and openpyxl and does the same checks as good pandas does them, those
against the month before as well: whole columns at once, and a loop only for the check digit.
Processes that either way starts count.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

BEFORE, MONTH = "2025-02", "2025-03"
VILLAGES = 300
TEXTS = {
    "户类型": ["脱贫户", "一般农户"], "监测对象类别": ["", "", "", "脱贫不稳定户"], "风险是否已消除": ["", "是"],
    "享受低保政策情况": ["是", "否"], "享受特困供养政策情况": ["是", "否"], "是否饮水出现安全问题": ["否"],
    "是否解决安全饮用水": ["是"], "是否住房出现安全问题": ["否"], "是否危房户": ["否"], "危房级别": ["A", "B"],
    "是否易地搬迁户": ["是", "否"], "是否实际入住": ["是", "否"], "旧房拆除情况": ["已拆除", "未拆除"],
    "供水方式": ["供水入户"], "入户路类型": ["水泥路", "砂石路"], "主要燃料类型": ["柴草", "清洁能源"],
    "是否有卫生厕所": ["是", "否"], "是否加入农民专业合作组织": ["是", "否"], "风险识别时间": ["", "202401"],
    "首次识别时间": ["", "202312"], "入住时间": ["", "201905"], "致贫/返贫风险1": ["", "因病", "因残"],
}  # fmt: skip
NUMBERS = {
    "家庭人口数": 6, "住房面积": 200, "人均纯收入": 30000, "工资性收入": 50000, "生产经营性收入": 20000,
    "财产性收入": 3000, "转移性收入": 9000, "生产经营性支出": 8000, "合规自付支出": 5000, "耕地面积": 20,
    "林地面积": 50, "与村主干路距离": 5,
}  # fmt: skip


def main(rows: int) -> None:
    """Print seconds, memory and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "county"
        for month in (BEFORE, MONTH):
            _make(workspace, rows, month)
        for way in ("ours", "naive"):
            _measured(way, workspace, BEFORE)
        runs = [
            {way: _measured(way, workspace, MONTH) for way in ("ours", "naive")} for _ in range(2)
        ]
        ours, naive = (_best([run[way] for run in runs]) for way in ("ours", "naive"))
    print(f"{rows} rows x 40 columns")
    for name, found in (("guatu import", ours), ("pandas + openpyxl", naive)):
        print(
            f"{name:20} {found['seconds']:7.1f} s {found['cpu']:7.1f} s CPU {found['memory']:7.0f} MB, {found['issues']} issues"
        )
    print(
        f"faster by {naive['seconds'] / ours['seconds']:.1f}x, CPU {naive['cpu'] / ours['cpu']:.1f}x"
    )
    print(f"memory {ours['memory'] / naive['memory']:.2f} of the other")


def _make(workspace: Path, rows: int, month: str) -> None:
    import pyarrow as pa

    from geodata.config import make_workspace
    from geodata.sample.sheets import write_workbook

    if month == BEFORE:
        make_workspace(workspace, code="990101", name="示例县")
    folder = workspace / "raw" / month
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    village = np.sort(rng.integers(0, VILLAGES, rows))
    columns = {
        "县": np.full(rows, "示例县"),
        "乡": np.array([f"第{number // 20}镇" for number in village]),
        "村": np.array([f"第{number}村" for number in village]),
        "户编号": np.array([f"99{number:011d}" for number in range(rows)]),
        "户主姓名": np.array([f"户{number}" for number in range(rows)]),
        "户主证件号码": _certificates(rng, rows),
    }
    columns |= {name: rng.choice(values, rows) for name, values in TEXTS.items()}
    columns |= {name: rng.integers(1, top, rows).astype(str) for name, top in NUMBERS.items()}
    for position, value in zip(rng.integers(0, rows, 200), ["x"] * 200, strict=True):
        columns["住房面积"][position] = value
    write_workbook(
        folder / "（乡村建设）户信息.xlsx", {name: pa.array(list(map(str, v))) for name, v in columns.items()},
        sheet="sheet1", titles=("（乡村建设）户信息", "导出时间：2025-04-01"),
    )  # fmt: skip
    lines = ["区划代码,名称", "990101,示例县"]
    lines += [f"990101{100 + number},第{number}镇" for number in range(VILLAGES // 20)]
    lines += [
        f"990101{100 + number // 20}{200 + number % 20},第{number}村" for number in range(VILLAGES)
    ]
    (folder / "区划.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _certificates(rng: np.random.Generator, rows: int) -> np.ndarray:
    from geodata.sample.households import check_sign

    bodies = [
        f"990101{y}{m:02d}{d:02d}{s:03d}"
        for y, m, d, s in zip(
            rng.integers(1940, 2000, rows),
            rng.integers(1, 13, rows),
            rng.integers(1, 29, rows),
            rng.integers(0, 1000, rows),
            strict=True,
        )
    ]
    return np.array([body + check_sign(body) for body in bodies])


def _best(runs: list[dict[str, float]]) -> dict[str, float]:
    """Return the least of each figure of several runs, so that a busy moment counts for nobody."""
    return {name: min(run[name] for run in runs) for name in runs[0]}


def _measured(way: str, workspace: Path, month: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.bench_import", way, str(workspace), month]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(result.stdout.splitlines()[-1])


def _run(way: str, workspace: Path, month: str) -> None:
    import openpyxl  # noqa: F401

    import geodata.intake.importing as importing
    from geodata.config import read_config
    from tests.benchmarks.naive_import import naive_import
    from tests.benchmarks.peak import peak_memory

    process = psutil.Process()
    idle, start, cpu = process.memory_info().rss, time.perf_counter(), _cpu(process)
    if way == "ours":
        result = importing.import_month(read_config(workspace), month, who="bench", at="now")
        issues = len(result.issues)
    else:
        before = workspace / f"naive-{BEFORE}.parquet" if month != BEFORE else None
        target = workspace / f"naive-{month}.parquet"
        issues = naive_import(workspace / "raw" / month, target, before)
    seconds, used = time.perf_counter() - start, _cpu(process) - cpu
    peak = max(peak_memory(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
    print(
        json.dumps(
            {"seconds": seconds, "cpu": used, "memory": (peak - idle) / 1e6, "issues": issues}
        )
    )


def _cpu(process: psutil.Process) -> float:
    used = process.cpu_times()
    return used.user + used.system + used.children_user + used.children_system


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in ("ours", "naive"):
        _run(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 60_000)
