"""Water works, supply zones, samples, outages and equipment; fluoride in one valley, a dry ridge."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.sample.places import Places
from geodata.sample.plan import Plan, month_text

PERSONS = 3.5  # of a household, as works count whom they serve
_DRY_MONTHS = (0, 1, 2, 10, 11)  # January is 0


def make_works(
    rng: np.random.Generator, places: Places, plan: Plan, households: np.ndarray
) -> pd.DataFrame:
    """Return one row per village: its works, its zone and the kind of works.

    In a township the lower villages hang on one central works, the higher ones on small works of
    their own or of two neighbours; the villages over fluoride have wells, those of the dry ridge
    springs. `households` is the number of households of each village.
    """
    villages = places.villages
    township = villages["township_code"].to_numpy()
    height = villages.groupby("township_code")["metres"].rank(pct=True).to_numpy()
    valley = np.isin(np.arange(len(villages)), plan.cluster("fluoride").villages)
    ridge = np.isin(np.arange(len(villages)), plan.cluster("shortage").villages)
    central = (height <= 0.55) & ~valley & ~ridge
    pair = np.arange(len(villages)) // 2
    label = np.where(
        central, "C" + pd.Series(township), "S" + pd.Series(township) + pair.astype(str)
    )
    label = np.where(
        valley, "F" + pd.Series(township), np.where(ridge, "R" + pd.Series(pair.astype(str)), label)
    )
    number = pd.factorize(label, sort=True)[0]
    zone = pd.factorize(pd.Series(label) + (np.arange(len(villages)) // 3).astype(str), sort=True)[
        0
    ]
    # The class of a works bears its scale in its name.
    persons = pd.Series(households).groupby(number).transform("sum").to_numpy() * PERSONS
    urban = villages.groupby("township_code")["urban"].transform("any").to_numpy()
    return pd.DataFrame(
        {
            "village": np.arange(len(villages)),
            "works": number,
            "zone": zone,
            "kind": np.select(
                [ridge, central & urban, persons >= 10_000, persons >= 1_000],
                ["分散供水", "城乡一体化", "千吨万人", "千人供水"],
                "小型集中供水",
            ),
            "source": np.select([valley, ridge, central], ["地下水", "山泉水", "地表水"], "山泉水"),
            "fluoride": np.where(
                valley, rng.uniform(1.5, 2.8, len(villages)), rng.uniform(0.12, 0.62, len(villages))
            ),
            "ridge": ridge,
            "valley": valley,
            "households": households,
        }
    )


def dry_days(rng: np.random.Generator, works: pd.DataFrame, plan: Plan, month: int) -> np.ndarray:
    """Return the days without water in a month in each village."""
    season = month % 12 in _DRY_MONTHS
    ridge = works["ridge"].to_numpy()
    rare = (rng.random(len(works)) < 0.03) * rng.integers(1, 3, len(works))
    rare[rng.integers(len(works))] = 1  # somewhere a pipe is always mended
    return np.where(ridge & season, rng.integers(9, 19, len(works)), rare)


def outages(
    rng: np.random.Generator, works: pd.DataFrame, days: np.ndarray, month: int
) -> pd.DataFrame:
    """Return the outages of a month: works, zone, first day, day of repair, cause, households."""
    hit = (
        works.assign(days=days)[days > 0]
        .groupby(["works", "zone"], as_index=False)
        .agg(days=("days", "max"), households=("households", "sum"), ridge=("ridge", "any"))
    )
    start = 1 + np.floor(rng.random(len(hit)) * (28 - hit["days"])).astype(int)
    prefix = month_text(month) + "-"
    return pd.DataFrame(
        {
            "works": hit["works"],
            "zone": hit["zone"],
            "start": [f"{prefix}{day:02d}" for day in start],
            "end": [f"{prefix}{day:02d}" for day in start + hit["days"]],
            "cause": np.where(hit["ridge"], "枯水期水源不足", "管网检修"),
            "households": hit["households"],
        }
    )


def samples(rng: np.random.Generator, works: pd.DataFrame, month: int) -> pd.DataFrame:
    """Return the results of the works sampled in a month: each in one month of every quarter."""
    each = works.drop_duplicates("works").sort_values("works")
    each = each[(each["works"] + month) % 3 == 0]
    count = len(each)
    items = {
        "氟化物": np.char.mod("%.2f", each["fluoride"] * rng.normal(1, 0.05, count)),
        "硝酸盐(以N计)": np.char.mod("%.1f", rng.gamma(4, 0.8, count)),
        "浑浊度": np.char.mod("%.2f", rng.uniform(0.15, 0.9, count)),
        "砷": np.where(rng.random(count) < 0.9, "<0.001", "0.002"),
        "总大肠菌群": np.full(count, "未检出"),
        "pH": np.char.mod("%.2f", rng.uniform(6.9, 8.1, count)),
    }
    day = np.char.mod("%02d", rng.integers(3, 27, count))
    when = np.strings.add(month_text(month) + "-", day)
    frames = [_results(each, month, when, item, result, _TAP) for item, result in items.items()]
    return pd.concat(frames, ignore_index=True)


def _results(
    rows: pd.DataFrame,
    month: int,
    day: np.ndarray | str,
    item: str,
    result: np.ndarray,
    point: int,
) -> pd.DataFrame:
    """Return the results of one item, one row for each of the works."""
    return pd.DataFrame(
        {
            "works": rows["works"].to_numpy(),
            "zone": rows["zone"].to_numpy(),
            "village": rows["village"].to_numpy(),
            "day": day,
            "season": "枯水期" if month % 12 in _DRY_MONTHS else "丰水期",
            "item": item,
            "result": result,
            "point": point,
        }
    )


# What is tested once a year only, and what comes out; two springs a year carry too many germs.
_YEARLY = {
    "大肠埃希氏菌": "未检出",
    "镉": "<0.0005",
    "铬(六价)": "<0.004",
    "铅": "<0.0025",
    "汞": "<0.0001",
    "氰化物": "<0.002",
    "三氯甲烷": "0.008",
    "色度": "<5",
    "铁": "0.06",
    "锰": "<0.01",
    "溶解性总固体": "312",
    "总硬度": "186",
    "氯化物": "24.5",
    "硫酸盐": "41.2",
    "高锰酸盐指数": "1.35",
    "氨(以N计)": "0.08",
}
_SOURCE, _PLANT, _TAP = range(3)


def other_samples(rng: np.random.Generator, works: pd.DataFrame, month: int) -> pd.DataFrame:
    """Return the other results of a month: the yearly whole test, free chlorine, wells at the source.

    Columns as of `samples`, with `point` as a number of the published list.
    """
    each = works.drop_duplicates("works").sort_values("works")
    whole = each[(each["works"] + month) % 12 == 0]
    treated = each[(each["kind"] != "分散供水") & ((each["works"] + month) % 3 == 0)]
    wells = each[each["source"] == "地下水"]
    # Every second well is not tested in the last quarter of a year.
    wells = wells[(wells["works"] % 2 == 0) | (month % 12 < 9)]
    yearly = [(item, np.full(len(whole), result), whole, _TAP) for item, result in _YEARLY.items()]
    germs = np.where((whole["kind"] == "分散供水") & (whole["works"] % 2 == 0), 620, 12)
    tap = np.char.mod("%.2f", rng.uniform(0.06, 0.3, len(treated)))
    plant = np.char.mod("%.2f", rng.uniform(0.32, 0.7, len(treated)))
    nitrate = np.char.mod("%.1f", rng.gamma(4, 0.8, len(wells)))
    parts = [
        *yearly,
        ("菌落总数", germs.astype("U4"), whole, _TAP),
        ("游离氯", np.where(treated["works"] % 19 == 3, "0.02", tap), treated, _TAP),
        ("游离氯", plant, treated, _PLANT),
        ("硝酸盐(以N计)", nitrate, wells, _SOURCE),
    ]
    day = f"{month_text(month)}-12"
    frames = [
        _results(rows, month, day, item, result, point) for item, result, rows, point in parts
    ]
    return pd.concat(frames, ignore_index=True)


def equipment(rng: np.random.Generator, works: pd.DataFrame, month: int) -> pd.DataFrame:
    """Return the equipment as it stands in a month: disinfection everywhere, pumps, fluoride removal.

    Every second of the works over fluoride has none; it is served late; the rest now and then.
    """
    each = works.drop_duplicates("works").sort_values("works")
    kinds = [("消毒设备", each), ("水泵", each[each["source"] != "山泉水"])]
    kinds.append(("除氟设备", each[each["valley"]].iloc[::2]))
    rows = pd.concat([part[["works", "valley"]].assign(kind=kind) for kind, part in kinds])
    count = len(rows)
    turn, faulty = rng.integers(0, 9, count), rng.random(count) < 0.06
    often = np.where(np.arange(count) % 6 == 0, 9, 4)
    served = month - (turn + month) % often - 1 - np.where(rows["kind"] == "除氟设备", 10, 0)
    return pd.DataFrame(
        {
            "works": rows["works"].to_numpy(),
            "kind": rows["kind"].to_numpy(),
            "installed": [
                month_text(one) + "-10" for one in 2019 * 12 + rng.integers(0, 24, count)
            ],
            "served": [month_text(one) + "-05" for one in served],
            "interval": np.where(rows["kind"] == "水泵", 365, 180),
            "status": np.where(faulty, "故障", "正常"),
        }
    )
