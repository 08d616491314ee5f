"""What the month before is compared with: its values, also where they lie sealed."""

from __future__ import annotations

import pytest

from geodata.intake.earlier import EarlierMonth, EarlierMonths
from geodata.store import SnapshotStore, new_snapshot
from geodata.store.encryption import KEY_VARIABLE, MARK
from geodata.tables import table
from tests.geodata.workspace.test_workspace import rows

NUMBERS = ["99010119800101001X", "99010119800101001X42", None]


@pytest.mark.parametrize("encrypted", ["true", "false"])
def test_every_column_that_may_lie_sealed_is_compared_by_its_values(
    tmp_path, monkeypatch, encrypted
):
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "store.key"))
    (tmp_path / "guatu.toml").write_text(f"[store]\nencrypted = {encrypted}\n")
    person = table("person")
    sealed = [one.name for one in person.columns.values() if one.sealed]
    assert "certificate" in sealed
    listed = [
        {"household_code": "h", "person_code": str(at), "place_code": "990101100201"}
        | dict.fromkeys(sealed, number)
        for at, number in enumerate(NUMBERS)
    ]
    with new_snapshot(tmp_path / "store", "2025-01") as writer:
        writer.write_table("person", rows("person", *listed), sealed=sealed)
        snapshot = writer.commit(who="li", at="2025-02-01T00:00:00", facts={}).snapshot
    files = SnapshotStore(tmp_path / "store").files(snapshot, "person")
    assert (MARK.encode() in files[0].read_bytes()) == (encrypted == "true")
    with EarlierMonths([EarlierMonth("2025-01", {"person": files})]) as months:
        earlier = months.table(person)
        for name in sealed:
            assert earlier.columns([name])[name].to_pylist() == NUMBERS
