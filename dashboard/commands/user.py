"""``guatu user``: who may sign in, with which role and for which places."""

from __future__ import annotations

import secrets
import string
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.texts import text

if TYPE_CHECKING:
    from geodata.access import Account, Guard

_folder = click.option(
    "--workspace",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help=text("user.workspace_help"),
)
_password = click.option("--ask-password", is_flag=True, help=text("user.ask_password_help"))
_name = click.argument("name")


@click.group(help=text("user.help"))
def command() -> None:
    """Hold the subcommands together."""


@command.command("add", help=text("user.add_help"))
@_name
@click.option("--role", required=True, help=text("user.role_help"))
@click.option("--place", "places", multiple=True, help=text("user.place_help"))
@_password
@_folder
def add(name: str, role: str, places: tuple[str, ...], ask_password: bool, workspace: Path) -> None:
    """Make an account and say its first password, which must be changed at the first sign-in."""
    from geodata.access import Actor

    guard = _guard(workspace)
    actor = Actor(name, role, places)
    password = _new_password(ask_password, guard)
    first = not guard.accounts.all()
    account = guard.accounts.add(actor, password, by=_me(), now=guard.trail.clock())
    click.echo(text("user.added", line=_line(account)))
    if first and _encrypts_from_now(workspace):
        click.echo(text("user.encrypted"))
    if not ask_password:
        click.echo(text("user.first_password", password=password))
    if not places and any(reach != "any" for reach in actor.scope.role.acts.values()):
        click.echo(text("user.no_places"))


@command.command("list", help=text("user.list_help"))
@_folder
def list_accounts(workspace: Path) -> None:
    """Print every account with role, places and state."""
    accounts = _guard(workspace).accounts.all()
    for account in accounts:
        click.echo(_line(account))
    click.echo(text("user.count", count=len(accounts)))


@command.command("disable", help=text("user.disable_help"))
@_name
@click.option("--undo", is_flag=True, help=text("user.undo_help"))
@_folder
def disable(name: str, undo: bool, workspace: Path) -> None:
    """Shut an account out and end its sessions, or let it in again."""
    _guard(workspace).accounts.set_disabled(name, not undo, by=_me())
    click.echo(text("user.enabled" if undo else "user.disabled", name=name))


@command.command("reset", help=text("user.reset_help"))
@_name
@_password
@_folder
def reset(name: str, ask_password: bool, workspace: Path) -> None:
    """Set a new first password, which also unlocks the account and ends its sessions."""
    guard = _guard(workspace)
    password = _new_password(ask_password, guard)
    guard.accounts.set_password(name, password, by=_me(), now=guard.trail.clock())
    click.echo(text("user.was_reset", name=name))
    if not ask_password:
        click.echo(text("user.first_password", password=password))


@command.command("factor", help=text("user.factor_help"))
@_name
@click.option("--remove", is_flag=True, help=text("user.factor_remove"))
@_folder
def factor(name: str, remove: bool, workspace: Path) -> None:
    """Give an account a new second factor, printed once, or take it away."""
    from geodata.errors import AccountError

    guard = _guard(workspace)
    account = guard.accounts.get(name)
    if account is None:
        raise AccountError("access.no_account", name=name)
    if remove:
        had = guard.accounts.factors.remove(account.name, by=_me())
        click.echo(text("user.factor_removed" if had else "user.factor_none", name=account.name))
        return
    given = guard.accounts.factors.enrol(account.name, by=_me(), issuer="guatu")
    click.echo(text("user.factor_given", name=account.name, address=given.address))
    click.echo(text("user.factor_secret", secret=given.secret))
    click.echo(text("user.factor_codes", codes="  ".join(given.codes)))


def _guard(folder: Path) -> Guard:
    from geodata.access import open_guard

    return open_guard(folder)


def _encrypts_from_now(folder: Path) -> bool:
    """Let snapshots be written encrypted from now on; returns False where the settings say which."""
    from geodata.config import change_settings
    from geodata.config.settings import FILE_NAME

    file = folder / FILE_NAME
    if not file.is_file():
        return False
    settings = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    if "encrypted" in settings.get("store", {}):
        return False
    change_settings(folder, {"store": {"encrypted": True}})
    return True


def _me() -> str:
    """Return who runs the command, marked as the command line and not the application."""
    from geodata.access import command_actor

    return command_actor().name


def _new_password(ask: bool, guard: Guard) -> str:
    if ask:
        prompt = text("user.password_prompt", least=guard.limits.password_length)
        return click.prompt(prompt, hide_input=True, confirmation_prompt=True)
    return _made_password(guard.limits.password_length + 4)


def _made_password(length: int) -> str:
    """Return a random password with every kind of sign, without those that are easily confused."""
    kinds = (string.ascii_uppercase, string.ascii_lowercase, string.digits, "-+=%")
    clear = ["".join(sign for sign in kind if sign not in "Il1O0o") for kind in kinds]
    signs = [secrets.choice(kind) for kind in clear]
    signs += [secrets.choice("".join(clear)) for _ in range(length - len(signs))]
    secrets.SystemRandom().shuffle(signs)
    return "".join(signs)


def _line(account: Account) -> str:
    holding = {
        "altered": account.altered,
        "disabled": account.disabled and not account.altered,
        "must_change": account.must_change,
    }
    states = [text(f"user.state_{state}") for state, holds in holding.items() if holds]
    role = text(f"access.role_{account.role}")
    places = ",".join(account.prefixes) or text("user.nowhere")
    return "  ".join([account.name, role, places, *states])
