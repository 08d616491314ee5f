"""Building months: features, findings, counts and figures, saved beside the snapshots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd
import pyarrow as pa

from geodata.cube import month_figures
from geodata.periods import last_day, shift_month
from geodata.rules import SUBJECTS, run_rules
from geodata.rules.exemption import apply_exemptions, held_on
from geodata.rules.run import make_features
from geodata.store import Engine
from geodata.workspace.engines import PolicyArea, month_engine, policy_areas
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import Built, digest_of, read_built, save_built

Progress = Callable[[str, bool], None]


def build_months(
    setup: Setup, months: Sequence[str], *, progress: Progress | None = None
) -> tuple[Built, ...]:
    """Build the months whose inputs changed, and return all of them built, in order.

    `progress` is told each month and whether it had to be built.
    """
    found = []
    for month in months:
        inputs = setup.inputs(month)
        built = read_built(setup.config.store, month)
        needed = built is None or built.digest != digest_of(inputs)
        if progress:
            progress(month, needed)
        if built is None or needed:
            built = save_built(setup.config.store, month, inputs, compute_month(setup, month))
        found.append(built)
    return tuple(found)


def compute_month(setup: Setup, month: str) -> dict[str, pa.Table]:
    """Return flags, counts, figures and the feature sets of a month as tables, sorted.

    `figures_before` are the month's figures by the parameters of the month before.
    """
    before = shift_month(month, -1)
    with month_engine(setup.store, month) as (engine, _):
        held = held_on(setup.exemptions, last_day(month))
        areas, old = (
            tuple(replace(a, binding=replace(a.binding, exempt=held)) for a in each)
            for each in (
                policy_areas(engine, setup.policy, setup.keys, month),
                policy_areas(engine, setup.policy, setup.keys, month, day_of=before),
            )
        )
        parts = [_compute_area(engine, setup, area) for area in areas]
        found = {name: pa.concat_tables([part[name] for part in parts]) for name in parts[0]}
        same = [area.binding.values for area in areas] == [area.binding.values for area in old]
        found["figures_before"] = found["figures"]
        if not same:
            redone = [_figures(engine, setup, area) for area in old]
            found["figures_before"] = pa.concat_tables(redone)
    return found


def _compute_area(engine: Engine, setup: Setup, area: PolicyArea) -> dict[str, pa.Table]:
    make_features(engine, setup.sets, area.binding)
    findings = run_rules(engine, list(setup.rules.values()), area.binding)
    flags = apply_exemptions(findings.flags, setup.exemptions, area.binding.day)
    found = {
        "flags": _table(flags),
        "counts": _table(findings.counts),
        "figures": _measured(engine, setup, area),
    }
    for theme in setup.themes:
        for subject, key in SUBJECTS.items():
            name = f"{theme.key}_{subject}"
            if name in {feature_set.name for feature_set in theme.feature_sets}:
                found[name] = engine.rows(f"SELECT * FROM {name} ORDER BY place_code, {key}")
    return found


def _figures(engine: Engine, setup: Setup, area: PolicyArea) -> pa.Table:
    make_features(engine, setup.sets, area.binding)
    return _measured(engine, setup, area)


def _measured(engine: Engine, setup: Setup, area: PolicyArea) -> pa.Table:
    measures = [measure for theme in setup.themes for measure in theme.indicators]
    return _table(month_figures(engine, measures, setup.rules, area.binding))


def _table(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)
