"""Deliveries of a month against the month before: a feed or township missing, a jump."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geodata.config import ImportSettings
from geodata.intake.issues import Issues

# Feed (layout) -> township code -> rows stored.
Feeds = Mapping[str, Mapping[str, int]]
CHANGE_COLUMNS = ("feed", "township", "before", "now", "change")


def changes(before: Feeds, now: Feeds) -> pd.DataFrame:
    """Return rows of each feed and township last month and now; `change` is NaN where none before."""
    rows = []
    for feed in sorted(set(before) | set(now)):
        old, new = before.get(feed, {}), now.get(feed, {})
        rows += [
            (feed, place, old.get(place, 0), new.get(place, 0)) for place in sorted({*old, *new})
        ]
    compared = pd.DataFrame(rows, columns=list(CHANGE_COLUMNS[:4]))
    ratio = (compared["now"] - compared["before"]) / compared["before"].where(
        compared["before"] > 0
    )
    return compared.assign(change=ratio)


def check_totals(
    compared: pd.DataFrame,
    settings: ImportSettings,
    *,
    titles: Mapping[str, str],
    names: Mapping[str, str],
    occasional: frozenset[str],
    seasonal: frozenset[str],
    issues: Issues,
) -> None:
    """Report feeds and townships that are missing and townships whose rows jumped.

    `titles` names feeds, `names` townships; `occasional` feeds (events such as outages) may come
    or not, which is told, `seasonal` ones (the ledger) change with the harvest, so that a jump says nothing.
    """
    sums = compared.groupby("feed")[["before", "now"]].sum()
    absent = sums[sums.index.isin(occasional) & (sums["before"] > 0) & (sums["now"] == 0)]
    _report("events_missing", absent.reset_index(), titles, names, issues)
    shown = compared[~compared["feed"].isin(occasional)]
    per_feed = shown.groupby("feed")[["before", "now"]].sum()
    gone = per_feed.index[(per_feed["before"] > 0) & (per_feed["now"] == 0)]
    _report("feed_missing", per_feed.loc[gone].reset_index(), titles, names, issues)
    left = shown[~shown["feed"].isin(gone)]
    gone_places = _townships_gone(left)
    _report("township_gone", gone_places, titles, names, issues)
    missing = left[(left["before"] > 0) & (left["now"] == 0)]
    missing = missing[~missing["township"].isin(gone_places["township"])]
    _report("township_missing", missing, titles, names, issues)
    jumped = left[
        ~left["feed"].isin(seasonal)
        & (left["before"] >= settings.small_rows)
        & (left["now"] > 0)
        & (left["change"].abs() * 100 > settings.jump_percent)
    ]
    _report("jump", jumped, titles, names, issues)


def _townships_gone(compared: pd.DataFrame) -> pd.DataFrame:
    """Return townships that delivered to several feeds and now to none: rows, and feeds as `now`."""
    placed = compared[(compared["township"] != "") & (compared["before"] > 0)]
    sums = placed.groupby("township").agg(
        before=("before", "sum"), rows=("now", "sum"), now=("feed", "size")
    )
    return sums[(sums["rows"] == 0) & (sums["now"] > 1)].drop(columns="rows").reset_index()


def _report(
    check: str,
    rows: pd.DataFrame,
    titles: Mapping[str, str],
    names: Mapping[str, str],
    issues: Issues,
) -> None:
    if rows.empty:
        return
    places = rows["township"] if "township" in rows.columns else pd.Series("", index=rows.index)
    report = pd.DataFrame(
        {
            "file": [titles.get(feed, feed) for feed in rows["feed"]] if "feed" in rows else "",
            "value": [str(number) for number in rows["now"]],
            "detail": [str(number) for number in rows["before"]],
            "header": [names.get(place, place) for place in places]
            if check not in ("feed_missing", "events_missing")
            else [titles.get(feed, feed) for feed in rows["feed"]],
            "place_code": places,
        }
    )
    issues.add(check, report)
