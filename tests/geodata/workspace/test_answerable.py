"""SQL of a theme that fails on one row of the month stops nothing else, and is told."""

from __future__ import annotations

import pytest

from geodata.themes import check_theme
from geodata.workspace import Workspace, open_workspace
from tests.geodata.themes.test_registry import change, write_theme
from tests.invented_county import HOUSEHOLDS, MONTHS, VILLAGES

TOLD = "CASE WHEN household_code = 'h007' THEN '三口' ELSE '3' END"
# A value is worked out only of who breaks the rule.
BROKEN = ("when: land <= :yard.least\n  value: land", "when: LENGTH(told) > 0\n  value: ")
# What fails, in which file -> what is said of it, and what is unknown then.
FAILING = {
    "a rule": ("rules/land.yaml", "when: land <= :yard.least", "when: CAST(told AS INT) > 2"),
    "a value": ("rules/land.yaml", BROKEN[0], BROKEN[1] + "CAST(told AS INT)"),
    "a scope": ("rules/land.yaml", "when:", "scope: CAST(told AS INT) > 2\n  when:"),
    "an overflow": (
        "rules/land.yaml",
        BROKEN[0],
        BROKEN[1]
        + "CAST(9000000000000000000 AS BIGINT) + LENGTH(told) * CAST(900000000000000000 AS BIGINT)",
    ),
    "an indicator": ("indicators.yaml", "rules: [no_yard]", "numerator: CAST(told AS INT)"),
    "a feature": ("features/household.sql", "farmland AS land", f"CAST({TOLD} AS INT) AS land"),
}


@pytest.fixture(scope="module")
def county(counties, tmp_path_factory: pytest.TempPathFactory, request) -> Workspace:
    """Give the invented county with a strange theme of which one thing fails on household h007."""
    folder = counties.copy(tmp_path_factory.mktemp("failing") / "county").setup.config.folder
    home = write_theme(folder / "themes" / "yard")
    with (home / "features.yaml").open("a", encoding="utf-8") as file:
        file.write("told: {zh: 说的, en: told}\n")
    name, before, after = FAILING[request.param]
    change(home / name, before, after)
    change(home / "features" / "household.sql", " FROM", f", {TOLD} AS told FROM")
    assert check_theme(home)[1] == ()
    made = open_workspace(folder)
    made.build(MONTHS[-2:])
    return made


@pytest.mark.parametrize("county", FAILING, indirect=True)
def test_what_fails_on_one_row_is_unknown_and_told_and_the_rest_is_built(county, request):
    what = request.node.callspec.params["county"]
    month, before = county.month(MONTHS[-1]), county.month(MONTHS[-2])
    assert month.unanswered, what
    for lang in ("zh", "en"):
        said = [fault.sentence(lang) for fault in month.unanswered]
        assert all("yard" in one and f"yard/{FAILING[what][0]}" in one for one in said)
        # Of a row that only SQL over the tables reads no value is told.
        assert any("三口" in one for one in said) == (what not in ("a feature", "an overflow"))
    assert {fault.theme for fault in before.unanswered} == {"yard"}
    counts = month.counts.groupby("rule")[["yes", "no", "unknown"]].sum()
    assert counts.drop("no_yard", errors="ignore").to_numpy().sum() > len(HOUSEHOLDS)
    if what == "a feature":
        assert "no_yard" not in counts.index
    elif what != "an indicator":
        assert counts.loc["no_yard"].tolist() == [0, 0, len(HOUSEHOLDS)]
    figures = month.figures[month.figures["indicator"] == "yard_share"]
    assert figures["missing"].sum() == (0 if what == "a feature" else len(HOUSEHOLDS))


def test_a_card_stands_whose_value_no_build_had_to_work_out(counties, tmp_path):
    folder = counties.copy(tmp_path / "county").setup.config.folder
    home = write_theme(folder / "themes" / "yard")
    with (home / "features.yaml").open("a", encoding="utf-8") as file:
        file.write("told: {zh: 说的, en: told}\n")
    change(home / "features" / "household.sql", " FROM", f", {TOLD} AS told FROM")
    change(home / "rules" / "land.yaml", "value: land", "value: CAST(told AS INT)")
    made = open_workspace(folder)
    made.build(MONTHS[-1:])
    assert made.month(MONTHS[-1]).unanswered == ()
    answers = {who: made.card(who).findings.set_index("rule") for who in ("h007", "h008")}
    assert [len(one) for one in answers.values()] == [len(answers["h008"])] * 2
    assert answers["h007"].loc["no_yard", "answer"] == "unknown"


@pytest.mark.parametrize("county", ["a rule", "a feature", "an indicator"], indirect=True)
def test_card_list_and_what_if_stand_whatever_fails(county, request):
    county.write_atlas()
    card = county.card("h007", lang="zh")
    own = card.findings.set_index("rule")
    if request.node.callspec.params["county"] == "a rule":
        assert own.loc["no_yard", "answer"] == "unknown"
        assert "算不出来" in own.loc["no_yard", "reason"]
        assert "三口" in own.loc["no_yard", "reason"]
    assert "income_below_line" in own.index
    assert len(county.households(VILLAGES[0])) > 0
    assert len(county.what_if(items=["a1"]).households) > 0
    source = county.month(MONTHS[-1])
    assert source.features("monitoring").shape[0] == len(HOUSEHOLDS)
