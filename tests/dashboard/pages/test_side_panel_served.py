"""What a browser is shown where a panel fails, when it opens or later; and that sound ones do not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboard.texts import text
from geodata.atlas.folder import save_atlas
from geodata.escaping import html_text
from tests.dashboard.server.served import serve
from tests.headless import Viewer, run_apart
from tests.invented import COUNTY, grid_atlas
from tests.structure.test_checklists import FILES

PERSON = "王某某"
HEAD = """
import panel as pn
import panel_material_ui as pmui


def panel(state, parts):
    button, words = pmui.Button(label="Press"), pn.pane.HTML("完好无缺")
"""
# By name: how the panel goes on from HEAD, what makes it fail, and whether it is whole at first.
FAILING = {
    "at_once": f"    raise KeyError({PERSON!r})\n",
    "pressed": f"    button.on_click(lambda event: {{}}[{PERSON!r}])\n    return pn.Column(button, words)\n",
    "bound": f"""
    def said(clicks):
        return {{0: "完好无缺"}}[clicks] if not clicks else {{}}[{PERSON!r}]
    return pn.Column(button, pn.pane.HTML(pn.bind(said, button.param.clicks)))
""",
    "followed": f"""
    def said(place):
        return {{"{COUNTY}": "完好无缺"}}[place]
    return pn.Column(button, pn.pane.HTML(pn.bind(said, state.param.place)))
""",
}
PANEL = "order: {order}\nwidth: 320px\n"
PROGRAM = """
from dashboard import panel_specs
from dashboard.cli import main
panel_specs.FOLDERS.append({folder!r})
main()
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder, panels = (tmp_path_factory.mktemp(name) for name in ("atlas", "panels"))
    save_atlas(grid_atlas(), folder)
    for order, (name, body) in enumerate(FAILING.items()):
        _write(panels / name, "panel.yaml", PANEL.format(order=20 + order))
        _write(panels / name, "texts.yaml", f"tab: {{zh: {name}, en: {name}}}\n")
        _write(panels / name, "__init__.py", HEAD + body)
    for name, content in FILES.items():
        if name.startswith("note/"):
            _write(panels / "note", Path(name).name, content)
    with serve(folder, program=PROGRAM.format(folder=str(panels))) as running:
        yield running


def _write(folder, name, content):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")


def _seen(
    served, name: str, *, press: bool = False, place: str = "", wanted: str = ""
) -> tuple[str, str]:
    """Return what is sent when the page opens at a panel, and then after a step."""

    async def walk() -> tuple[str, str]:
        viewer = await Viewer.open(served.port, f"?side={name}")
        if press:
            await viewer.press("Button")
        if place:
            await viewer.send("Address", {"query": f"?side={name}&place={place}"})
        told = ""
        while press or place:
            content = await viewer.until(lambda kind, content: kind == "PATCH-DOC", seconds=20)
            told = json.dumps(content, ensure_ascii=False)
            if wanted in told:
                break
        await viewer.close()
        return json.dumps(viewer.opened, ensure_ascii=False), told

    return run_apart(walk())


def _sentence(name: str) -> str:
    return html_text(text("page.part_failed", "zh", part=name))


def test_the_panel_of_the_guide_opens_and_follows_the_place(served):
    opened, after = _seen(served, "note", place=f"{COUNTY}002", wanted="这里是")
    assert "这里是" in opened
    assert "这里是" in after
    assert _sentence("说明") not in opened + after


@pytest.mark.parametrize("name", FAILING)
def test_a_panel_that_fails_whenever_is_a_sentence_and_the_log_has_its_line(served, name):
    opened, after = _seen(
        served,
        name,
        press=name in ("pressed", "bound"),
        place=f"{COUNTY}002" if name == "followed" else "",
        wanted=_sentence(name),
    )
    at_once = name == "at_once"
    assert ("完好无缺" in opened) != at_once
    assert _sentence(name) in (opened if at_once else after)
    lines = [line for line in served.log.read_text().splitlines() if f"panel {name}" in line]
    (line,) = lines
    assert "KeyError" in line
    assert f"{name}/__init__.py:" in line
    assert PERSON not in served.log.read_text()
