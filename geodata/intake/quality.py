"""How good each township's data is: rows, findings and a score whose formula is shown with it."""

from __future__ import annotations

import pandas as pd

from geodata.config import ImportSettings

COLUMNS = (
    "township",
    "name",
    "rows",
    "set_aside",
    "errors",
    "warnings",
    "notices",
    "households",
    "score",
)


def quality(
    rows: pd.Series,
    issues: pd.DataFrame,
    *,
    names: pd.Series,
    households: pd.Series,
    settings: ImportSettings,
) -> pd.DataFrame:
    """Return one row for each township, the worst score first.

    `rows` are the rows read by township ("" where unknown); `errors`, `warnings` and `notices`
    count rows with such a finding as their gravest; `set_aside` are rows not stored. The score is
    100 x (1 - (errors + warnings x 0.5 + notices x notice_weight) / rows), where a row set aside is
    an error, and 0 for a township that delivered nothing but was expected.
    """
    places = issues["place_code"].fillna("")
    listed = issues.assign(township=places.str[:9].where(places.str.len() >= 9, ""))
    listed = listed[listed["row"].notna()]
    rank = {"error": 0, "warning": 1, "notice": 2}
    listed = listed.assign(rank=listed["severity"].map(rank)).sort_values("rank", kind="stable")
    each = listed.drop_duplicates(["file", "sheet", "row"])
    counts = each.groupby(["township", "severity"]).size().unstack(fill_value=0)
    townships = sorted({*rows.index, *counts.index, *names.index})
    table = pd.DataFrame(index=pd.Index(townships, name="township", dtype="str"))
    table["name"] = names.reindex(table.index).astype("str").fillna("")
    table["rows"] = rows.reindex(table.index).fillna(0).astype(int)
    aside = listed[listed["set_aside"]].drop_duplicates(["file", "sheet", "row"])
    table["set_aside"] = aside.groupby("township").size().reindex(table.index).fillna(0).astype(int)
    for severity, name in (("error", "errors"), ("warning", "warnings"), ("notice", "notices")):
        part = counts[severity] if severity in counts.columns else pd.Series(dtype="float64")
        table[name] = part.reindex(table.index).fillna(0).astype(int)
    table["households"] = households.reindex(table.index).fillna(0).astype(int)
    lost = table["errors"] + 0.5 * table["warnings"] + settings.notice_weight * table["notices"]
    share = (lost / table["rows"].where(table["rows"] > 0)).clip(upper=1)
    table["score"] = (100 * (1 - share)).fillna(0.0).round(1)
    kept = table[(table.index != "") | (table["rows"] > 0)]
    return kept.sort_values(["score", "rows"], ascending=[True, False], kind="stable").reset_index()
