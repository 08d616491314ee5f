"""What may stand beside the map: the panels by name, found by their folders, with what each needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import get_type_hints

from dashboard.texts import take_texts
from geodata.i18n import load_yaml
from geodata.themes import Theme

# Where panels are looked for; a folder of panels that stands elsewhere may be added.
FOLDERS = [str(Path(__file__).with_name("panels"))]
# A theme is shown only where there is a workspace behind the map.
WORKSPACE = "workspace"


@dataclass(frozen=True)
class PanelSpec:
    """A panel beside the map: its place in the row of panels, its width (CSS), what it needs.

    `needs` holds WORKSPACE, or fields of a theme that may not be empty, such as points or
    households.weights. A `private` panel names people and is never on a projector.
    """

    name: str
    order: int
    width: str
    needs: tuple[str, ...] = ()
    private: bool = False

    def stands(self, theme: Theme | None) -> bool:
        """Return whether there is what the panel needs; without a theme nothing is there."""
        held = (need == WORKSPACE or attrgetter(need)(theme) for need in self.needs)
        return not self.needs or (theme is not None and all(held))


def panel_specs() -> Mapping[str, PanelSpec]:
    """Return every panel by name, in order; raises ValueError for a `panel.yaml` that says nonsense."""
    return _specs(tuple(FOLDERS))


@cache
def _specs(folders: tuple[str, ...]) -> Mapping[str, PanelSpec]:
    panels = []
    for file in (file for folder in folders for file in Path(folder).glob("*/panel.yaml")):
        panels.append(_spec(file))
        take_texts(file.parent)
    return {side.name: side for side in sorted(panels, key=lambda side: (side.order, side.name))}


def _spec(file: Path) -> PanelSpec:
    said = load_yaml(file)
    if not isinstance(said, dict) or not {"order", "width"} <= set(said):
        raise ValueError(f"{file}: expected order, width, and if need be needs, private")
    needs = tuple(map(str, said.get("needs", ())))
    unknown = {*said} - {"order", "width", "needs", "private"}
    unknown |= {need for need in needs if need != WORKSPACE and not _is_of_theme(need)}
    if unknown:
        known = ", ".join([WORKSPACE, *(field.name for field in fields(Theme))])
        raise ValueError(f"{file}: unknown {', '.join(sorted(unknown))}; needs are {known}")
    private = bool(said.get("private", False))
    return PanelSpec(file.parent.name, int(said["order"]), str(said["width"]), needs, private)


def _is_of_theme(need: str) -> bool:
    """Return whether a dotted name is a field of a theme, or of what one of its fields holds."""
    holder: object = Theme
    for name in need.split("."):
        known = get_type_hints(holder) if is_dataclass(holder) else {}
        if name not in known:
            return False
        holder = known[name]
    return True
