"""The map leaves as a picture of the same answer, in the form that was asked for."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from dashboard.session.parts import county_parts
from dashboard.session.state import State
from dashboard.views.map_picture import MapPictureView
from geodata.access import EVERYWHERE, Actor, open_guard
from geodata.atlas import open_atlas
from tests.invented import grid_atlas


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_picture_is_made_in_the_form_that_was_asked_for_and_is_on_record(county, tmp_path, lang):
    setup, guard = county.setup, open_guard(tmp_path)
    query = f"?theme=monitoring&lang={lang}"
    state = State(open_atlas(setup.config.folder), query, themes=setup.themes, policy=setup.policy)
    county_parts(state, county, Actor("leader", "leader", (EVERYWHERE,)), guard)
    view = MapPictureView(state)
    view._answer({"form": "png", "wish": 1})
    with Image.open(io.BytesIO(base64.b64decode(view.buttons.made["content"]))) as shown:
        assert min(shown.size) > 600
    view._answer({"form": "svg", "wish": 2})
    assert b"<svg" in base64.b64decode(view.buttons.made["content"])[:2_000]
    assert (view.buttons.made["wish"], view.buttons.made["name"][-4:]) == (2, ".svg")
    assert [one.reason for one in guard.trail.records()].count("picture") == 2


def test_another_form_and_what_is_no_wish_make_nothing():
    view = MapPictureView(State(grid_atlas()))
    for message in ({"form": "exe", "wish": 1}, {"form": "png", "wish": "1"}, {"wish": 1}, {}):
        view._answer(message)
        assert view.buttons.made == {}
