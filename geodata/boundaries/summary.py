"""What was read, in a few lines for people and as plain values for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geodata.boundaries.hierarchy import PlaceTree, Zoom, place_tree, simplify_levels
from geodata.boundaries.levels import guess_columns
from geodata.boundaries.read import NAMED, Boundaries, reading_lines, reading_warnings
from geodata.i18n import text


@dataclass(frozen=True)
class Summary:
    """A layer with its place tree and zooms; both are absent when no columns of levels are known.

    `columns` are the ones the tree was built from, `guessed` says that nobody stated them.
    """

    boundaries: Boundaries
    columns: tuple[str, ...] = ()
    guessed: bool = False
    tree: PlaceTree | None = None
    zooms: tuple[Zoom, ...] = ()

    def level_counts(self) -> dict[str, int]:
        """Return the number of places of each level, from the top down."""
        if self.tree is None:
            return {}
        return {level: len(self.tree.at_level(level)) for level in self.tree.levels}

    def to_json(self) -> dict[str, object]:
        """Return the summary as plain JSON values."""
        read = self.boundaries
        return {
            "path": str(read.path),
            "features": len(read),
            "encoding": read.encoding.name,
            "encoding_certain": read.encoding.certain,
            "encoding_reason": read.encoding.reason.sentence(),
            "crs": read.crs.label,
            "crs_reason": read.crs.reason.sentence(),
            "warnings": [remark.sentence() for remark in reading_warnings(read)],
            "repairs": read.repair_counts(),
            "issues": read.issue_counts(),
            "overlaps": len(read.neighbours.overlaps),
            "slivers": len(read.neighbours.slivers),
            "columns": list(self.columns),
            "columns_guessed": self.guessed,
            "levels": self.level_counts(),
            "tree_issues": [
                remark.sentence() for remark in (self.tree.issues if self.tree else ())
            ],
            "zooms": [
                {
                    "level": zoom.level,
                    "tolerance": round(zoom.tolerance, 2),
                    "bytes_before": zoom.bytes_before,
                    "bytes_after": zoom.bytes_after,
                }
                for zoom in self.zooms
            ],
        }

    def lines(self, lang: str | None = None) -> list[str]:
        """Return the summary as lines of text in one language."""
        return reading_lines(self.boundaries, lang) + self._level_lines(lang)

    def _level_lines(self, lang: str | None) -> list[str]:
        if self.tree is None:
            return [text("boundaries.line_no_levels", lang)]
        key = "line_levels_guessed" if self.guessed else "line_levels"
        counts = " > ".join(
            f"{text(f'boundaries.level_{level}', lang)} {count}"
            for level, count in self.level_counts().items()
        )
        lines = [text(f"boundaries.{key}", lang, columns=", ".join(self.columns), counts=counts)]
        lines += [remark.sentence(lang) for remark in self.tree.issues[:NAMED]]
        if len(self.tree.issues) > NAMED:
            more = len(self.tree.issues) - NAMED
            lines.append(text("boundaries.line_more_issues", lang, count=more))
        return lines + [_zoom_line(zoom, lang) for zoom in self.zooms]


def summarise(
    boundaries: Boundaries, *, code: str | None = None, names: Sequence[str] = ()
) -> Summary:
    """Return the summary of a layer; columns of levels that are not stated are guessed."""
    if code or names:
        tree = place_tree(boundaries, code=code, names=names or None)
        columns = ((code,) if code else ()) + tuple(names)
        return Summary(boundaries, columns, False, tree, simplify_levels(tree))
    guess = guess_columns(boundaries.frame)
    columns = tuple(column for _, column in guess.names)
    if guess.code:
        tree = place_tree(boundaries, code=guess.code, names=columns or None)
        columns = (guess.code, *columns)
    elif columns:
        tree = place_tree(boundaries, names=columns, levels=[level for level, _ in guess.names])
    else:
        return Summary(boundaries)
    return Summary(boundaries, columns, True, tree, simplify_levels(tree))


def _zoom_line(zoom: Zoom, lang: str | None) -> str:
    return text(
        "boundaries.line_zoom",
        lang,
        level=text(f"boundaries.level_{zoom.level}", lang),
        tolerance=f"{zoom.tolerance:.1f}",
        before=f"{zoom.bytes_before:,}",
        after=f"{zoom.bytes_after:,}",
        share=f"{100 * zoom.bytes_after / max(1, zoom.bytes_before):.0f}",
    )
