"""All rules of one month against three income rules in vectorised pandas, in the same run.

Run: python -m tests.benchmarks.bench_rules [households]. Each way runs in its own process, so that
the peak of memory is its own. The pandas way computes the three rules of RULES from the same Parquet
files; the product computes all rules of all themes, and must find the same households by these
three. The aggregate is what DuckDB takes to sum up the ledger and to look at every column that the
rules read.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from geodata.periods import last_day, months_until
from geodata.policy import load_policy
from geodata.rules import Binding, run_rules
from geodata.rules.base_tables import add_base_tables, income_item_table
from geodata.rules.dry_run import empty_engine
from geodata.rules.run import make_features, needed_keys
from geodata.store import stored_columns
from geodata.tables import table
from geodata.themes import own_themes
from tests.benchmarks.peak import peak_memory

MONTH = "2025-06"
ITEMS = ("a1", "a4", "b1", "d2", "d4", "e1")
LINE, FALL, SHARE = 870_000, 30, 50
RULES = ("income_below_line", "income_fell", "policy_share_warn")
# One household in so many is relocated, as the rule of the policy share asks.
RELOCATED = 3
# The subjects found by each rule of RULES.
Found = dict[str, pa.Array]
# Wall and CPU seconds, peak memory in MB, rows of the result, and what was found.
Measured = tuple[float, float, float, int, Found]


def make_data(folder: Path, households: int) -> None:
    """Write a household table and 24 months of ledger with a fixed seed."""
    rng = np.random.default_rng(7)
    codes = np.char.add("h", np.arange(households).astype(str))
    places = np.char.add("9901011", np.sort(rng.integers(10000, 10300, households)).astype(str))
    members = rng.integers(1, 7, households)
    relocated = np.arange(households) % RELOCATED == 0
    columns = {"household_code": codes, "place_code": places, "members": members}
    columns["relocated"] = relocated
    pq.write_table(pa.table(columns), folder / "household.parquet")
    with pq.ParquetWriter(folder / "ledger.parquet", _ledger_schema()) as writer:
        for month in months_until(MONTH, 24):
            for item in ITEMS:
                amounts = rng.integers(0, 60_000, households)
                rows = [codes, places, [month] * households, [item] * households, amounts]
                writer.write_table(
                    pa.Table.from_arrays(list(map(pa.array, rows)), schema=_ledger_schema())
                )


def _ledger_schema() -> pa.Schema:
    texts = [(name, pa.string()) for name in ("household_code", "place_code", "month", "item")]
    return pa.schema([*texts, ("amount", pa.int64())])


def product(folder: Path) -> tuple[int, Found]:
    """Return the number of findings of all rules of all themes, and those of RULES."""
    themes = own_themes()
    rules = [rule for theme in themes for rule in theme.rules]
    sets = [feature_set for theme in themes for feature_set in theme.feature_sets]
    values = {"monitor.line.per_capita": LINE / 100, "monitor.drop.pct_threshold": FALL}
    values["reloc.policy_share.warn"] = SHARE
    policy = load_policy().with_values(values)
    keys = needed_keys(sets, rules)
    values = policy.comparable(keys, "99", last_day(MONTH))
    binding = Binding(MONTH, values, texts=policy.texts(keys))
    with empty_engine() as engine:
        for name in ("household", "ledger"):
            engine.add_files(name, [folder / f"{name}.parquet"], stored_columns(table(name)))
        add_base_tables(engine, MONTH, {})
        make_features(engine, sets, binding)
        flags = run_rules(engine, rules, binding).flags
    return flags.num_rows, {
        rule: flags.filter(pc.field("rule") == rule)["subject"].combine_chunks() for rule in RULES
    }


def aggregate(folder: Path) -> tuple[int, Found]:
    """Return the rows of a bare aggregate of the ledger by household and item."""
    sql = (
        "SELECT household_code, item, SUM(amount) AS amount, MAX(month) AS month,"
        f" MAX(place_code) AS place_code FROM '{folder}/ledger.parquet'"
        " GROUP BY household_code, item"
    )
    with empty_engine() as engine:
        return engine.rows(sql).num_rows, {}


def pandas_way(folder: Path) -> tuple[int, Found]:
    """Return the findings of RULES: below the line, fallen, living on policy income."""
    households = pd.read_parquet(folder / "household.parquet").set_index("household_code")
    ledger = pd.read_parquet(folder / "ledger.parquet")
    for name in ("household_code", "item", "month"):
        ledger[name] = ledger[name].astype("category")
    now = ledger["month"].isin(months_until(MONTH, 12))
    items = income_item_table().set_index("code")
    costs = ledger["item"].map(items["part"]) == "expense"
    business = ledger["item"].map(items["kind"]) == "business"
    signed = ledger["amount"].where(~costs, -ledger["amount"])
    nets = pd.DataFrame(
        {
            "household_code": ledger["household_code"],
            "now": signed.where(now, 0),
            "before": signed.where(~now, 0),
            "business": signed.where(now & business, 0),
            "policy": ledger["amount"].where(
                now & (ledger["item"].map(items["policy"]) == "strict"), 0
            ),
        }
    )
    sums = nets.groupby("household_code", observed=True).sum().join(households)
    # A loss in business does not make the share of policy income larger.
    base = sums["now"] - sums["business"].clip(upper=0)
    answers = (
        sums["now"] / sums["members"] < LINE,
        (sums["before"] > 0) & ((sums["before"] - sums["now"]) * 100 / sums["before"] >= FALL),
        sums["relocated"] & (base > 0) & (sums["policy"] * 100 / base >= SHARE),
    )
    found = {
        rule: pa.array(sums.index[answer].astype(str))
        for rule, answer in zip(RULES, answers, strict=True)
    }
    return sum(map(len, found.values())), found


def measured(way: Callable[[Path], tuple[int, Found]], folder: Path) -> Measured:
    """Return what one way takes and finds, run alone."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_alone, (way, folder))


def _alone(way: Callable[[Path], tuple[int, Found]], folder: Path) -> Measured:
    wall, cpu = time.perf_counter(), time.process_time()
    rows, found = way(folder)
    spent = time.perf_counter() - wall, time.process_time() - cpu
    return *spent, peak_memory() / 2**20, rows, found


def check_equal(ours: Found, theirs: Found) -> None:
    """Stop, naming the first households that one way finds and the other does not, if any."""
    for rule in RULES:
        one, other = set(ours[rule].to_pylist()), set(theirs[rule].to_pylist())
        if one != other:
            sys.exit(
                f"{rule}: only the product {sorted(one - other)[:5]},"
                f" only pandas {sorted(other - one)[:5]}"
            )


def main() -> None:
    """Print seconds, memory and ratios for the number of households given."""
    households = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    with tempfile.TemporaryDirectory() as scratch:
        make_data(Path(scratch), households)
        results = {
            way.__name__: measured(way, Path(scratch)) for way in (product, aggregate, pandas_way)
        }
    for name, (wall, cpu, memory, rows, _) in results.items():
        print(f"{name:12} {wall:8.2f} s wall {cpu:8.2f} s cpu {memory:8.0f} MB {rows:10,} rows")
    ours = results["product"]
    check_equal(ours[-1], results["pandas_way"][-1])
    print("equal: " + ", ".join(f"{rule} {len(ours[-1][rule]):,}" for rule in RULES))
    for name in ("pandas_way", "aggregate"):
        other = results[name]
        print(
            f"{name} / product: wall {other[0] / ours[0]:.2f}, cpu {other[1] / ours[1]:.2f}, "
            f"memory {other[2] / ours[2]:.2f}"
        )


if __name__ == "__main__":
    main()
