"""Built months: damage is noticed and never shown, whatever it does to pointer or files."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from geodata.workspace.saved import built_faults, read_built, save_built

MONTH = "2025-03"


@pytest.fixture
def store(tmp_path):
    tables = {"figures": pa.table({"n": list(range(500))}), "flags": pa.table({"x": ["a", "b"]})}
    save_built(tmp_path, MONTH, {"snapshot": "2025-03-001"}, tables)
    return tmp_path


def test_whole_month_is_read(store):
    built = read_built(store, MONTH)
    assert built is not None
    assert built_faults(store, MONTH) == ()
    assert len(built.frame("figures")) == 500


@pytest.mark.parametrize("seed", range(20))
def test_any_flipped_byte_of_a_table_is_noticed(store, seed):
    draw = random.Random(seed)
    file = read_built(store, MONTH).file(draw.choice(["figures", "flags"]))
    content = bytearray(file.read_bytes())
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    file.write_bytes(bytes(content))
    assert built_faults(store, MONTH) == (f"{file.parent.name}/{file.name}",)
    assert read_built(store, MONTH) is None


@pytest.mark.parametrize("seed", range(60))
def test_damaged_pointer_is_no_month_or_the_same_month(store, seed):
    draw = random.Random(seed)
    pointer = store / "built" / f"{MONTH}.json"
    content = bytearray(pointer.read_bytes())
    for _ in range(draw.randint(1, 6)):
        at = draw.randrange(len(content))
        how = draw.randrange(3)
        if how == 0:
            content[at] = draw.randrange(256)
        elif how == 1:
            del content[at : at + draw.randint(1, 30)]
        else:
            content[at:at] = draw.choice([b"[]", b"{}", b"null", b'"', b"../", b"1"])
    pointer.write_bytes(bytes(content))
    built = read_built(store, MONTH)
    assert built is None or built.folder.parent == store / "built"


def test_failed_build_leaves_the_month_before_and_nothing_else(store, monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("geodata.workspace.saved.pq.write_table", full)
    with pytest.raises(OSError, match="No space"):
        save_built(store, MONTH, {"snapshot": "2025-03-002"}, {"figures": pa.table({"n": [1]})})
    assert len(read_built(store, MONTH).frame("figures")) == 500
    assert not list((store / "built").glob(".*"))
