"""One command of ``guatu`` in each module of this folder: a click command named ``command``."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from dashboard.texts import text
from geodata.errors import GuatuError
from geodata.escaping import plain_text

if TYPE_CHECKING:
    from geodata.access import Actor, Guard
    from geodata.themes import Registry


def tell_faults(registry: Registry, lang: str | None = None) -> None:
    """Say in a line each which themes and layouts were left out, and why."""
    for fault in registry.faults:
        click.echo(fault.sentence(lang), err=True)


def viewer_of(folder: Path, account: str | None) -> tuple[Guard, Actor]:
    """Return the records of a workspace and who looks; without an account whoever runs the command."""
    from geodata.access import command_actor, command_notice, open_guard

    if account is not None:
        guard = _guard(folder)
        return guard, _actor(guard, account)
    if notice := command_notice(folder):
        click.echo(notice, err=True)
    return open_guard(folder), command_actor()


def stated_day(written: str | None, lang: str) -> datetime.date:
    """Return the day of an option ``--on``, today without one; raises click.BadParameter for none."""
    if written is None:
        return datetime.date.today()
    try:
        return datetime.date.fromisoformat(written)
    except ValueError as problem:
        told = text("due.bad_day", lang, value=plain_text(written, 40))
        raise click.BadParameter(told, param_hint="--on") from problem


def _guard(folder: Path) -> Guard:
    """Return the records of a workspace with accounts; raises AccountError without any."""
    from geodata.access.guard import guard_of_accounts
    from geodata.errors import AccountError

    guard = guard_of_accounts(folder)
    if guard is None:
        raise AccountError("access.no_accounts", folder=folder)
    return guard


def _actor(guard: Guard, account: str) -> Actor:
    """Return who works under an account; raises AccountError when it is unknown or shut out."""
    from geodata.errors import AccountError

    actor = guard.accounts.get(account)
    if actor is None:
        raise AccountError("access.no_account", name=plain_text(account, 60))
    if actor.disabled:
        raise AccountError("access.account_disabled", name=actor.name)
    return actor.actor


_T = TypeVar("_T")


def ask_for(question: str, read: Callable[[str], _T], default: str = "") -> _T:
    """Ask until `read` takes the answer; what it raises as GuatuError is said before asking again."""
    while True:
        answer = click.prompt(question, default=default, show_default=bool(default))
        try:
            return read(str(answer).strip())
        except GuatuError as error:
            click.echo(error.sentence())
