"""The names of the panels beside the map, one of them chosen."""

from __future__ import annotations

import param

from dashboard.web.component import Component


class PanelTabs(Component):
    """Buttons in a row; a click answers with the key of a panel."""

    names = param.List(default=[], doc="key and label of each panel")
    at = param.String(doc="key of the one that is shown")
