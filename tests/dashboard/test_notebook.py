"""What a notebook shows of a county: escaped, without names of people, and with nothing fetched."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

from dashboard.maps.inline import inline_map
from dashboard.notebook import app_of_county, open_view
from geodata.access import Actor
from geodata.cartography import draw_layer
from tests.invented import HOSTILE, grid_atlas
from tests.invented_county import (
    COUNTY,
    HOSTILE_HOUSEHOLD,
    VILLAGES,
)


def _is_harmless(page: str) -> bool:
    return (
        "<script" not in page
        and "<img" not in page
        and "onerror=" not in page.replace("onerror=&quot;", "")
    )


def test_workspace_shows_its_months_and_the_first_figure_of_each_theme(county):
    page = county._repr_html_()
    assert COUNTY in page
    assert "2024-12" in page
    assert "收入低于监测线户占比" in page
    assert page.count("<tr>") == 1 + len(county.setup.themes)


def test_workspace_that_is_not_built_says_so(county, tmp_path):
    config = replace(county.setup.config, folder=tmp_path)
    empty = type(county)(replace(county.setup, config=config))
    assert "guatu build" in empty._repr_html_()


def test_reason_of_a_place_with_a_hostile_name_runs_nothing(county):
    page = county.why(VILLAGES[0])._repr_html_()
    assert "&lt;img" in page
    assert _is_harmless(page)


def test_card_shows_the_findings_and_no_name_of_a_person(county):
    card = county.card(HOSTILE_HOUSEHOLD)
    page = card._repr_html_()
    assert HOSTILE_HOUSEHOLD in page
    assert page.count("<tr>") == 1 + len(card.broken)
    assert "张三丰" not in page
    assert HOSTILE[:4] not in page
    assert _is_harmless(page)


def test_findings_of_a_card_stand_worst_first(county):
    severities = list(county.card(HOSTILE_HOUSEHOLD).broken["severity"])
    order = {"high": 0, "medium": 1, "low": 2}
    assert severities == sorted(severities, key=order.get)
    assert severities


def test_what_if_counts_who_changes_and_names_the_rules(county):
    found = county.what_if(items=["a1"])
    page = found._repr_html_()
    assert f"{len(found.households):,}" in page
    assert "人均纯收入低于监测线" in page


def test_inline_map_holds_library_and_outlines_and_asks_nobody():
    atlas = grid_atlas(2, 3, names={"991181001": HOSTILE})
    layer = draw_layer(atlas, "poor_share", "2025", level="village")
    shown = inline_map(atlas, layer)
    addresses = [shown.script, *(s[part] for s in shown.sources for part in ("outlines", "labels"))]
    assert all(address.startswith("data:") for address in addresses)
    outlines = base64.b64decode(shown.sources[-1]["outlines"].partition(",")[2])
    assert outlines.count(b'"Feature"') == 6
    assert re.search(rb"maplibre", base64.b64decode(shown.script.partition(",")[2]), re.IGNORECASE)


def _parts(page) -> set[str]:
    return {type(part).__name__ for part in page.select()}


def test_app_in_a_notebook_is_the_page_of_the_server_with_everything_inside(county):
    query = f"?theme=monitoring&place={VILLAGES[0]}&side=households&everyone=1"
    page = app_of_county(county, query=query)
    screen = next(part for part in page.select() if type(part).__name__ == "ScreenMap")
    assert screen.script.startswith("data:")
    assert all(source["outlines"].startswith("data:") for source in screen.sources)
    sheets = [part.table for part in page.select() if type(part).__name__ == "TextTable"]
    assert any(HOSTILE_HOUSEHOLD in row["cells"] for table in sheets for row in table["rows"])
    # The address bar and the briefings belong to the server's own page.
    assert "Address" not in _parts(page)
    assert "FileDownload" in _parts(page)


def test_app_of_a_view_has_the_policy_classes_of_the_slide(county):
    view = open_view(county, indicator="low_income_share", classes="policy")
    screen = next(part for part in view.app().select() if type(part).__name__ == "ScreenMap")
    rows = [row["label"] for row in screen.picture["legend"]]
    assert rows == [row.label for row in view.answer.layer.legend("zh")]


def test_app_in_a_notebook_keeps_to_the_places_of_its_actor(county):
    actor = Actor("officer", "leader", (VILLAGES[2],))
    page = app_of_county(county, actor=actor, query="?theme=monitoring&side=households&everyone=1")
    sheets = [part.table for part in page.select() if type(part).__name__ == "TextTable"]
    shown = [row["cells"] for table in sheets for row in table["rows"]]
    assert HOSTILE_HOUSEHOLD not in str(shown)
