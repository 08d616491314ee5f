"""``guatu policy``: which values are in force where and when, and whether the files hold together."""

from __future__ import annotations

import datetime
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.commands import ask_for, tell_faults
from dashboard.texts import text
from geodata.escaping import plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.policy import Lookup, Parameter, Policy
    from geodata.policy.setting import CountyValue
    from geodata.themes import Registry, Theme
    from geodata.workspace import Workspace
    from geodata.workspace.impact import Values

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_workspace = click.option(
    "--workspace",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=text("policy.workspace_help"),
)
_place = click.option("--place", default="", help=text("policy.place_help"))
_day = click.option("--day", type=_DAY, required=True, help=text("policy.day_help"))


@click.group(help=text("policy.help"))
def command() -> None:
    """Hold the subcommands together."""


@command.command("list", help=text("policy.list_help"))
@click.argument("beginning", default="")
@_workspace
@_place
@_day
@click.option("--since", type=_DAY, help=text("policy.since_help"))
def list_values(
    beginning: str,
    workspace: Path | None,
    place: str,
    day: datetime.datetime,
    since: datetime.datetime | None,
) -> None:
    """Print the value of every parameter for a place and day, or only what changed since a day."""
    registry = _registry(workspace)
    policy = _load(workspace, registry)
    if since is not None:
        _print_changes(policy, registry.themes, place, since.date(), day.date())
        return
    for parameter in policy:
        if parameter.key.startswith(beginning):
            click.echo(f"{parameter.key}  {_worded(parameter.at(place, day.date()))}")


@command.command("show", help=text("policy.show_help"))
@click.argument("key")
@_workspace
def show(key: str, workspace: Path | None) -> None:
    """Print all dated values of one parameter with places, days, status and document."""
    from geodata.i18n import default_language

    lang = default_language()
    parameter = _load(workspace, _registry(workspace))[key]
    click.echo(f"{parameter.key}  {parameter.title[lang]}  {parameter.unit.text(lang)}")
    for value in parameter.values:
        places = ",".join(p or "*" for p in value.places) or "?"
        days = f"{value.since or '?'} .. {value.until or ''}"
        shown = text("policy.empty") if value.value is None else value.value
        parts = [str(shown), places, value.scope[lang], days, value.reference.label()]
        if value.reference.document:
            parts.append(value.reference.citation())
        if value.reference.note:
            parts.append(value.reference.note[lang])
        click.echo("  " + " | ".join(part for part in parts if part))
    click.echo(f"  {parameter.file}")


@command.command("check", help=text("policy.check_help"))
@_workspace
@_place
@_day
def check(workspace: Path | None, place: str, day: datetime.datetime) -> None:
    """Read all files, and print what is not usable at a place on a day and how to set it."""
    registry = _registry(workspace)
    tell_faults(registry)
    policy = _load(workspace, registry)
    lookups = [parameter.at(place, day.date()) for parameter in policy]
    for state in ("not_set", "unconfirmed"):
        for lookup in lookups:
            if lookup.state == state:
                click.echo(f"{lookup.parameter.key}  {lookup.reason()}")
    waiting = [lookup for lookup in lookups if lookup.state in ("not_set", "unconfirmed")]
    usable = sum(lookup.state == "in_force" for lookup in lookups)
    click.echo(text("policy.checked", usable=usable, waiting=len(waiting), all=len(lookups)))
    if waiting:
        click.echo(waiting[0].advice())
    if workspace is not None:
        _print_weak(workspace)
    _print_cases(policy, registry, workspace, place, day.date())


@command.command("ask", help=text("policy.ask_help"))
@click.argument(
    "workspace", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--day", type=_DAY, help=text("policy.ask_day"))
@click.option("--set", "settings", metavar="KEY=VALUE", multiple=True, help=text("policy.ask_set"))
@click.option("--document", default="", help=text("policy.ask_document"))
@click.option("--from", "since", type=_DAY, help=text("policy.ask_from"))
@click.option("--place", help=text("policy.place_help"))
def ask(
    workspace: Path,
    day: datetime.datetime | None,
    settings: tuple[str, ...],
    document: str,
    since: datetime.datetime | None,
    place: str | None,
) -> None:
    """Ask for what has no value, or take what is given; exit code 1 when something stays unset."""
    from geodata import open_workspace
    from geodata.policy.setting import CountyValue
    from geodata.workspace.checkup import unset_parameters

    setup = open_workspace(workspace).setup
    folder = setup.config.folder / "parameters"
    place = setup.config.county.code if place is None else place
    if settings:
        if not document.strip() or since is None:
            raise click.UsageError(text("policy.ask_incomplete"))
        stated = CountyValue(0, document, since.date(), place)
        _show_impact(workspace, _pairs(settings))
        for name, said in _pairs(settings):
            _set(folder, name, said, stated, setup.registry)
        return
    now = day or datetime.datetime.now()
    unset = unset_parameters(setup, now)
    if not unset:
        click.echo(text("policy.ask_nothing", day=now.date()))
        return
    written = 0
    with suppress(click.Abort):  # what was answered before is kept
        for at, lookup in enumerate(unset, 1):
            touched = _touched(lookup.parameter.key, setup.themes)
            told = {"at": at, "all": len(unset), "title": _title(lookup.parameter)}
            key, unit = lookup.parameter.key, _unit_of(lookup.parameter) or "—"
            click.echo(text("policy.ask_head", **told, key=key, unit=unit))
            click.echo(text("policy.ask_why", reason=lookup.reason(), touched=touched))
            setting = _answered(lookup.parameter, now.year, place, workspace)
            if setting is not None:
                _set(folder, key, str(setting.value), setting, setup.registry)
                written += 1
    click.echo(text("policy.ask_left", written=written, left=len(unset) - written))
    if written < len(unset):
        raise click.exceptions.Exit(1)


@command.command("changeover", help=text("policy.changeover_help"))
@click.argument(
    "workspace", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--from", "before", required=True, help=text("policy.changeover_from"))
@click.option("--to", "after", help=text("policy.changeover_to"))
@click.option("--place", default="", help=text("policy.place_help"))
@click.option(
    "--out",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    help=text("policy.changeover_out"),
)
def changeover(
    workspace: Path, before: str, after: str | None, place: str, files: tuple[Path, ...]
) -> None:
    """Print how many changed class and why, and write the page or the table."""
    from dashboard.briefing.changeover_files import changeover_lines, write_page, write_table
    from geodata import open_workspace
    from geodata.access import command_notice
    from geodata.periods import parse_month, shift_month

    for file in files:
        if file.suffix not in (".html", ".csv"):
            raise click.UsageError(text("policy.changeover_ending", file=plain_text(file.name, 80)))
    for month in filter(None, (before, after)):
        try:
            parse_month(month)
        except ValueError:
            raise click.UsageError(
                text("policy.changeover_month", month=plain_text(month, 40))
            ) from None
    after = after or shift_month(before, 1)
    if not before < after:
        raise click.UsageError(text("policy.changeover_order", before=before, after=after))
    county = open_workspace(workspace)
    if notice := command_notice(county.setup.config.folder):
        click.echo(notice, err=True)
    change = county.changeover(before, after, place=place)
    named = county.setup.config.county.name or county.setup.config.county.code
    title = text("policy.changeover_title", place=named, before=before, after=after)
    click.echo(title)
    for line in changeover_lines(change):
        click.echo("  " + line)
    for file in files:
        if file.suffix == ".html":
            write_page(file, change, title)
        else:
            write_table(file, change)
        click.echo(text("policy.changeover_written", file=file))


@command.command("impact", help=text("policy.impact_help"))
@click.argument(
    "workspace", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    required=True,
    help=text("policy.impact_set"),
)
@click.option("--month", help=text("policy.impact_month"))
@click.option("--place", default="", help=text("policy.place_help"))
@click.option("--whole", is_flag=True, help=text("policy.impact_whole"))
def impact(
    workspace: Path, settings: tuple[str, ...], month: str | None, place: str, whole: bool
) -> None:
    """Print who is gained and lost by other values, by rule and by village; nothing is saved."""
    from geodata import open_workspace
    from geodata.access import command_notice
    from geodata.policy.setting import value_of

    county = open_workspace(workspace)
    if notice := command_notice(county.setup.config.folder):
        click.echo(notice, err=True)
    policy = county.setup.policy
    values = {key: value_of(policy[key], said) for key, said in _pairs(settings)}
    _print_impact(county, values, month=month, place=place, whole=whole)


def _print_impact(
    county: Workspace,
    values: Values,
    *,
    month: str | None = None,
    place: str = "",
    whole: bool = False,
) -> None:
    from geodata.workspace.impact import CHANGES

    result = county.impact(values, place=place, month=month, whole=whole)
    told = ", ".join(f"{key} = {value}" for key, value in values.items())
    click.echo(text("policy.impact_title", month=result.month, told=told))
    shown = result.by_rule
    for rule, row in shown[shown.sum(axis=1) > 0].iterrows():
        counts = {str(name): int(count) for name, count in row.items()}
        click.echo("  " + text("policy.impact_line", title=result.titles[str(rule)], **counts))
    if not len(result.households):
        click.echo("  " + text("policy.impact_nothing"))
    for village in result.by_village.reset_index().itertuples():
        title = f"{village.place_code} {result.titles[str(village.rule)]}"
        counts = {name: int(getattr(village, name)) for name in CHANGES}
        click.echo("    " + text("policy.impact_line", title=title, **counts))
    for title in result.left:
        click.echo("  " + text("policy.impact_left", title=title))


def _pairs(settings: Sequence[str]) -> list[tuple[str, str]]:
    pairs = [tuple(part.strip() for part in one.partition("=")[::2]) for one in settings]
    for given, (key, written) in zip(settings, pairs, strict=True):
        if not key or not written:
            raise click.UsageError(text("policy.ask_not_pair", given=plain_text(given, 80)))
    return [(key, written) for key, written in pairs]


def _show_impact(workspace: Path, pairs: Sequence[tuple[str, str]]) -> None:
    """Print whom the values would gain and lose, before they are saved; nothing where no month is built."""
    from geodata import open_workspace
    from geodata.policy.setting import value_of

    county = open_workspace(workspace)
    if county.months:
        policy = county.setup.policy
        _print_impact(county, {key: value_of(policy[key], said) for key, said in pairs})


def _set(folder: Path, key: str, written: str, setting: CountyValue, registry: Registry) -> None:
    """Write one value, among those that the files hold by now."""
    from geodata.policy import load_policy
    from geodata.policy.setting import set_value, value_of

    parameter = load_policy(folder, more=registry.parameters)[key]
    value = value_of(parameter, written)
    file = set_value(folder, parameter, replace(setting, value=value))
    click.echo(text("policy.ask_stored", file=file, key=key, value=value))


def _answered(parameter: Parameter, year: int, place: str, workspace: Path) -> CountyValue | None:
    """Return what somebody sets for a parameter, None when a question is left empty."""
    from geodata.errors import PolicyError
    from geodata.policy.setting import CountyValue, value_of

    def day(written: str) -> datetime.date | None:
        try:
            return datetime.date.fromisoformat(written) if written else None
        except ValueError:
            raise PolicyError("policy.bad_day", value=written, year=year) from None

    value = ask_for(
        text("policy.ask_value"), lambda said: value_of(parameter, said) if said else None
    )
    if value is None:
        return None
    document = ask_for(text("policy.ask_which_document"), str)
    first = ask_for(text("policy.ask_since", year=year), day) if document else None
    if first is None:
        return None
    _show_impact(workspace, [(parameter.key, str(value))])
    told = {"title": _title(parameter), "value": value, "unit": _unit_of(parameter)}
    asked = text("policy.ask_confirm", **told, since=first, document=document)
    setting = CountyValue(value, document, first, place)
    return setting if click.confirm(asked) else None


def _title(parameter: Parameter) -> str:
    from geodata.i18n import default_language

    return parameter.title[default_language()]


def _print_weak(workspace: Path) -> None:
    """Name the rules that are true of most, or answered for nobody, in the last built month."""
    from geodata import open_workspace
    from geodata.config.settings import FILE_NAME
    from geodata.i18n import default_language
    from geodata.rules.weak import FEW, weak_rules

    lang = default_language()
    county = open_workspace(workspace) if (workspace / FILE_NAME).is_file() else None
    if county is None or not county.months:
        click.echo(text("policy.not_built"))
        return
    month = county.months[-1]
    listed = weak_rules(county.month(month).counts, county.setup.rules)
    for weak in listed:
        kind = "unanswered" if weak.unanswered else "often"
        told = {"yes": weak.yes, "judged": weak.judged, "unknown": weak.unknown}
        rule = weak.rule
        click.echo(text(f"policy.rule_{kind}", rule=rule.key, title=rule.title[lang], **told))
        if rule.justified is not None:
            day = str(rule.justified_on)
            click.echo("  " + text("policy.justified", day=day, words=rule.justified[lang]))
    bare = sum(weak.rule.justified is None for weak in listed)
    click.echo(text("policy.weak", month=month, all=len(listed), bare=bare, few=FEW))


def _print_cases(
    policy: Policy, registry: Registry, workspace: Path | None, place: str, day: datetime.date
) -> None:
    """Run the cases of every theme with the values of the workspace, and say which differ."""
    from geodata.rules.case import read_cases, run_cases

    # Themes in the workspace keep the values of their parameters beside their cases.
    folder = workspace / "parameters" if workspace is not None else None
    own = [p for p in policy if folder is not None and folder in p.file.parents]
    pinned = policy.with_values({p.key: policy.at(p.key, place, day).value for p in own})
    differing = [
        outcome
        for theme in registry.themes
        for outcome in run_cases(
            read_cases(theme.folder / "cases"),
            theme.rules_by_key,
            theme.feature_sets,
            theme.features,
            pinned,
            registry.tables,
        )
    ]
    changed = [outcome for outcome in differing if not outcome.passed]
    for outcome in changed:
        answers = {"now": outcome.answer, "before": outcome.case.answer}
        words = {name: text(f"policy.answer_{answer}") for name, answer in answers.items()}
        rule, name = outcome.case.rule, outcome.case.name
        click.echo(text("policy.case_changed", rule=rule, case=name, **words))
    click.echo(text("policy.cases", all=len(differing), changed=len(changed)))


def _touched(key: str, themes: Sequence[Theme]) -> str:
    """Return the rules, the indicators, and the feature sets before them, that name a parameter."""
    from geodata.rules.binding import keys_in
    from geodata.rules.feature import shared_sets

    rules = [rule.key for theme in themes for rule in theme.rules if key in rule.parameters]
    known = [*shared_sets(), *(one for theme in themes for one in theme.feature_sets)]
    sets = [one.name for one in known if key in keys_in(one.sql)]
    measures = [
        measure.key
        for theme in themes
        for measure in theme.indicators
        if key in keys_in(f"{measure.numerator} {measure.denominator} {measure.scope}")
    ]
    return ", ".join(rules + measures + sets) or text("policy.nothing")


def _registry(workspace: Path | None) -> Registry:
    from geodata.themes import find_themes

    return find_themes(workspace)


def _load(workspace: Path | None, registry: Registry) -> Policy:
    from geodata.policy import load_policy

    folder = workspace / "parameters" if workspace else None
    return load_policy(folder, more=registry.parameters)


def _print_changes(
    policy: Policy, themes: Sequence[Theme], place: str, since: datetime.date, day: datetime.date
) -> None:
    from geodata.policy import changes_since

    changes = changes_since(policy, place, since=since, day=day)
    for change in changes:
        click.echo(f"{change.key}  {_worded(change.before)}  →  {_worded(change.after)}")
        click.echo("  " + text("policy.touched", rules=_touched(change.key, themes)))
    click.echo(text("policy.changes", count=len(changes), since=since, day=day))


def _worded(lookup: Lookup) -> str:
    """Return a value with unit and status, or why there is none."""
    if lookup.dated is None or lookup.state != "in_force":
        return lookup.reason()
    unit = _unit_of(lookup.parameter)
    return f"{lookup.value}{' ' if unit else ''}{unit} ({lookup.dated.reference.label()})"


def _unit_of(parameter: Parameter) -> str:
    return parameter.unit.text()
