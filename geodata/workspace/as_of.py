"""Subjects of a theme as of any day: their features and findings, by the rules of that day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from geodata.rules.exemption import held_on
from geodata.rules.run import make_features, needed_keys, run_rules
from geodata.workspace.engines import month_engine, policy_areas
from geodata.workspace.inputs import Setup


@dataclass(frozen=True)
class DayTables:
    """Feature sets by name, and findings with the columns of the table `flags`, as of a day.

    Rows are about people and places: they leave by a reader.
    """

    day: datetime.date
    features: Mapping[str, pd.DataFrame]
    flags: pd.DataFrame


def tables_on(
    setup: Setup, month: str, day: datetime.date, theme: str, subjects: Sequence[str]
) -> DayTables:
    """Return what is known of subjects of a theme on a day of a month; rows dated later do not count."""
    chosen = next(one for one in setup.themes if one.key == theme)
    names = [f"{theme}_{subject}" for subject in subjects]
    rules = [rule for rule in chosen.rules if rule.subject in subjects]
    keys = needed_keys(setup.sets, rules)
    frames: dict[str, list[pd.DataFrame]] = {name: [] for name in names}
    flags = []
    tables = setup.tables_behind(names)
    with month_engine(setup.store, month, tables, entered=setup.entered) as (engine, _):
        for area in policy_areas(engine, setup.policy, keys, month, setup.tables, day_of=day):
            binding = replace(area.binding, on=day, exempt=held_on(setup.exemptions, day))
            make_features(engine, setup.sets, binding, wanted=names)
            for name in names:
                rows = engine.frame(f"SELECT * FROM {name}")
                inside = rows["place_code"].str.startswith(area.prefixes or ("",))
                frames[name].append(rows[inside.fillna(False).astype(bool)])
            found = run_rules(engine, rules, binding, setup.exemptions).flags
            flags.append(found.to_pandas())
    told = pd.concat(flags, ignore_index=True)
    household = told["subject"].where(told["subject_kind"] == "household")
    told = told.assign(place_code=told["place"], household_code=household)
    return DayTables(day, {name: pd.concat(each) for name, each in frames.items()}, told)
