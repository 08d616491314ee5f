"""What was built for a month, beside the snapshots: Parquet files behind one small pointer file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

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


def digest_of(inputs: Mapping[str, Any]) -> str:
    """Return the digest of inputs, the same for the same content in any order of keys."""
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def read_built(store: Path, month: str) -> Built | None:
    """Return what was built for a month, or None when nothing whole is there."""
    pointer = store / FOLDER / f"{month}.json"
    if not pointer.is_file():
        return None
    content = json.loads(pointer.read_text(encoding="utf-8"))
    folder = store / FOLDER / content["folder"]
    if not folder.is_dir():
        return None
    return Built(month, folder, content["digest"], content["inputs"])


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
    for name, table in tables.items():
        plain = table.replace_schema_metadata(None)
        pq.write_table(plain, unfinished / f"{name}.parquet", compression="zstd")
    before = read_built(store, month)
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
    content = {"folder": folder.name, "digest": digest, "inputs": inputs}
    pointer = home / f"{month}.json"
    part = pointer.with_suffix(".part")
    part.write_text(json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1), "utf-8")
    os.replace(part, pointer)
    kept = {folder.name, before.folder.name if before else ""}
    for old in home.glob(f"{month}.*"):
        if old.is_dir() and old.name not in kept:
            shutil.rmtree(old, ignore_errors=True)
    return Built(month, folder, digest, inputs)
