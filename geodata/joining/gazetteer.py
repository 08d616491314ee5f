"""A list of places in which one written name is looked up by the steps of a join."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geodata.joining.crosswalk import Changes
from geodata.joining.names import ALIAS, NORMALISED, Path, match_siblings
from geodata.joining.steps import (
    WITHIN,
    Parent,
    children_of,
    find_parents,
    name_scores,
    names_above,
    right_names,
)
from geodata.kept import Kept

# Every name is looked up for itself, as if in a period of its own: no other one is its rival.
_ALONE = frozenset([""])


class Gazetteer:
    """Places by their paths of names, from the upper place to the place, all of one depth.

    A path is found here exactly when a join of a table with that one row matches it.
    """

    def __init__(self, paths: Sequence[Path], changes: Changes | None = None) -> None:
        self._paths = list(paths)
        self._ours = set(paths)
        self._children = children_of(self._paths)
        self._changes = changes or Changes()
        self._parents = Kept(len(self._paths) + 1000)

    def find(self, path: Path) -> tuple[int, str] | None:
        """Return which place a path means and the step that says so; None when none or several."""
        above = self._parent(path[:-1])
        renamed = self._changes.paths_for(path, above.path if above else ())
        for turn, wanted in enumerate([path, *renamed]):
            parent = self._parent(wanted[:-1])
            if parent is None:
                continue
            siblings = self._children.get(parent.path, {})
            matches = match_siblings(
                {wanted[-1]: _ALONE},
                right_names(siblings),
                lowest=True,
                above=names_above(wanted[:-1], parent.path),
            )
            if wanted[-1] in matches.pairs:
                name, step = matches.pairs[wanted[-1]]
                return siblings[name][0], ALIAS if turn else step if parent.exact else NORMALISED
        return None

    def find_parent(self, path: Path) -> Path | None:
        """Return the path of the upper place that a path means; None when none or several."""
        options = (self._parent(wanted) for wanted in [path, *self._changes.paths_for(path)])
        return next((parent.path for parent in options if parent is not None), None)

    def nearest(self, path: Path) -> tuple[int, float] | None:
        """Return the place most like a path's last name, in its parent if that is known, and 0-100."""
        parent = self.find_parent(path[:-1])
        places = [n for n, own in enumerate(self._paths) if parent is None or own[:-1] == parent]
        if not places:
            return None
        scores = name_scores([path[-1]], [self._paths[place][-1] for place in places])[0]
        best = int(np.argmax(scores))
        return (places[best], float(scores[best])) if scores[best] >= WITHIN else None

    def _parent(self, path: Path) -> Parent | None:
        def find() -> Parent | None:
            parent = find_parents(self._ours, [(*path, "")]).get(path)
            return parent if parent and parent.certain else None

        return self._parents.once(path, find)
