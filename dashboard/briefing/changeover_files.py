"""Why households changed class between two months: lines, a page of counts, and a table by household."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from markupsafe import Markup

from dashboard.texts import text
from dashboard.web.markup import filled
from geodata import i18n
from geodata.escaping import cell_text
from geodata.workspace.changeover import CHANGEOVER_COLUMNS, Changeover

_WORDS = ("yes", "no", "unknown")
_STYLE = Path(__file__).parents[1] / "joining" / "report.css"


def changeover_lines(change: Changeover) -> Iterator[str]:
    """Give how many changed, each kind of change with its cause, and the parameters that changed."""
    yield sum_line(change)
    for row in change.counts.itertuples(index=False):
        name, before, after, cause, households = row
        yield text(
            "policy.changeover_line",
            title=change.titles[name],
            before=_said(before),
            after=_said(after),
            cause=text(f"policy.cause_{cause}"),
            households=households,
        )
    yield text("policy.changeover_settings")
    yield from setting_lines(change) or [text("policy.changeover_none")]


def sum_line(change: Changeover, lang: str | None = None) -> str:
    """Return how many households and classes changed, and how many of them without a cause."""
    rows = change.changes
    bare = int((rows["cause"].fillna("") == "").sum())
    households, changes = rows["household_code"].nunique(), len(rows)
    told = {"households": households, "changes": changes, "bare": bare}
    return text("policy.changeover_sum", lang, **told)


def setting_lines(change: Changeover, lang: str | None = None) -> list[str]:
    """Return a line for each parameter with another value, or one set within the time."""
    lines = []
    for row in change.settings.itertuples():
        days = text("policy.changeover_days", lang, days=row.days) if row.days else ""
        days += text("policy.changeover_back", lang) if row.back else ""
        told = {"key": row.key, "title": row.title, "days": days}
        before, after = (value or text("policy.empty", lang) for value in (row.before, row.after))
        lines.append(text("policy.changeover_setting", lang, before=before, after=after, **told))
    return lines


def classes_changed(
    change: Changeover, lang: str | None = None
) -> list[tuple[str, list[tuple[str, str, str, int]]]]:
    """Return the title of each class that changed, with before, after, cause and households."""
    return [
        (
            change.titles[str(name)],
            [
                (
                    _said(before, lang),
                    _said(after, lang),
                    text(f"policy.cause_{cause}", lang),
                    households,
                )
                for before, after, cause, households in zip(
                    rows["before"], rows["after"], rows["cause"], rows["households"], strict=True
                )
            ],
        )
        for name, rows in change.counts.groupby("class", sort=False)
    ]


def write_page(file: Path, change: Changeover, title: str) -> None:
    """Write the page: a table of counts for each class, and the parameters. No row about anybody."""
    page = filled(
        Path(__file__).with_name("changeover.html"),
        lang=i18n.default_language(),
        text=text,
        style=Markup(_STYLE.read_text(encoding="utf-8")),
        title=title,
        told=sum_line(change),
        classes=classes_changed(change),
        settings=setting_lines(change),
    )
    file.write_text(page, encoding="utf-8", newline="\n")


def write_table(file: Path, change: Changeover) -> None:
    """Write a row for each household, class and cause as CSV, as it was read through the reader."""
    rows = change.changes.assign(
        **{
            "class": change.changes["class"].map(change.titles),
            "before": change.changes["before"].map(_said),
            "after": change.changes["after"].map(_said),
            "cause": change.changes["cause"].map(lambda one: text(f"policy.cause_{one}")),
        }
    )
    safe = rows[list(CHANGEOVER_COLUMNS)].astype("str").map(cell_text)
    safe.columns = [text(f"policy.column_{name}") for name in CHANGEOVER_COLUMNS]
    safe.to_csv(file, index=False, encoding="utf-8-sig", lineterminator="\n")


def _said(value: object, lang: str | None = None) -> str:
    """Return an answer in words; the value of a feature is its own."""
    word = str(value)
    if word in _WORDS:
        return text(f"changeover.class_{word}", lang)
    return word or text("changeover.class_none", lang)
