"""The browser side of the components: what it draws follows the page, and no canvas waits."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import dashboard
from dashboard.web.component import Component
from tests.conftest import ROOT

SCRIPTS = sorted((ROOT / "dashboard").rglob("*.js"))
# What a script looks up at the moment at which something happens, and draws nothing from.
ASKED_FOR = {"ScreenMap": {"group"}, "Notice": {"newer"}, "Address": {"playing", "narrow"}}
ASKED_FOR |= {"PrintButton": {"content"}}


def _components() -> list[type[Component]]:
    for module in pkgutil.walk_packages(dashboard.__path__, "dashboard."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found, waiting = [], [Component]
    while waiting:
        kinds = waiting.pop().__subclasses__()
        found += [kind for kind in kinds if kind.__module__.startswith("dashboard.")]
        waiting += kinds
    return sorted(found, key=lambda kind: kind.__name__)


COMPONENTS = _components()


def _followed(script: str) -> set[str]:
    """Return the parameters whose changes a script listens to."""
    lists = re.findall(r"whenever\(model, \[([^\]]*)\]", script)
    return {name for names in lists for name in re.findall(r'"(\w+)"', names)}


@pytest.mark.parametrize("kind", COMPONENTS, ids=lambda kind: kind.__name__)
def test_a_script_follows_every_parameter_that_can_change(kind):
    own = {name for name in kind.param if name not in Component.param}
    changing = {name for name in own if not kind.param[name].constant}
    followed = _followed(kind._render_esm())
    assert changing - followed - ASKED_FOR.get(kind.__name__, set()) == set()


def test_no_canvas_of_ours_lies_where_reading_it_waits_for_all_drawing():
    opened = [
        call
        for file in SCRIPTS
        for call in re.findall(r'getContext\("2d"[^)]*\)', file.read_text())
    ]
    assert opened
    assert {call for call in opened if "willReadFrequently: true" not in call} == set()


def test_a_map_is_marked_as_shown_only_when_it_can_be_seen():
    marks = [
        file.name for file in SCRIPTS for _ in re.findall(r"performance\.mark", file.read_text())
    ]
    assert len(marks) == 1
    script = next(file for file in SCRIPTS if file.name == marks[0]).read_text()
    assert "requestAnimationFrame(() => requestAnimationFrame(() => { performance.mark(" in script
