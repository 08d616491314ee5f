"""The demos: an invented county by way of guatu join, and one imported, built and mapped."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NotRequired, TypedDict

from dashboard.joining.joined_atlas import FigurePlan, join_tree, make_plan, save_join_atlas
from dashboard.maps.web import write_web_map
from dashboard.texts import text
from geodata.atlas import Atlas
from geodata.atlas.folder import FOLDER as ATLAS
from geodata.boundaries.read import read_boundaries
from geodata.config import read_config
from geodata.config.settings import FILE_NAME
from geodata.figures import Indicator
from geodata.intake.importing import import_month
from geodata.intake.period_tables import read_series
from geodata.joining import join_indicators
from geodata.periods import last_day
from geodata.quantity import shipped_words
from geodata.sample.county import write_county
from geodata.sample.join_demo import DEMO_INDICATORS, DemoIndicator, write_join_demo
from geodata.workspace import Workspace, open_workspace

PERIOD_COLUMN = "数据月份"


def make_demo(folder: Path, *, villages: int = 120, townships: int = 8, months: int = 24) -> Atlas:
    """Write the invented county and its joined map under `folder`; return the atlas."""
    files = write_join_demo(folder / "raw", villages=villages, townships=townships, months=months)
    layer = read_boundaries(files.boundaries)
    table, periods = read_series([files.table], period_column=PERIOD_COLUMN)
    result = join_indicators(layer, table, periods=periods)
    tree = join_tree(layer, result)
    atlas = save_join_atlas(
        folder,
        title=text("demo.title", county=tree.places["name"].iloc[0]),
        tree=tree,
        plan=_described(
            make_plan(
                result,
                [_columns(indicator) for indicator in DEMO_INDICATORS],
                how=None,
                worse="none",
                aggregate=None,
                period=PERIOD_COLUMN,
            )
        ),
        result=result,
        source={"boundaries": files.boundaries.name, "table": files.table.name},
    )
    write_web_map(atlas, folder / "map.html")
    return atlas


def _columns(indicator: DemoIndicator) -> str:
    if indicator.denominator is None:
        return indicator.numerator
    return f"{indicator.numerator}/{indicator.denominator}"


def _described(plan: FigurePlan) -> FigurePlan:
    """Return the plan with the titles and units that a bare table cannot tell."""
    words = shipped_words()
    indicators = [
        Indicator(
            key=planned.key,
            title=demo.title,
            quantity=demo.quantity,
            unit=words.unit(demo.unit),
            counts=words.thing("counts", demo.counts),
            base=words.thing("base", demo.base) if demo.base else None,
            worse=demo.worse,
        )
        for planned, demo in zip(plan.indicators, DEMO_INDICATORS, strict=True)
    ]
    return dataclasses.replace(plan, indicators=indicators)


class Size(TypedDict):
    """How large an invented county is: villages, households, months, and the last month."""

    villages: int
    households: int
    months: int
    until: NotRequired[str]


# Enough for every view and every planted hot spot, little enough for a first run of a few minutes. Its
# months lie on both sides of the end of the transition period.
DEMO: Size = {"villages": 80, "households": 3200, "months": 25, "until": "2026-06"}
# Small, with a whole year of accounts: for notebooks that are read while they run.
SMALL: Size = {"villages": 24, "households": 960, "months": 13}


def steps_of() -> int:
    """Return how many steps are told at most: each month written, imported and built."""
    return 3 * DEMO["months"]


def make_county(
    folder: Path,
    *,
    size: Size = DEMO,
    step: Callable[[str], object] = lambda name: None,
) -> Workspace:
    """Return the workspace of an invented county in `folder`, ready to be served.

    `size` is of a county that is not there yet. `step` is told
    "write MONTH", "import MONTH" and "build MONTH". A run that was stopped goes on where it was;
    what is ready is used again, whatever its size.
    """
    if not (folder / FILE_NAME).is_file():
        # Written beside and then moved, so that half a county is never taken for one.
        part = folder.with_name(f".{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        write_county(part, **size, step=lambda month: step(f"write {month}"))
        if folder.is_dir():
            folder.rmdir()
        part.rename(folder)
    config = read_config(folder)
    county = open_workspace(folder)
    known = set(county.setup.store.months())
    for month in sorted(raw.name for raw in (config.folder / "raw").iterdir()):
        if month not in known:
            at = f"{last_day(month).isoformat()}T12:00:00+08:00"
            import_month(config, month, who="guatu demo", at=at)
            step(f"import {month}")
    county = open_workspace(folder)
    made: list[str] = []

    def built(month: str, needed: bool) -> None:
        if needed:
            made.append(month)
            step(f"build {month}")

    county.build(progress=built)
    if made or not (config.folder / ATLAS).is_dir():
        county.write_atlas()
    return county
