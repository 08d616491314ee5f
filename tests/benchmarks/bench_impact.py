"""Time to say who is gained and lost by another value, for 60,000 households over built features.

`python -m tests.benchmarks.bench_impact [HOUSEHOLDS] [WORKSPACE]`: the rules alone, and with a built
workspace the whole way as the page asks, its households repeated in a copy until there are so many.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.rules import Binding
from geodata.store.embedded import open_engine
from geodata.themes import own_themes
from geodata.workspace import open_workspace
from geodata.workspace.impact import changes_between, impact_of
from geodata.workspace.saved import read_built

_MONTH = "2026-06"
_KEY = "monitor.line.per_capita"


def main(households: int) -> None:
    """Print the seconds of each of five values, and how many are gained and lost."""
    rng = np.random.default_rng(1)
    (theme,) = [
        one for one in own_themes() if _KEY in {k for r in one.rules for k in r.parameters}
    ][:1]
    rules = [r for r in theme.rules if r.subject == "household" and _KEY in r.parameters]
    features = next(s for s in theme.feature_sets if s.name == f"{theme.key}_household")
    frame = pd.DataFrame(dict.fromkeys(features.columns, np.nan), index=range(households))
    frame = frame.astype({"risk_names": "str"})
    frame["household_code"] = [f"h{number:06d}" for number in range(households)]
    frame["place_code"] = [f"9901011{number % 300:05d}" for number in range(households)]
    frame["income_per_person"] = rng.lognormal(14.0, 0.4, households)
    for name in ("monitored_now", "formerly_poor", "has_risk", "guarantee_gap"):
        frame[name] = rng.random(households) < 0.3
    engine = open_engine("duckdb")
    engine.add_rows(features.name, frame)
    keys = {key for rule in rules for key in rule.parameters}
    for value in (870_000, 880_000, 900_000, 950_000, 1_200_000):
        before, after = (
            Binding(_MONTH, {**dict.fromkeys(keys), _KEY: line}) for line in (860_000, value)
        )
        start = time.perf_counter()
        changed = changes_between(engine, rules, before, after)
        took = time.perf_counter() - start
        print(f"{value / 100:,.0f}: {took:.2f} s, {len(rules)} rules, {len(changed):,} changes")
    engine.close()


def whole(folder: Path, households: int) -> None:
    """Print the seconds of `impact_of` for a copy of a workspace with so many households."""
    with tempfile.TemporaryDirectory() as home:
        copy = Path(home) / "county"
        shutil.copytree(folder, copy)
        county = open_workspace(copy)
        built = read_built(county.setup.config.store, county.months[-1])
        assert built is not None
        for theme in county.setup.themes:
            file = built.file(f"{theme.key}_household")
            if file.is_file():
                _repeat(file, households)
        for value in (9_100, 9_500, 12_000, 9_100):
            start, cpu = time.perf_counter(), time.process_time()
            rows = impact_of(county.setup, built, {_KEY: value}).households
            took, used = time.perf_counter() - start, time.process_time() - cpu
            print(f"{value:,}: {took:.2f} s ({used:.2f} s of processor), {len(rows):,} changes")


def _repeat(file: Path, households: int) -> None:
    """Write a table of households again, repeated under other codes until there are so many."""
    rows = pd.read_parquet(file, dtype_backend="pyarrow")
    times = -(-households // len(rows))
    many = pd.concat([rows] * times, ignore_index=True).head(households)
    numbers = (np.arange(len(many)) // len(rows)).astype(str)
    many["household_code"] = many["household_code"].astype("str") + "-" + numbers
    many.to_parquet(file)


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    main(wanted)
    if len(sys.argv) > 2:
        whole(Path(sys.argv[2]), wanted)
