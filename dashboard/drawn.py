"""The layers of one state, each drawn once: the map, the second map, the hot spots."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.maps.hotspots import HOTSPOTS, draw_hotspots
from dashboard.maps.sampled import draw_sampled
from dashboard.maps.wall import WALL, draw_wall
from geodata.cartography import Layer, Limits, draw_layer, policy_limits
from geodata.cartography.change_layer import draw_change
from geodata.cartography.classes import METHODS
from geodata.hotspots import HotspotLayer, hotspot_layer

POLICY = "policy"


class Drawn:
    """What every view of one moment draws; the last of each kind is kept."""

    # The state imports this module, so its type cannot be named here.
    def __init__(self, state: Any) -> None:
        self._state = state
        self._kept: dict[str, tuple[tuple, object]] = {}

    @property
    def layer(self) -> Layer:
        """Return the layer of the map: figures, hot spots, the wall map, a sample or a change."""
        state = self._state
        asked = (*self._asked(state.period), state.classes, state.compare, state.compared)
        asked += (tuple(state.sample.items()),)
        return self._once("layer", asked, self._draw)  # type: ignore[return-value]

    @property
    def beside(self) -> Layer:
        """Return the layer of the compared period, in the classes of the map itself."""
        asked = (*self._asked(self._state.compare), self._state.classes)
        return self._once("beside", asked, lambda: self._plain(self._state.compare))  # type: ignore[return-value]

    @property
    def hotspots(self) -> HotspotLayer:
        """Return the hot spots of the indicator as of the period, at the coloured level."""
        state = self._state
        asked = (state.indicator, state.period, state.level)

        def find() -> HotspotLayer:
            return hotspot_layer(state.atlas, state.indicator, state.period, level=state.level)

        return self._once("hotspots", asked, find)  # type: ignore[return-value]

    @property
    def limits(self) -> Limits:
        """Return the limits of policy for the shown indicator, place and month; none if none are."""
        state = self._state
        theme = state.themes.get(state.theme)
        breaks = theme.breaks_of(state.indicator) if theme else ()
        if state.policy is None or not breaks or not state.period:
            return Limits()
        return policy_limits(breaks, state.policy, place=state.root or "", period=state.period)

    def open_findings(self) -> pd.Series:
        """Return the worst open severity of each village in the shown theme and period."""
        state = self._state
        asked = (state.theme, state.period)
        return self._once("open", asked, lambda: state.found.worst(state.atlas, *asked))  # type: ignore[return-value]

    def _asked(self, period: str) -> tuple:
        state = self._state
        return (state.theme, state.indicator, period, state.level, state.area)

    def _draw(self) -> Layer:
        state = self._state
        if state.level == state.atlas.lowest and state.sample:
            return draw_sampled(self._plain(state.period), state.sample)
        if state.compare and state.compared == "change":
            periods = (state.compare, state.period)
            chosen = {"level": state.level, "place": state.area}
            return draw_change(state.atlas, state.indicator, periods, **chosen)
        plain = self._plain(state.period)
        if state.level == state.atlas.lowest and state.classes == HOTSPOTS:
            return draw_hotspots(state.atlas, self.hotspots, state.area)
        if state.level == state.atlas.lowest and state.classes == WALL:
            return draw_wall(plain, self.open_findings())
        return plain

    def _plain(self, period: str) -> Layer:
        state = self._state
        limits = self.limits if state.classes == POLICY else Limits()
        method = state.classes if state.classes in METHODS else METHODS[0]
        chosen = {"level": state.level, "place": state.area, "method": method, "limits": limits}
        return draw_layer(state.atlas, state.indicator, period, **chosen)

    def _once(self, name: str, asked: tuple, make) -> object:  # type: ignore[no-untyped-def]
        if name not in self._kept or self._kept[name][0] != asked:
            self._kept[name] = (asked, make())
        return self._kept[name][1]
