"""One command of ``guatu`` in each module of this folder: a click command named ``command``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from geodata.errors import GuatuError

if TYPE_CHECKING:
    from geodata.themes import Registry


def tell_faults(registry: Registry, lang: str | None = None) -> None:
    """Say in a line each which themes and layouts were left out, and why."""
    for fault in registry.faults:
        click.echo(fault.sentence(lang), err=True)


_T = TypeVar("_T")


def ask_for(question: str, read: Callable[[str], _T], default: str = "") -> _T:
    """Ask until `read` takes the answer; what it raises as GuatuError is said before asking again."""
    while True:
        answer = click.prompt(question, default=default, show_default=bool(default))
        try:
            return read(str(answer).strip())
        except GuatuError as error:
            click.echo(error.sentence())
