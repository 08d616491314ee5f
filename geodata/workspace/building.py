"""Building months: features, findings, counts and figures, written by the engine beside the snapshots."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from geodata.errors import StoreError
from geodata.figures.month import FIGURE_ORDER, figures_query
from geodata.isolated import process_pool
from geodata.periods import last_day, shift_month
from geodata.rules.dry_run import engine_errors
from geodata.rules.exemption import held_on
from geodata.rules.run import (
    COUNT_ORDER,
    COUNTS,
    FLAG_ORDER,
    FLAGS,
    add_findings,
    make_features,
)
from geodata.store import Engine, check_engine
from geodata.store.checksums import digest_of as file_digest
from geodata.workspace.answerable import (
    UNANSWERED,
    answerable,
    find_unanswered,
    unanswered_table,
)
from geodata.workspace.engines import PolicyArea, month_engine, policy_areas
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import Built, building, digest_of, read_built, save_built

Progress = Callable[[str, bool], None]


def build_months(
    setup: Setup,
    months: Sequence[str],
    *,
    progress: Progress | None = None,
    engine: str = "duckdb",
    processes: int = 1,
) -> tuple[Built, ...]:
    """Build the months whose inputs changed, and return all of them built, in order.

    `progress` is told each month and whether it had to be built. Every engine, and any number of
    `processes` that share the months, gives the same.
    """
    check_engine(engine)
    if not months:
        return ()
    held: AbstractContextManager[None] = nullcontext()
    if any(_unchanged(setup, month) is None for month in months):
        held = building(setup.config.store)
    builds = []
    with held:
        # Looked at again: another machine may have built it meanwhile.
        known = {month: _unchanged(setup, month) for month in months}
        waiting = [month for month in months if known[month] is None]
        made = _made(setup, waiting, engine, processes)
        for month in months:
            built = known[month]
            if progress:
                progress(month, built is None)
            builds.append(next(made) if built is None else built)
    return tuple(builds)


def stale_months(setup: Setup) -> tuple[str, ...]:
    """Return the months with a snapshot that are not built from what is there now, sorted."""
    return tuple(month for month in setup.store.months() if _unchanged(setup, month) is None)


def _unchanged(setup: Setup, month: str) -> Built | None:
    """Return what was built for a month if it was built from what is there now, or cannot be again."""
    built = read_built(setup.config.store, month)
    if built and (setup.is_closed(month) or built.digest == digest_of(setup.inputs(month))):
        return built
    return None


def _made(setup: Setup, months: Sequence[str], engine: str, processes: int) -> Iterator[Built]:
    """Give the months built, in order; Spark shares the work of a month itself."""
    make = partial(_make, setup, engine)
    count = min(processes, len(months))
    if count < 2 or engine != "duckdb":
        yield from map(make, months)
        return
    with process_pool(count) as pool:
        yield from pool.map(partial(_make, setup, engine, threads=1), months)


def _make(setup: Setup, engine: str, month: str, *, threads: int | None = None) -> Built:
    if setup.is_closed(month):
        raise StoreError("store.retired_build", month=month)

    def write(folder: Path) -> Mapping[Path, str]:
        try:
            return compute_month(setup, month, folder, engine=engine, threads=threads)
        except engine_errors(engine):
            # Each thing is tried by itself only where something fails: all at once is much faster.
            unanswered = find_unanswered(setup, month)
            if not unanswered:
                raise
        for left in folder.iterdir():
            left.unlink() if left.is_file() else shutil.rmtree(left)
        asked = answerable(setup, unanswered)
        files = compute_month(asked, month, folder, engine=engine, threads=threads)
        file = folder / f"{UNANSWERED}.parquet"
        pq.write_table(unanswered_table(unanswered), file, compression="zstd")
        return {**files, file: file_digest(file)}

    return save_built(setup.config.store, month, setup.inputs(month), write)


def compute_month(
    setup: Setup, month: str, folder: Path, *, engine: str = "duckdb", threads: int | None = None
) -> Mapping[Path, str]:
    """Write flags, counts, figures and the feature sets of a month, sorted; returns the SHA-256 of each file.

    `figures_before` are the month's figures by the parameters of the month before. The engine writes:
    no table passes through here. Places that share parameters follow each other (`table_files`).
    """
    before = shift_month(month, -1)
    with month_engine(
        setup.store,
        month,
        setup.tables,
        engine=engine,
        threads=threads,
        entered=setup.entered,
        building=setup.config,
    ) as (opened, _):
        held = held_on(setup.exemptions, last_day(month))
        areas, old = (
            tuple(replace(a, binding=replace(a.binding, exempt=held)) for a in each)
            for each in (
                policy_areas(opened, setup.policy, setup.keys, month, setup.tables),
                policy_areas(
                    opened, setup.policy, setup.keys, month, setup.tables, day_of=last_day(before)
                ),
            )
        )
        same = [area.binding.values for area in areas] == [area.binding.values for area in old]
        output = _Output(opened, folder)
        for number, area in enumerate(areas):
            output.part = number if len(areas) > 1 else None
            _write_area(output, setup, area)
            _write_figures(
                output, setup, area, ("figures", "figures_before") if same else ("figures",)
            )
        for number, area in enumerate(() if same else old):
            output.part = number if len(old) > 1 else None
            make_features(opened, setup.sets, area.binding)
            _write_figures(output, setup, area, ("figures_before",))
        return output.files


@dataclass
class _Output:
    """Where the tables of a month are written; `part` is the number of the area when there are several."""

    engine: Engine
    folder: Path
    part: int | None = None
    files: dict[Path, str] = field(default_factory=dict)

    def write(self, table: str, query: str, order: Sequence[str]) -> None:
        file = self.folder / f"{table}.parquet"
        if self.part is not None:
            file /= f"{self.part:05d}.parquet"
        self.files.update(self.engine.write(query, file, order))


def _write_area(output: _Output, setup: Setup, area: PolicyArea) -> None:
    make_features(output.engine, setup.sets, area.binding)
    add_findings(output.engine, list(setup.rules.values()), area.binding, setup.exemptions)
    output.write("flags", f"SELECT * FROM {FLAGS}", FLAG_ORDER)
    output.write("counts", f"SELECT * FROM {COUNTS}", COUNT_ORDER)
    for theme in setup.themes:
        for subject in theme.subjects.values():
            name = f"{theme.key}_{subject.name}"
            if name in {feature_set.name for feature_set in theme.feature_sets}:
                output.write(name, f"SELECT * FROM {name}", ("place_code", subject.key))


def _write_figures(output: _Output, setup: Setup, area: PolicyArea, names: Sequence[str]) -> None:
    indicators = [indicator for theme in setup.themes for indicator in theme.indicators]
    query = figures_query(indicators, setup.rules, area.binding, output.engine.name)
    output.engine.add_table("figures_of_area", query)
    for name in names:
        output.write(name, "SELECT * FROM figures_of_area", FIGURE_ORDER)
