"""The command line ``guatu``: the modules of ``dashboard/commands``, and how errors are worded."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import click

import geodata
from dashboard import commands
from dashboard.texts import text
from geodata.errors import GuatuError


class CommandFolder(click.Group):
    """A group whose commands are the modules of ``dashboard/commands``, imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted."""
        return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command, or None when no module has its name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = importlib.import_module(f"{commands.__name__}.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command


@click.group(cls=CommandFolder, help=text("cli.help"))
@click.version_option(geodata.__version__, prog_name="guatu")
def guatu() -> None:
    """Hold the commands together."""


def main(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 done, 2 bad usage or unreadable input."""
    try:
        guatu.main(args=arguments, prog_name="guatu")
    except GuatuError as error:
        click.echo(text("cli.error", sentence=error.sentence()), err=True)
        sys.exit(2)
