"""What was built for a month, beside the snapshots: Parquet files behind one small pointer file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geodata.store.checksums import digests, faulty

FOLDER = "built"
# What is counted by village: no row of it is about a household.
SUMS = ("counts", "figures", "figures_before")


@dataclass(frozen=True)
class Built:
    """One built month: its folder, the digest of everything it was made from, and those inputs."""

    month: str
    folder: Path
    digest: str
    inputs: Mapping[str, Any]

    def file(self, name: str) -> Path:
        """Return the file of one table: flags, counts, figures, figures_before or a feature set."""
        return self.folder / f"{name}.parquet"

    def frame(self, name: str) -> pd.DataFrame:
        """Return one table of SUMS whole; rows about households come from a reader alone.

        Raises ValueError for another table.
        """
        if name not in SUMS:
            raise ValueError(f"{name} is read by a reader of geodata.access")
        frame: pd.DataFrame = pq.read_table(self.file(name)).to_pandas()
        return frame

    def unknown_columns(self, name: str) -> tuple[str, ...]:
        """Return the columns of a table of which no row has a value; none where it is not there."""
        file = self.file(name)
        if not file.is_file():
            return ()
        metadata = pq.read_metadata(file)
        known: set[str] = set()
        groups = (metadata.row_group(at) for at in range(metadata.num_row_groups))
        for group in groups:
            for at in range(group.num_columns):
                column = group.column(at)
                counted = column.statistics
                if counted is None or counted.null_count < column.num_values:
                    known.add(column.path_in_schema)
        return tuple(one for one in metadata.schema.names if one not in known)


def digest_of(inputs: Mapping[str, Any]) -> str:
    """Return the digest of inputs, the same for the same content in any order of keys."""
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def read_built(store: Path, month: str) -> Built | None:
    """Return what was built for a month, or None when nothing whole is there."""
    pointed = _pointed(store, month)
    if pointed is None:
        return None
    built, files = pointed
    return None if faulty(built.folder, files) or not built.folder.is_dir() else built


def built_faults(store: Path, month: str) -> tuple[str, ...]:
    """Return the files of a built month that are damaged or missing, its pointer among them."""
    pointed = _pointed(store, month)
    if pointed is None:
        return (f"{month}.json",)
    built, files = pointed
    if not built.folder.is_dir():
        return (built.folder.name,)
    return tuple(f"{built.folder.name}/{name}" for name in faulty(built.folder, files))


def _pointed(store: Path, month: str) -> tuple[Built, Mapping[str, str]] | None:
    """Return the month that a pointer names, with the digests of its files; None without a pointer."""
    pointer = store / FOLDER / f"{month}.json"
    try:
        content = json.loads(pointer.read_text(encoding="utf-8"))
        name, files = content["folder"], content.get("files", {})
        # A damaged pointer must not lead out of the folder.
        if not name.startswith(f"{month}.") or Path(name).name != name:
            return None
        if not all(isinstance(text, str) for text in (*files, *files.values())):
            return None
        folder = store / FOLDER / name
        return Built(month, folder, str(content["digest"]), dict(content["inputs"])), files
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def built_months(store: Path) -> tuple[str, ...]:
    """Return the months that were built, sorted."""
    return tuple(sorted(file.stem for file in (store / FOLDER).glob("????-??.json")))


def save_built(
    store: Path, month: str, inputs: Mapping[str, Any], tables: Mapping[str, pa.Table]
) -> Built:
    """Write the tables of a month to a new folder, then move its pointer; an old folder goes last.

    A reader that has opened the old month keeps its files until the next build of that month.
    """
    digest = digest_of(inputs)
    home = store / FOLDER
    folder = home / f"{month}.{digest[:12]}"
    unfinished = home / f".{folder.name}.{os.getpid()}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        for name, table in tables.items():
            plain = table.replace_schema_metadata(None)
            pq.write_table(plain, unfinished / f"{name}.parquet", compression="zstd")
        files = digests(unfinished, (f"{name}.parquet" for name in tables))
        before = _pointed(store, month)
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    built = Built(month, folder, digest, inputs)
    _point(store, built, files)
    kept = {folder.name, before[0].folder.name if before else ""}
    for old in home.glob(f"{month}.*"):
        if old.is_dir() and old.name not in kept:
            shutil.rmtree(old, ignore_errors=True)
    return built


def keep_sums(store: Path, month: str) -> int:
    """Remove of a built month all but its SUMS, for good; returns how many files went."""
    pointed = _pointed(store, month)
    if pointed is None:
        return 0
    built, files = pointed
    kept = {name: digest for name, digest in files.items() if Path(name).stem in SUMS}
    _point(store, built, kept)
    gone = [one for one in built.folder.glob("*.parquet") if one.name not in kept]
    for file in gone:
        file.unlink()
    return len(gone)


def rewrite_built(store: Path, month: str, change: Callable[[pa.Table], pa.Table | None]) -> int:
    """Write tables of a built month anew where `change` gives other rows; returns how many.

    SUMS are of no household and stay.
    """
    pointed = _pointed(store, month)
    if pointed is None:
        return 0
    built, files = pointed
    told = dict(files)
    for name in files:
        file = built.folder / name
        rows = change(pq.read_table(file)) if file.stem not in SUMS else None
        if rows is not None:
            fresh = file.with_name(f".{name}.new")
            pq.write_table(rows, fresh, compression="zstd")
            os.replace(fresh, file)
            told |= digests(built.folder, (name,))
    _point(store, built, told)
    return sum(told[name] != files[name] for name in files)


def _point(store: Path, built: Built, files: Mapping[str, str]) -> None:
    content = {"folder": built.folder.name, "digest": built.digest}
    described = {**content, "inputs": built.inputs, "files": files}
    pointer = store / FOLDER / f"{built.month}.json"
    part = pointer.with_suffix(".part")
    part.write_text(json.dumps(described, sort_keys=True, ensure_ascii=False, indent=1), "utf-8")
    os.replace(part, pointer)
