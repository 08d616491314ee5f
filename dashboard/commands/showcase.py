"""``guatu showcase``: a county of another country from its raw files to the browser, by settings alone."""

from __future__ import annotations

import importlib
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.texts import text

if TYPE_CHECKING:
    from collections.abc import Sequence

HOME = Path(__file__).resolve().parents[1] / "examples"
_VARIABLE = "GUATU_EXAMPLE_DATA"
NAMES = tuple(sorted(folder.name for folder in HOME.iterdir() if folder.is_dir()))


@click.command(help=text("showcase.help"))
@click.argument("name", type=click.Choice(NAMES))
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--data", envvar=_VARIABLE, type=click.Path(path_type=Path), help=text("showcase.data")
)
@click.option("--no-serve", is_flag=True, help=text("showcase.no_serve"))
@click.option("--no-open", is_flag=True, help=text("serve.no_open"))
@click.option("--port", type=click.IntRange(1, 65535), default=5006, help=text("serve.port"))
def command(
    name: str, folder: Path | None, data: Path | None, no_serve: bool, no_open: bool, port: int
) -> None:
    """Make the workspace step by step, each step shown as the command it is, and serve it."""
    from geodata.errors import ConfigError
    from geodata.i18n import default_language
    from geodata.yaml_entries import mapping_of

    if data is None:
        raise ConfigError("showcase.no_data", variable=_VARIABLE)
    home = folder or Path(f"guatu-{name}")
    if home.exists() and any(home.iterdir()):
        raise ConfigError("showcase.not_empty", folder=str(home))
    content: dict[str, Any] = mapping_of(HOME / name / "example.yaml")
    click.echo(content["title"][default_language()])
    where = {"folder": str(home), "data": str(data)}
    files = {part: list(names) for part, names in content.get("files", {}).items()}
    missing = [
        str(data / one) for names in files.values() for one in names if not (data / one).is_file()
    ]
    if missing:
        raise ConfigError("showcase.missing", files="、".join(missing))
    _run(content["before"], where)
    for part, names in files.items():
        (home / part).mkdir(parents=True, exist_ok=True)
        for one in names:
            shutil.copyfile(data / one, home / part / Path(one).name)
            click.echo(f"$ cp {shlex.quote(str(data / one))} {shlex.quote(str(home / part))}")
    _settings(HOME / name, home)
    _run(content.get("after", ()), where)
    if not no_serve:
        _run(
            [["serve", "{folder}", "--port", str(port), *(["--no-open"] if no_open else [])]], where
        )


def _run(steps: Sequence[Sequence[object]], where: dict[str, str]) -> None:
    """Run commands of guatu, each shown as it is written at a prompt."""
    for step in steps:
        name, *arguments = (str(one).format(**where) for one in step)
        click.echo("$ guatu " + shlex.join([name, *arguments]))
        module = importlib.import_module(f"{__package__}.{name}")
        module.command.main(args=arguments, prog_name=f"guatu {name}", standalone_mode=False)


def _settings(example: Path, home: Path) -> None:
    """Add the example's settings and themes to its workspace."""
    settings = example / "settings.toml"
    if settings.is_file():
        with (home / "guatu.toml").open("a", encoding="utf-8", newline="\n") as lines:
            lines.write(settings.read_text(encoding="utf-8"))
        click.echo(f"$ cat {settings.name} >> {shlex.quote(str(home / 'guatu.toml'))}")
    if (example / "themes").is_dir():
        shutil.copytree(example / "themes", home / "themes", dirs_exist_ok=True)
        click.echo(f"$ cp -r themes {shlex.quote(str(home))}")
