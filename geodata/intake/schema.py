"""What the files of a workspace may hold: its tables, and the layouts by which sheets are recognised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from geodata.intake.layouts import Layout, template_layouts, upstream_layouts
from geodata.tables import Table, tables


@dataclass(frozen=True)
class Schema:
    """The tables of a workspace and the layouts of upstream files, those of its themes among them."""

    tables: Mapping[str, Table] = field(default_factory=tables)
    more: tuple[Layout, ...] = ()

    @cached_property
    def layouts(self) -> tuple[Layout, ...]:
        """Return all layouts: of the national system, those brought, and of our own templates."""
        return (*upstream_layouts(), *self.more, *template_layouts(self.tables))
