"""The frame of a sample from a built month, and the numbers of its design from the policy."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from geodata.access import (
    Actor,
    Guard,
    MonthSource,
    Reader,
    Request,
    open_place_reader,
    open_reader,
)
from geodata.errors import EvaluationError
from geodata.evaluation import (
    Design,
    Draw,
    Frame,
    SelfCheck,
    draw_sample,
    limit_of,
    self_check,
)
from geodata.evaluation.inspection_rates import LIMITS
from geodata.figures import Cube
from geodata.i18n import default_language
from geodata.periods import last_day
from geodata.workspace.household_list import HOUSEHOLD_LIST
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import Built

# What reads the frame of a sample for an actor; see `draw_doors`.
ReadFrame = Callable[[Request], pd.DataFrame]
# Each number of a design: the parameter that sets it, and the option that gives it instead.
NUMBERS = {
    "villages": ("eval.sample.villages", "--villages"),
    "exited": ("eval.sample.exited", "--exited"),
    "missed": ("eval.sample.suspected_missed", "--missed"),
    "weak_share": ("eval.sample.weak_share", "--weak-share"),
}
_SHOWN = ("household_code", "place_code", "head_name", "persons", "score", "rules")
_COUNTS = ("villages", "exited", "missed")
_PLACES = ("village", "place")


def draw_county(
    setup: Setup,
    cube: Cube,
    built: Built,
    *,
    seed: int,
    numbers: Mapping[str, float | None],
    read: ReadFrame,
) -> Draw:
    """Return a sample of the county as of a month.

    A number that is not given is the parameter in force at the end of the month; raises
    EvaluationError naming every number that is neither. `read` is that of `draw_doors`: the sample is of the
    villages and households that its actor sees. Exited households are those of the type 脱贫户; suspected missed are drawn from ordinary
    households that are not monitored.
    """
    design = _design(setup, built.month, seed, numbers)
    villages = _villages(setup, cube, built.month, design, read)
    frame = Frame(villages, _households(setup, read))
    return draw_sample(frame, design)


def draw_doors(
    source: MonthSource, actor: Actor, guard: Guard, *, reason: str
) -> tuple[Reader, ReadFrame]:
    """Return an actor's reader of households, and what reads the frame of a sample for the actor.

    Every reading stands in the audit with the reason.
    """
    households = open_reader(source, actor, guard)
    places = open_place_reader(source, actor, guard)

    def read(request: Request) -> pd.DataFrame:
        reader = places if request.table in _PLACES else households
        return reader.rows(request, reason=reason).frame

    return households, read


def design_numbers(
    setup: Setup, month: str, given: Mapping[str, float | None]
) -> dict[str, float | None]:
    """Return each of NUMBERS as given, else as set at the end of the month; None where neither is."""
    numbers: dict[str, float | None] = {}
    for name, (key, _) in NUMBERS.items():
        value = given.get(name)
        if value is None:
            known = setup.policy.at(key, setup.config.county.code, last_day(month)).comparable
            value = known if isinstance(known, (int, float)) else None
        numbers[name] = value
    return numbers


def rates_of(setup: Setup, draw: Draw, day: datetime.date) -> tuple[SelfCheck, ...]:
    """Return the rates of a sample by the limits in force in the county on a day."""
    county = setup.config.county.code
    return self_check(draw, {kind: limit_of(setup.policy, kind, county, day) for kind in LIMITS})


def export_draw(draw: Draw, reader: Reader, place: str, *, reason: str) -> tuple[Draw, str]:
    """Return a sample as it may leave, and its mark; the drawn households are recorded as exported.

    The mark is the actor's name with the watermark that the audit knows.
    """
    codes = tuple(str(code) for code in draw.households.index)
    among = (("household_code", "in", codes),)
    left = reader.export(
        Request(HOUSEHOLD_LIST, place, columns=_SHOWN, filters=among), reason=reason
    )
    rows = left.frame.drop_duplicates("household_code").set_index("household_code")
    own = draw.households.drop(columns=list(_SHOWN[1:]), errors="ignore")
    kept = draw.households.index.isin(rows.index)
    households = own[kept].join(rows)
    return replace(draw, households=households), f"{reader.actor.name} {left.watermark}"


def _design(setup: Setup, month: str, seed: int, numbers: Mapping[str, float | None]) -> Design:
    """Return the design; every number that is missing is told at once."""
    chosen = design_numbers(setup, month, numbers)
    unset = [NUMBERS[name] for name, value in chosen.items() if value is None]
    if unset:
        lang = default_language()
        values = {
            "titles": ", ".join(setup.policy[key].title[lang] for key, _ in unset),
            "options": ", ".join(option for _, option in unset),
            "keys": ", ".join(key for key, _ in unset),
        }
        raise EvaluationError("evaluation.numbers_unset", month=month, **values)
    known = {name: float(value) for name, value in chosen.items() if value is not None}
    counts = {name: int(known[name]) for name in _COUNTS}
    return Design(
        month,
        seed,
        **counts,
        weak_share=known["weak_share"],
        weights=setup.registry.weights,
        suspected=setup.registry.suspected,
    )


def _villages(
    setup: Setup, cube: Cube, month: str, design: Design, read: ReadFrame
) -> pd.DataFrame:
    """Return every village of the list of villages with its stratum and its indicators."""
    place = setup.config.county.code
    columns = ("place_code", "exited", "persons")
    known = read(Request("village", place, columns=columns))
    # Of a village and those it has taken in since: where any was poor, those households are there.
    by_village = known.groupby("place_code")
    exited, persons = by_village["exited"].max(), by_village["persons"].sum(min_count=1)
    places = read(Request("place", place, columns=("place_code", "name")))
    names = places.drop_duplicates("place_code").set_index("place_code")["name"]
    stratum = exited.map({True: "exited", False: "other"}).fillna("unknown")
    judged = [key for key in design.weights if key in cube.indicators]
    figures = pd.DataFrame({key: cube.frame(key, month, cube.lowest)["value"] for key in judged})
    worse = figures.mul([-1 if cube.indicators[key].worse == "low" else 1 for key in judged])
    listed = names.reindex(exited.index).fillna("")
    frame = pd.DataFrame({"name": listed, "stratum": stratum, "population": persons})
    return frame.join(worse.reindex(exited.index)).sort_index()


def _households(setup: Setup, read: ReadFrame) -> pd.DataFrame:
    """Return the households that can be drawn, with their group and score."""
    place = setup.config.county.code
    kinds = ("household_code", "household_type", "monitored_category")
    known = read(Request("household", place, columns=kinds))
    known = known.drop_duplicates("household_code").set_index("household_code")
    listed = read(Request(HOUSEHOLD_LIST, place, columns=_SHOWN))
    listed = listed.drop_duplicates("household_code").set_index("household_code")
    kind = known["household_type"].reindex(listed.index)
    monitored = known["monitored_category"].reindex(listed.index).notna()
    group = pd.Series(pd.NA, listed.index, dtype="string")
    group = group.mask(kind == "脱贫户", "exited").mask((kind == "一般农户") & ~monitored, "missed")
    told = setup.registry.told("satisfied")
    if told is None:
        return listed.assign(group=group)[group.notna()]
    answers = read(Request(told.table, place, columns=("household_code", told.feature)))
    answers = answers.drop_duplicates("household_code").set_index("household_code")
    satisfied = answers[told.feature].reindex(listed.index)
    return listed.assign(group=group, satisfied=satisfied)[group.notna()]
