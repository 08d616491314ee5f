"""``guatu init``: make the workspace of a county, or say something new about one."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands import ask_for
from dashboard.texts import text

if TYPE_CHECKING:
    from geodata.config import BoundarySettings, Config
    from geodata.intake.settling import CountyAnswers, Settled

_NONE = "-"
_PATH = click.Path(path_type=Path)


@click.command(help=text("init.help"))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--code", help=text("init.code"))
@click.option("--name", help=text("init.name"))
@click.option("--boundaries", type=_PATH, help=text("init.boundaries"))
@click.option("--boundary-code", metavar="COL", help=text("init.boundary_code"))
@click.option("--boundary-name", metavar="COL", help=text("init.boundary_name"))
@click.option("--boundary-township", metavar="COL", help=text("init.boundary_township"))
@click.option("--only", metavar="COL=VALUE", multiple=True, help=text("init.only"))
@click.option("--around", type=_PATH, help=text("init.around"))
@click.option("--encoding", help=text("init.encoding"))
@click.option("--crs", help=text("init.crs"))
@click.option("--datum", help=text("init.datum"))
@click.option("--places", type=_PATH, help=text("init.places"))
@click.option("--list-code", metavar="COL", help=text("init.list_code"))
@click.option("--list-name", metavar="COL", help=text("init.list_name"))
@click.option("--list-township", metavar="COL", help=text("init.list_township"))
@click.option("--parameters", is_flag=True, help=text("init.parameters"))
@click.option("--yes", is_flag=True, help=text("init.yes"))
@click.option("--ask/--no-ask", "asks", default=None, help=text("init.ask"))
def command(folder: Path, asks: bool | None, parameters: bool, **given: Any) -> None:
    """Make or change a workspace by options, or by what is answered where there is a terminal."""
    from geodata.config import make_workspace, read_config
    from geodata.config.settings import FILE_NAME

    told = any(value not in (None, False, ()) for name, value in given.items())
    fresh = not (folder / FILE_NAME).is_file()
    asks = (sys.stdin.isatty() and not given["yes"]) if asks is None else asks
    if fresh or not (told or asks or parameters):
        code, name = (given[key] if given[key] != _NONE else "" for key in ("code", "name"))
        make_workspace(folder, code=code or "", name=name or "")
    config = read_config(folder)
    if told or asks:
        _settle(config, _Answers(config, given, asks))
    if parameters:
        from dashboard.commands.policy import ask

        click.get_current_context().invoke(ask, workspace=folder)
    shown = shlex.quote(str(folder))
    click.echo(text("init.done" if fresh else "init.changed", folder=shown))


def _settle(config: Config, answers: _Answers) -> None:
    """Settle what was answered, show it, and write it when nobody says no."""
    from geodata.intake.settling import keep_settled, settle_county

    told = answers.county()
    settled = settle_county(config, told)
    no_list = told.no_list and settled.places is None and not settled.config.boundaries.file
    _tell(settled)
    if answers.asks and not click.confirm(text("init.keep"), default=True):
        raise click.exceptions.Exit(1)
    assign = no_list and not config.places.assign
    keep_settled(settled, assign=assign)
    if assign:
        click.echo(text("init.assigned"))
    for month in settled.months:
        shown = shlex.quote(str(config.folder))
        click.echo(text("init.import_again", folder=shown, month=month))


def _tell(settled: Settled) -> None:
    county = settled.config.county
    click.echo(text("init.county", code=county.code or _NONE, name=county.name or _NONE))
    if settled.outlines:
        counts = {"with_code": settled.with_code, "known": settled.known}
        counts |= {"numbered": settled.numbered, "unnamed": settled.unnamed}
        click.echo(text("init.outlines", count=settled.outlines, **counts))
    if settled.shared:
        click.echo(text("init.shared", count=settled.shared))
    if settled.places is not None:
        levels = settled.places["level"].value_counts()
        counts = {level: int(levels.get(level, 0)) for level in ("township", "village")}
        unshaped = settled.places["level"].eq("village") & settled.places["boundary"].eq("")
        click.echo(text("init.listed", unshaped=int(unshaped.sum()), **counts))


class _Answers:
    """What is said of a county: by options, and where it asks, by who sits at the terminal."""

    def __init__(self, config: Config, given: dict[str, Any], asks: bool) -> None:
        self.asks = asks
        self._config = config
        self._given = given

    def county(self) -> CountyAnswers:
        """Return all answers; columns that were only guessed are shown and confirmed."""
        from geodata.intake.settling import CountyAnswers

        code = self._said("code", self._config.county.code, _code)
        name = self._said("name", self._config.county.name, str)
        boundaries = self._boundaries()
        file = self._said("places", "", _file)
        places = Path(file) if file else None
        listed = ("", "", "") if places is None else self._listed(places)
        return CountyAnswers(code, name, boundaries, places, listed, no_list=file == "")

    def _said(self, key: str, now: str, read: Any) -> str | None:
        """Return what an option says, or what is answered, "-" being nothing; None for no change."""
        said = self._given[key]
        if said is not None:
            return str(read("" if str(said) == _NONE else str(said)))
        if not self.asks:
            return None
        return str(
            ask_for(text(f"init.ask_{key}"), lambda one: read(one if one != _NONE else ""), now)
        )

    def _boundaries(self) -> BoundarySettings | None:
        from geodata.errors import ConfigError
        from geodata.intake.settling import copy_boundaries

        now = self._config.boundaries
        stated = {key: self._given[key] for key in ("encoding", "crs", "datum")}
        stated = {key: "" if value == _NONE else value for key, value in stated.items() if value}
        only = dict(part.partition("=")[::2] for part in self._given["only"])
        if "" in only or "" in only.values():
            raise ConfigError("config.not_a_pair", value=", ".join(self._given["only"]))
        if self._given["around"] is not None:
            return self._around(Path(_file(str(self._given["around"]))))
        file = self._said("boundaries", now.file, lambda one: _file(one, self._config.folder))
        columns = [self._given[f"boundary_{key}"] for key in ("code", "name", "township")]
        if not (file or stated or only or any(columns)):
            return None
        if file:
            now = replace(now, file=copy_boundaries(self._config.folder, Path(file)))
        if not now.file:
            raise ConfigError("config.columns_of_nothing")
        return self._columns(replace(now, **stated, only=only or now.only))

    def _around(self, file: Path) -> BoundarySettings:
        """Return the settings of approximate outlines, drawn around the points of a table."""
        from geodata.errors import ConfigError
        from geodata.intake.readers import read_table
        from geodata.intake.settling import draw_around

        name, township = (self._given[f"boundary_{key}"] for key in ("name", "township"))
        if not name or name == _NONE:
            raise ConfigError("config.around_names")
        township = "" if township in (None, _NONE) else str(township)
        drawn = draw_around(self._config.folder, read_table(file).frame, name, township)
        click.echo(text("init.drawn_around", file=drawn.file))
        return drawn

    def _columns(self, wanted: BoundarySettings) -> BoundarySettings:
        from geodata.intake.placefile import guessed_columns, read_layer

        layer = read_layer(replace(self._config, boundaries=wanted))
        values = layer.frame.drop(columns=layer.frame.geometry.name)
        now = (wanted.code, wanted.name, wanted.township)
        guessed = now if any(now) and not self._given["boundaries"] else guessed_columns(layer)
        given = tuple(self._given[f"boundary_{key}"] for key in ("code", "name", "township"))
        code, name, township = self._confirmed("boundary", guessed, given, values)
        return replace(wanted, code=code, name=name, township=township)

    def _listed(self, file: Path) -> tuple[str, str, str]:
        from geodata.intake.readers import read_table
        from geodata.intake.settling import guessed_list_columns

        given = tuple(self._given[f"list_{key}"] for key in ("code", "name", "township"))
        guessed = guessed_list_columns(file)
        return self._confirmed("list", guessed, given, read_table(file).frame)

    def _confirmed(
        self, what: str, guessed: tuple[str, str, str], given: tuple[Any, ...], values: Any
    ) -> tuple[str, str, str]:
        """Return the columns stated, else those guessed once somebody said yes to them.

        Raises ConfigError with the options to write where nobody can be asked.
        """
        from geodata.errors import ConfigError

        keys = ("code", "name", "township")
        chosen = dict(zip(keys, guessed, strict=True))
        if any(one is not None for one in given):
            chosen = {
                k: "" if g in (None, _NONE) else str(g) for k, g in zip(keys, given, strict=True)
            }
        elif self.asks:
            click.echo(text(f"init.columns_{what}"))
            for column in values.columns:
                held = "、".join(values[column].dropna().astype("str").unique()[:3])
                click.echo(text("init.column", column=column, values=held))
            known = list(map(str, values.columns))
            for key in keys:
                question = text(f"init.ask_column_{key}")
                chosen[key] = ask_for(
                    question, lambda one: _column(one, known), chosen[key] or _NONE
                )
        elif not self._given["yes"]:
            options = " ".join(
                f"--{what}-{key} {shlex.quote(chosen[key] or _NONE)}" for key in keys
            )
            raise ConfigError("config.confirm_columns", options=options)
        shown = {key: chosen[key] or _NONE for key in keys}
        click.echo(text(f"init.columns_are_{what}", **shown))
        return chosen["code"], chosen["name"], chosen["township"]


def _code(said: str) -> str:
    from geodata.codes import is_code
    from geodata.errors import ConfigError

    if said and not is_code(said):
        raise ConfigError("config.wrong_code", code=said)
    return said


def _file(said: str, folder: Path | None = None) -> str:
    from geodata.errors import ConfigError

    if not said:
        return ""
    for place in filter(None, (Path(said).expanduser(), folder and folder / said)):
        if place.exists():
            return str(place)
    raise ConfigError("config.no_such_file", file=said)


def _column(said: str, known: list[str]) -> str:
    import difflib

    from geodata.errors import ConfigError

    if said == _NONE:
        return ""
    if said not in known:
        near = difflib.get_close_matches(said, known, n=3, cutoff=0.3) or known[:5]
        raise ConfigError("config.no_column", column=said, nearest="、".join(near))
    return said
