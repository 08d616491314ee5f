"""One question, one value: slide, print, file, fragment and notebook say what the command prints."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.answers import Answer, Source, answer_of
from dashboard.answers.as_json import answer_json, own_figure, ranking_rows
from dashboard.briefing import Briefing, briefing_of, map_series
from dashboard.briefing.fragment import html_fragment
from dashboard.briefing.html_map import html_map
from dashboard.briefing.slides.canvas import new_deck
from dashboard.briefing.slides.overview import overview_slide, percent_text
from dashboard.briefing.slides.place import place_slide
from dashboard.briefing.slides.worst_places import view_slide
from dashboard.maps.drill import drill_places
from geodata.cartography.words import number_text, scale_of, state_text

pytestmark = pytest.mark.xdist_group("sampled")
# The smallest picture there is: what is compared are the words beside the map.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@pytest.fixture
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the drawing of maps out."""
    drawn = SimpleNamespace(picture=lambda form="png": PIXEL, unnamed=0)
    monkeypatch.setattr(Answer, "map", lambda self, sheet=None, spotlight=None: drawn)


def _facts(source: Source, theme: str) -> list[Answer]:
    """Return every indicator of a theme at every level and month."""
    atlas = source.atlas
    return [
        answer_of(source, source.view(theme=theme, indicator=key, period=month, level=level))
        for key in source.indicators_of(theme)
        for month in atlas.periods_of(key)
        for level in atlas.levels[1:]
    ]


def _tables(deck) -> list[list[list[str]]]:
    """Return the cells of each table of a deck, heads left out."""
    return [
        [[cell.text_frame.text for cell in row.cells] for row in list(shape.table.rows)[1:]]
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_table
    ]


def _shown(answer: Answer) -> list[str]:
    """Return the figures of the ranking as the command has them, in words without a unit."""
    rows = ranking_rows(answer.source, answer.view)
    known = [row for row in rows if row["value"] is not None]
    return [number_text(row["value"], answer.layer.decimals) for row in known]


THEMES = ("monitoring", "relocation", "water", "rectification", "assistance", "survey")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.usefixtures("_plain")
def test_slide_and_fragment_say_the_figures_of_the_command(source, theme):
    compared = 0
    for answer in _facts(source, theme):
        wanted = _shown(answer)
        deck = new_deck(title="", author="")
        view_slide(deck, answer)
        (rows,) = _tables(deck)
        said = [row[1] for row in rows]
        left = [one for one in wanted if one in said or float(one.replace(",", "")) != 0]
        assert said == left[: len(said)], answer.view.address
        assert len(said) == min(5, len([one for one in left if one]))
        cells = re.findall(r"<td>([^<]*)</td>", html_fragment(answer))
        of_fragment = cells[2::4]
        units = [answer.indicator.unit.after(one, answer.view.lang) for one in wanted]
        assert of_fragment == units[:10], answer.view.address
        figure = own_figure(source, answer.view, answer.layer)
        assert figure["text"] == answer.figure
        assert answer.figure in answer.summary or np.isnan(answer.value)
        compared += len(said)
    assert compared > 20


@pytest.mark.parametrize("theme", THEMES)
def test_the_county_of_a_notebook_has_the_figures_of_the_command(sampled, source, theme):
    for answer in _facts(source, theme):
        view, scale = answer.view, scale_of(answer.indicator)
        table = sampled.indicator(view.indicator)[view.period] * scale
        for row in ranking_rows(source, view):
            value = np.nan if row["value"] is None else row["value"]
            np.testing.assert_allclose(table.get(row["code"], np.nan), value, rtol=1e-12)
        np.testing.assert_allclose(table[source.root], answer.value, rtol=1e-12)


@pytest.fixture
def briefing(source: Source) -> Briefing:
    return briefing_of(source, each="township", lang="zh")


@pytest.mark.usefixtures("_plain")
def test_print_says_the_figures_of_the_command(source, briefing, monkeypatch):
    filled: list[dict] = []
    monkeypatch.setattr(
        map_series, "print_pdf", lambda name, data, *, pictures: filled.append(data) or b""
    )
    map_series.print_series(briefing)
    sheets = {sheet["key"]: sheet for sheet in filled[0]["sheets"]}
    assert len(sheets) > len(briefing.themes)
    for theme in briefing.themes:
        for place in (briefing.place, *briefing.pages):
            answer = briefing.answer(theme, place=place)
            sheet = sheets.get(f"{theme.key}-{place}")
            assert (sheet is None) == (answer.worst.empty and place != briefing.place)
            if sheet is not None:
                said = [row[2] for row in sheet["rows"]]
                wanted = [answer.indicator.unit.after(one, "zh") for one in _shown(answer)]
                assert said == wanted[: len(said)]
                assert len(said) == min(12, len(wanted))
    names = [
        answer.atlas.name(key) for key in sorted(briefing.answer(briefing.themes[0]).ranked.index)
    ]
    assert [line["name"] for line in filled[0]["index"]] == names
    for column, theme in enumerate(briefing.themes):
        answer = briefing.answer(theme)
        rows = ranking_rows(source, answer.view)
        values = {row["code"]: np.nan if row["value"] is None else row["value"] for row in rows}
        wanted = [answer.worded(values[key]) for key in sorted(values)]
        assert [line["figures"][column] for line in filled[0]["index"]] == wanted


@pytest.mark.usefixtures("_plain")
def test_slides_of_places_and_of_all_themes_say_the_figures_of_the_command(source, briefing):
    deck = new_deck(title="", author="")
    overview_slide(deck, briefing)
    (rows,) = _tables(deck)
    told = {
        (one.layer.indicator.title_in("zh"), percent_text(one)): answer_json(source, one.view)
        for theme in briefing.themes
        for one in (briefing.answer(theme, indicator=key) for key in briefing.indicators(theme))
    }
    assert rows
    for _, title, figure, *_ in rows:
        known = {shown for name, shown in told if title.startswith(name)}
        assert figure in known, title
    for place in briefing.pages:
        deck = new_deck(title="", author="")
        place_slide(deck, briefing, place)
        answer = [
            briefing.answer(theme, place=place, indicator=key)
            for theme in briefing.themes
            for key in briefing.indicators(theme, 2)
        ]
        figures = [own_figure(source, one.view, one.layer) for one in answer]
        (rows,) = _tables(deck)
        for row, one, figure in zip(rows, answer, figures, strict=False):
            value = figure["value"]
            sign = one.indicator.unit.sign if value is not None else ""
            assert row[1] == number_text(value, one.layer.decimals) + sign


def test_the_map_in_one_file_says_the_figures_of_the_command(source, briefing):
    page = html_map(briefing)
    told = json.JSONDecoder().raw_decode(page[page.index('{"lang":') :])[0]
    keys = drill_places(source.atlas)
    for theme, layer in zip(briefing.themes, told["layers"], strict=True):
        first = briefing.indicators(theme)[0]
        months = [one for one in source.atlas.periods_of(first) if one <= briefing.month]
        assert len(layer["months"]) == len(months)
        for month, said in zip(months, layer["months"], strict=True):
            for level in source.atlas.levels[1:]:
                view = source.view(theme=theme.key, indicator=first, period=month, level=level)
                answer = answer_of(source, view)
                for row in ranking_rows(source, view):
                    wanted = state_text(row["state"], "zh") or answer.worded(row["value"])
                    assert said["figures"][keys.index(row["code"])] == wanted
            assert said["figures"][0] == answer.figure
