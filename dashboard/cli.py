"""The command line ``guatu``: the modules of ``dashboard/commands``, and how errors are worded."""

from __future__ import annotations

import errno
import importlib
import os
import pkgutil
import sys
from typing import NoReturn

import click

import geodata
from dashboard import commands
from dashboard.texts import text
from geodata.errors import GuatuError, code_places
from geodata.escaping import plain_text

# What a system says of a disk that cannot be written, and the sentence for it.
_DISK = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EROFS: "read_only",
    errno.EACCES: "forbidden",
    errno.EPERM: "forbidden",
}


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

    def invoke(self, ctx: click.Context) -> object:
        """Run the command named; a wrong option or argument is one sentence and exit code 2."""
        try:
            return super().invoke(ctx)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            click.echo(text("cli.error", sentence=_worded(error)), err=True)
            ctx.exit(2)


def _worded(error: click.UsageError) -> str:
    path = error.ctx.command_path if error.ctx else "guatu"
    parameter = getattr(error, "param", None)
    name = parameter.get_error_hint(error.ctx) if parameter and error.ctx else ""
    if isinstance(error, click.NoSuchOption):
        return text("cli.no_such_option", name=plain_text(error.option_name), command=path)
    if isinstance(error, click.MissingParameter):
        return text("cli.missing_parameter", name=name, command=path)
    kind = getattr(parameter, "type", None)
    if isinstance(error, click.BadParameter) and isinstance(kind, click.Choice):
        choices = "、".join(map(str, kind.choices))
        return text("cli.not_a_choice", name=name, choices=choices)
    return text("cli.wrong_usage", detail=plain_text(error.format_message(), 300), command=path)


@click.group(cls=CommandFolder, help=text("cli.help"))
@click.version_option(geodata.__version__, prog_name="guatu")
def guatu() -> None:
    """Hold the commands together."""


def main(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 done, 2 bad usage or unreadable input.

    A disk that is full, read-only or closed to the user is one sentence, exit code 2; so is a fault
    of the program, whose places in its code are told and whose message, which may name people, is not.
    """
    # What is written is about people, and nobody else's, whatever the system's habit is.
    os.umask(0o077)
    try:
        guatu.main(args=arguments, prog_name="guatu")
    except GuatuError as error:
        click.echo(text("cli.error", sentence=error.sentence()), err=True)
        sys.exit(2)
    except OSError as error:
        if error.errno not in _DISK:
            _tell_fault(error)
        file = plain_text(error.filename or "—")
        said = text("cli.disk", file=file, why=text(f"cli.disk_{_DISK[error.errno]}"))
        click.echo(text("cli.error", sentence=said), err=True)
        sys.exit(2)
    except Exception as error:
        _tell_fault(error)


def _tell_fault(error: Exception) -> NoReturn:
    """Say that the program is at fault, with the way through its code, and leave with exit code 2."""
    said = text("cli.fault", kind=type(error).__name__, way=code_places(error))
    click.echo(text("cli.error", sentence=said), err=True)
    sys.exit(2)
