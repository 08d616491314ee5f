"""What stands beside the map: the ranking, why a place stands out, or its households."""

from __future__ import annotations

import secrets

import panel as pn
import panel_material_ui as pmui

from dashboard.pages import phone
from dashboard.people import People
from dashboard.points import PointsSeen
from dashboard.sampling import Sampling
from dashboard.state import State
from dashboard.texts import text
from dashboard.views.households import HouseholdsView
from dashboard.views.points import PointsView
from dashboard.views.sampling import SamplingView
from dashboard.views.why import WhyView

# A list of households needs more room than a ranking.
_WIDTHS = {
    "ranking": "clamp(360px, 27vw, 540px)",
    "why": "clamp(400px, 30vw, 640px)",
    "points": "clamp(500px, 42vw, 900px)",
    "households": "clamp(520px, 44vw, 940px)",
    "sample": "clamp(520px, 46vw, 980px)",
}
# English words are long: five of them have to fit beside each other.
_SWITCH = {
    "& .MuiToggleButton-root": {
        "textTransform": "none",
        "padding": "8px 4px",
        "fontSize": "clamp(14px, 0.95vw, 19px)",
        "lineHeight": 1.4,
        "minWidth": 0,
    }
}


def side_panel(state: State, people: People, points: PointsSeen, ranking: pn.Column) -> pn.Column:
    """Return what stands beside the map, one shown at a time, with the switch between them.

    Each part is made when it is first shown: most viewers look at the ranking alone.
    """
    kept = {"sizing_mode": "stretch_both", "margin": 0, "styles": {"min-height": "0"}}
    kept["css_classes"] = ["guatu-part"]
    seed = secrets.randbits(32)
    ranking.param.update(**kept)
    makes = {
        "why": lambda: WhyView(people),
        "points": lambda: PointsView(points),
        "households": lambda: HouseholdsView(people, seed),
        "sample": lambda: SamplingView(Sampling(people)),
    }
    parts = {"ranking": ranking}
    switch = pmui.RadioButtonGroup(sizing_mode="stretch_width", margin=(4, 0, 8, 0), sx=_SWITCH)
    column = pn.Column(
        switch,
        ranking,
        stylesheets=[phone.SIDE],
        sizing_mode="stretch_both",
        margin=(0, 12, 8, 8),
    )

    def follow(*events) -> None:
        if state.side not in parts:
            parts[state.side] = pn.Column(makes[state.side](), **kept)
            column.append(parts[state.side])
        for name, part in parts.items():
            part.visible = name == state.side
        shown = [one for one in state.sides if one != "households" or not state.presenting]
        options = {text(f"side.{name}", state.lang): name for name in shown}
        switch.param.update(options=options, value=state.side)
        width = _WIDTHS[state.side]
        column.styles = {"flex": f"0 0 {width}", "max-width": width, "min-height": "0"}

    switch.param.watch(lambda event: event.new and state.choose_side(event.new), "value")
    state.param.watch(follow, ["side", "theme", "presenting"])
    follow()
    return column
