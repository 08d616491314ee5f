"""``guatu import``: a month's files into a checked snapshot, with a report."""

from __future__ import annotations

import datetime
import getpass
import json
import sys
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands import tell_faults
from dashboard.texts import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.config import Config
    from geodata.errors import GuatuError
    from geodata.intake.import_result import ImportResult
    from geodata.intake.incoming import Incoming


@click.command(help=text("workspace.import_help"))
@click.argument("workspace", default=".", type=click.Path(file_okay=False))
@click.option("--month", required=True, help=text("workspace.import_month"))
@click.option("--accept-month", default="", help=text("workspace.import_accept_month"))
@click.option("--accept", default="", help=text("workspace.import_accept"))
@click.option("--hidden", is_flag=True, help=text("workspace.import_hidden"))
@click.option("--dry-run", is_flag=True, help=text("workspace.import_dry_run"))
@click.option("--strict", is_flag=True, help=text("workspace.import_strict"))
@click.option("--json", "as_json", is_flag=True, help=text("workspace.import_json"))
@click.option("--who", default=None, help=text("workspace.import_who"))
@click.option("--incoming", metavar="KEY", help=text("workspace.import_incoming"))
@click.option(
    "--report", default=None, type=click.Path(file_okay=False), help=text("workspace.import_report")
)
def command(
    workspace: str,
    month: str,
    accept_month: str,
    accept: str,
    hidden: bool,
    dry_run: bool,
    strict: bool,
    as_json: bool,
    who: str | None,
    incoming: str | None,
    report: str | None,
) -> None:
    """Import one month and say what was found."""
    from geodata.config import read_config
    from geodata.errors import GuatuError
    from geodata.intake.firstlook import refuse_other_month
    from geodata.intake.importing import import_month
    from geodata.intake.incoming import incoming_config, take_in, upload_of
    from geodata.themes import find_themes

    home = read_config(workspace)
    upload = None if incoming is None else upload_of(home.folder, incoming)
    config = home if upload is None else incoming_config(home, upload.key)
    month = _checked_month(month)
    registry = find_themes(config.folder)
    tell_faults(registry)
    told = None if upload is None else _Progress(home, upload)
    try:
        if upload is not None and not accept_month.strip():
            refuse_other_month(config, month, upload.files, registry.schema)
        result = import_month(
            config,
            month,
            who=who or getpass.getuser(),
            at=datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
            accept_month=accept_month,
            accept=accept,
            hidden=hidden,
            trial=dry_run,
            step=_told if told is None else told.step,
            early=(lambda said: None) if told is None else told.early,
            schema=registry.schema,
        )
    except GuatuError as error:
        if as_json:
            click.echo(_refused(error, month, both=upload is not None))
        raise
    if upload is not None and not dry_run:
        take_in(home, upload)
    click.echo("\r\033[K" if _is_terminal() else "", nl=False, err=True)
    _tell(result, config, report, as_json=as_json, both=upload is not None)
    if strict and not _faultless(result):
        sys.exit(1)


def _checked_month(month: str) -> str:
    from geodata.periods import parse_month

    try:
        return parse_month(month)
    except ValueError:
        raise click.BadParameter(text("workspace.import_bad_month", month=month)) from None


def _faultless(result: ImportResult) -> bool:
    aside = any(source.set_aside for source in result.manifest.sources)
    return not aside and not (result.issues["severity"] == "error").any()


class _Progress:
    """How far the trial or import of an upload has come, kept where the page of imports looks."""

    def __init__(self, config: Config, upload: Incoming) -> None:
        from geodata.intake.delivery import delivered_files
        from geodata.intake.incoming import incoming_config

        self._folder, self._key = config.folder, upload.key
        files = delivered_files(incoming_config(config, upload.key).raw / upload.month)
        # Each file is read and then taken apart; places, checks and storing follow.
        self._kept: dict[str, Any] = {
            "done": 0,
            "all": 2 * len(files) + 3,
            "name": "",
            "issues": [],
        }

    def step(self, name: str) -> None:
        """Keep what is being done now."""
        self._keep(done=min(self._kept["done"] + 1, self._kept["all"]), name=name)

    def early(self, said: Mapping[str, object]) -> None:
        """Keep one of the first faults."""
        self._keep(issues=[*self._kept["issues"], dict(said)][:20])

    def _keep(self, **facts: object) -> None:
        from geodata.intake.incoming import keep_progress

        self._kept |= facts
        keep_progress(self._folder, self._key, self._kept)


def _tell(
    result: ImportResult, config: Config, report: str | None, *, as_json: bool, both: bool
) -> None:
    """Write the report and print what was found; `both` languages, alike issues together, for a page."""
    from pathlib import Path

    import pandas as pd

    from geodata.intake.alike import alike
    from geodata.intake.describing import described_result
    from geodata.intake.issues import sentences
    from geodata.intake.reporting import write_report

    name = result.manifest.snapshot or f"{result.manifest.month}-trial"
    folder = Path(report) if report else config.folder / "reports" / name
    page = write_report(result, folder, config=config)
    if as_json and both:
        none = result.issues.head(0)
        told = described_result(result, pd.concat([none, sentences(none, result.tables)], axis=1))
        told["groups"] = alike(result.issues, result.tables, result.manifest.sources)
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    if as_json:
        said = pd.concat([result.issues, sentences(result.issues, result.tables)], axis=1)
        click.echo(json.dumps(described_result(result, said), ensure_ascii=False, indent=1))
        return
    for line in _summary(result):
        click.echo(line)
    click.echo(text("workspace.import_report_at", file=page))


def _refused(error: GuatuError, month: str, *, both: bool) -> str:
    """Return as JSON that nothing was stored, and why; for a page in `both` languages."""
    from geodata.intake.describing import described_refusal

    told = described_refusal(error, month)
    if both:
        told["refused"] = {
            "key": error.key,
            "stated": str(error.values.get("stated", "")),
            "faults": str(error.values.get("faults", "")),
            "count": error.values.get("count", 1),
            "said": {lang: error.sentence(lang) for lang in ("zh", "en")},
        }
    return json.dumps(told, ensure_ascii=False, indent=None if both else 1)


def _told(name: str) -> None:
    """Say what is being done, on one line of a terminal."""
    if _is_terminal():
        click.echo("\r\033[K" + text("workspace.import_step", name=name), nl=False, err=True)


def _is_terminal() -> bool:
    return sys.stderr.isatty()


def _summary(result: ImportResult) -> list[str]:
    from geodata.i18n import default_language
    from geodata.intake.describing import columns_text, why_text

    manifest = result.manifest
    done = "import_done" if result.stored else "import_tried"
    lines = [text(f"workspace.{done}", month=manifest.month, snapshot=manifest.snapshot)]
    about = {(sheet["file"], sheet["sheet"]): sheet for sheet in result.sheets}
    for source in manifest.sources:
        shown = f"{source.file} [{source.sheet}]" if source.sheet else source.file
        lines.append(
            text(
                "workspace.import_source",
                file=shown,
                rows=source.rows,
                stored=source.stored,
                aside=source.set_aside,
            )
        )
        sheet = about[(source.file, source.sheet)]
        title = sheet["title"][default_language()]
        lines.append(text("workspace.import_taken", title=title, why=why_text(sheet)))
        lost = [columns_text(sheet, use) for use in ("unknown", "refused")]
        if any(lost):
            lines.append(text("workspace.import_unknown", columns="、".join(filter(None, lost))))
    counts = result.issues["severity"].value_counts()
    issues = {name: int(counts.get(name, 0)) for name in ("error", "warning", "notice")}
    lines.append(text("workspace.import_issues", **issues))
    unmatched = result.places[result.places["outcome"] != "matched"]
    if len(unmatched):
        names = "、".join((unmatched["township"] + unmatched["village"]).head(5))
        lines.append(text("workspace.import_places", count=len(unmatched), names=names))
    return lines
