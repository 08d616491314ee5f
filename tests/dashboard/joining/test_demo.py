from __future__ import annotations

import pandas as pd
import pytest

from dashboard.joining.demo import DEMO, make_demo
from dashboard.session.state import State
from geodata.config import read_config
from geodata.intake.importing import import_month
from geodata.periods import last_day
from geodata.rules.weak import weak_rules
from geodata.sample.county import write_county
from geodata.workspace import Workspace, open_workspace


def test_demo_walks_the_way_of_the_join_and_opens(tmp_path):
    atlas = make_demo(tmp_path, villages=40, townships=4, months=4)
    assert [file.name for file in sorted((tmp_path / "raw" / "boundaries").glob("*.shp"))]
    assert atlas.join["boundary_features"] == 40
    assert 30 < atlas.join["matched"] <= 40
    assert atlas.levels == ("county", "township", "village")
    assert all("/" not in found.title_in("zh") for found in atlas.indicators.values())
    state = State(atlas)
    assert state.period == "2025-12"
    assert 1 < state.layer.breaks.count <= 5
    assert "<title>" in (tmp_path / "map.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def last_month(tmp_path_factory) -> Workspace:
    """Return the demo county with all months delivered and the last one built."""
    folder = tmp_path_factory.mktemp("demo") / "county"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geodata.sample.county.WORKBOOK_MONTHS", 1)
        write_county(folder, **DEMO)
    months = sorted(one.name for one in (folder / "raw").iterdir())
    for month in months:
        at = f"{last_day(month)}T12:00:00+08:00"
        import_month(read_config(folder), month, who="clerk", at=at)
    county = open_workspace(folder)
    county.build(months[-1:])
    return county


@pytest.fixture(scope="module")
def counts(last_month: Workspace) -> pd.DataFrame:
    """Return how often each rule that holds was answered in the last month."""
    return last_month.month().counts.groupby("rule")[["yes", "no", "unknown"]].sum()


def test_the_demo_county_answers_every_rule(last_month: Workspace, counts: pd.DataFrame) -> None:
    day = last_day(last_month.months[-1])
    rules = {key for key, rule in last_month.setup.rules.items() if rule.holds_on(day)}
    answered = counts.index[counts["yes"] + counts["no"] > 0]
    assert rules <= set(answered)


@pytest.mark.parametrize(
    "rule",
    [
        "income_fell",
        "rigid_exceeds_last_income",
        "candidate_sudden",
        "clue_not_decided",
        "removal_ready",
        "homestead_not_reclaimed",
        "task_blue",
        "task_yellow",
        "task_red",
    ],
)
def test_a_story_of_the_demo_has_somebody_in_it_and_is_not_everybodys(
    counts: pd.DataFrame, rule: str
) -> None:
    assert counts.loc[rule, "yes"] > 0
    assert counts.loc[rule, "no"] > 0


def test_clues_of_the_demo_stand_on_both_sides_of_their_clocks(last_month: Workspace) -> None:
    frame = last_month.month().features("monitoring")
    open_clues = frame.loc[~frame["monitored"], "days_since_clue"].dropna()
    assert (open_clues <= 5).any()
    assert ((open_clues > 5) & (open_clues <= 15)).any()
    assert (open_clues > 15).any()


def test_a_site_of_the_demo_lives_on_policy_beside_one_that_does_not(last_month: Workspace) -> None:
    share = last_month.month().features("relocation", "site")["policy_share"]
    assert len(share) >= 2
    assert share.max() >= 50
    assert share.min() < 25


def test_a_site_of_the_demo_has_households_with_labour_and_no_source(last_month: Workspace) -> None:
    homes = last_month.month().features("relocation")
    homes = homes[homes["site_code"].notna() & homes["has_labour"].fillna(False)]
    sources = homes["sustainable_sources"]
    assert (sources == 0).any()
    assert (sources > 0).any()


def test_rules_of_the_demo_tell_apart_or_are_justified(last_month: Workspace) -> None:
    weak = weak_rules(last_month.month().counts, last_month.setup.rules)
    assert [one.rule.key for one in weak if one.rule.justified is None] == []
