"""``guatu show``: what a page shows at an address, as text or as JSON for scripts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands import viewer_of
from dashboard.texts import text
from geodata.escaping import plain_text
from geodata.quantity import MONEY

if TYPE_CHECKING:
    from dashboard.answers.source import Source
    from dashboard.view import View

_ROWS = 10


@click.command(help=text("show.help"))
@click.argument("address")
@click.argument("workspace", default=".", type=click.Path(file_okay=False))
@click.option("--json", "as_json", is_flag=True, help=text("show.json"))
@click.option("--as", "account", help=text("show.as"))
def command(address: str, workspace: str, as_json: bool, account: str | None) -> None:
    """Print the answer of a view; raises GuatuError where there is none."""
    from dashboard.answers.as_json import answer_json
    from dashboard.answers.source import county_source
    from dashboard.view import read_address
    from geodata.access.chain import AuditEntry
    from geodata.errors import StoreError
    from geodata.workspace import open_workspace

    county = open_workspace(workspace)
    folder = county.setup.config.folder
    if not county.months:
        raise StoreError("workspace.not_built", month="-", known="—", folder=folder)
    guard, actor = viewer_of(folder, account)
    smallest = guard.limits.small_count
    source = county_source(county, actor, smallest=smallest, guard=guard)
    view, ignored = read_address(address, source)
    _refuse_unknown(source, view, ignored)
    place = view.place or ""
    seen = "allowed" if actor.allows(place, "figure") else "refused"
    about = {"theme": view.theme, "indicator": view.indicator, "period": view.period}
    entry = AuditEntry.by(actor, "figure", place=place, reason="show", outcome=seen, detail=about)
    guard.trail.record(entry)
    told = answer_json(source, view) | {"ignored": list(ignored)}
    if ignored:
        words = "、".join(plain_text(word, 60) for word in ignored)
        click.echo(text("show.ignored", view.lang, words=words), err=True)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False))
    else:
        click.echo("\n".join(_lines(told, view.lang)))
        if told["list"]["words"] and (
            told["list"]["count"] is not None or not told["list"]["kind"]
        ):
            click.echo(_listed(told["list"], source, view))


def _listed(told: Mapping[str, Any], source: Source, view: View) -> str:
    """Return how many the list holds in words, and whom; or that there is none."""
    if told["count"] is None:
        return text("show.no_list", view.lang, words=told["words"])
    rule = source.county.setup.rules.get(told["rule"] or "")
    subject = source.themes[view.theme].subjects[told["kind"]] if rule is None else rule.about
    said = {"count": f"{told['count']:,}", "kind": subject.counted(told["count"], view.lang)}
    return text("show.list", view.lang, words=told["words"], **said)


def _refuse_unknown(source: Source, view: View, ignored: Sequence[str]) -> None:
    """Raise BriefingError where an address names a place, month or figure that is not there.

    A page falls back to another one and says so; a script would take its figures for those asked.
    """
    from geodata.errors import BriefingError

    # Of a name given twice the last counts.
    told = dict(word.split("=", 1) for word in ignored)
    for name, value in ((one, plain_text(word, 60)) for one, word in told.items()):
        if name == "theme":
            source.theme(value)
        elif name == "place":
            source.place_of(value)
        elif name in ("period", "compare"):
            known = "、".join(source.periods_of(view.indicator)) or "—"
            raise BriefingError("briefing.no_month", month=value, known=known)
        elif name == "indicator":
            raise source.no_indicator(view.theme, value)
        elif name == "level":
            known = "、".join(source.levels_below(view.place))
            raise BriefingError("briefing.unknown_level", level=value, known=known)


def _parts(told: dict[str, Any], row: dict[str, Any]) -> str:
    """Return numerator and denominator of a share of things, as in the ranking."""
    indicator = told["indicator"]
    if indicator["quantity"] != "share" or indicator["counts"] == MONEY:
        return ""
    return f" ({row['numerator']:,.0f}/{row['denominator']:,.0f})"


def _lines(told: dict[str, Any], lang: str) -> list[str]:
    """Return the answer as a person reads it: finding, legend, the worst places, hot spots."""
    lines = [told["title"]]
    if told["sentence"] != told["title"]:
        lines.append(told["sentence"])
    lines += [told[name] for name in ("taken_in", "borders") if told[name]]
    lines += [told["due"]["sentence"]] if "due" in told else []
    counts = [(one["label"], one["count"]) for one in told["classes"]]
    names = ("no_data", "not_applicable", "hidden", "outside")
    counts += [(text(f"show.{name}", lang), told[name]) for name in names if told[name]]
    lines += [f"  {label}: {count}" for label, count in counts]
    lines += [
        f"  {row['rank'] or '—'}. {plain_text(row['name'], 40)} {row['value']:,.6g}{_parts(told, row)}"
        for row in told["ranking"][:_ROWS]
        if row["value"] is not None
    ]
    lines += [f"  {spot['sentence']}" for spot in told["hot_spots"]]
    return [plain_text(line, 500) for line in lines]
