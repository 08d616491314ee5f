"""What a tried value would change is what building with it changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from geodata.errors import PolicyError
from geodata.workspace import Workspace, open_workspace
from tests.geodata.workspace.test_changeover import AFTER, LINE, make_county


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_county(tmp_path_factory.mktemp("impact") / "county", 1)


def _broken(county: Workspace) -> set[tuple[str, str]]:
    flags = county.month(AFTER).flags
    rules = county.setup.rules
    own = flags["rule"].map(
        lambda key: rules[key].subject == "household" and rules[key].kind == "finding"
    )
    return set(flags.loc[own, ["subject", "rule"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("value", [7000, 9100, 13_000])
def test_gained_and_lost_are_those_of_a_month_built_with_the_value(
    county: Workspace, tmp_path: Path, value: int
) -> None:
    tried = county.impact({"monitor.line.per_capita": value}, month=AFTER, whole=True)
    assert tried.left == ()
    shutil.copytree(county.setup.config.folder, tmp_path / "county")
    written = LINE.replace("value: 9500", f"value: {value}")
    (tmp_path / "county" / "parameters" / "local.yaml").write_text(written, encoding="utf-8")
    built = open_workspace(tmp_path / "county")
    built.build([AFTER])
    before, after = _broken(county), _broken(built)
    rows = tried.households
    by_change = {
        change: set(part[["household_code", "rule"]].itertuples(index=False, name=None))
        for change, part in rows.groupby("change")
    }
    assert by_change.get("gained", set()) == after - before
    gone = by_change.get("lost", set()) | by_change.get("unknown", set())
    assert before - after <= gone
    assert (after - before) | (before - after)


def test_rules_over_the_built_features_say_the_same_as_over_new_ones(county: Workspace) -> None:
    values = {"monitor.line.per_capita": 9100}
    quick, whole = (county.impact(values, month=AFTER, whole=one) for one in (False, True))
    same = whole.households[whole.households["rule"].isin(quick.titles)]
    order = ["household_code", "rule"]
    assert len(quick.households) > 5
    assert len(quick.left) >= 1
    assert (
        quick.households.sort_values(order)
        .reset_index(drop=True)
        .equals(same.sort_values(order).reset_index(drop=True))
    )


def test_a_value_taken_away_makes_rules_unknown(county: Workspace) -> None:
    tried = county.impact({"aid.dibao_line": None}, month=AFTER)
    assert tried.by_rule.loc["dibao_line_missed", "unknown"] > 0
    assert tried.by_rule.loc["dibao_line_missed", ["gained", "known"]].sum() == 0
    assert tried.by_village["unknown"].sum() == tried.by_rule["unknown"].sum()


def test_an_unknown_parameter_is_refused_with_the_nearest(county: Workspace) -> None:
    with pytest.raises(PolicyError, match=r"aid\.dibao_line"):
        county.impact({"aid.dibao_lin": 5000}, month=AFTER)
