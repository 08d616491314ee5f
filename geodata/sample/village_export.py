"""The upstream export of villages: people, facilities and land, counted from the households."""

from __future__ import annotations

import numpy as np

from geodata.sample.exports import Columns, area
from geodata.sample.text import decimal, whole, yes_no
from geodata.sample.world import Month, World


def village_export(world: World, month: Month, rows: np.ndarray) -> Columns:
    """Return the export of villages, for the rows (villages) given."""
    state, homes = month.state, world.households
    village = state["village"].to_numpy()

    def count(weights: object = None) -> np.ndarray:
        given = None if weights is None else np.asarray(weights, dtype=float)
        return np.bincount(village, given, minlength=len(world.places.villages))[rows]

    poor, active = homes["former_poor"], state["listed"] & ~state["removed"]
    working = np.bincount(
        world.persons["household"].to_numpy()[month.account.working], minlength=len(homes)
    )
    exited = rows % 3 == 0
    return {
        "序号": whole(np.arange(1, len(rows) + 1)),
        **area(world, rows, ("县", "乡", "行政村")),
        "是否脱贫村": yes_no(exited),
        "总户数": whole(count()),
        "总人口数": whole(count(state["people"])),
        "脱贫户数": whole(count(poor)),
        "脱贫人口数": whole(count(poor * state["people"])),
        "监测对象户数": whole(count(active)),
        "低保户数": whole(count(state["dibao"])),
        "劳动力人数": whole(count(state["labour"])),
        "外出务工人数": whole(count(working)),
        "未解决安全饮水户数": whole(count(state["water_problem"])),
        "危房户数": whole(count(state["house_problem"])),
        "小学个数": whole(rows % 4 == 0),
        "幼儿园个数": whole(rows % 5 == 0),
        "卫生室个数": whole(np.ones(len(rows))),
        "村医人数": whole(1 + rows % 2),
        "是否通客运班车": yes_no(np.ones(len(rows))),
        "是否通硬化路": yes_no(np.ones(len(rows))),
        "是否通动力电": yes_no(np.ones(len(rows))),
        "是否通宽带": yes_no(np.ones(len(rows))),
        **_collective(rows),
        "合作社个数": whole(rows % 3),
        "耕地面积": decimal(count(homes["farmland"]) + 20, 1),
        "退耕还林面积": decimal(count(homes["returned_land"]) + 20, 1),
        "林果面积": decimal(count(homes["orchard_land"]) + 20, 1),
    }


def _collective(rows: np.ndarray) -> Columns:
    """Return the income of the collective and its sources, which add up to it."""
    income = 40_000 + rows * 7919 % 160_000
    parts = [income * (rows % 4 + share) // 16 for share in (1, 2, 3)]
    named = ("集体经营收入", "集体发包租赁收入", "集体投资分红收入", "集体补助收入")
    parts.append(income - sum(parts))
    return {
        "村集体经济收入": decimal(income, 2),
        **{name: decimal(part, 2) for name, part in zip(named, parts, strict=True)},
    }
