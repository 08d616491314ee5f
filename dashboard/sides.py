"""What may stand beside the map: the panels by name, found by their folders, with what each needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dashboard.texts import take_texts
from geodata.i18n import load_yaml
from geodata.themes import Theme

# Where panels are looked for; a folder of panels that stands elsewhere may be added.
FOLDERS = [str(Path(__file__).with_name("panels"))]
# What a panel may need. A theme is shown only where there is a workspace behind the map.
NEEDS: Mapping[str, Callable[[Theme], bool]] = {
    "workspace": lambda theme: True,
    "points": lambda theme: bool(theme.points),
    # What makes a village weak: of these a sample is drawn.
    "weights": lambda theme: bool(theme.households.weights),
}


@dataclass(frozen=True)
class Side:
    """A panel beside the map: its place in the row of panels, its width (CSS), what it needs.

    A `private` panel names people and is never on a projector.
    """

    name: str
    order: int
    width: str
    needs: tuple[str, ...] = ()
    private: bool = False

    def stands(self, theme: Theme | None) -> bool:
        """Return whether there is what the panel needs; without a theme nothing is there."""
        return not self.needs or (
            theme is not None and all(NEEDS[need](theme) for need in self.needs)
        )


def sides() -> Mapping[str, Side]:
    """Return every panel by name, in order; raises ValueError for a `panel.yaml` that says nonsense."""
    return _sides(tuple(FOLDERS))


@cache
def _sides(folders: tuple[str, ...]) -> Mapping[str, Side]:
    found = []
    for file in (file for folder in folders for file in Path(folder).glob("*/panel.yaml")):
        found.append(_side(file))
        take_texts(file.parent)
    return {side.name: side for side in sorted(found, key=lambda side: (side.order, side.name))}


def _side(file: Path) -> Side:
    said = load_yaml(file)
    if not isinstance(said, dict) or not {"order", "width"} <= set(said):
        raise ValueError(f"{file}: expected order, width, and if need be needs, private")
    unknown = {*said} - {"order", "width", "needs", "private"} | {*said.get("needs", ())} - {*NEEDS}
    if unknown:
        raise ValueError(
            f"{file}: unknown {', '.join(sorted(unknown))}; needs are {', '.join(NEEDS)}"
        )
    needs = tuple(said.get("needs", ()))
    private = bool(said.get("private", False))
    return Side(file.parent.name, int(said["order"]), str(said["width"]), needs, private)
