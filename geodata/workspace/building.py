"""Building months: features, findings, counts and figures, saved beside the snapshots."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import pyarrow as pa

from geodata.errors import StoreError
from geodata.figures import month_figures
from geodata.isolated import process_pool
from geodata.periods import last_day, shift_month
from geodata.rules import run_rules
from geodata.rules.dry_run import engine_errors
from geodata.rules.exemption import apply_exemptions, held_on
from geodata.rules.run import make_features
from geodata.store import Engine, check_engine
from geodata.workspace.answerable import (
    UNANSWERED,
    answerable,
    find_unanswered,
    unanswered_table,
)
from geodata.workspace.engines import PolicyArea, month_engine, policy_areas
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import Built, digest_of, read_built, save_built

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
    known = {month: _unchanged(setup, month) for month in months}
    waiting = [month for month in months if known[month] is None]
    made = _made(setup, waiting, engine, processes)
    builds = []
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
    try:
        tables = compute_month(setup, month, engine=engine, threads=threads)
    except engine_errors(engine):
        # Each thing is tried by itself only where something fails: all at once is much faster.
        unanswered = find_unanswered(setup, month)
        if not unanswered:
            raise
        asked = answerable(setup, unanswered)
        tables = compute_month(asked, month, engine=engine, threads=threads)
        tables[UNANSWERED] = unanswered_table(unanswered)
    return save_built(setup.config.store, month, setup.inputs(month), tables)


def compute_month(
    setup: Setup, month: str, *, engine: str = "duckdb", threads: int | None = None
) -> dict[str, pa.Table]:
    """Return flags, counts, figures and the feature sets of a month as tables, sorted.

    `figures_before` are the month's figures by the parameters of the month before.
    """
    before = shift_month(month, -1)
    with month_engine(
        setup.store, month, setup.tables, engine=engine, threads=threads, entered=setup.entered
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
        parts = [_compute_area(opened, setup, area) for area in areas]
        tables = {name: pa.concat_tables([part[name] for part in parts]) for name in parts[0]}
        same = [area.binding.values for area in areas] == [area.binding.values for area in old]
        tables["figures_before"] = tables["figures"]
        if not same:
            redone = [_figures(opened, setup, area) for area in old]
            tables["figures_before"] = pa.concat_tables(redone)
    return tables


def _compute_area(engine: Engine, setup: Setup, area: PolicyArea) -> dict[str, pa.Table]:
    make_features(engine, setup.sets, area.binding)
    findings = run_rules(engine, list(setup.rules.values()), area.binding)
    flags = apply_exemptions(findings.flags, setup.exemptions, area.binding.day)
    tables = {
        "flags": flags,
        "counts": findings.counts,
        "figures": _measured(engine, setup, area),
    }
    for theme in setup.themes:
        for subject in theme.subjects.values():
            name = f"{theme.key}_{subject.name}"
            if name in {feature_set.name for feature_set in theme.feature_sets}:
                features = engine.rows(f"SELECT * FROM {name}")
                order = [("place_code", "ascending"), (subject.key, "ascending")]
                ordered = features.sort_by(order)
                tables[name] = ordered.cast(_plain(ordered.schema))
    return tables


def _figures(engine: Engine, setup: Setup, area: PolicyArea) -> pa.Table:
    make_features(engine, setup.sets, area.binding)
    return _measured(engine, setup, area)


def _measured(engine: Engine, setup: Setup, area: PolicyArea) -> pa.Table:
    indicators = [indicator for theme in setup.themes for indicator in theme.indicators]
    return month_figures(engine, indicators, setup.rules, area.binding)


def _plain(schema: pa.Schema) -> pa.Schema:
    """Return the columns with one type for whole numbers, fractions and texts, on any engine."""
    return pa.schema([(column.name, _plain_type(column.type)) for column in schema])


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(kind) or (pa.types.is_decimal(kind) and kind.scale == 0):
        return pa.int64()
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pa.float64()
    return pa.string() if pa.types.is_large_string(kind) else kind
