"""A drawer over the page with one printable sheet: a print button, a way out, and the content."""

from __future__ import annotations

from functools import cached_property

import panel as pn
import panel_material_ui as pmui

from dashboard.session.state import State
from dashboard.texts import text
from dashboard.views.print_button import PrintButton
from dashboard.web.component import Viewer


class SheetDrawer(Viewer):
    """The drawer, made when it is first opened: most pages never open it.

    `style` is of the printed sheet; the texts of the buttons are NAME.print and NAME.close. A `whole`
    one fills the page.
    """

    def __init__(
        self,
        content: pn.viewable.Viewable,
        *,
        style: str,
        name: str,
        state: State,
        whole: bool = False,
    ) -> None:
        super().__init__()
        self._whole = whole
        self.content, self._to_close = content, text(f"{name}.close", state.lang)
        to_print = text(f"{name}.print", state.lang)
        self._button = PrintButton(label=to_print, style=style, width=120, margin=(8, 16))
        self._space = pn.Column(margin=0)

    def __panel__(self) -> pn.viewable.Viewable:
        return self._space

    def leave(self) -> None:
        """Let go of what is shown; called when the drawer is shut."""
        raise NotImplementedError

    @property
    def is_open(self) -> bool:
        """Return whether the drawer is over the page."""
        return bool(self._space.objects) and bool(self._drawer.open)

    def open(self) -> None:
        """Lay the drawer over the page."""
        self._space.objects = [self._drawer]
        self._drawer.open = True

    def close(self) -> None:
        """Take the drawer away."""
        if self._space.objects:
            self._drawer.open = False

    def prints(self, sheet: str) -> None:
        """Print this HTML, already escaped, when the button is clicked."""
        self._button.content = sheet

    @cached_property
    def _drawer(self) -> pmui.Drawer:
        out = pmui.Button(label=self._to_close, icon="close", variant="contained")
        out.on_click(lambda event: self.leave())
        # On a phone the sheet is as wide as the window, not as a page of paper.
        wide = {"maxWidth": "100vw", **({"width": "100vw"} if self._whole else {})}
        drawer = pmui.Drawer(
            pn.Row(self._button, pn.layout.HSpacer(), out, sizing_mode="stretch_width"),
            self.content,
            anchor="right",
            size=980,
            sx=wide,
            open=False,
        )
        drawer.param.watch(lambda event: None if event.new else self.leave(), "open")
        return drawer
