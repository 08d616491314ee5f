"""How a map on paper is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_REACH = 1.5  # of the text: the radius of the largest circle


@dataclass(frozen=True)
class PaperSheet:
    """How a map is drawn: size in inches, dots per inch, size of its text in points, language.

    `spotlight` is a place shown in full colour among its paler neighbours; `mark` stands at the
    foot of the picture (internal use, approval number) and stays with it when it is copied out.
    Without `worst` no place is singled out by its figure.
    """

    width: float = 8.4
    height: float = 5.6
    dpi: int = 220
    text: float = 14.0
    lang: str | None = None
    spotlight: str | None = None
    mark: str = ""
    worst: bool = True


def circle_radius(values: np.ndarray, largest: float, sheet: PaperSheet) -> np.ndarray:
    """Return the radius in points of the circles of figures, whose area is the figure."""
    return np.asarray(np.maximum(_REACH * sheet.text * np.sqrt(values / largest), 1.6))
