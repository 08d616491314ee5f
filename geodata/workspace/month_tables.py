"""What the door of geodata.access needs to know of a month of a workspace to read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from geodata.access import Derived, MonthSource, Privacy
from geodata.errors import StoreError
from geodata.rules.run import FLAG_COLUMNS
from geodata.store import Engine
from geodata.workspace.answerable import answerable, unanswered_in
from geodata.workspace.changeover import CHANGEOVER, CHANGEOVER_COLUMNS
from geodata.workspace.clocks import DUE, DUE_COLUMNS
from geodata.workspace.counted import (
    COUNTED,
    COUNTED_COLUMNS,
    FOUND_AMONG_COLUMNS,
    LEFT_OUT,
    counted_tables,
    found_among_tables,
)
from geodata.workspace.household_list import (
    HOUSEHOLD_LIST,
    INCOME_BY_PLACE,
    INCOME_COLUMNS,
    LIST_COLUMNS,
    add_household_list,
    add_income_by_place,
    list_tables,
    lists_without,
)
from geodata.workspace.impact import IMPACT, IMPACT_COLUMNS
from geodata.workspace.inputs import Setup
from geodata.workspace.life_line import (
    FINDINGS_BY_MONTH,
    FINDINGS_BY_MONTH_COLUMNS,
    INCOME_BY_MONTH,
    INCOME_BY_MONTH_COLUMNS,
    life_key,
    life_tables,
)
from geodata.workspace.movements import MOVEMENT_COLUMNS, MOVEMENTS, movements_table
from geodata.workspace.points import FROM, FROM_COLUMNS, point_tables
from geodata.workspace.saved import Built

# Of the table `flags`: every open or exempt finding of the month, and whose it is.
_FLAGS = (*FLAG_COLUMNS, "place_code", "household_code")
_ABOUT = Privacy("restricted", "hidden")
WHAT_IF = "what_if"
WHAT_IF_COLUMNS = ("before", "after", "new", "gone")


def month_source(setup: Setup, built: Built) -> MonthSource:
    """Return where the rows of one month lie: snapshot, feature sets, flags, household list."""
    snapshots = (entry.snapshot for entry in setup.store.history.current.values())
    make_list = partial(add_household_list, setup=setup, month=built.month)
    derived = {
        HOUSEHOLD_LIST: Derived(list_tables(setup), make_list),
        **lists_without(setup),
        INCOME_BY_PLACE: Derived(("ledger",), add_income_by_place),
        "flags": Derived((), partial(_add_flags, built=built)),
        **life_tables(setup, built),
        **point_tables(setup),
        **counted_tables(known := answerable(setup, unanswered_in(built)), built.month),
        **found_among_tables(known, built.month),
    }
    moved = movements_table(setup.store, built.month, setup.place_register.successors)
    if moved is not None:
        derived[MOVEMENTS] = moved
    # Rows may have gone from a snapshot since.
    steps = str(len(setup.store.history.entries))
    key = (str(built.folder), built.digest, *snapshots, *life_key(setup), steps)
    privacy, places = month_privacy(setup), _place_privacy(setup)
    return MonthSource(
        setup.store,
        setup.tables,
        built.month,
        built.folder,
        key,
        derived,
        privacy,
        places,
        {str(code): str(into) for code, into in setup.place_register.successors.items()},
    )


def month_privacy(setup: Setup) -> Mapping[str, Mapping[str, Privacy]]:
    """Return the privacy of every table of a month; features, flags and list are about households.

    The list's names are masked when it is made. Features have the class that their theme declares, and
    a rule is told to whom all it reads may be told.
    """
    counted = dict.fromkeys(counted_tables(setup, ""), COUNTED_COLUMNS)
    sets: dict[str, Iterable[str]] = {**setup.set_columns, **counted}
    sets |= {HOUSEHOLD_LIST: LIST_COLUMNS, "flags": _FLAGS, WHAT_IF: WHAT_IF_COLUMNS}
    sets[MOVEMENTS], sets[CHANGEOVER] = MOVEMENT_COLUMNS, CHANGEOVER_COLUMNS
    sets[IMPACT], sets[DUE] = IMPACT_COLUMNS, DUE_COLUMNS
    sets |= dict.fromkeys(found_among_tables(setup, ""), FOUND_AMONG_COLUMNS)
    sets |= {
        INCOME_BY_MONTH: INCOME_BY_MONTH_COLUMNS,
        FINDINGS_BY_MONTH: FINDINGS_BY_MONTH_COLUMNS,
    }
    made = {name: _made(setup, columns) for name, columns in sets.items()}
    for name in counted:
        made[name]["subject"] = replace(_ABOUT, column_class=_counted_class(setup, name))
    return {**setup.privacy, **made}


def _counted_class(setup: Setup, table: str) -> str:
    """Return the class of data that a table of those whom an indicator counts tells of each of them."""
    key = table.removeprefix(COUNTED).removeprefix(LEFT_OUT)
    return setup.indicator_classes.get(key, "restricted")


def _made(setup: Setup, columns: Iterable[str]) -> dict[str, Privacy]:
    """Return the privacy of columns that are made from the tables of a month, `rule` and `rules` too."""
    classes = setup.feature_classes
    made = {name: replace(_ABOUT, column_class=classes.get(name, "restricted")) for name in columns}
    rules = replace(_ABOUT, values=setup.rule_classes)
    named = {"rule": rules, "rules": replace(rules, listed=True)}
    return made | {name: privacy for name, privacy in named.items() if name in made}


def _place_privacy(setup: Setup) -> Mapping[str, Mapping[str, Privacy]]:
    """Return the privacy of tables about places, sites and works.

    Whose finding it is stays as strict as a column that nobody has described.
    """
    public = Privacy("open", "")
    sets = {name: _made(setup, columns) for name, columns in setup.set_columns.items()}
    sets["flags"] = _made(setup, FLAG_COLUMNS)
    sets[DUE] = _made(setup, DUE_COLUMNS)
    counted = counted_tables(setup, "")
    sets |= {
        name: {
            "place_code": _ABOUT,
            "subject": replace(_ABOUT, column_class=_counted_class(setup, name)),
        }
        for name in counted
    }
    came = (name for name in point_tables(setup) if name.startswith(FROM))
    sets |= {name: dict.fromkeys(FROM_COLUMNS, _ABOUT) for name in came}
    sets[INCOME_BY_PLACE] = dict.fromkeys(INCOME_COLUMNS, public)
    return {**setup.privacy, **sets}


def _add_flags(engine: Engine, *, built: Built) -> None:
    if not built.files("flags"):
        raise StoreError("store.retired_rows", month=built.month)
    engine.add_files("saved_flags", built.files("flags"), dict.fromkeys(FLAG_COLUMNS, "VARCHAR"))
    engine.add_view(
        "flags",
        "SELECT *, place AS place_code, CASE WHEN subject_kind = 'household' THEN subject END"
        " AS household_code FROM saved_flags",
    )
