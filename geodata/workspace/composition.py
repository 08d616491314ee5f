"""What a place's figures are made of, as its themes declare it: income by source, causes, verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from geodata.access import Request
from geodata.tables import enumerations
from geodata.theme import PartsOf, Theme
from geodata.workspace.inputs import Setup
from geodata.workspace.people import Read, people_reader
from geodata.workspace.saved import Built


@dataclass(frozen=True)
class Composition:
    """One composition of a place: `parts` counts households by label, or, stacked, amounts in yuan.

    Counted: index label, largest first, column count; a household can have several parts, and
    `subjects` households have any. Stacked: index month, a column for each part.
    """

    title: str
    parts: pd.DataFrame = field(repr=False)
    stacked: bool
    subjects: int


def compositions(
    setup: Setup,
    built: Built,
    theme: Theme,
    prefixes: tuple[str, ...],
    *,
    lang: str,
    read: Read | None = None,
) -> tuple[Composition, ...]:
    """Return the compositions of a theme within places; those without any row are left out.

    Counts and sums only: no row about a household comes out.
    """
    read = read or people_reader(setup, built)
    found = []
    for declared in theme.composition:
        if declared.stacked:
            made = _stacked(declared, read, prefixes, lang)
        elif built.file(declared.table).is_file():
            made = _counted(declared, read, prefixes, theme.words(lang), lang)
        else:
            continue
        if len(made.parts):
            found.append(made)
    return tuple(found)


def _counted(
    declared: PartsOf, read: Read, prefixes: tuple[str, ...], words: Mapping[str, str], lang: str
) -> Composition:
    wanted = Request(declared.table, columns=(declared.column,))
    if declared.where:
        wanted = Request(
            declared.table, columns=(declared.column,), filters=((declared.where, "is", True),)
        )
    lists = read(wanted, prefixes)[declared.column]
    named = lists.dropna().astype("str").str.split(r"[|,]", regex=True)
    parts = named.explode()
    parts = parts[parts.notna() & (parts != "")]
    counts = parts.value_counts().rename("count").to_frame()
    known = enumerations().get(declared.column)
    labels = [
        known.label(part, lang) if known and part not in words else words.get(part, part)
        for part in counts.index
    ]
    counts.index = pd.Index(labels, name="part")
    counts = counts.sort_values("count", ascending=False, kind="stable")
    return Composition(declared.title[lang], counts, False, int(parts.index.nunique()))


def _stacked(declared: PartsOf, read: Read, prefixes: tuple[str, ...], lang: str) -> Composition:
    rows = read(Request(declared.table), prefixes)
    wide = rows.pivot_table(index="month", columns="part", values="amount", aggfunc="sum")
    titles = {part: title[lang] for part, title in declared.parts.items()}
    kept = wide[[part for part in titles if part in wide]] / 100
    return Composition(declared.title[lang], kept.rename(columns=titles), True, 0)
