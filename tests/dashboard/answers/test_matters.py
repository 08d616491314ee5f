"""The matters of a month: one number everywhere, gravest first, and unknown is never zero."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from dashboard.answers import Source, county_source
from dashboard.answers.as_json import answer_json
from dashboard.answers.listing import figure_list, page_list
from dashboard.answers.matters import matters_of
from dashboard.view import View
from geodata.access import Actor
from geodata.themes.base import CONCERNS, GRAVITIES

pytestmark = pytest.mark.xdist_group("sampled")


def _view(source: Source, period: str = "", lang: str = "zh") -> View:
    return replace(View.parse(f"?lang={lang}", source), period=period or source.atlas.periods[-1])


def _with_numbers(source: Source, change) -> Source:
    """Return the source over figures that `change` made of a copy of them."""
    whole = source.atlas.whole
    return replace(source, atlas=replace(whole, values=change(whole.values.copy())))


def test_a_number_is_the_numerator_and_the_length_of_its_list_in_every_month(source, sampled):
    compared = 0
    for period in sampled.months:
        for one in matters_of(source, _view(source, period)).matters:
            listed = View.parse(one.address, source)
            figures = source.atlas.series(one.indicator, source.root)["numerator"]
            assert one.number == figures[period], one
            assert one.number == sum(place.number for place in one.places), one
            assert (
                one.number == figure_list(source, listed).count == page_list(source, listed).count
            )
            compared += 1
    assert compared > 5


def test_the_gravest_comes_first(source):
    told = matters_of(source, _view(source)).matters
    order = [
        (GRAVITIES.index(one.gravity), CONCERNS.index(one.concern), -one.number) for one in told
    ]
    assert order == sorted(order)
    assert len({place[0] for place in order}) > 1


def test_the_command_prints_what_the_page_shows(source):
    told = answer_json(source, _view(source))["month"]
    view = _view(source)
    shown = matters_of(source, view, source.officials(view))
    assert [one["sentence"] for one in told["matters"]] == [one.sentence for one in shown.matters]
    assert "month" not in answer_json(source, replace(view, view="map"))


def test_what_a_village_did_not_send_is_unknown_and_never_zero(source):
    zero = [one for one in _declared(source) if _counted(source, one) == 0]
    assert zero, "some matter is at zero"
    village = source.atlas.values["place"].iloc[0]

    def silence(values: pd.DataFrame) -> pd.DataFrame:
        last = values["period"] == source.atlas.periods[-1]
        return values[~(last & (values["place"] == village))]

    told = matters_of(_with_numbers(source, silence), _view(source))
    assert told.good == ""
    assert told.unknown.startswith("尚不能判断：")


def _declared(source: Source) -> list[str]:
    return [one.indicator for theme in source.themes.values() for one in theme.matters]


def _counted(source: Source, key: str) -> float:
    return float(source.atlas.series(key, source.root)["numerator"].iloc[-1])


def _is_zero(source: Source, key: str) -> bool:
    """Return whether nobody is counted in the last month and nobody's answer is unknown."""
    last = source.atlas.series(key, source.root).iloc[-1]
    return last["numerator"] == 0 and last["missing"] == 0


def test_one_unknown_answer_keeps_a_zero_from_being_good(source):
    zero = next(one for one in _declared(source) if _is_zero(source, one))

    def doubt(values: pd.DataFrame) -> pd.DataFrame:
        values.loc[values["indicator"] == zero, "missing"] = 1.0
        return values

    before, after = (
        matters_of(each, _view(source)) for each in (source, _with_numbers(source, doubt))
    )
    titles = {one.indicator: one.text["zh"] for t in source.themes.values() for one in t.matters}
    assert titles[zero] not in before.unknown
    assert titles[zero] in after.unknown
    assert titles[zero] not in after.good


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_month_without_anything_wrong_says_so(source, lang):
    def heal(values: pd.DataFrame) -> pd.DataFrame:
        ours = values["indicator"].isin(_declared(source))
        values.loc[ours & values["numerator"].notna(), "numerator"] = 0.0
        values.loc[ours, "missing"] = 0.0
        return values

    told = matters_of(_with_numbers(source, heal), _view(source, lang=lang))
    assert (told.matters, told.more, told.unknown) == ((), 0, "")
    assert told.good


def test_names_are_those_the_viewer_may_read(sampled, source):
    view = _view(source)
    named = matters_of(source, view, source.officials(view))
    assert any(one.owners for one in named.matters)
    assert source.officials(replace(view, presenting=True)) is None
    auditor = county_source(sampled, Actor("a", "auditor", (source.root,)))
    assert auditor.officials(view) is None
    for one in matters_of(auditor, view).matters:
        assert (one.owners, {place.owner for place in one.places} - {""}) == ("", set())
        assert one.post


def test_an_officer_is_told_of_the_own_villages_alone(sampled, source):
    village = matters_of(source, _view(source)).matters[0].places[0].code
    own = county_source(sampled, Actor("o", "village_officer", (village,)))
    told = matters_of(own, _view(own))
    assert told.matters
    for one in told.matters:
        assert [place.code for place in one.places] == [village]
        assert figure_list(own, View.parse(one.address, own)).count == one.number


def test_sentences_are_written_in_both_languages(source):
    view = _view(source, lang="en")
    for one in matters_of(source, view).matters:
        assert one.sentence.isascii(), one.sentence
        assert (one.unit + one.post + one.action).isascii(), one
