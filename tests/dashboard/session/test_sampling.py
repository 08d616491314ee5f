"""The mock inspection on the page: who may see it, what the same seed gives, and what is recorded."""

from __future__ import annotations

import json

import openpyxl
import pytest

from dashboard.layers.sample import CLASSES, SampledLayer
from dashboard.maps.picture import picture
from dashboard.panels.sample.sample_rows import rate_tiles, township_rows
from dashboard.panels.sample.view import SamplingView
from dashboard.session.people import People
from dashboard.session.sampling import Sampling
from dashboard.session.state import State
from dashboard.views.headline import HeadlineView
from geodata.access import Actor, open_guard
from geodata.atlas import open_atlas
from geodata.errors import GuatuError
from geodata.evaluation.inspection_rates import SelfCheck, judge_rate
from tests.invented_county import COUNTY, TOWNSHIP, VILLAGES

LEADER = Actor("lead", "leader", (COUNTY,))
ASKED = "?view=map&side=sample&seed=7&numbers=3,12,0,50"


@pytest.fixture(scope="module")
def county(counties, tmp_path_factory):
    return counties.copy(tmp_path_factory.mktemp("sampled") / "county", listed=True)


@pytest.fixture
def sampling_as(county):
    """Return what makes the sample of an actor over a fresh state."""
    folder = county.setup.config.folder

    def make(query: str = ASKED, actor: Actor = LEADER) -> Sampling:
        known = {"themes": county.setup.themes, "policy": county.setup.policy}
        state = State(open_atlas(folder), query, **known)
        return Sampling(People(state, county, actor, open_guard(folder)))

    return make


def records(county):
    return list(open_guard(county.setup.config.folder).trail.records())


def test_an_address_keeps_seed_numbers_and_day_and_opens_the_same_sample(sampling_as):
    one = sampling_as(ASKED + "&limits=2020-12-31&seed=0")
    query = one.state.query
    assert {"side=sample", "seed=0", "numbers=3%2C12%2C0%2C50"} <= set(query[1:].split("&"))
    two = sampling_as(query)
    assert (two.state.seed, str(two.day)) == (0, "2020-12-31")
    assert list(one.draw.households.index) == list(two.draw.households.index)
    other = sampling_as(query.replace("seed=0", "seed=8"))
    assert set(other.draw.households.index) != set(one.draw.households.index)


@pytest.mark.parametrize(
    ("words", "seed", "numbers", "limits"),
    [
        ("seed=-1&numbers=1,2&limits=gestern", 1, "", ""),
        ("seed=1e9&numbers=1,2,3,4,5", 1, "", ""),
        ("seed=1234567890&numbers=%27;--", 1, "", ""),
        ("seed=999999999&numbers=,,,12.5", 999_999_999, ",,,12.5", ""),
    ],
)
def test_what_is_no_seed_number_or_day_opens_the_usual(sampling_as, words, seed, numbers, limits):
    state = sampling_as(f"?view=map&side=sample&{words}").state
    assert (state.seed, state.numbers, state.limits) == (seed, numbers, limits)


def test_the_sample_is_offered_only_where_a_theme_has_what_makes_a_village_weak(sampling_as):
    state = sampling_as("?theme=water&side=sample").state
    assert "sample" not in state.panels
    assert state.side == "ranking"
    assert "sample" in state.source.panels_of("monitoring")


def test_the_page_draws_marks_the_map_and_lists(sampling_as):
    sampling = sampling_as()
    view, headline = SamplingView(sampling), HeadlineView(sampling.state)
    state = sampling.state
    assert set(state.sample) == set(VILLAGES)
    assert set(state.sample.values()) <= set(CLASSES)
    layer = state.layer
    assert isinstance(layer, SampledLayer)
    drawn = picture(state.atlas, layer, lang="zh")
    assert len(drawn["worst"]) == len(VILLAGES)
    # Every village is drawn here: a class that nobody is in has no place in the legend.
    assert "没有抽中" not in [row["label"] for row in drawn["legend"]]
    assert "抽中 3 个村" in headline.headline.title
    assert "错退率" in view.rates.object
    assert "从全县 3 个村、81 户里抽" in view.rates.object
    assert len(view.sheet.table["rows"]) == len(VILLAGES)
    view.part.value = "households"
    assert len(view.sheet.table["rows"]) == 12
    view._answer({"type": "row", "index": 0})
    assert sampling.people.household == sampling.listed.index[0]
    state.side = "ranking"
    assert not state.sample
    assert not isinstance(state.layer, SampledLayer)


def test_a_row_of_a_village_leads_there_and_narrows_list_and_counts(sampling_as):
    sampling = sampling_as()
    view = SamplingView(sampling)
    index = view._rows.index(VILLAGES[0])
    view._answer({"type": "row", "index": index})
    assert sampling.state.place == VILLAGES[0]
    assert len(view.sheet.table["rows"]) == 1
    assert set(sampling.rows()["place_code"]) == {VILLAGES[0]}
    assert len(sampling.draw.villages) == len(VILLAGES)


def test_an_officer_draws_only_from_the_own_places_and_is_told(sampling_as):
    officer = Actor("town", "township_officer", (TOWNSHIP,))
    sampling = sampling_as(actor=officer)
    view = SamplingView(sampling)
    assert set(sampling.draw.villages.index) == {VILLAGES[0], VILLAGES[1]}
    assert sampling.draw.households["place_code"].str.startswith(TOWNSHIP).all()
    assert "只从您能看的 2 个村、54 户里抽，不代表全县" in view.rates.object
    assert sampling.rows()["place_code"].str.startswith(TOWNSHIP).all()


@pytest.mark.parametrize(
    ("actor", "said"),
    [
        (Actor("village", "village_officer", (VILLAGES[2],)), "只有 1 个村可抽"),
        (Actor("auditor", "auditor", (COUNTY,)), ""),
    ],
)
def test_who_can_draw_nothing_reads_why(sampling_as, actor, said):
    sampling = sampling_as(actor=actor)
    view = SamplingView(sampling)
    assert said in view.rates.object
    assert not view.sheet.visible
    assert not sampling.state.sample
    with pytest.raises(GuatuError):
        _ = sampling.draw


def test_presenting_shows_no_household(sampling_as):
    view = SamplingView(sampling_as(ASKED + "&presenting=1"))
    assert "households" not in view.part.options.values()
    assert not view.pages.visible
    assert "错退率" in view.rates.object
    view.part.param.update(options={"x": "households"}, value="households")
    assert "王" not in str(view.sheet.table)


def test_numbers_that_are_not_set_are_named_and_fields_opened(sampling_as):
    sampling = sampling_as("?view=map&side=sample&numbers=3,,0,50")
    view = SamplingView(sampling)
    assert sampling.unset == ("eval.sample.exited",)
    assert "抽查脱贫户数" in view.rates.object
    assert "eval.sample.exited" in view.rates.object
    assert "--" not in view.rates.object
    assert view.numbers.box.visible
    view.numbers.fields["exited"].value = "viele"
    assert sampling.state.numbers == "3,,0,50"
    view.numbers.fields["exited"].value = "12"
    assert sampling.state.numbers == "3,12,0,50"
    assert len(view.sheet.table["rows"]) == len(VILLAGES)


def test_another_seed_or_day_is_taken_from_the_fields(sampling_as):
    sampling = sampling_as()
    view = SamplingView(sampling)
    before = list(sampling.draw.households.index)
    view.numbers.seed.value = "12"
    assert sampling.state.seed == 12
    assert list(sampling.draw.households.index) != before
    view.numbers.seed.value = "-3"
    assert (sampling.state.seed, view.numbers.seed.value) == (12, "12")
    assert "没有在用的界限" in view.rates.object
    view.numbers.day.value = "2020-12-31"
    assert "界限 2%" in view.rates.object
    view.numbers.day.value = "31.12."
    assert view.numbers.day.value == "2020-12-31"


def test_listing_and_export_are_recorded_with_the_seed_and_masked(county, sampling_as):
    sampling = sampling_as()
    start = len(records(county))
    sampling.rows()
    listed = records(county)[start:]
    assert listed[-1].act == "rows"
    assert {record.reason for record in listed} == {"draw 7"}
    book = openpyxl.load_workbook(sampling.workbook())
    left = records(county)[-1]
    assert (left.act, left.reason, json.loads(left.detail)["rows"]) == ("export", "draw 7", 12)
    cells = [str(c) for sheet in book for row in sheet.values for c in row if c is not None]
    assert any(str(left.seq) in cell and "lead" in cell for cell in cells)
    assert any("错退率" in cell for cell in cells)
    heads = [row[1] for row in list(book.worksheets[2].values)[1:]]
    assert [len(head) for head in heads] == [2] * 12
    assert {head[1] for head in heads} == {"*"}


def test_the_list_is_narrowed_to_suspects_and_they_come_first(sampling_as):
    sampling = sampling_as()
    marks = sampling.rows()["suspect"].tolist()
    assert marks == sorted(marks, reverse=True)
    assert "wrong_exit_rate" in marks
    sampling.against = "wrong_exit_rate"
    assert set(sampling.listed["suspect"]) == {"wrong_exit_rate"}
    sampling.against = "missed_rate"
    assert sampling.rows().empty


def test_townships_add_up_to_the_villages(sampling_as):
    sampling = sampling_as()
    names = {key: key[:9] for key in VILLAGES}
    cells = [row["cells"] for row in township_rows(sampling.villages, names)]
    assert {cell[0] for cell in cells} == {TOWNSHIP, "990101101"}
    assert sum(int(cell[1]) for cell in cells) == len(VILLAGES)
    assert sum(int(cell[2]) for cell in cells) == 12


@pytest.mark.parametrize(
    ("kind", "found", "counted", "room", "said"),
    [
        ("wrong_exit_rate", 12, 600, 0, "过关，还可再有 0 人"),
        ("wrong_exit_rate", 13, 600, -1, "不过关，多 1 人"),
        ("missed_rate", 0, 600, 12, "还可再有 12 人；要 95% 把握只可再有 6 人"),
        ("missed_rate", 0, 100, 2, "还可再有 2 人；样本小，还说不准"),
        ("satisfaction", 90, 100, 0, "过关，还可再有 0 户"),
        ("satisfaction", 89, 100, -1, "不过关，多 1 户"),
    ],
)
def test_a_tile_says_how_many_more_may_be_found(kind, found, counted, room, said):
    limit = 90 if kind == "satisfaction" else 2
    rate = judge_rate(kind, found, counted, limit=limit)
    assert rate.room == room
    tile = rate_tiles([SelfCheck(rate, 0)], "2020-12-31", "zh")[0]
    assert said in tile.lines[-1]
    assert tile.verdict == ("pass" if room >= 0 else "fail")


def test_a_rate_without_a_limit_or_anybody_has_no_room():
    assert judge_rate("missed_rate", 0, 100, limit=None).room is None
    assert judge_rate("missed_rate", 0, 0, limit=2).room is None
