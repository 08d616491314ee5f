"""From a place to its reasons, its households and one card, without a browser."""

from __future__ import annotations

import holoviews as hv
import openpyxl
import pandas as pd
import pytest
from bokeh.models import CategoricalColorMapper, CategoricalTickFormatter

from dashboard.answers.titles import headline_of
from dashboard.charts import bars, stacked
from dashboard.content.card import income_parts
from dashboard.content.rows import DEFAULT, HouseholdRows
from dashboard.content.workbook import households_workbook
from dashboard.pages.side_panel import side_panel
from dashboard.panels import Parts
from dashboard.panels.households.filters import FiltersView
from dashboard.panels.households.view import HouseholdsView
from dashboard.panels.households.visit_drawer import visits_html
from dashboard.panels.why.view import WhyView
from dashboard.session.parts import county_parts
from dashboard.session.people import MONITORED, PAGE, People
from dashboard.session.points_seen import PointsSeen
from dashboard.session.state import State
from dashboard.session.visit_list import visit_list
from dashboard.view import ADDRESS
from dashboard.views.card.card_html import card_html
from dashboard.views.headline import HeadlineView
from dashboard.views.text_table import TextTable
from geodata.access import EVERYWHERE, Actor, open_guard
from geodata.atlas import open_atlas
from geodata.cartography.headline import whole_figure
from geodata.errors import ScopeError, StoreError
from geodata.periods import months_until
from geodata.workspace.cards import _check_built
from geodata.workspace.income_account import four_records, income_account
from geodata.workspace.inputs import Setup
from tests.invented_county import (
    COUNTY,
    HOSTILE_HOUSEHOLD,
    VILLAGES,
)


@pytest.fixture(scope="module")
def county(counties, tmp_path_factory):
    return counties.copy(tmp_path_factory.mktemp("invented") / "county")


@pytest.fixture
def people_as(county):
    """Return what makes the reader of an actor over a fresh state."""
    folder = county.setup.config.folder

    def make(query: str = "", actor: Actor | None = None) -> People:
        state = State(open_atlas(folder), query, themes=county.setup.themes)
        viewer = actor or Actor("lead", "leader", (EVERYWHERE,))
        return county_parts(state, county, viewer, open_guard(folder)).people

    return make


def test_theme_chooses_its_indicators_and_its_first_layer(people_as):
    state = people_as().state
    assert list(state.themes) == [
        "monitoring",
        "relocation",
        "water",
        "rectification",
        "assistance",
        "survey",
    ]
    state.choose_theme("water")
    assert state.indicator == state.indicators_of("water")[0] == "water_not_safe_share"
    assert "low_income_share" not in state.indicators_of("water")


def test_address_keeps_theme_side_and_rule_but_no_person(people_as):
    people = people_as("?theme=monitoring&side=households&rule=income_below_line")
    people.household = HOSTILE_HOUSEHOLD
    people.search = "h00"
    query = people.state.query
    assert "side=households" in query
    assert "rule=income_below_line" in query
    assert HOSTILE_HOUSEHOLD not in query
    assert "h00" not in query


@pytest.mark.parametrize("name", sorted({*ADDRESS} - {"lang", "dark"}))
def test_a_card_is_gone_when_its_address_is(people_as, name):
    people = people_as(f"?place={VILLAGES[0]}&side=households&everyone=1")
    state = people.state
    old = getattr(state, name)
    # Another value of each kind, as an address that one goes back to may hold it.
    other = {bool: lambda: not old, int: lambda: old + 1, list: lambda: [VILLAGES[0]]}
    kept = state.param[name]
    choices = [one for one in getattr(kept, "objects", ()) if one != old]
    value = choices[0] if choices else other.get(type(old), lambda: "2")()
    people.household = HOSTILE_HOUSEHOLD
    state.param.update(**{name: value})
    assert getattr(state, name) != old
    assert people.household == ""


def test_going_back_closes_the_card_and_looks_alone_do_not(people_as):
    people = people_as(f"?place={VILLAGES[0]}&side=households&everyone=1")
    people.household = HOSTILE_HOUSEHOLD
    people.state.read(people.state.query)
    people.state.dark = not people.state.dark
    assert people.household == HOSTILE_HOUSEHOLD
    people.state.read(f"?place={VILLAGES[0]}&side=why")
    assert people.household == ""


def test_unknown_theme_side_and_rule_open_the_default(people_as):
    state = people_as("?theme=magic&side=cards&rule=drop").state
    assert (state.theme, state.side, state.rule) == ("monitoring", "ranking", "")


def test_reason_names_the_place_and_the_rules_of_the_theme(people_as):
    people = people_as(f"?place={COUNTY}")
    why = people.why
    assert "某县" in why.sentence
    found = why.rules.set_index("rule")["yes"]
    assert found["income_below_line"] == 27
    assert set(found.index) <= set(people.state.themes["monitoring"].rules_by_key)


def test_rules_that_do_not_count_for_the_indicator_are_marked_off(people_as):
    people = people_as(f"?place={COUNTY}&indicator=income_fall_share&side=why&lang=zh")
    view = WhyView(people)
    (row,) = view.sheet.table["rows"]
    assert row["cells"][0] == "人均纯收入低于监测线"
    assert row["above"] == "以下规则不计入这项指标"
    for own_or_none in ("low_income_share", "income_per_person"):
        people.state.choose_indicator(own_or_none)
        assert "above" not in view.sheet.table["rows"][0]


def test_two_compared_months_say_what_the_change_is_made_of(people_as):
    asked = f"?place={COUNTY}&indicator=low_income_share&compare=2024-12&lang=zh"
    people = people_as(asked)
    assert "，与2024年12月持平" in HeadlineView(people.state).headline.sentence
    people.state.compare = ""
    # The line is another one in the new year, which is said with the change.
    assert "与2024年12月持平（口径有变" in HeadlineView(people.state).headline.sentence
    officer = people_as(asked, Actor("v1", "village_officer", (VILLAGES[0],)))
    state = officer.state
    alone = whole_figure(state.atlas, state.layer, "zh")
    assert headline_of(state.source, state.shown, state.layer).sentence == alone


def test_list_is_worst_first_masked_and_paged(people_as):
    people = people_as(f"?place={COUNTY}&everyone=1")
    assert (people.listed.count, people.listed.total, people.listed.unknown) == (81, 81, 0)
    assert (len(people.rows), people.pages) == (PAGE, 5)
    assert people.rows["score"].is_monotonic_decreasing
    assert set(people.rows["head_name"]) == {"王*", "i*"}
    people.turn(99)
    assert (people.page, len(people.rows)) == (4, 1)
    people.turn(-99)
    assert people.page == 0


def test_rule_and_search_narrow_the_list_and_begin_at_the_first_page(people_as):
    people = people_as(f"?place={COUNTY}")
    people.turn(2)
    people.state.filter_rule("income_below_line")
    assert (people.page, people.listed.count, people.listed.total) == (0, 27, 81)
    people.search = "H01"
    assert list(people.rows.index) == [f"h{number:03d}" for number in range(10, 20)]


def test_the_page_of_a_list_is_in_the_address_until_the_list_holds_others(people_as):
    people = people_as(f"?place={COUNTY}&side=households&everyone=1&page=2")
    assert (people.page, people.state.page) == (1, 2)
    assert len(people.rows) == PAGE
    people.turn(1)
    assert "page=3" in people.state.query
    again = people_as(people.state.query)
    assert list(again.rows.index) == list(people.rows.index)
    people.state.filter_rule("income_below_line")
    assert (people.page, "page=" in people.state.query) == (0, False)
    people.turn(1)
    assert people.state.page == 2
    people.search = "H0"
    assert people.state.page == 1
    # Going back to an address whose page is the shown one keeps it.
    people.state.read(f"?place={COUNTY}&side=households&everyone=1&page=3")
    assert people.page == 2
    people.state.read(f"?place={VILLAGES[0]}&side=households&everyone=1&page=3")
    assert (people.page, people.state.page) == (2, 3)


def test_officer_lists_only_households_of_his_own_village(people_as):
    officer = Actor("officer", "village_officer", (VILLAGES[1],))
    people = people_as(f"?place={VILLAGES[1]}", officer)
    assert set(people.rows["place_code"]) == {VILLAGES[1]}
    assert people.listed.total == 27
    people.state.go(VILLAGES[0])
    with pytest.raises(ScopeError):
        _ = people.listed
    with pytest.raises(ScopeError):
        _ = people.why


def test_card_escapes_hostile_text_and_masks_names(people_as):
    people = people_as(f"?place={VILLAGES[0]}")
    people.household = HOSTILE_HOUSEHOLD
    card = people.card()
    html = "".join(card_html(people.content()))
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html
    assert "张三丰" not in html
    assert "张*" in html
    assert "人均纯收入低于监测线" in html
    income = income_parts(card)
    assert income.shape == (13, 2)
    assert income["wage"].iloc[-1] == pytest.approx(583.33)
    assert income["transfer"].sum() == pytest.approx(13 * 12)


def test_name_is_looked_for_as_it_is_masked(people_as):
    people = people_as(f"?place={COUNTY}&everyone=1")
    people.search = "王小明"
    assert people.listed.count == 80
    people.search = "张"
    assert (people.listed.count, people.listed.total) == (0, 81)


def test_visits_that_nobody_reported_are_unknown(people_as):
    people = people_as(f"?place={COUNTY}")
    people.unvisited = 30
    assert (people.listed.count, people.listed.unknown) == (0, 81)


def test_category_narrows_the_list(people_as):
    people = people_as(f"?place={COUNTY}")
    people.category = MONITORED
    assert people.listed.count == 0


def test_card_of_another_village_is_refused_whatever_its_code(people_as):
    officer = Actor("officer", "village_officer", (VILLAGES[1],))
    people = people_as(f"?place={VILLAGES[1]}", officer)
    for code in (HOSTILE_HOUSEHOLD, "nobody", "' OR 1=1 --", "%"):
        people.household = code
        with pytest.raises(StoreError):
            people.card()


def test_household_by_lot_is_the_same_for_the_same_seed(people_as):
    drawn = []
    for _ in range(2):
        people = people_as(f"?place={COUNTY}")
        found = []
        for _ in range(3):
            people.draw(11)
            found.append(people.household)
        drawn.append(found)
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) > 1


def test_household_by_lot_comes_from_the_village_that_was_clicked(people_as):
    people = people_as(f"?place={COUNTY}")
    people.state.go(VILLAGES[0])
    for _ in range(3):
        people.draw(11)
        people.card()
        assert people.opened == (people.household, VILLAGES[0])


def test_every_reading_and_export_is_in_the_audit(people_as):
    people = people_as(f"?place={COUNTY}")
    people.household = HOSTILE_HOUSEHOLD
    people.card()
    people.exported()
    last = people.guard.trail.records(newest=4)
    assert [record.act for record in last[-3:]] == ["rows", "card", "export"]
    assert last[-2].subject == HOSTILE_HOUSEHOLD


def test_export_holds_masked_names_the_mark_and_no_formula(people_as):
    people = people_as(f"?place={COUNTY}&everyone=1")
    frame, mark = people.exported()
    frame = frame.rename(index={HOSTILE_HOUSEHOLD: "=1+1"})
    rows = HouseholdRows(people.county.setup.rules, people.village, "zh")
    file = households_workbook(frame, rows, DEFAULT, title="=某县", notes=[f"lead {mark}"])
    sheet = openpyxl.load_workbook(file).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    assert mark in sheet["A2"].value
    assert sheet.max_row == 3 + 81
    assert {row[1].value for row in sheet.iter_rows(min_row=4)} == {"王*", "i*"}


@pytest.mark.parametrize("kept", [["a", "b", "c", "d"], ["a", "d"], ["c"]])
def test_part_of_income_has_the_same_colour_on_every_card(kept):
    order = ["a", "b", "c", "d"]
    parts = pd.DataFrame({name: [1.0, 2.0] for name in kept}, index=["2024-12", "2025-01"])
    figure = hv.render(stacked.draw(parts, order=order, dark=False), backend="bokeh")
    colours = dict(zip(order, ("#0072b2", "#e69f00", "#009e73", "#cc79a7"), strict=True))
    mappers = list(figure.select({"type": CategoricalColorMapper}))
    shown = dict(zip(mappers[0].factors, mappers[0].palette, strict=True))
    assert shown == {name: colours[name] for name in kept}


def test_visit_list_is_grouped_and_says_why_and_what_to_check(people_as):
    people = people_as(f"?place={COUNTY}&rule=income_below_line")
    listed = visit_list(people)
    assert listed.count == 27
    assert [group.helper for group in listed.groups] == ["未明确责任人"] * 3
    first = listed.groups[1].visits[0]
    assert first.severity == "high"
    assert "低于 2025 年监测线 9,000 元" in "".join(first.reasons)
    assert first.checks
    assert "27 户" in listed.notes[0]
    assert "lead" in listed.notes[1]
    exported = people.guard.trail.records(newest=2)[0]
    assert (exported.act, exported.reason) == ("export", "visit list")
    html = visits_html(listed, "zh")
    assert "<script" not in html
    assert html.count("☐") >= 27


def test_a_visit_list_tells_no_finding_of_a_class_that_leaves_in_no_file(people_as, monkeypatch):
    query = f"?place={COUNTY}&rule=income_below_line"
    told = [
        visit.reasons for group in visit_list(people_as(query)).groups for visit in group.visits
    ]
    assert all("监测线" in "".join(reasons) for reasons in told)
    health = {"income_below_line": "health"}
    monkeypatch.setattr(Setup, "rule_classes", property(lambda setup: health))
    people = people_as(query)
    assert people.actor.scope.role.sees >= {"health"}
    left = [visit.reasons for group in visit_list(people).groups for visit in group.visits]
    assert len(left) == len(told)
    assert not any("监测线" in "".join(reasons) for reasons in left)


def test_visit_list_without_findings_says_so(people_as):
    people = people_as(f"?place={COUNTY}")
    people.search = "nobody"
    listed = visit_list(people)
    assert (listed.count, len(listed.notes)) == (0, 1)


def test_card_recomputes_income_beside_what_is_recorded(people_as):
    people = people_as(f"?place={VILLAGES[0]}")
    people.household = HOSTILE_HOUSEHOLD
    card = people.card()
    sums = card.account.sums["recomputed"]
    assert sums["wage"] == pytest.approx(7_000, abs=0.1)
    assert sums["person"] == pytest.approx(7_144, abs=0.1)
    assert card.account.sums["recorded"].isna().all()
    assert card.records.set_index("field")["verdict"]["per_capita_income"] == "unknown"


def test_two_records_that_differ_by_a_yuan_are_a_contradiction():
    record = pd.Series({"per_capita_income": 900_000, "members": 2, "net_income": 1_800_000})
    ledger = pd.DataFrame({"a1": [1_500.0] * 12}, index=months_until("2025-12", 12))
    for added, verdict in ((0.0, "same"), (0.99, "same"), (1.0, "differs")):
        changed = ledger.copy()
        changed.iloc[0, 0] += 2 * added
        account = income_account(record, changed, "2025-12", persons=2, lang="zh")
        found = four_records(record, account, pd.DataFrame(), pd.DataFrame(), lang="zh")
        assert found.set_index("field")["verdict"]["per_capita_income"] == verdict


def test_month_that_was_not_reported_is_no_month_without_income():
    record = pd.Series({"per_capita_income": 900_000})
    account = income_account(record, pd.DataFrame(), "2025-12", persons=2, lang="zh")
    assert account.months == 0
    assert account.sums["recomputed"].isna().all()


def test_reason_names_the_limit_the_document_and_what_is_due(people_as):
    why = people_as(f"?place={COUNTY}").why
    rule = why.rules.set_index("rule").loc["income_below_line"]
    assert "9,000 元" in rule["limits"]
    assert rule["document"]


def test_theme_says_what_its_figures_are_made_of(people_as):
    people = people_as(f"?place={COUNTY}")
    income = people.compositions[0]
    assert income.stacked
    assert income.parts.iloc[-1].sum() == pytest.approx(27 * 583.33 + 54 * 2_000 + 81 * 12, abs=1)
    officer = Actor("officer", "village_officer", (VILLAGES[2],))
    own = people_as(f"?place={COUNTY}", officer).compositions[0]
    assert own.parts.iloc[-1].sum() == pytest.approx(9 * 583.33 + 18 * 2_000 + 27 * 12, abs=1)


def test_place_outside_the_scope_has_no_composition(people_as):
    officer = Actor("officer", "village_officer", (VILLAGES[2],))
    assert people_as(f"?place={VILLAGES[0]}", officer).compositions == ()


def test_counted_parts_keep_their_names_and_start_at_zero():
    counts = pd.Series([5, 2], index=["因病", "<b>因学</b>"])
    figure = hv.render(bars.draw(counts.to_frame("count"), dark=False), backend="bokeh")
    assert list(figure.y_range.factors) == ["<b>因学</b>", "因病"]
    assert figure.x_range.start == 0
    assert isinstance(figure.yaxis[0].formatter, CategoricalTickFormatter)


def test_card_of_a_month_built_by_an_older_version_says_build(people_as):
    theme = people_as(f"?place={VILLAGES[0]}").state.themes["monitoring"]
    row = pd.DataFrame({"household_code": [HOSTILE_HOUSEHOLD]})
    with pytest.raises(StoreError, match="guatu build"):
        _check_built(theme, row, "2025-12")


def test_a_side_panel_made_when_first_shown_follows_what_was_chosen_before(people_as):
    people = people_as(f"?place={COUNTY}")
    state = people.state
    points = PointsSeen(state, people.county, people.actor, people.guard)
    column = side_panel(state, Parts(people, points))
    assert not column.select(TextTable)
    state.go(VILLAGES[0])
    state.side = "households"
    (listed,) = column.select(TextTable)
    assert len(listed.table["rows"]) == min(people.listed.count, PAGE)
    state.side = "why"
    state.go(VILLAGES[2])
    state.side = "households"
    assert len(column.select(TextTable)) == 2
    shown = [part.visible for part in column[1:]]
    assert shown == [False, True, False]
    cells = {cell for row in listed.table["rows"] for cell in row["cells"]}
    assert set(people.rows.index) <= cells
    assert set(people.rows["place_code"]) == {VILLAGES[2]}


def test_a_list_names_who_helps_and_within_a_village_not_the_village(people_as):
    for place, named in ((COUNTY, "村"), (VILLAGES[0], "人口")):
        view = HouseholdsView(people_as(f"?place={place}&side=households&everyone=1"), 1)
        shown = [column["label"] for column in view.sheet.table["columns"]]
        assert {named, "帮扶责任人", "距上次走访（天）"} <= set(shown)
        assert len(shown) == len(set(shown)) == len(DEFAULT)


def test_a_category_lists_who_is_monitored_now(sampled, tmp_path):
    """Whose risk is removed keeps a category in the register; the indicators do not count them."""
    atlas, setup = open_atlas(sampled.setup.config.folder), sampled.setup
    state = State(atlas, "?theme=monitoring&side=households&everyone=1", themes=setup.themes)
    leader = Actor("lead", "leader", (EVERYWHERE,))
    people = county_parts(state, sampled, leader, open_guard(tmp_path)).people
    counted = {
        "脱贫不稳定户": "unstable_households",
        "边缘易致贫户": "borderline_households",
        "突发严重困难户": "sudden_households",
        "monitored": "monitored_households",
    }
    features = sampled.month(state.period).features("monitoring")
    assert (features["removed"] & ~features["monitored_now"]).any()
    for category, indicator in counted.items():
        people.category = category
        figure = atlas.series(indicator, state.root)["numerator"][state.period]
        assert people.listed.count == figure, category


def test_the_visit_list_of_picked_places_says_so(people_as):
    people = people_as(f"?theme=monitoring&place={COUNTY}&lang=zh")
    assert "所选" not in visit_list(people).title
    people.state.selected = list(VILLAGES[:2])
    assert "所选 2 个村" in visit_list(people).title


def test_whom_the_figure_counts_is_chosen_among_the_rules(people_as):
    people = people_as(
        f"?place={COUNTY}&indicator=low_income_share&side=households&everyone=1&lang=zh"
    )
    filters, state = FiltersView(people), people.state
    filters.rule.value = "*"
    assert (state.everyone, state.rule, people.listed.count) == (False, "", 27)
    assert "everyone" not in state.query
    assert any("收入低于监测线户占比" in said for said in filters.said())
    state.choose_indicator("income_per_person")
    assert (filters.rule.value, people.listed.count) == ("", 81)
    state.choose_indicator("low_income_share")
    assert (filters.rule.value, people.listed.count) == ("*", 27)
    filters.rule.value = "income_below_line"
    assert (state.everyone, state.rule) == (False, "income_below_line")
