"""A box that flies to a place: by a part of its name or the beginning of its code."""

from __future__ import annotations

import panel as pn
import param

from dashboard.session.state import State
from dashboard.texts import text
from dashboard.web.component import Component, Viewer
from geodata.escaping import plain_text

SHOWN = 8
_LONGEST = 40


class Find(Component):
    """Places that fit what was `sought`, by name, place above and key; a choice answers its position."""

    places = param.List(default=[])
    sought = param.String()
    texts = param.Dict(default={}, constant=True)


class FindView(Viewer):
    """The box; a found place is gone to and lit while the rest is dimmed."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self._keys: list[str] = []
        self.find = Find(
            texts={name: text(f"find.{name}", state.lang) for name in ("find", "none")},
            margin=(0, 8),
            align="center",
        )
        self.find.on_message(self._answer)

    def __panel__(self) -> pn.viewable.Viewable:
        return self.find

    def _answer(self, message: dict[str, object]) -> None:
        if message.get("type") == "find":
            self._search(str(message.get("text", "")))
            return
        index = message.get("index")
        if message.get("type") == "go" and type(index) is int and 0 <= index < len(self._keys):
            key = self._keys[index]
            lowest = self.state.atlas.level_of(key) == self.state.atlas.lowest
            self.state.go(key)
            self.state.spotlight = lowest

    def _search(self, sought: str) -> None:
        wanted, atlas = sought.strip()[:_LONGEST], self.state.atlas
        places = atlas.places
        hits = places["name"].str.contains(wanted, case=False, regex=False)
        hits |= places.index.str.startswith(wanted)
        former = (into for code, (name, _, into) in atlas.ended.items() if wanted in (code, name))
        hits |= places.index.isin([*former])
        rows = places[hits & bool(wanted)]
        # What begins with the text stands before what only holds it.
        inner = ~rows["name"].str.startswith(wanted)
        rows = rows.assign(inner=inner).sort_values("inner", kind="stable").head(SHOWN)
        self._keys = list(rows.index)
        above = rows["parent"].map(places["name"]).fillna("")
        shown = [
            [plain_text(name, 20), plain_text(over, 20), plain_text(key, 20)]
            for key, name, over in zip(rows.index, rows["name"], above, strict=True)
        ]
        # An answer given before the page was connected may not have arrived: it is sent anew.
        self.find.param.update(places=[], sought="")
        self.find.param.update(places=shown, sought=sought)
