"""First page, points, comparison, wall map and stops without a browser."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pandas as pd
import pytest

from dashboard.layers.finding_counts import FindingCounts
from dashboard.maps.picture import picture
from dashboard.panels.households.filters import FiltersView
from dashboard.panels.households.view import HouseholdsView
from dashboard.panels.points.view import PointsView
from dashboard.session.people import People
from dashboard.session.points_seen import PointsSeen
from dashboard.session.state import State
from dashboard.session.stops import Stops
from dashboard.views.find import FindView
from dashboard.views.map_view import MapView
from dashboard.views.matters import MattersView
from dashboard.views.strip import StripView
from geodata.access import EVERYWHERE, Actor, open_guard
from geodata.atlas import open_atlas
from geodata.atlas.scoped import within_scope
from geodata.errors import ScopeError
from geodata.workspace.open_findings import worst_open
from tests.invented import COUNTY, grid_atlas
from tests.invented_county import SITE, VILLAGES, WORKS, ZONE

SOURCES = [{"outlines": "geometry/x.geojson"}]


@pytest.fixture(scope="module")
def county(counties):
    return counties.shared(sites=True)


@pytest.fixture
def guard(county, tmp_path):
    return open_guard(tmp_path)


def _state(county, query="", actor=None):
    atlas, setup = open_atlas(county.setup.config.folder), county.setup
    mine = within_scope(atlas, actor.scope) if actor else atlas
    return State(
        mine, query, themes=setup.themes, policy=setup.policy, findings=FindingCounts(county)
    )


def _points(county, guard, state, prefixes=(EVERYWHERE,)):
    return PointsSeen(state, county, Actor("leader", "leader", prefixes), guard)


def test_a_bare_address_opens_the_overview_and_any_other_the_map(county):
    assert _state(county).view == "overview"
    assert _state(county, "?lang=en").view == "overview"
    assert _state(county, "?theme=water").view == "map"
    assert State(grid_atlas()).view == "map"


def test_indicators_stand_under_their_topics_and_nothing_echoes(county):
    state = _state(county, "?theme=monitoring")
    view = StripView(state)
    assert view.strip.topics[0][0] == "收入和支出"
    assert view.strip.at == "low_income_share"
    told = []
    state.param.watch(lambda event: told.append(event.new), "indicator")
    state.choose_theme("water")
    assert "水质和检测" in [title for title, _ in view.strip.topics]
    view._answer({"key": "fluoride_mean"})
    view._answer({"key": "low_income_share"})
    assert (state.theme, state.indicator) == ("water", "fluoride_mean")
    assert told == ["water_not_safe_share", "fluoride_mean"]


def test_every_figure_with_a_list_opens_it_from_the_menu_in_one_click(county):
    listed, unlisted = set(), set()
    for theme in county.setup.themes:
        state = _state(county, f"?theme={theme.key}")
        if state.theme != theme.key:
            continue
        view = StripView(state)
        for key, _, lists in [one for _, offered in view.strip.topics for one in offered]:
            state.choose_side("ranking")
            view._answer({"key": key, "list": True})
            assert (state.indicator, state.side == "households") == (key, lists)
            assert lists == bool(county.setup.indicators[key].lists), key
            (listed if lists else unlisted).add(key)
    assert listed
    assert unlisted


# What belongs to the theme it was chosen in, and the address of each with all of them.
_OF_THEME = ("rule", "point", "site", "zone", "compare")
_ADDRESSES = {
    "monitoring": "?theme=monitoring&rule=income_below_line",
    "relocation": f"?theme=relocation&point=site:{SITE}&site={SITE}&rule=no_source",
    "water": f"?theme=water&point=works:{WORKS}&site={SITE}&zone={ZONE}&rule=test_stale",
    "rectification": "?theme=rectification",
}


@pytest.mark.parametrize("way", ["choose_theme", "enter"])
def test_a_theme_of_few_sites_is_entered_by_their_wall(county, way):
    state = _state(county, "?theme=monitoring")
    for theme, side in (("relocation", "sites"), ("monitoring", "ranking"), ("water", "ranking")):
        getattr(state, way)(*((theme, None) if way == "enter" else (theme,)))
        assert (state.theme, state.side) == (theme, side)
    state.choose_side("households")
    state.choose_theme("relocation")
    assert state.side == "households", "what is looked at stays"
    assert _state(county, "?theme=relocation").side == "ranking", "an address says what it shows"


@pytest.mark.parametrize("way", ["choose_theme", "enter"])
def test_nothing_chosen_in_a_theme_narrows_another(county, way):
    kept = set()
    for before, after in itertools.permutations(_ADDRESSES, 2):
        state = _state(county, f"{_ADDRESSES[before]}&compare=2024-12&place={VILLAGES[0]}")
        kept |= {name for name in _OF_THEME if getattr(state, name)}
        if way == "enter":
            state.enter(after, VILLAGES[1])
        else:
            state.choose_theme(after)
        left = {name: getattr(state, name) for name in _OF_THEME if getattr(state, name)}
        assert (state.theme, left) == (after, {}), before
    assert kept == set(_OF_THEME), "each of them was chosen in some theme"


def test_a_theme_without_topics_has_a_flat_list(county):
    state = _state(county, "?theme=water")
    state.themes["water"] = replace(state.themes["water"], topics=())
    ((title, offered),) = StripView(state).strip.topics
    assert (title, [key for key, *_ in offered]) == ("", list(state.indicators_of("water")))


def test_themes_without_any_data_stand_behind_the_others(county, monkeypatch):
    state = _state(county)
    card = MattersView._card
    first, *others = [one["key"] for one in MattersView(state, SOURCES).page.cards]

    def blank(self, theme):
        shown = card(self, theme)
        return shown | {"values": [None] * 3} if theme.key == first else shown

    monkeypatch.setattr(MattersView, "_card", blank)
    cards = MattersView(state, SOURCES).page.cards
    blanks = [all(value is None for value in one["values"]) for one in cards]
    assert blanks == sorted(blanks)
    assert [one["key"] for one in cards if one["key"] != first] == others
    assert cards[-sum(blanks)]["key"] == first


def test_every_theme_has_a_card_with_its_first_figure(county):
    state = _state(county)
    page = MattersView(state, SOURCES)
    cards = {card["key"]: card for card in page.page.cards}
    assert set(cards) == set(state.themes)
    first = cards["monitoring"]
    assert (first["number"], first["unit"], first["note"]) == ("33.3", "%", "27户")
    page._answer({"type": "enter", "theme": "water"})
    assert (state.view, state.theme, state.place) == ("map", "water", state.root)


def test_one_click_on_a_matter_lists_whom_it_counts(county):
    state = _state(county)
    page = MattersView(state, SOURCES)
    first = page.page.matters[0]
    page._answer({"type": "matter", "address": "?theme=monitoring"})
    assert state.view == "overview", "only what stands on the page is opened from it"
    page._answer({"type": "matter", "address": first["address"]})
    assert (state.view, state.side, state.everyone) == ("map", "households", False)
    assert state.shown.address == first["address"]


def test_matters_are_counted_in_the_places_of_the_viewer_only(county):
    for village in VILLAGES:
        officer = _state(county, actor=Actor("officer", "village_officer", (village,)))
        page = MattersView(officer, SOURCES).page
        assert "您管的1个村" in page.subtitle
        assert page.matters
        for one in page.matters:
            ((at, _, number, _, _),) = one["places"]
            assert officer.atlas.places_in(None, "village")[at] == village
            assert one["number"] == f"{number:,}"
    assert "您管" not in MattersView(_state(county), SOURCES).page.subtitle
    # A role that reads nobody's rows has no places of its own, and is not told of nought.
    clerk = _state(county, actor=Actor("clerk", "data_officer", ("*",)))
    assert "您管" not in MattersView(clerk, SOURCES).page.subtitle


def test_the_first_page_ignores_what_it_does_not_know(county):
    state = _state(county)
    page = MattersView(state, SOURCES)
    for message in ({"type": "enter", "theme": "nothing"}, {"type": "matter", "address": ["x"]}):
        page._answer(message)
        assert state.view == "overview"


def _stands(county):
    """Return every theme at the county, a township and a village, as addresses."""
    state = _state(county)
    places = [state.root, "990101100", VILLAGES[0]]
    return [f"?theme={theme}&place={place}" for theme in state.themes for place in places]


def test_the_legend_of_symbols_is_of_the_points_that_are_drawn_wherever_one_came_from(
    county, guard
):
    state = _state(county, "?theme=water")
    points = _points(county, guard, state)
    screen = MapView(state, SOURCES, "", points).screen
    drawn = {}
    for before, after in itertools.permutations(_stands(county), 2):
        state.read(before)
        state.read(after)
        counts = [row["count"] for kind in screen.symbols["kinds"] for row in kind["rows"]]
        unplaced = int(points.inside["longitude"].isna().sum()) if points.kinds else 0
        assert sum(counts) - unplaced == len(screen.symbols["points"])
        titles = [kind["title"] for kind in screen.symbols["kinds"]]
        assert drawn.setdefault(after, titles) == titles
    assert len({str(titles) for titles in drawn.values()}) > 2


def test_a_rule_lists_its_findings_whichever_was_listed_before(county, guard):
    state = _state(county, "?theme=monitoring")
    people = People(state, county, Actor("leader", "leader", (EVERYWHERE,)), guard)
    filters = FiltersView(people)
    rules = county.setup.rules
    kinds = {(rule.key.split("_")[0], rule.subject): rule.key for rule in rules.values()}
    subjects = {rules[key].subject for key in kinds.values()}
    assert len(subjects) > 3
    for before, after in itertools.permutations(sorted(kinds.values())[::4], 2):
        state.filter_rule(before)
        state.choose_side("why")
        state.filter_rule(after)
        assert (state.rule, filters.rule.value, state.side) == (after, after, "households")
        assert f"rule={after}" in state.query


def test_a_rule_narrows_only_the_list_and_is_gone_with_it(county):
    state = _state(county, "?theme=monitoring")
    state.filter_rule("low_income")
    assert state.rule == "low_income"
    state.choose_side("ranking")
    assert "rule=" not in state.query


def test_points_carry_their_state_and_where_it_is_known_from(county, guard):
    state = _state(county, "?theme=relocation")
    rows = _points(county, guard, state).rows.set_index("key")
    assert rows.loc[SITE, "located"]
    assert not rows.loc["C1", "located"]
    assert rows.loc["C1", "state"] == "high"
    assert rows.loc["C1", ["longitude", "latitude"]].notna().all()


def test_sites_stand_side_by_side_and_a_heading_orders_them(county, guard):
    state = _state(county, "?theme=relocation&side=points&lang=zh")
    view = PointsView(_points(county, guard, state)).list
    table = view.sheet.table
    assert [head["label"] for head in table["columns"]][:3] == ["名称", "状态", "政策性收入占比"]
    assert [row.get("above") for row in table["rows"] if "above" in row] == ["安置点", "帮扶车间"]
    workshop = next(row for row in table["rows"] if row.get("above") == "帮扶车间")
    assert set(workshop["cells"][2:]) == {""}
    assert len(table["rows"][0]["cells"]) == len(table["columns"])
    view.answer({"type": "sort", "sort": "policy_share"})
    assert view.sheet.table["columns"][2]["sorted"] == "yes"
    view.answer({"type": "sort", "sort": "policy_share"})
    assert view.sheet.table["columns"][2]["sorted"] == "up"
    view.answer({"type": "sort", "sort": "site_code; drop"})
    assert view.sheet.table["columns"][2]["sorted"] == "up"
    view.answer({"index": 0})
    assert state.point == f"site:{SITE}"


def test_a_column_orders_works_with_the_unknown_last(county, guard, monkeypatch):
    state = _state(county, "?theme=water&side=points")
    points = _points(county, guard, state)
    view = PointsView(points).list
    (kind,) = points.kinds
    rows = pd.DataFrame({"key": ["a", "b", "c"]})
    columns = pd.DataFrame({"population": [5.0, None, 9.0]}, index=["a", "b", "c"])
    monkeypatch.setattr(points, "columns", lambda kind: columns)
    view.order = ("population", False)
    assert view.ordered(kind, rows)["key"].tolist() == ["c", "a", "b"]
    view.order = ("population", True)
    assert view.ordered(kind, rows)["key"].tolist() == ["a", "c", "b"]


def test_points_outside_the_scope_are_not_there(county, guard):
    state = _state(county, f"?theme=relocation&point=site:{SITE}")
    seen = _points(county, guard, state, (VILLAGES[2],))
    assert seen.rows.empty
    assert seen.chosen is None


def test_a_site_is_chosen_with_its_scorecard_and_lists_its_households(county, guard):
    state = _state(county, "?theme=relocation&side=points")
    view = PointsView(_points(county, guard, state))
    at = view.list.rows.index(("site", SITE))
    view.list.answer({"type": "row", "index": at})
    assert (view.list.column.visible, view.card.column.visible) == (False, True)
    assert (state.point, state.site) == (f"site:{SITE}", SITE)
    assert "<script>" not in view.card.card.object
    assert "安置户数" in view.card.card.object
    view.card.back.clicks += 1
    assert (view.list.column.visible, view.card.column.visible) == (True, False)


def test_a_rule_about_works_lists_works_and_goes_to_the_point(county, guard):
    state = _state(county, "?theme=water&side=households&rule=no_keeper")
    people = People(state, county, Actor("leader", "leader", (EVERYWHERE,)), guard)
    view = HouseholdsView(people, 0)
    table = view.sheet.table
    assert [row["cells"][:2] for row in table["rows"]] == [[WORKS, "甲一供水站"]]
    assert "供水工程" in table["note"]
    assert not view.search.visible
    view._answer({"type": "row", "index": 0})
    assert (state.point, state.side) == (f"works:{WORKS}", "points")
    state.filter_rule("")
    assert view.search.visible
    assert len(view.sheet.table["rows"]) == 20


def test_a_rule_about_works_says_so_where_none_is_seen(county, guard):
    state = _state(county, f"?theme=water&place={VILLAGES[2]}&side=households&rule=no_keeper")
    people = People(state, county, Actor("officer", "leader", (VILLAGES[2],)), guard)
    table = HouseholdsView(people, 0).sheet.table
    assert table["rows"] == []
    assert "不是农户" in table["note"]


def test_works_outside_the_scope_are_not_listed(county, guard):
    state = _state(county, "?theme=water&side=households&rule=no_keeper")
    people = People(state, county, Actor("officer", "leader", (VILLAGES[2],)), guard)
    assert HouseholdsView(people, 0).sheet.table["rows"] == []


def test_the_list_follows_what_is_picked_on_the_map_within_the_scope(county, guard):
    state = _state(county, "?theme=monitoring&side=households&everyone=1")
    people = People(state, county, Actor("leader", "leader", (EVERYWHERE,)), guard)
    view = HouseholdsView(people, 0)
    state.selected = [VILLAGES[1]]
    assert set(people.rows["place_code"]) == {VILLAGES[1]}
    assert (people.listed.count, people.listed.total) == (27, 81)
    assert "图上圈选：1 个地方" in view.all.label
    officer = People(state, county, Actor("officer", "leader", (VILLAGES[2],)), guard)
    assert officer.listed.count == 0
    state.selected = [VILLAGES[1], VILLAGES[2]]
    assert officer.listed.count == 27
    view.filters.clear()
    assert state.selected == []
    assert people.listed.count == 81


def test_a_works_leads_to_the_households_of_its_zone(county, guard):
    state = _state(county, f"?theme=water&side=points&point=works:{WORKS}")
    card = PointsView(_points(county, guard, state)).card
    assert card.zones == [(ZONE, VILLAGES[0])]
    card.answer({"type": "row", "index": 0})
    assert (state.zone, state.place, state.side) == (ZONE, VILLAGES[0], "households")


@pytest.mark.parametrize("word", ["<script>", "S1' OR 1", "甲", "x" * 41, "site"])
def test_an_address_with_a_strange_point_is_none(county, word):
    state = _state(county, f"?theme=relocation&point=site:{word}&point={word}&site={word}'")
    assert (state.point, state.site) == ("", "")


def test_a_change_is_worse_same_or_better_and_unknown_stays_unknown():
    state = State(grid_atlas(), "?compare=2024&period=2025")
    layer, shown = state.layer, picture(state.atlas, state.layer, lang="zh")
    now, before = (
        state.atlas.frame("poor_share", period, "village")["value"] for period in ("2025", "2024")
    )
    moved = (now - before).round(4)
    counts = layer.counts.tolist()
    assert sum(row.count for row in layer.legend("zh")) == len(now)
    assert counts[0] + counts[1] == int((moved > 0).sum())
    assert counts[2] == int((moved == 0).sum())
    assert counts[3] + counts[4] == int((moved < 0).sum())
    assert moved.isna().sum() == 1
    assert shown["signed"]
    assert "个百分点" in shown["title"]


def test_the_wall_map_ticks_villages_without_open_findings(county):
    state = _state(county, "?theme=monitoring&classes=wall")
    worst = state.findings.worst(state.atlas, "monitoring", state.period)
    shown = picture(state.atlas, state.layer, lang="zh")
    assert {sign for _, sign in shown["signs"]} <= {"✓"}
    ticked = [state.layer.keys[at] for at, _ in shown["signs"]]
    assert ticked == sorted(worst.index[worst == "none"])
    assert shown["worst"] == []


def test_a_village_that_no_rule_could_judge_is_not_ticked(county):
    theme = county.setup.themes[0]
    rule = next(iter(theme.rules_by_key))
    counts = pd.DataFrame(
        {"place": ["a", "b"], "rule": rule, "yes": [0, 0], "no": [1, 0], "unknown": [0, 1]}
    )
    assert dict(worst_open(counts, theme)) == {"a": "none"}


def test_stops_are_kept_for_the_county_and_can_be_taken_off(county, guard):
    state = _state(county, "?theme=water")
    stops = Stops(state, Actor("leader", "leader", (EVERYWHERE,)), guard)
    stops.add("第一")
    state.go(VILLAGES[0])
    stops.add("第二")
    other = Stops(state, Actor("leader", "leader", (EVERYWHERE,)), guard)
    assert [stop.sentence for stop in other.all] == ["第一", "第二"]
    assert VILLAGES[0] in other.all[1].address
    other.remove(0)
    other.remove(7)
    assert [stop.sentence for stop in stops.all] == ["第二"]


def test_a_stop_is_refused_without_the_right_to_pin(county, guard):
    officer = Actor("officer", "village_officer", (VILLAGES[0],))
    with pytest.raises(ScopeError):
        Stops(_state(county, "?theme=water"), officer, guard).add("x")


def test_a_place_is_found_by_name_or_code_and_lit():
    state = State(grid_atlas())
    find = FindView(state)
    find._answer({"type": "find", "text": "2-3"})
    assert find.find.hits[0][:2] == ["2-3村", "第2乡"]
    find._answer({"type": "find", "text": f"{COUNTY}002003"})
    find._answer({"type": "go", "index": 0})
    assert (state.place, state.spotlight) == (f"{COUNTY}002003", True)
    for text in ("", "  ", "(", "[", "没有"):
        find._answer({"type": "find", "text": text})
        assert find.find.hits == []


def test_a_household_is_found_by_its_number_on_record_and_never_in_an_address(county, guard):
    state, actor = _state(county, "?theme=monitoring"), Actor("leader", "leader", (EVERYWHERE,))
    people = People(state, county, actor, guard)
    code = str(people.reader.rows(people.request()).frame["household_code"].iloc[0])
    find = FindView(state, people)
    find._answer({"type": "find", "text": code})
    assert [hit[0] for hit in find.find.hits] == [code]
    assert "search" in [record.reason for record in guard.trail.records()]
    find._answer({"type": "go", "index": 0})
    assert people.household == code
    assert code not in state.query
    for sought in (code[:-1], "9" * 20, code + "'"):
        find._answer({"type": "find", "text": sought})
        assert "户卡" not in [hit[2] for hit in find.find.hits]
    state.presenting = True
    find._answer({"type": "find", "text": code})
    assert find.find.hits == []


@pytest.mark.parametrize("way", ["address", "rule", "zone", "start"])
def test_no_way_brings_the_list_of_households_on_a_projector(county, way):
    state = _state(
        county,
        "?presenting=1&side=households&everyone=1"
        if way == "address"
        else "?side=households&everyone=1",
    )
    state.presenting = True
    if way == "rule":
        state.filter_rule("income_below_line")
    elif way == "zone":
        state.choose_zone(ZONE, VILLAGES[0])
    assert state.side == "ranking"
    state.presenting = False
    state.side = "households"
    assert state.side == "households"
