"""Where names stand on a drawn map: none over another, the important ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

# Tried in this order around the point of a place, in units of the size of the text.
_WAYS = ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))
_RINGS = (0.62, 1.3, 2.2, 3.2)


@dataclass(frozen=True)
class Wanted:
    """A name that should stand near a point; all in pixels. `leads` may stand off with a line."""

    words: str
    x: float
    y: float
    width: float
    height: float
    leads: bool = False
    kind: str = "place"


@dataclass(frozen=True)
class Placed:
    """A name with the middle of its place, and whether a line leads to its point."""

    wanted: Wanted
    x: float
    y: float
    line: bool


def position_labels(
    wanted: Sequence[Wanted],
    *,
    inside: tuple[float, float, float, float],
    taken: Sequence[tuple[float, float, float, float]] = (),
    lines: Sequence[shapely.LineString] = (),
) -> tuple[Placed, ...]:
    """Return the names that find room, in the order given, which is their importance.

    `inside` is the left, low, right and high edge of the map, `taken` and `lines` what is there
    already.
    A name that finds no room is left out; the caller knows how many by the difference.
    """
    boxes = [tuple(map(float, box)) for box in taken]
    placed: list[Placed] = []
    # Name by name: each depends on those before it.
    for name in wanted:
        for x, y, is_far in _places_for(name):
            box = (
                x - name.width / 2,
                y - name.height / 2,
                x + name.width / 2,
                y + name.height / 2,
            )
            crossed = any(shapely.intersects(shapely.box(*box), line) for line in lines)
            if _fits(box, inside) and not _meets(box, boxes) and not crossed:
                boxes.append(box)
                placed.append(Placed(name, x, y, is_far))
                break
    return tuple(placed)


def _places_for(name: Wanted):  # type: ignore[no-untyped-def]
    """Yield the middles to try; only a name that may lead a line goes farther than beside it."""
    yield name.x, name.y, False
    for ring in _RINGS if name.leads else _RINGS[:1]:
        for across, up in _WAYS[1:]:
            # Wide names go up and down rather than sideways: half a width is enough.
            x = name.x + across * (name.width * 0.5 + name.height * (ring - 0.4))
            y = name.y + up * name.height * (ring + 0.5)
            yield x, y, ring > _RINGS[0]


def _fits(box: tuple[float, ...], inside: tuple[float, ...]) -> bool:
    return (
        box[0] >= inside[0] and box[1] >= inside[1] and box[2] <= inside[2] and box[3] <= inside[3]
    )


def _meets(box: tuple[float, ...], boxes: Sequence[tuple[float, ...]]) -> bool:
    if not boxes:
        return False
    known = np.array(boxes)
    apart = (
        (known[:, 0] >= box[2])
        | (known[:, 2] <= box[0])
        | (known[:, 1] >= box[3])
        | (known[:, 3] <= box[1])
    )
    return bool((~apart).any())
