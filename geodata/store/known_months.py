"""Since when the tables of a county are known without a gap: by the manifests alone, without a row."""

from __future__ import annotations

from collections.abc import Mapping

from geodata.periods import shift_month
from geodata.store.snapshots import SnapshotStore
from geodata.tables import Table

# A register says itself since when: its rows bear their dates, and the first delivery brings all.
LASTING_SINCE = "1900-01"
# Among the months of a table in a manifest: rows may be of any month before.
EARLIER = "0000-00"


def known_since(
    store: SnapshotStore, month: str, known: Mapping[str, Table], *, back: int
) -> dict[str, str]:
    """Return for each events table the first of the months up to `month` that all brought it.

    At most `back` months before; a table that the month did not bring is left out. A lasting table
    is a register: whichever month brought it, it is known since LASTING_SINCE.
    """
    current = store.history.current
    brought: dict[str, set[str]] = {}
    for each in (one for one in current if one <= month):
        manifest = store.manifest(current[each].snapshot)
        for name in {*manifest.months, *(name for name, rows in manifest.rows().items() if rows)}:
            brought.setdefault(name, set()).update(manifest.months.get(name, (each,)))
    since: dict[str, str] = {}
    for name, table in known.items():
        months = brought.get(name, set()) - {EARLIER}
        if table.nature == "events" and table.lasting and months:
            since[name] = LASTING_SINCE
        elif table.nature == "events" and month in months:
            run = 0
            while run < back and shift_month(month, -run - 1) in months:
                run += 1
            since[name] = shift_month(month, -run)
    return since
