"""The demo: an invented county's shapefile and table go the way of ``guatu join``."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from dashboard.joining.atlas import join_tree, save_join_atlas
from dashboard.joining.figures import Plan, make_plan
from dashboard.maps.web import write_web_map
from dashboard.texts import text
from geodata import i18n
from geodata.atlas import Atlas, Indicator
from geodata.boundaries.join import join_indicators
from geodata.boundaries.read import read_boundaries
from geodata.sample.join_demo import DEMO_INDICATORS, DemoIndicator, write_join_demo
from geodata.sources.series import read_series

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


def _described(plan: Plan) -> Plan:
    """Return the plan with the titles and units that a bare table cannot tell."""
    indicators = [
        Indicator(
            key=planned.key,
            title=demo.title,
            unit={lang: i18n.text(f"units.{demo.unit}", lang) for lang in i18n.LANGUAGES},
            worse=demo.worse,
            adds_up=demo.adds_up,
        )
        for planned, demo in zip(plan.indicators, DEMO_INDICATORS, strict=True)
    ]
    return dataclasses.replace(plan, indicators=indicators)
