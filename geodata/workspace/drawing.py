"""The frame of a sample from a built month, and the numbers of its design from the policy."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import xarray as xr

from geodata.access import Request
from geodata.cube import value_of
from geodata.errors import EvaluationError
from geodata.evaluation import Design, Draw, Frame, draw_sample, read_weights
from geodata.i18n import default_language
from geodata.periods import last_day
from geodata.workspace.inputs import Setup
from geodata.workspace.listing import HOUSEHOLD_LIST
from geodata.workspace.people import Read, people_reader
from geodata.workspace.saved import Built

# Each number of a design: the parameter that sets it, and the option that gives it instead.
NUMBERS = {
    "villages": ("eval.sample.villages", "--villages"),
    "exited": ("eval.sample.exited", "--exited"),
    "missed": ("eval.sample.suspected_missed", "--missed"),
    "weak_share": ("eval.sample.weak_share", "--weak-share"),
}
_SHOWN = ("household_code", "place_code", "head_name", "persons", "score", "rules")


def draw_county(
    setup: Setup,
    cube: xr.Dataset,
    built: Built,
    *,
    seed: int,
    numbers: Mapping[str, float | None],
    read: Read | None = None,
) -> Draw:
    """Return a sample of the county as of a month.

    A number that is not given is the parameter in force at the end of the month; raises
    EvaluationError naming every number that is neither. `read` replaces the workspace's own reader
    of households, for an actor who sees less. Exited households are those of the type
    脱贫户; suspected missed are drawn from ordinary households that are not monitored.
    """
    design = _design(setup, built.month, seed, numbers)
    own = people_reader(setup, built)
    place = setup.config.county.code
    villages = _villages(setup, cube, built.month, design, own)
    frame = Frame(villages, _households(read or own, place))
    return draw_sample(frame, design)


def _design(setup: Setup, month: str, seed: int, numbers: Mapping[str, float | None]) -> Design:
    """Return the design; every number that is missing is told at once."""
    chosen: dict[str, float] = {}
    unset: list[tuple[str, str, str]] = []
    for name, (key, option) in NUMBERS.items():
        given = numbers.get(name)
        lookup = setup.policy.at(key, setup.config.county.code, last_day(month))
        value = lookup.comparable if given is None else given
        if isinstance(value, (int, float)):
            chosen[name] = value
        else:
            unset.append((lookup.parameter.title[default_language()], option, key))
    if unset:
        titles, options, keys = (", ".join(part) for part in zip(*unset, strict=True))
        values = {"titles": titles, "options": options, "keys": keys, "month": month}
        raise EvaluationError("evaluation.numbers_unset", **values)
    counts = {name: int(chosen[name]) for name in ("villages", "exited", "missed")}
    return Design(month, seed, **counts, weak_share=chosen["weak_share"], weights=read_weights())


def _villages(
    setup: Setup, cube: xr.Dataset, month: str, design: Design, read: Read
) -> pd.DataFrame:
    """Return every village of the list of villages with its stratum and its indicators."""
    place = setup.config.county.code
    listed = read(Request("village", place, columns=("place_code", "exited")), (place,))
    exited = listed.drop_duplicates("place_code").set_index("place_code")["exited"]
    named = read(Request("place", place, columns=("place_code", "name")), (place,))
    names = named.drop_duplicates("place_code").set_index("place_code")["name"]
    stratum = exited.map({True: "exited", False: "other"}).fillna("unknown")
    known = [key for key in design.weights if key in cube["indicator"].values]
    figures = value_of(cube.sel(indicator=known, period=[month])).isel(period=0).to_pandas().T
    better = {m.key: m.worse == "low" for theme in setup.themes for m in theme.indicators}
    worse = figures.mul([-1 if better[key] else 1 for key in figures.columns])
    frame = pd.DataFrame({"name": names.reindex(exited.index).fillna(""), "stratum": stratum})
    return frame.join(worse.reindex(exited.index)).sort_index()


def _households(read: Read, place: str) -> pd.DataFrame:
    """Return the households that can be drawn, with their group and score."""
    kinds = ("household_code", "household_type", "monitored_category")
    known = read(Request("household", place, columns=kinds), (place,))
    known = known.drop_duplicates("household_code").set_index("household_code")
    listed = read(Request(HOUSEHOLD_LIST, place, columns=_SHOWN), (place,))
    listed = listed.drop_duplicates("household_code").set_index("household_code")
    kind = known["household_type"].reindex(listed.index)
    monitored = known["monitored_category"].reindex(listed.index).notna()
    group = pd.Series(pd.NA, listed.index, dtype="string")
    group = group.mask(kind == "脱贫户", "exited").mask((kind == "一般农户") & ~monitored, "missed")
    return listed.assign(group=group)[group.notna()]
