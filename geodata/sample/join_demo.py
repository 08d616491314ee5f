"""A small invented county for the join of a shapefile with a table of monthly village figures."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from geodata import i18n, periods
from geodata.sample.invented_names import misspell
from geodata.sample.places import Places, make_places
from geodata.sample.plan import PlannedCluster, grow, relative_risks, spread_centres
from geodata.sample.sheets import write_shapefile

LAST_MONTH = "2025-12"


@dataclass(frozen=True)
class DemoIndicator:
    """One indicator of the demo table: its columns, and how it is read and summed."""

    key: str
    numerator: str
    denominator: str | None
    quantity: str
    counts: str
    base: str
    unit: str
    worse: str

    @property
    def title(self) -> dict[str, str]:
        """Return the title in each language."""
        return {lang: i18n.text(f"sample.{self.key}", lang) for lang in i18n.LANGUAGES}


DEMO_INDICATORS = (
    DemoIndicator(
        "monitored_share",
        "监测对象户数",
        "总户数",
        "share",
        "household",
        "household",
        "percent",
        "high",
    ),
    DemoIndicator(
        "unsafe_water_share",
        "饮水不安全户数",
        "总户数",
        "share",
        "household",
        "household",
        "percent",
        "high",
    ),
    DemoIndicator(
        "working_share", "务工人数", "劳动力人数", "share", "person", "worker", "percent", "low"
    ),
    DemoIndicator(
        "wage_income", "工资性收入合计(元)", "总人口", "per_head", "money", "person", "yuan", "low"
    ),
    DemoIndicator(
        "transfer_income",
        "转移性收入合计(元)",
        "总人口",
        "per_head",
        "money",
        "person",
        "yuan",
        "high",
    ),
    DemoIndicator("households", "总户数", None, "count", "household", "", "household", "none"),
)


@dataclass(frozen=True)
class JoinDemo:
    """The files of a written demo: the shapefile, the table and the answers to what is planted."""

    boundaries: Path
    table: Path
    answers: Path


def write_join_demo(
    folder: Path, *, villages: int = 120, townships: int = 8, months: int = 24, seed: int = 7
) -> JoinDemo:
    """Write a GBK shapefile, a GB18030 CSV of monthly village figures and a file of answers.

    The CSV names places only (county, township, village). Planted are clusters, misspelt names, a
    village without figures and a township whose feed is missing in one month; answers.json names
    them all. The months end with 2025-12. The same arguments give the same bytes.
    """
    places = make_places(villages, townships, seed)
    rng = np.random.default_rng([seed, 2])
    clusters = _clusters(places, months)
    table = _figures(rng, places, clusters, months)
    answers = {"clusters": [_told(places, cluster, months) for cluster in clusters]}
    table, spoilt = _spoil(rng, places, table, months)
    boundaries = write_shapefile(places, folder / "boundaries" / "行政村界.shp")
    csv = folder / "行政村月度指标.csv"
    csv.write_bytes(table.to_csv(index=False, lineterminator="\r\n").encode("gb18030"))
    told = folder / "answers.json"
    text = json.dumps(answers | spoilt, ensure_ascii=False, indent=1, sort_keys=True)
    told.write_bytes(text.encode("utf-8"))
    return JoinDemo(boundaries, csv, told)


def _clusters(places: Places, months: int) -> list[PlannedCluster]:
    """Return four clusters of about one village in twenty, wide apart."""
    villages = places.villages
    size = int(np.clip(len(villages) // 22, 3, 7))
    first = int(villages["metres"].rank(method="first").argmax())
    ridge, valley, other, last = spread_centres(places, first, 4)
    end = months - 1
    return [
        PlannedCluster("monitored", "persistent", grow(places, valley, size), 0, end, 3.0),
        PlannedCluster("monitored", "emerging", grow(places, other, size), months // 2, end, 3.0),
        PlannedCluster("monitored", "fading", grow(places, last, size), 0, months // 2, 3.0),
        PlannedCluster("unsafe_water", "seasonal", grow(places, ridge, size), 0, end, 6.0),
    ]


def _figures(
    rng: np.random.Generator, places: Places, clusters: list[PlannedCluster], months: int
) -> pd.DataFrame:
    """Return one row per village and month, sorted by month and village."""
    villages = places.villages
    count, month = len(villages), np.arange(months)
    urban = villages["urban"].to_numpy()
    usual = np.clip(rng.lognormal(np.log(340), 0.38, count), 90, 1400).round()
    households = (usual * np.where(urban, 1.8, 1)).astype(int)
    persons = rng.binomial(households * 6, 3.4 / 6)
    labour = rng.binomial(persons, 0.58)
    season = 1 + 0.12 * np.sin((month - 3) / 12 * 2 * np.pi)
    away = rng.beta(60, 42, (count, 1)) * np.where(month % 12 == 1, 0.72, 1.0)
    poor = (villages["metres"].rank(pct=True).to_numpy() * 0.35 + 0.8)[:, None]
    wage = persons[:, None] * 780 / poor * season * rng.normal(1, 0.02, (count, months))
    transfer = persons[:, None] * 165 * poor * rng.normal(1, 0.03, (count, months))
    figures = {
        "总户数": np.repeat(households[:, None], months, axis=1),
        "总人口": np.repeat(persons[:, None], months, axis=1),
        "监测对象户数": _stock(
            rng, households, 0.021 * relative_risks(clusters, "monitored", count, months)
        ),
        "饮水不安全户数": _stock(
            rng, households, 0.012 * relative_risks(clusters, "unsafe_water", count, months)
        ),
        "劳动力人数": np.repeat(labour[:, None], months, axis=1),
        "务工人数": rng.binomial(labour[:, None], np.clip(away, 0.05, 0.95)),
        "工资性收入合计(元)": wage.round().astype(int),
        "转移性收入合计(元)": transfer.round().astype(int),
    }
    names = villages[["county", "township", "name"]].set_axis(["县", "乡镇", "行政村"], axis=1)
    table = names.iloc[np.tile(np.arange(count), months)].reset_index(drop=True)
    stamp = np.repeat(periods.months_until(LAST_MONTH, months), count)
    table.insert(0, "数据月份", stamp)
    return table.assign(**{name: values.T.ravel() for name, values in figures.items()})


def _stock(rng: np.random.Generator, base: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return counts that follow `share` of `base` while most of last month's stay, (n, months)."""
    now = rng.binomial(base, share[:, 0])
    counts = [now]
    for month in range(1, share.shape[1]):  # each month depends on the one before
        # A sudden rise or fall of the share (a dry season) is followed at once, noise slowly.
        jump = np.clip(np.abs(np.log(share[:, month] / share[:, month - 1])), 0.08, 0.7)
        now = rng.binomial(now, 1 - jump) + rng.binomial(base, share[:, month] * jump)
        counts.append(np.minimum(now, base))
    return np.column_stack(counts)


def _spoil(
    rng: np.random.Generator, places: Places, table: pd.DataFrame, months: int
) -> tuple[pd.DataFrame, dict[str, object]]:
    """Return the table with wrong names and missing rows, and what was done to it."""
    villages = places.villages
    rural = np.flatnonzero(~villages["urban"] & ~villages["name"].duplicated(keep=False))
    *wrong, lost = rng.choice(rural, min(5, len(rural)), replace=False)
    row = np.tile(np.arange(len(villages)), months)
    written = {int(at): misspell(rng, villages["name"].iloc[at]) for at in sorted(wrong)}
    names = table["行政村"].to_numpy(dtype=object)
    for at, name in written.items():
        names[row == at] = name
    silent = int(rng.integers(len(places.townships)))
    month = periods.months_until(LAST_MONTH, months)[-min(4, months)]
    township = places.townships.iloc[silent]
    gone = (table["乡镇"] == township["name"]) & (table["数据月份"] == month)
    kept = ~(gone.to_numpy() | (row == lost))
    told = {
        "misspelt": [
            {"code": villages["code"].iloc[at], "name": villages["name"].iloc[at], "written": name}
            for at, name in written.items()
        ],
        "missing": [villages["code"].iloc[lost]],
        "missing_feed": [{"township": township["code"], "month": month}],
        "rows": int(kept.sum()),
    }
    return table.assign(行政村=names)[kept].reset_index(drop=True), told


def _told(places: Places, cluster: PlannedCluster, months: int) -> dict[str, object]:
    """Return a cluster as the answer file tells it: codes and months instead of numbers."""
    stamps = periods.months_until(LAST_MONTH, months)
    return asdict(cluster) | {
        "villages": places.villages["code"].iloc[list(cluster.villages)].tolist(),
        "start": stamps[cluster.start],
        "end": stamps[cluster.end],
    }
