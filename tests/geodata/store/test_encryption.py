"""Numbers that lie sealed: nobody reads them without the key, and they still join and compare."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geodata.errors import StoreError
from geodata.store import SnapshotStore, new_snapshot
from geodata.store.encryption import KEY_VARIABLE, MARK, StoreKey, seals_of
from geodata.tables import tables
from tests.geodata.store.test_snapshots import WHO

NUMBER, CARD = "99010119800101001X", "99010119800101001X42"
PHONE = "13912345678"
ON = "[store]\nencrypted = true\n"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "keys" / "store.key"))
    (tmp_path / "county").mkdir()
    (tmp_path / "county" / "guatu.toml").write_text(ON)
    return tmp_path / "county"


def write(store, *numbers) -> pa.Table:
    """Return the rows of a snapshot as they lie in its file."""
    rows = pa.table(
        {"certificate": pa.array(numbers, pa.string()), "place_code": ["1"] * len(numbers)}
    )
    with new_snapshot(store, "2025-03") as writer:
        writer.write_table("person", rows, sealed=["certificate", "absent"])
        snapshot = writer.commit(**WHO, facts={}).snapshot
    (file,) = SnapshotStore(store).files(snapshot, "person")
    assert SnapshotStore(store).verify(snapshot) == ()
    return pq.read_table(file, partitioning=None)


def test_no_number_lies_open_and_equal_ones_stay_equal(workspace):
    lain = write(workspace / "store", NUMBER, CARD, None, NUMBER, PHONE, "")
    told = lain["certificate"].to_pylist()
    assert all(one is None or one.startswith(MARK) for one in told)
    assert not any(number[4:12] in str(told) for number in (NUMBER, PHONE))
    assert (told[0] == told[3], told[0] == told[1], told[2]) == (True, False, None)
    # Kind and grade of a disability card, which rules read.
    assert (told[1][-3:], told[0][-1:] == "X") == (":42", False)
    seals = seals_of(workspace)
    assert seals.opened(lain, ["certificate"])["certificate"].to_pylist() == [
        NUMBER, CARD, None, NUMBER, PHONE, "",
    ]  # fmt: skip
    assert told[0] in seals.forms(NUMBER)
    key = workspace.parent / "keys" / "store.key"
    assert (key.stat().st_mode & 0o777, key.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_new_key_seals_and_the_old_one_still_opens_until_all_is_sealed_anew(workspace):
    store, keys = workspace / "store", workspace.parent / "keys" / "store.key"
    old = write(store, NUMBER)
    with keys.open("a") as lines:
        lines.write("ab" * 32 + "\n")
    seals = seals_of(workspace)
    new = write(store, NUMBER)
    assert old["certificate"] != new["certificate"]
    for rows in (old, new):
        assert seals.opened(rows, ["certificate"])["certificate"].to_pylist() == [NUMBER]
    assert seals.resealed(old, ["certificate"]) == new
    keys.write_text("ab" * 32 + "\n")
    only = seals_of(workspace)
    assert only.opened(new, ["certificate"])["certificate"].to_pylist() == [NUMBER]
    with pytest.raises(StoreError) as refused:
        only.opened(old, ["certificate"])
    assert refused.value.key == "store.key_missing"


@pytest.mark.parametrize("content", ["no key\n", "abcd\n", "", "zz" * 32])
def test_a_file_that_holds_no_keys_is_refused_and_told_without_its_content(workspace, content):
    keys = workspace.parent / "keys" / "store.key"
    keys.parent.mkdir()
    keys.write_text(content)
    with pytest.raises(StoreError) as refused:
        seals_of(workspace)
    assert refused.value.key == "store.key_unreadable"


def test_a_seal_that_was_changed_does_not_open(workspace):
    seals = seals_of(workspace)
    sealed = seals.seal(NUMBER)
    at = len(sealed) // 2 + 10
    changed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
    with pytest.raises(StoreError) as refused:
        seals.open(changed)
    assert refused.value.key == "store.seal_broken"
    assert NUMBER not in str(refused.value)


@pytest.mark.parametrize("encrypted", ["true", "false"])
def test_a_text_of_a_file_that_looks_like_a_seal_breaks_no_page(workspace, encrypted):
    (workspace / "guatu.toml").write_text(f"[store]\nencrypted = {encrypted}\n# other\n")
    for text in (f"{MARK}{'0' * 12}:AAAA", f"{MARK}{'0' * 12}:AAAA:42", MARK, f"{MARK}x"):
        lain = write(workspace / "store", text)
        seals_of(workspace).opened(lain, ["certificate"])


def test_without_the_setting_nothing_is_sealed_and_no_key_is_made(tmp_path, workspace):
    (workspace / "guatu.toml").write_text("[county]\n# no store\n")
    assert write(workspace / "store", NUMBER)["certificate"].to_pylist() == [NUMBER]
    assert write(tmp_path / "elsewhere", NUMBER)["certificate"].to_pylist() == [NUMBER]
    assert not (tmp_path / "keys").exists()


def test_a_key_is_shown_by_nothing():
    key = StoreKey(b"0" * 32)
    assert repr(key) == "StoreKey()"
    assert key.secret.hex() not in key.name


def test_certificates_telephones_and_accounts_are_sealed_and_nothing_that_is_no_number_of_a_person():
    sealed = {(t.name, c.name) for t in tables().values() for c in t.columns.values() if c.sealed}
    assert {
        ("person", "certificate"),
        ("household", "head_certificate"),
        ("person", "phone"),
    } <= sealed
    for table in tables().values():
        for column in table.columns.values():
            assert not column.sealed or column.identifies
            assert column.sealed or column.kind != "certificate"
