"""What a join gives: the ledger with a line for every feature and row, its counts and the layer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.escaping import html_text
from geodata.i18n import text
from geodata.joining.join_columns import JoinColumns
from geodata.joining.matching import Link, Matching, Reason
from geodata.joining.proposals import decision_keys

MATCHED, PROPOSED, UNMATCHED = "matched", "proposed", "unmatched"
COLUMNS = [
    "side",
    "row",
    "key",
    "period",
    "outcome",
    "step",
    "partner",
    "score",
    "reason",
    "tried",
    "duplicate",
]


def build_ledger(work: Matching, periods: pd.Series, rows: np.ndarray, lang: str) -> pd.DataFrame:
    """Return the ledger: boundary features first, then table rows, in the order of their source.

    `row` is the feature number (from 0) or the table's row in its file; `partner` the key of the
    other side; `duplicate` how many features share the key, or rows of a period share the place.
    """
    keys = decision_keys(work)
    return pd.concat(
        [_feature_lines(work, keys, lang), _row_lines(work, keys, periods, rows, lang)],
        ignore_index=True,
    )[COLUMNS]


def _feature_lines(work: Matching, places: list[str], lang: str) -> pd.DataFrame:
    by_feature = _by_feature(work.matched)
    proposed = _by_feature(work.proposed)
    keys = pd.Series(work.boundary.keys, dtype=str)
    lines = []
    # Over the features, a few thousand at most.
    for feature in range(len(work.boundary)):
        outcome, linked = MATCHED, by_feature.get(feature, [])
        if not linked:
            outcome, linked = PROPOSED, proposed.get(feature, [])
        if linked:
            place, link = linked[0]
            lines.append((outcome, link.step, places[place], link.score, ""))
        else:
            why = work.feature_reasons.get(feature, Reason("join.no_row"))
            lines.append((UNMATCHED, "", "", np.nan, _sentence(why, lang)))
    frame = pd.DataFrame(lines, columns=["outcome", "step", "partner", "score", "reason"])
    counts = keys.map(keys.value_counts())
    return frame.assign(
        side="boundary",
        row=np.arange(len(keys)),
        key=keys,
        period="",
        tried=np.where(frame["outcome"] == UNMATCHED, _tried(work, lang), ""),
        duplicate=counts.where(keys != "", 1).astype(int),
    )


def _by_feature(links: dict[int, Link]) -> dict[int, list[tuple[int, Link]]]:
    by_feature: dict[int, list[tuple[int, Link]]] = {}
    for place, link in sorted(links.items()):
        by_feature.setdefault(link.feature, []).append((place, link))
    return by_feature


def _row_lines(
    work: Matching, keys: list[str], periods: pd.Series, rows: np.ndarray, lang: str
) -> pd.DataFrame:
    lines = []
    # Over the distinct places; the rows take their place's line below.
    for place in range(len(work.table)):
        link = work.matched.get(place) or work.proposed.get(place)
        outcome = MATCHED if place in work.matched else PROPOSED if link else UNMATCHED
        why = work.notes.get(place) if outcome == MATCHED else work.reasons.get(place)
        partner = work.boundary.keys[link.feature] if link else ""
        step, score = (link.step, link.score) if link else ("", np.nan)
        lines.append((outcome, step, partner, score, _sentence(why, lang)))
    places = pd.DataFrame(lines, columns=["outcome", "step", "partner", "score", "reason"])
    places["key"] = keys
    places["duplicate"] = work.table.most_rows
    places["tried"] = np.where(places["outcome"] == UNMATCHED, _tried(work, lang), "")
    frame = places.take(work.table.place_of).reset_index(drop=True)
    return frame.assign(side="table", row=rows, period=periods.to_numpy())


def _tried(work: Matching, lang: str) -> str:
    return "、".join(text(f"join.step_{step}", lang) for step in work.tried)


def _sentence(reason: Reason | None, lang: str) -> str:
    return text(reason.key, lang, **reason.values) if reason else ""


COLOURS = {"matched": "#2f7fb8", "proposed": "#f0a202", "unmatched": "#c8352b"}
_MOST_SHAPES = 20_000


def svg_map(
    layer: gpd.GeoDataFrame,
    outcomes: Sequence[str],
    titles: Sequence[str],
    *,
    width: int = 360,
    label: str = "",
) -> str:
    """Return the features coloured by outcome as SVG text, with escaped titles for the pointer.

    Features without geometry are left out; the drawing keeps about a pixel's detail.
    """
    shapes = layer.geometry.to_numpy()
    present = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not present.any() or present.sum() > _MOST_SHAPES:
        return ""
    left, bottom, right, top = shapely.total_bounds(shapes[present])
    # A degree of longitude is shorter than one of latitude away from the equator.
    squeeze = float(np.cos(np.radians((bottom + top) / 2))) if _in_degrees(layer) else 1.0
    scale = width / max((right - left) * squeeze, (top - bottom) * 0.75, 1e-9)
    height = max(1, round((top - bottom) * scale))
    drawn = shapely.simplify(shapes, 0.6 / scale)
    paths = []
    # Over the features, worst drawn last so that they lie on top.
    for n in sorted(
        np.flatnonzero(present).tolist(), key=lambda n: list(COLOURS).index(outcomes[n])
    ):
        path = _path(drawn[n], left, top, scale * squeeze, scale)
        if path:
            title = f"<title>{html_text(titles[n], 120)}</title>"
            paths.append(f'<path fill="{COLOURS[outcomes[n]]}" d="{path}">{title}</path>')
    drawn_width = max(1, round((right - left) * squeeze * scale))
    return (
        f'<svg role="img" aria-label="{html_text(label)}" viewBox="0 0 {drawn_width} {height}" '
        f'width="{drawn_width}" height="{height}" stroke="#fff" stroke-width="0.4" '
        f'fill-rule="evenodd" xmlns="http://www.w3.org/2000/svg">{"".join(paths)}</svg>'
    )


def _in_degrees(layer: gpd.GeoDataFrame) -> bool:
    return layer.crs is not None and layer.crs.is_geographic


def _path(shape: BaseGeometry, left: float, top: float, across: float, down: float) -> str:
    lines = []
    for polygon in shapely.get_parts(shape):
        if polygon.geom_type != "Polygon":
            continue
        for ring in (polygon.exterior, *polygon.interiors):
            points = shapely.get_coordinates(ring)[:-1]
            x = np.round((points[:, 0] - left) * across, 1)
            y = np.round((top - points[:, 1]) * down, 1)
            lines.append("M" + "L".join(f"{a:g} {b:g}" for a, b in zip(x, y, strict=True)) + "Z")
    return "".join(lines)


# A number as machines write it; a leading zero, a blank or a comma says that it is text to a person.
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")


def _as_numbers(column: pd.Series) -> pd.Series:
    """Return a column of texts as numbers when all that is filled is one, whole where all are whole."""
    if pd.api.types.is_numeric_dtype(column):
        return column
    texts = column.astype("str").fillna("").str.strip()
    filled = texts != ""
    if not filled.any() or not texts[filled].map(lambda text: bool(_NUMBER.fullmatch(text))).all():
        return column
    numbers = pd.to_numeric(texts.where(filled), errors="coerce")
    whole = not texts[filled].str.contains(r"[.eE]").any()
    return numbers.astype("Int64") if whole else numbers.astype("float64")


@dataclass(frozen=True)
class JoinResult:
    """A join of table rows to boundary features, nothing applied that is only likely.

    `ledger` has one line per feature and one per table row. `feature_of_row` gives each table row
    its feature number, -1 without a match. `duplicates` names keys that several features, or
    several rows of one period, share. `table` is the joined table as text, `periods` its periods.
    """

    ledger: pd.DataFrame
    columns: JoinColumns
    boundaries: gpd.GeoDataFrame
    table: pd.DataFrame
    periods: pd.Series
    feature_of_row: np.ndarray
    duplicates: Mapping[str, Mapping[str, int]]
    notes: tuple[str, ...] = ()

    def _lines(self, side: str, outcome: str | None = None) -> pd.DataFrame:
        lines = self.ledger[self.ledger["side"] == side]
        return lines if outcome is None else lines[lines["outcome"] == outcome]

    @property
    def boundary_features(self) -> int:
        """Number of boundary features."""
        return len(self._lines("boundary"))

    @property
    def table_rows(self) -> int:
        """Number of table rows."""
        return len(self._lines("table"))

    @property
    def matched(self) -> int:
        """Number of table rows with a feature."""
        return len(self._lines("table", MATCHED))

    @property
    def matched_boundary(self) -> int:
        """Number of features with at least one table row."""
        return len(self._lines("boundary", MATCHED))

    @property
    def matched_by(self) -> dict[str, int]:
        """Number of matched table rows by the step that found the feature."""
        counts = self._lines("table", MATCHED)["step"].value_counts(sort=False)
        return {str(step): int(count) for step, count in sorted(counts.items())}

    @property
    def proposed(self) -> int:
        """Number of table rows for which a feature is proposed."""
        return len(self._lines("table", PROPOSED))

    @property
    def proposed_boundary(self) -> int:
        """Number of features that are proposed and not matched."""
        return len(self._lines("boundary", PROPOSED))

    @property
    def unmatched_boundary(self) -> list[str]:
        """Keys of the features with neither match nor proposal."""
        return self._lines("boundary", UNMATCHED)["key"].tolist()

    @property
    def unmatched_table(self) -> list[str]:
        """Keys of the table rows with neither match nor proposal, one for each row."""
        return self._lines("table", UNMATCHED)["key"].tolist()

    def counts(self) -> dict[str, object]:
        """Return all counts and lists as plain JSON values."""
        return {
            "boundary_features": self.boundary_features,
            "table_rows": self.table_rows,
            "matched": self.matched,
            "matched_by": self.matched_by,
            "proposed": self.proposed,
            "matched_boundary": self.matched_boundary,
            "proposed_boundary": self.proposed_boundary,
            "unmatched_boundary": self.unmatched_boundary,
            "unmatched_table": self.unmatched_table,
            "duplicates": {side: dict(keys) for side, keys in self.duplicates.items()},
            "columns": self.columns.to_json(),
        }

    @cached_property
    def frame(self) -> gpd.GeoDataFrame:
        """The boundaries with the outcome, and the table's columns where one row fits a feature.

        Columns of plain numbers are numbers, others texts; codes stay as they are written. With
        several rows for a feature the columns stay empty; `feature_values` puts them together.
        """
        lines = self._lines("boundary").reset_index(drop=True)
        joined = self.boundaries.assign(
            join_outcome=lines["outcome"], join_step=lines["step"], join_partner=lines["partner"]
        )
        rows = pd.Series(np.arange(len(self.table)), index=self.feature_of_row)
        single = rows[(rows.index >= 0) & ~rows.index.duplicated(keep=False)]
        # Typed as a whole, so that what a column is does not hang on which rows fit.
        fitted = self._typed_table.iloc[single.to_numpy()].set_axis(single.index)
        fitted = fitted.reindex(range(len(joined)))
        taken = {str(name).casefold() for name in joined.columns}
        names = {name: f"{name}_table" for name in fitted if str(name).casefold() in taken}
        return joined.join(fitted.rename(columns=names))

    @cached_property
    def _typed_table(self) -> pd.DataFrame:
        """The joined table with its columns of plain numbers as numbers."""
        kept = {self.columns.table_code, *self.columns.table_name}
        typed = {
            name: column if name in kept else _as_numbers(column)
            for name, column in self.table.items()
        }
        return pd.DataFrame(typed, index=self.table.index)

    def map_svg(self, width: int = 360) -> str:
        """Return the features coloured by outcome as inline SVG."""
        lines = self._lines("boundary")
        words = {outcome: text(f"join.{outcome}") for outcome in COLOURS}
        titles = [
            f"{key} · {words[outcome]}"
            for key, outcome in zip(lines["key"], lines["outcome"], strict=True)
        ]
        label = text("join.map_label")
        return svg_map(self.boundaries, lines["outcome"].tolist(), titles, width=width, label=label)

    def _repr_html_(self) -> str:
        counts = [
            ("join.table_rows", self.matched, self.proposed, len(self.unmatched_table)),
            (
                "join.boundary_features",
                self.matched_boundary,
                self.proposed_boundary,
                len(self.unmatched_boundary),
            ),
        ]
        heads = "".join(f"<th>{text(f'join.{outcome}')}</th>" for outcome in COLOURS)
        rows = "".join(
            f"<tr><th>{text(key)}</th>" + "".join(f"<td>{n:,}</td>" for n in numbers) + "</tr>"
            for key, *numbers in counts
        )
        first = self.ledger[self.ledger["outcome"] == UNMATCHED].head(8)
        listed = "".join(
            f"<li>{html_text(key)}: {html_text(reason)}</li>"
            for key, reason in zip(first["key"], first["reason"], strict=True)
        )
        return (
            f"<div style='display:flex;gap:24px;align-items:flex-start'>{self.map_svg()}"
            f"<div><table><tr><th></th>{heads}</tr>{rows}</table><ul>{listed}</ul></div></div>"
        )
