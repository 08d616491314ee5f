"""Exemptions that people wrote in the application, as rules know them."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from pathlib import Path

from geodata.access import AuditTrail, Database, Writes, database_of
from geodata.rules.exemption import Exemption


def written_exemptions(folder: Path, rules: Collection[str]) -> tuple[Exemption, ...]:
    """Return the exemptions that stand in the records of a folder; () where there are no records.

    One holds from the day it was written, and no longer than its last day; a rule that is not
    there any more is left out. Raises AccessError when the records cannot be read.
    """
    database = database_of(folder)
    if isinstance(database, Path) and not database.is_file():
        return ()
    records = Database(database)
    try:
        standing = Writes(AuditTrail(records)).standing("exemption")
    finally:
        records.close()
    exemptions = []
    for one in standing:
        fields, since = one.fields, datetime.date.fromisoformat(one.at[:10])
        until = datetime.date.fromisoformat(fields["until"])
        if fields["rule"] in rules and since <= until:
            who = (fields["reason"], fields.get("approver", one.by))
            exemptions.append(
                Exemption(fields["rule"], one.household or one.place, *who, since, until)
            )
    return tuple(exemptions)
