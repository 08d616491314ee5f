"""What a page opens with: map, heading and figures drawn by their own scripts, before the page lives.

The values are those that the parts of the page were made with: nothing is asked for, answered or
hidden again, and nothing of it is kept but the outlines.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.maps import screen
from dashboard.maps.coarse import coarse_json
from dashboard.panel_specs import panel_specs
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.web.component import Component
from dashboard.web.markup import filled
from dashboard.web.scripts import plain_script
from dashboard.web.tokens import tokens_css
from geodata.escaping import plain_text

PAGE = Path(__file__).with_name("page.html")
_MAP = Path(screen.__file__).with_name("opening.js")


def opening_markup(state: State, parts: Mapping[str, Component]) -> str:
    """Return the picture of a page: of its `parts` strip, headline, map and film, or matters; or nothing.

    While presenting, where a panel stands in the place of the map, and where too many places are in
    view, there is none.
    """
    panel, whole = panel_specs().get(state.side), "matters" in parts
    if not parts or panel is None or state.presenting or state.narrow:
        return ""
    if not whole and (panel.whole or state.compare):
        return ""
    atlas = state.atlas
    coarse = (
        coarse_json(atlas, atlas.lowest, state.root)
        if whole
        else coarse_json(atlas, state.level, state.area)
    )
    if not coarse:
        return ""
    # Pictures of the months before are drawn when the page lives.
    added: dict[str, dict[str, Any]] = {
        "film": {"picture": {"outlines": ""}},
        "matters": {"outlines": [f"opening:{level}" for level in atlas.levels]},
    }
    told = [
        f'{{name:"{name}",kind:"{_kind(part)}",render:{_renders(_MAP if name == "map" else type(part)._esm)},'
        f"style:{_told(_style(part))},values:{_told(_values(part) | added.get(name, {}))}}}"
        for name, part in parts.items()
        if part.visible
    ]
    script = f"(() => {{{_opens()}\nopen([{','.join(told)}],{_closed(coarse)})}})()"
    return filled(
        Path(__file__).with_name("opening.html"),
        style=_page_style(),
        script=script,
        whole=whole,
        dark=state.dark,
        lang=state.lang,
        brand=text("top_bar.brand", state.lang),
        area=plain_text(atlas.title, 30),
        flex=f"0 0 {panel.width}",
        width=panel.width,
    )


@cache
def old_markup(lang: str) -> str:
    """Return what tells a browser that is too old so in a sentence, and adds what one of 2021 lacks."""
    return filled(
        Path(__file__).with_name("old.html"),
        lang=lang,
        said=text("page.old_browser", lang),
        script=Path(__file__).with_name("browser.js").read_text(encoding="utf-8"),
    )


@cache
def _opens() -> str:
    return plain_script(Path(__file__).with_name("script.js"))


@cache
def _page_style() -> str:
    return tokens_css() + Path(__file__).with_name("style.css").read_text(encoding="utf-8")


@cache
def _renders(script: Path) -> str:
    """Return an expression whose value is what draws a part; its other names are its own."""
    return f"(()=>{{{plain_script(script)}\nreturn render}})()"


def _kind(part: Component) -> str:
    """Return the class of the box that the library puts around a part."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(part).__name__).lower()


def _style(part: Component) -> str:
    return "\n".join(str(one) for one in type(part)._stylesheets)


def _values(part: Component) -> dict[str, Any]:
    """Return what a part shows: the parameters of its own class."""
    own = [name for name in type(part).param if name not in Component.param]
    return {name: getattr(part, name) for name in own}


def _told(value: object) -> str:
    """Return a value as an expression that no text in it can end."""
    return _closed(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_bytes))


def _closed(said: str) -> str:
    for sign in "<\u2028\u2029":
        said = said.replace(sign, f"\\u{ord(sign):04x}")
    return said


def _bytes(value: object) -> object:
    if isinstance(value, np.ndarray):
        return {"kind": str(value.dtype), "bytes": base64.b64encode(value.tobytes()).decode()}
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"not for a page: {type(value)}")
