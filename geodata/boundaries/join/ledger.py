"""The ledger of a join: one line per feature and one per table row, each with its outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.boundaries.join.matching import Link, Matching, Reason
from geodata.boundaries.join.proposals import decision_keys
from geodata.i18n import text

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
        outcome, found = MATCHED, by_feature.get(feature, [])
        if not found:
            outcome, found = PROPOSED, proposed.get(feature, [])
        if found:
            place, link = found[0]
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
    found: dict[int, list[tuple[int, Link]]] = {}
    for place, link in sorted(links.items()):
        found.setdefault(link.feature, []).append((place, link))
    return found


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
