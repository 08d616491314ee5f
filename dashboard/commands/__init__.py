"""One command of ``guatu`` in each module of this folder: a click command named ``command``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from geodata.themes import Registry


def tell_faults(registry: Registry, lang: str | None = None) -> None:
    """Say in a line each which themes and layouts were left out, and why."""
    for fault in registry.faults:
        click.echo(fault.sentence(lang), err=True)
