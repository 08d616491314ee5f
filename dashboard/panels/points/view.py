"""The panel of points: the scorecard of the one looked at, else the list of all."""

from __future__ import annotations

import panel as pn

from dashboard.panels.points.point_listing import PointList
from dashboard.panels.points.scorecard import Scorecard
from dashboard.session.points_seen import PointsSeen
from dashboard.web.component import Viewer, filling
from dashboard.web.markup import element
from dashboard.web.page_sentence import page_sentence
from geodata.errors import GuatuError

_WATCHED = ["place", "theme", "period", "side", "point"]


class PointsView(Viewer):
    """Both parts are there; one of them is shown, or why there is nothing to show."""

    def __init__(self, points: PointsSeen) -> None:
        super().__init__()
        self.points, self.state = points, points.state
        self.list, self.card = PointList(points), Scorecard(points)
        self.refused = pn.pane.HTML("", sizing_mode="stretch_width", margin=0, visible=False)
        self.state.param.watch(self._update, _WATCHED)
        self._update()

    def __panel__(self) -> pn.viewable.Viewable:
        return filling(self.refused, self.list.column, self.card.column)

    def _update(self, *events: object) -> None:
        if self.state.side != "points" or not self.points.kinds:
            return
        shown: pn.Column | pn.pane.HTML
        try:
            chosen = self.points.chosen if self.state.point else None
            if chosen is None:
                self.list.show()
                shown = self.list.column
            else:
                self.card.show(chosen)
                shown = self.card.column
        except GuatuError as error:
            self.refused.object = element("p", page_sentence(error, self.state.lang), 400)
            shown = self.refused
        for part in (self.list.column, self.card.column, self.refused):
            part.visible = part is shown
