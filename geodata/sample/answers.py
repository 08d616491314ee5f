"""The answers to what is planted, as JSON and as CSV, beside the county's files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.sample.plan import line_of, month_text
from geodata.sample.planted import Case, Fault
from geodata.sample.world import World, live

_EXTRA = 6  # months lived beyond the last one to see who falls below the line


def write_answers(
    folder: Path,
    world: World,
    *,
    faults: Sequence[Fault],
    cases: Sequence[Case],
    places: dict[str, object],
) -> None:
    """Write answers.json (places, feeds, clusters), faults.csv, rules.csv and falling.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "clusters": [_cluster(world, at) for at in range(len(world.plan.clusters))],
        "months": list(world.plan.months),
        **places,
    }
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "answers.json").write_bytes(text.encode())
    for name, kind, entries in (("faults.csv", Fault, faults), ("rules.csv", Case, cases)):
        columns = [one.name for one in fields(kind)]
        _csv(folder / name, pd.DataFrame([vars(entry) for entry in entries], columns=columns))
    _csv(folder / "falling.csv", _falling(world))


def _csv(file: Path, frame: pd.DataFrame) -> None:
    file.write_bytes(frame.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))


def _cluster(world: World, at: int) -> dict[str, object]:
    cluster, plan = world.plan.clusters[at], world.plan
    return {
        "indicator": cluster.indicator,
        "kind": cluster.kind,
        "villages": world.places.villages["code"].iloc[list(cluster.villages)].tolist(),
        "start": plan.months[cluster.start],
        "end": plan.months[cluster.end],
        "risk": cluster.risk,
    }


def _falling(world: World) -> pd.DataFrame:
    """Return the planted households: cause, month, and the first month below the line.

    Below means that the net income of the 12 months up to it, divided by the people of the
    household, lies under the county's line; up to six months beyond the last one are foretold.
    """
    shocks = world.economy.shocks
    below = np.full(len(shocks), -1)
    last_income = np.zeros(len(shocks))
    last = world.plan.first + len(world.plan.months) - 1
    for month in live(world, extra=_EXTRA):
        income = month.state["per_head"].to_numpy()[shocks["household"]]
        fell = (income < line_of(month.number)) & (month.number >= shocks["month"]) & (below < 0)
        below = np.where(fell, month.number, below)
        if month.number == last:
            last_income = income
    told = pd.DataFrame(
        {
            "household_code": [f"99{number + 1:011d}" for number in shocks["household"]],
            "village_code": world.places.villages["code"]
            .iloc[world.households["village"].iloc[shocks["household"]]]
            .to_numpy(),
            "cause": shocks["cause"].to_numpy(),
            "month": [month_text(int(month)) for month in shocks["month"]],
            "per_capita_income": last_income.round(2),
            "line": line_of(last),
            "below_since": ["" if at < 0 else month_text(int(at)) for at in below],
        }
    )
    return told[below >= 0]
