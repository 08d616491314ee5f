"""The projects of the invented county: one in three villages a year, a few of them stuck or unaudited."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.sample.exports import Columns
from geodata.sample.faults import FlaggedSubject
from geodata.sample.other_tables import titled
from geodata.sample.plan import month_text
from geodata.sample.sheets import choose, decimal, pick, words, yes_no
from geodata.sample.world import Month, World

_NAMES = (
    "特色种植基地",
    "通组道路硬化",
    "就业技能培训",
    "安置点物业用房",
    "饮水管网改造",
    "村级活动场所",
)
_DAY = np.timedelta64(1, "D")
# What is planted, twice each; everything else is as it should be.
_FAULTS = (
    "project_stuck",
    "project_unaudited_before",
    "project_unaudited_after",
    "project_unpublished",
)


def make_projects(world: World) -> pd.DataFrame:
    """Return all projects: village, kind, funds, days as of the last month, and what is wrong."""
    rng = np.random.default_rng([world.seed, 40])
    last = _last_day(world.plan.first + len(world.plan.months) - 1)
    gone = world.plan.merged[0]
    villages = np.setdiff1d(np.arange(len(world.places.villages)), [gone])
    count = max(len(villages) // 2, 16)
    age = rng.integers(60, 540, count)
    frame = pd.DataFrame(
        {
            "village": rng.choice(villages, count),
            "kind": rng.choice(6, count, p=[0.45, 0.25, 0.1, 0.05, 0.1, 0.05]),
            "funds": rng.integers(20, 200, count) * 10_000,
            "start": last - age * _DAY,
            "fault": "",
        }
    )
    frame["planned"] = frame["start"] + rng.integers(120, 240, count) * _DAY
    at = rng.permutation(count)[: 2 * len(_FAULTS)]
    frame.loc[at, "fault"] = np.repeat(_FAULTS, 2)
    stuck, done = frame["fault"] == "project_stuck", frame["fault"] == "project_unaudited_after"
    frame.loc[stuck | done, "start"] = last - 300 * _DAY
    frame.loc[stuck, "planned"] = last - 31 * _DAY
    frame.loc[done, "planned"] = last - 60 * _DAY
    frame["completed"] = (frame["planned"] - 5 * _DAY).mask(stuck)
    return frame


def project_table(world: World, month: Month) -> Columns:
    """Return the projects begun by a month with their state at its end."""
    projects, today = make_projects(world), _last_day(month.number)
    rows = projects[projects["start"] <= today]
    done = (rows["completed"] <= today).to_numpy()
    share = np.where(done, 100, np.clip((today - rows["start"]).dt.days // 4, 5, 80))
    towns = world.places.townships.set_index("code")["name"]
    town = world.places.villages["township_code"].iloc[rows["village"]].map(towns).to_numpy()
    villages = world.places.villages["name"].to_numpy()[rows["village"]]
    names = np.array(_NAMES, dtype=object)[rows["kind"]]
    return titled(
        "project",
        {
            "project_code": words([f"99XM{number + 1:04d}" for number in rows.index]),
            "place_code": words(world.places.villages["code"].to_numpy()[rows["village"]]),
            "name": words(villages + names + "项目"),
            "kind": choose("project_kind", rows["kind"]),
            "funds": decimal(rows["funds"], 2),
            "paid": decimal(rows["funds"] * share / 100, 2),
            "stage": pick(("组织实施", "完工验收"), done.astype(int)),
            "start_day": words(rows["start"].dt.strftime("%Y-%m-%d")),
            "planned_end_day": words(rows["planned"].dt.strftime("%Y-%m-%d")),
            "completed_day": words(rows["completed"].where(done).dt.strftime("%Y-%m-%d")),
            "budget_audited": yes_no(rows["fault"] != "project_unaudited_before"),
            "final_audited": yes_no(rows["fault"] != "project_unaudited_after", done),
            "published": yes_no(rows["fault"] != "project_unpublished"),
            "owner": words(town),
        },
    )


def project_cases(world: World) -> list[FlaggedSubject]:
    """Return the projects that a rule must flag in the last month."""
    projects = make_projects(world)
    wrong = projects[projects["fault"] != ""]
    faults = wrong["fault"].sort_values(kind="stable")
    return [
        FlaggedSubject(fault, "project", f"99XM{number + 1:04d}")
        for number, fault in zip(faults.index, faults, strict=True)
    ]


def _last_day(month: int) -> np.datetime64:
    return np.datetime64(month_text(month + 1), "D") - _DAY
