"""A theme that no module knows, from a folder of the workspace and from a package, reaches everything."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from importlib import invalidate_caches
from pathlib import Path

import openpyxl
import pandas as pd
import panel as pn
import pytest
from pptx import Presentation

from dashboard.answers import county_source
from dashboard.briefing import briefing_of
from dashboard.briefing.sentences import sentences_of
from dashboard.cli import main
from dashboard.content.blocks import Facts, Grid
from dashboard.content.card import card_content
from dashboard.pages.app import county_page
from dashboard.session.people import People
from dashboard.session.state import State
from geodata.access import EVERYWHERE, Actor, open_guard
from geodata.atlas import open_atlas
from geodata.intake.layouts import recognise
from geodata.sample.county import write_county
from geodata.themes import check_theme, find_themes, themes_around
from geodata.themes.answers import wrong_answers
from geodata.workspace import Workspace, open_workspace
from geodata.workspace.points import scorecard, theme_points
from tests.conftest import ROOT
from tests.invented_county import COUNTY, VILLAGES

ELDERCARE = ROOT / "tests" / "themes" / "eldercare"
MONTHS = ("2025-11", "2025-12")
NEEDY = {"中度失能", "重度失能"}
LAST = MONTHS[-1]


def run(*arguments: object) -> None:
    """Run a command of guatu, which must succeed."""
    with pytest.raises(SystemExit) as left:
        main([str(one) for one in arguments])
    assert not left.value.code, arguments


def install(site: Path) -> None:
    """Lay the theme out as pip lays out a package with an entry point."""
    shutil.copytree(ELDERCARE, site / "guatu_eldercare")
    (site / "guatu_eldercare" / "__init__.py").touch()
    told = site / "guatu_eldercare-1.0.dist-info"
    told.mkdir()
    told.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: guatu-eldercare\n")
    told.joinpath("entry_points.txt").write_text("[guatu.themes]\neldercare = guatu_eldercare\n")


# In villages of this size the county compares shares of a few elders: its own decision.
LEAST_BASE = """
ranking.least_base:
  - value: 2
    places: ["990121"]
    scope: {zh: 岚禾县(虚构), en: Lanhe county (invented)}
    from: 2020-01-01
    status: county
    document: {zh: 示例数据, en: sample data}
"""


@pytest.fixture(scope="module", params=["folder", "package"])
def county(request, tmp_path_factory) -> Iterator[Workspace]:
    """Give the sample county imported and built by the commands, with the theme from one door."""
    home = tmp_path_factory.mktemp(request.param)
    folder, site = home / "county", home / "site"
    site.mkdir()
    if request.param == "folder":
        shutil.copytree(ELDERCARE, folder / "themes" / "eldercare")
    else:
        install(site)
    sys.path.insert(0, str(site))
    invalidate_caches()
    try:
        write_county(folder, villages=24, households=960, months=6)
        (folder / "parameters" / "least_base.yaml").write_text(LEAST_BASE, encoding="utf-8")
        for month in MONTHS:
            run("import", folder, "--month", month, "--who", "clerk")
        run("build", folder)
        yield open_workspace(folder)
    finally:  # or the theme is there in all tests that follow
        sys.path.remove(str(site))
        sys.modules.pop("guatu_eldercare", None)


@pytest.fixture(scope="module")
def delivered(county) -> pd.DataFrame:
    """Return the elders as the file of the last month has them, and whether each was visited."""
    raw = county.setup.config.raw / LAST
    elders = _sheet(raw / "养老服务对象.xlsx")
    seen = _sheet(raw / "养老服务记录.xlsx")
    seen = seen[seen["服务项目"] == "探访关爱"]
    elders["visited"] = elders["老人编号"].isin(set(seen["老人编号"]))
    elders["needy"] = (elders["是否独居"] == "是") | elders["能力等级"].isin(NEEDY)
    known = county.month(LAST).features("eldercare")
    return elders[elders["户编号"].isin(known.loc[known["elders"] > 0, "household_code"])]


def _sheet(file: Path) -> pd.DataFrame:
    rows = [[str(cell or "") for cell in row] for row in openpyxl.load_workbook(file).active.values]
    return pd.DataFrame(rows[1:], columns=rows[0])


def place_of(county: Workspace) -> str:
    return str(county.setup.config.county.code)


def test_the_theme_is_there_without_a_fault(county, capsys):
    registry = county.setup.registry
    assert [fault.sentence() for fault in registry.faults] == []
    assert registry.themes[-1].key == "eldercare"
    run("theme", "list", county.setup.config.folder)
    assert "eldercare  农村养老服务" in capsys.readouterr().out


def test_its_cases_and_examples_are_answered_as_written_and_count_in_the_policy_check(
    county, capsys
):
    theme, faults = check_theme(ELDERCARE)
    assert theme is not None
    assert not faults
    assert list(wrong_answers(theme)) == []
    folder, counts = county.setup.config.folder, []
    for options in ([], ["--workspace", folder]):
        run("policy", "check", "--day", "2025-12-31", "--place", place_of(county), *options)
        said = capsys.readouterr().out
        assert "care.visit_share" not in said
        counts.append(int("".join(filter(str.isdigit, said.splitlines()[-1].split("，")[0]))))
    ours, more = sum(1 for file in (ELDERCARE / "cases").glob("*")), counts[1] - counts[0]
    # An installed package counts in both.
    assert more == (14 if find_themes().themes[-1].key != "eldercare" else 0)
    assert ours == 2


def test_its_tables_have_templates_that_an_import_recognises(county, tmp_path, capsys):
    run("template", "--workspace", county.setup.config.folder, "--out", tmp_path)
    capsys.readouterr()
    for title in ("养老服务站", "养老服务对象", "养老服务记录"):
        heads = [
            cell.value for cell in openpyxl.load_workbook(tmp_path / f"{title}.xlsx").active[3]
        ]
        layout = _layout(county, heads, title)
        assert layout.tables[0].title["zh"] == title


def test_its_layout_recognises_the_export_of_another_system(county):
    heads = ["序号", "户编号", "老人编号", "老年人姓名", "评估等级", "备注"]
    layout = _layout(county, heads, "老年人关爱服务信息")
    assert (layout.name, layout.tables[0].name) == ("elder_system", "elder")


def _layout(county, heads, name):
    layouts = themes_around(county.setup.config.folder).schema.layouts
    found = recognise([head for head in heads if head], name=name, layouts=layouts)
    assert found is not None
    return found


def test_rows_are_stored_and_columns_keep_their_class(county):
    store = county.setup.store
    rows = store.manifest(store.snapshot_of(LAST)).rows()
    assert min(rows[name] for name in ("elder", "care_station", "care_visit")) > 0
    privacy = county.setup.privacy
    assert privacy["elder"]["name"].column_class == "identity"
    assert privacy["care_visit"]["visitor"].column_class == "identity"
    assert privacy["elder"]["ability"].column_class == "restricted"


def test_figures_are_those_counted_from_the_files(county, delivered, capsys):
    place, folder = place_of(county), county.setup.config.folder
    needy = delivered[delivered["needy"]]
    assert 0 < needy["visited"].sum() < len(needy)
    share = county.indicator("care_visited_share").loc[place, LAST]
    count = county.indicator("care_not_visited_elders").loc[place, LAST]
    assert share == pytest.approx(needy["visited"].mean())
    assert count == len(needy) - needy["visited"].sum()
    run("show", "?theme=eldercare&indicator=care_visited_share&lang=zh", folder, "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["theme"] == "eldercare"
    said = {name: told["indicator"][name] for name in ("quantity", "counts", "base", "unit")}
    assert said == {"quantity": "share", "counts": "elder", "base": "elder", "unit": "percent"}
    figure = (told["figure"]["numerator"], told["figure"]["denominator"])
    assert figure == (needy["visited"].sum(), len(needy))
    assert len(told["ranking"]) > 3


def test_the_map_has_its_indicators_and_the_page_its_theme(county):
    atlas = open_atlas(county.setup.config.folder)
    theme = county.setup.themes[-1]
    assert {one.key for one in theme.indicators} <= {one.key for one in atlas.indicators.values()}
    state = State(
        atlas, "?theme=eldercare&indicator=care_idle_stations", themes=county.setup.themes
    )
    assert (state.theme, state.indicator) == ("eldercare", "care_idle_stations")
    assert "eldercare" in state.themes


def test_why_names_its_rule_and_the_parts_of_its_figure(county):
    why = county.why(place_of(county), indicator="care_visited_share", lang="zh")
    assert "特殊困难老人月探访率" in why.whole
    assert "特殊困难老人本月没有探访" in why.whole
    assert "care_not_visited" in set(why.rules["rule"])


def test_the_list_holds_whom_its_rule_finds_and_the_card_tells_why(county, delivered):
    place = place_of(county)
    needy = delivered[delivered["needy"] & ~delivered["visited"]]
    listed = county.households(place, rule="care_not_visited", page=(0, None))
    assert set(listed.index) == set(needy["户编号"])
    card = county.card(listed.index[0], lang="zh")
    finding = card.findings.set_index("rule").loc["care_not_visited"]
    assert finding["answer"] == "yes"
    assert finding["responsible"] == "县民政局养老服务科"
    assert "民发〔2022〕73号" in finding["document"]
    content = card_content(card, open_atlas(county.setup.config.folder), "zh")
    blocks = {block.title: block for block in content.blocks}
    assert isinstance(blocks["养老服务"], Facts)
    grid = blocks["老人名单"]
    assert isinstance(grid, Grid)
    assert grid.heads[:3] == ("老人姓名", "年龄", "能力等级")
    # Who it is stays masked, as the table says.
    assert not [cell for row in grid.rows for cell in row if "长者" in cell]


def test_its_points_stand_on_the_map_with_their_state(county):
    folder = county.setup.config.folder
    atlas, theme = open_atlas(folder), county.setup.themes[-1]
    guard, actor = open_guard(folder), Actor("leader", "leader", (EVERYWHERE,))
    door = county.places(LAST, actor=actor, guard=guard)

    def read(request):
        return door.rows(request).frame

    points = theme_points(theme, read, atlas, theme.rules_by_key, LAST)
    assert len(points) == len(_sheet(county.setup.config.raw / LAST / "养老服务站.xlsx"))
    assert set(points["state"]) <= {"medium", "low", "fine"}
    assert (points["state"] == "medium").any()
    told = scorecard(theme, theme.points[0], points["key"].iloc[0], read)
    assert set(told) == {"station_kind", "beds", "staff", "elders_served", "visits_month"}


def test_a_point_lists_the_households_of_those_who_go_there(county, delivered):
    folder = county.setup.config.folder
    atlas, guard = open_atlas(folder), open_guard(folder)
    actor = Actor("leader", "leader", (EVERYWHERE,))
    elders = delivered[delivered["服务站编号"] != ""]
    key = elders["服务站编号"].value_counts().index[0]
    state = State(atlas, "?theme=eldercare", themes=county.setup.themes)
    people = People(state, county, actor, guard)
    people.size = 100
    every = people.listed.count
    state.choose_point("care_station", key)
    wanted = set(elders.loc[elders["服务站编号"] == key, "户编号"])
    assert people.listed.count == len(wanted) < every
    assert set(people.listed.rows.index) <= wanted
    state.choose_point("", "")
    assert people.listed.count == every


def test_a_briefing_tells_of_it(county, tmp_path, capsys):
    file = tmp_path / "care.pptx"
    run(
        *("briefing", county.setup.config.folder, "--theme", "eldercare", "--month", LAST),
        *("--lang", "zh", "--out", file),
    )
    shapes = [shape for slide in Presentation(str(file)).slides for shape in slide.shapes]
    said = " ".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)
    notes = " ".join(
        slide.notes_slide.notes_text_frame.text
        for slide in Presentation(str(file)).slides
        if slide.has_notes_slide
    )
    page = file.with_suffix(".html")
    run(
        *("briefing", county.setup.config.folder, "--theme", "eldercare", "--month", LAST),
        *("--lang", "zh", "--out", page),
    )
    briefing = briefing_of(
        county_source(county, Actor("lead", "leader", (EVERYWHERE,))),
        month=LAST,
        themes=["eldercare"],
        lang="zh",
    )
    theme = briefing.themes[0]
    sentences = sentences_of(briefing, theme)
    # Every sentence that the theme declares is filled, and stands in each form.
    assert set(sentences) == {one.indicator for one in theme.briefing}
    for sentence in sentences.values():
        assert "{" not in sentence
        assert sentence in notes
        assert sentence in said
        assert sentence in page.read_text(encoding="utf-8")
    assert "农村养老服务挂图作战汇报" in said
    assert "返贫" not in briefing.title


def test_the_notebook_shows_it_and_what_was_left_out(county, tmp_path):
    assert "农村养老服务" in county._repr_html_()
    folder = tmp_path / "other"
    shutil.copytree(county.setup.config.folder, folder, ignore=shutil.ignore_patterns("raw"))
    shutil.copytree(ELDERCARE, folder / "themes" / "spoilt")
    told = open_workspace(folder)
    assert {fault.theme for fault in told.setup.registry.faults} == {"spoilt"}
    assert "spoilt" in told._repr_html_()
    assert "eldercare" in {theme.key for theme in told.setup.themes}


@pytest.mark.parametrize(
    ("role", "place", "told"),
    [("leader", COUNTY, True), ("analyst", COUNTY, True), ("village_officer", VILLAGES[0], False)],
)
def test_who_may_hear_of_it_is_told_on_the_page_what_was_left_out(
    counties, tmp_path, role, place, told
):
    folder = counties.copy(tmp_path / "county").setup.config.folder
    (folder / "themes" / "<b>").mkdir(parents=True)
    opened = open_workspace(folder)
    atlas, actor = open_atlas(folder), Actor("me", role, (place,))
    page = county_page(opened, atlas, actor, open_guard(folder), "?lang=zh")
    signs = [part for part in page.header if "guatu-left-out" in (part.css_classes or ())]
    assert bool(signs) == told
    for button, sheet in signs:
        button.clicks += 1
        (pane,) = sheet.select(pn.pane.HTML)
        assert "1 个专题、版式或侧栏没有载入" in pane.object
        assert "&lt;b&gt;" in pane.object
        assert "<b>" not in pane.object
