"""What was left out is told whole, however much it is."""

from __future__ import annotations

import panel as pn
import pytest

from dashboard.session.state import State
from dashboard.views.left_out import left_out_view
from geodata.errors import ThemeError, ThemeErrors
from geodata.escaping import html_text
from geodata.i18n import LANGUAGES
from geodata.themes import ThemeFault
from tests.invented import grid_atlas


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fault_of_a_file_stands_there_with_all_its_words(lang):
    errors = [ThemeError("themes.no_file", file="/" + f"folder{at}/" * 25) for at in range(12)]
    faults = [ThemeFault("yard", ThemeErrors(errors)), ThemeFault("pond", errors[0])]
    ((button, sheet),) = left_out_view(State(grid_atlas(), f"?lang={lang}"), faults)
    button.clicks += 1
    (pane,) = sheet.select(pn.pane.HTML)
    for error in errors:
        assert html_text(error.sentence(lang), 2_000) in pane.object
    assert pane.object.count("<li>") == len(errors) + 1


def test_it_takes_no_room_in_the_top_line_and_is_away_while_presenting():
    state = State(grid_atlas())
    assert left_out_view(state, []) == []
    (sign,) = left_out_view(state, [ThemeFault("pond", ThemeError("themes.no_file", file="x"))])
    assert type(sign[0]).__name__ == "IconButton"
    assert sign.visible
    state.presenting = True
    assert not sign.visible
