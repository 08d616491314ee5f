"""The import report a clerk acts on: one HTML page and one workbook with every finding."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from geodata import i18n
from geodata.config import Config
from geodata.escaping import plain_text
from geodata.intake.alike import touched
from geodata.intake.describing import USES, columns_text, why_text
from geodata.intake.import_result import ImportResult
from geodata.intake.issues import sentences
from geodata.intake.reportbook import write_workbook
from geodata.store import SourceFile

_PAGES = Path(__file__).parent / "pages"
SECTIONS = ("fix", "townships", "places", "changes", "files", "details")
MOST = 60
_ROWS_SHOWN = 8
_DECISIONS = 40


def write_report(
    result: ImportResult, folder: Path, *, config: Config, lang: str | None = None
) -> Path:
    """Write report.html and issues.xlsx into a folder; returns the path of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    lang = lang or i18n.default_language()
    said = pd.concat([result.issues, sentences(result.issues, result.tables, lang)], axis=1)
    page = folder / "report.html"
    page.write_text(report_page(result, said, config=config, lang=lang), encoding="utf-8")
    write_workbook(folder / "issues.xlsx", result, said, lang=lang)
    return page


def report_page(result: ImportResult, said: pd.DataFrame, *, config: Config, lang: str) -> str:
    """Return the report as one HTML text that fetches nothing; `said` are the worded issues."""

    def t(key: str, **values: object) -> str:
        return i18n.text(f"report.{key}", lang, **values)

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_PAGES),
        autoescape=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: "" if value is None else value,
    )
    facts = result.manifest.facts
    return environment.get_template("report.html").render(
        t=t,
        lang=lang,
        county=config.county.name or config.county.code,
        manifest=result.manifest,
        before=facts["before"],
        tiles=_tiles(result, t),
        verdict=_verdict(result, t),
        accepted=_accepted(result, t),
        sections=SECTIONS,
        groups=_groups(said, result.manifest.sources, lang),
        quality=_quality(result, t),
        weight=f"{config.imports.notice_weight:g}",
        places=_places(result.places),
        origin=t(f"origin_{facts['places']}"),
        jump=f"{config.imports.jump_percent:g}",
        changes=_changes(result, config, t),
        files=_files(result, lang),
        skipped="；".join(_check_name(name, lang) for name in result.skipped),
        details=_details(said, result.quality, t),
        most=MOST,
    )


def _tiles(result: ImportResult, t: Any) -> list[dict[str, object]]:
    sources = result.manifest.sources
    counts = result.issues["severity"].value_counts()
    lost = int((result.places["outcome"] != "matched").sum())
    aside = sum(source.set_aside for source in sources)
    figures = [
        (t("read_rows"), sum(source.rows for source in sources), ""),
        (t("stored_rows"), sum(source.stored for source in sources), "good"),
        (t("aside_rows"), aside, "error" if aside else ""),
        *((t(name), int(counts.get(name, 0)), name) for name in ("error", "warning", "notice")),
        (t("unmatched_places"), lost, "error" if lost else ""),
    ]
    return [
        {"label": label, "value": f"{n:,}", "kind": kind if n else ""} for label, n, kind in figures
    ]


def _verdict(result: ImportResult, t: Any) -> dict[str, object]:
    errors = int((result.issues["severity"] == "error").sum())
    aside = sum(source.set_aside for source in result.manifest.sources)
    bad = bool(errors or aside)
    trial = "" if result.stored else "trial_"
    said = t(f"{trial}some_bad", errors=errors, aside=aside) if bad else t(f"{trial}all_good")
    return {"bad": bad, "text": said}


def _accepted(result: ImportResult, t: Any) -> str:
    """Return that files of another month were accepted, and why; "" when there were none."""
    kept = result.manifest.facts.get("accepted_month")
    if not kept:
        return ""
    month, count = result.manifest.month, len(kept["stated"])
    return str(t("accepted_month", month=month, count=count, reason=kept["reason"]))


def _groups(
    said: pd.DataFrame, sources: Sequence[SourceFile], lang: str
) -> list[dict[str, object]]:
    """Return alike findings as one line each, gravest first, then by the rows they touch."""
    if said.empty:
        return []
    order = {"error": 0, "warning": 1, "notice": 2}
    keys = ["severity", "check", "header", "file", "sheet"]
    weight = touched(said, sources)
    filled = said.assign(**{key: said[key].fillna("") for key in keys})
    groups = []
    for (severity, _, _, file, sheet), part in filled.groupby(keys, sort=False):
        rows = part["row"].dropna().astype(int).drop_duplicates().sort_values()
        shown = "、".join(map(str, rows.head(_ROWS_SHOWN)))
        if len(rows) > _ROWS_SHOWN:
            shown = i18n.text("report.and_more", lang, rows=shown)
        name = f"{file} [{sheet}]" if sheet else str(file)
        where = i18n.text("report.rows_at", lang, file=name, rows=shown) if shown else name
        first = part.iloc[0]
        groups.append(
            {
                "severity": severity,
                "count": len(part),
                "sentence": first["sentence"],
                "advice": first["advice"],
                "where": where,
                "aside": int(part["set_aside"].sum()),
                "order": (order[str(severity)], -float(weight[part.index].sum())),
            }
        )
    return sorted(groups, key=lambda group: group["order"])


def _quality(result: ImportResult, t: Any) -> list[dict[Hashable, Any]]:
    rows = result.quality.to_dict("records")
    for row in rows:
        row["anchor"] = f"t{row['township']}" if row["township"] else "t"
        row["name"] = row["name"] or row["township"] or t("unplaced")
        score = float(row["score"])
        row["colour"] = "#b42318" if score < 80 else "#d9962b" if score < 95 else "#2b7a4b"
    return rows


def _places(ledger: pd.DataFrame) -> dict[str, object]:
    matched = ledger["outcome"] == "matched"
    unmatched = ledger[~matched].sort_values("rows", ascending=False, kind="stable")
    rows = unmatched.to_dict("records")
    for row in rows:
        row["score"] = "" if pd.isna(row["score"]) else f"{row['score']:.0f}"
    other = ledger[matched & ~ledger["step"].isin(["name", "code"])]
    decisions = "\n".join(_decision(row) for row in rows[:_DECISIONS] if row["proposal"])
    return {
        "matched": int(matched.sum()),
        "total": len(ledger),
        "unmatched": rows,
        "changed": other.to_dict("records"),
        "decisions": decisions,
    }


def _decision(row: Mapping[Any, Any]) -> str:
    """Return the lines of guatu.toml that accept a proposal."""
    code = str(row["proposal"]).split()[-1]
    values = {"township": row["township"], "name": row["village"], "code": code}
    lines = [f'{key} = "{_toml(value)}"' for key, value in values.items() if value]
    return "\n".join(["[[places.decisions]]", *lines, ""])


def _toml(value: object) -> str:
    return plain_text(value).replace("\\", "\\\\").replace('"', '\\"')


def _changes(result: ImportResult, config: Config, t: Any) -> list[dict[str, object]]:
    names = result.quality.set_index("township")["name"].to_dict()
    limit = config.imports.jump_percent / 100
    rows = []
    for _, part in result.changes.groupby("feed"):
        old, new = int(part["before"].sum()), int(part["now"].sum())
        large = part[(part["change"].abs() > limit) & (part["before"] >= config.imports.small_rows)]
        listed = [
            t("large_change", name=names.get(place) or place or t("unplaced"), before=was, now=now)
            for place, was, now in zip(
                large["township"], large["before"], large["now"], strict=True
            )
        ]
        change = f"{(new - old) / old:+.1%}" if old else "—"
        title = part["title"].iloc[0]
        rows.append(
            {
                "title": title,
                "before": old,
                "now": new,
                "change": change,
                "large": "、".join(listed),
            }
        )
    return rows


def _files(result: ImportResult, lang: str) -> list[dict[str, object]]:
    about = {(sheet["file"], sheet["sheet"]): sheet for sheet in result.sheets}
    files = []
    for source in result.manifest.sources:
        sheet = about[(source.file, source.sheet)]
        files.append(
            {
                "name": f"{source.file} [{source.sheet}]" if source.sheet else source.file,
                "layout": sheet["title"][lang],
                "why": why_text(sheet, lang),
                "header_row": sheet["header_row"],
                "uses": [
                    (i18n.text(f"report.use_{use}", lang), columns_text(sheet, use))
                    for use in USES
                    if columns_text(sheet, use)
                ],
                "rows": source.rows,
                "stored": source.stored,
                "set_aside": source.set_aside,
            }
        )
    return files


def _details(said: pd.DataFrame, quality: pd.DataFrame, t: Any) -> list[dict[str, object]]:
    places = said["place_code"].fillna("")
    township = places.str[:9].where(places.str.len() >= 9, "")
    names = quality.set_index("township")["name"].to_dict()
    parts = []
    for code in ["", *(code for code in quality["township"] if code)]:
        mine = said[township == code]
        if mine.empty:
            continue
        rows = mine.head(MOST).astype(object).where(mine.head(MOST).notna(), "")
        parts.append(
            {
                "anchor": f"t{code}",
                "name": names.get(code) or code or t("whole_county"),
                "count": len(mine),
                "rows": rows.to_dict("records"),
            }
        )
    return parts


def _check_name(name: str, lang: str) -> str:
    values = dict.fromkeys(("header", "value", "detail", "expected", "household"), "…")
    return i18n.text(f"issues.{name}", lang, **values).rstrip("。.")
