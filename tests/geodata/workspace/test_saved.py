"""Built months: damage is noticed and never shown, whatever it does to pointer or files."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geodata.errors import StoreError
from geodata.store.checksums import digest_of
from geodata.workspace import saved
from geodata.workspace.saved import building, built_faults, keep_sums, read_built, save_built

MONTH = "2025-03"


TABLES = {"figures": pa.table({"n": list(range(500))}), "flags": pa.table({"x": ["a", "b"]})}


def written(folder: Path) -> dict[Path, str]:
    files = {folder / f"{name}.parquet": table for name, table in TABLES.items()}
    for file, table in files.items():
        pq.write_table(table, file)
    return {file: digest_of(file) for file in files}


@pytest.fixture
def store(tmp_path):
    save_built(tmp_path, MONTH, {"snapshot": "2025-03-001"}, written)
    return tmp_path


def test_whole_month_is_read(store):
    built = read_built(store, MONTH)
    assert built is not None
    assert built_faults(store, MONTH) == ()
    assert len(built.frame("figures")) == 500


@pytest.mark.parametrize("seed", range(20))
def test_any_flipped_byte_of_a_table_is_noticed(store, seed):
    draw = random.Random(seed)
    (file,) = read_built(store, MONTH).files(draw.choice(["figures", "flags"]))
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


def test_failed_build_leaves_the_month_before_and_nothing_else(store):
    def full(folder: Path) -> dict[Path, str]:
        written(folder)
        raise StoreError("store.disk_full", folder=str(folder))

    with pytest.raises(StoreError, match="磁盘已满"):
        save_built(store, MONTH, {"snapshot": "2025-03-002"}, full)
    built = read_built(store, MONTH)
    assert len(built.frame("figures")) == 500
    assert {one.name for one in (store / "built").iterdir()} == {built.folder.name, f"{MONTH}.json"}


def test_a_month_is_built_beside_the_one_that_is_read_and_then_shown(store):
    before = read_built(store, MONTH)
    seen = []

    def write(folder: Path) -> dict[Path, str]:
        seen.append(read_built(store, MONTH).folder)
        return written(folder)

    after = save_built(store, MONTH, before.inputs, write)
    assert seen == [before.folder]
    assert read_built(store, MONTH).folder == after.folder != before.folder
    # Whoever reads the month before still has its files.
    assert before.folder.is_dir()


def test_a_table_in_several_files_is_read_in_the_order_of_their_names(store):
    def write(folder: Path) -> dict[Path, str]:
        files = [folder / "figures.parquet" / name for name in ("00001.parquet", "00000.parquet")]
        files[0].parent.mkdir()
        for number, file in enumerate(files):
            pq.write_table(pa.table({"n": [number], "x": pa.nulls(1, pa.string())}), file)
        return {file: digest_of(file) for file in files}

    built = save_built(store, MONTH, {"snapshot": "2025-03-002"}, write)
    assert built.frame("figures")["n"].tolist() == [1, 0]
    assert built.unknown_columns("figures") == ("x",)
    assert keep_sums(store, MONTH) == 0
    assert len(read_built(store, MONTH).frame("figures")) == 2
    next(iter(built.files("figures"))).write_bytes(b"")
    assert built_faults(store, MONTH) == (f"{built.folder.name}/figures.parquet/00000.parquet",)


_HOLD = """
import sys
from pathlib import Path
from geodata.workspace import saved

saved._LEASE, saved._BEAT = 3.0, 0.5
with saved.building(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_of_two_machines_one_builds_and_a_dead_one_holds_up_nobody(store, monkeypatch):
    monkeypatch.setattr(saved, "_LEASE", 3.0)
    monkeypatch.setattr(saved, "_BEAT", 0.5)
    leftover = store / ".work-of-a-killed-build"
    leftover.mkdir()
    command = [sys.executable, "-c", _HOLD, str(store)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as other:
        try:
            assert other.stdout.readline() == "held\n"
            with pytest.raises(StoreError, match="另一台机器或另一个程序正在计算"), building(store):
                pass
        finally:
            other.kill()
    with building(store):
        assert not leftover.exists()
