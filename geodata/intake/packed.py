"""A table of texts kept packed in memory: a month's files together take more than all else."""

from __future__ import annotations

import weakref
from dataclasses import replace

import pandas as pd
import pyarrow as pa

from geodata.intake.readers import SourceTable


class PackedTable:
    """A table as it was read, unpacked while somebody holds what `table` gave."""

    def __init__(self, table: SourceTable) -> None:
        self.rows = table.rows
        # A slice without rows would hold the texts of all.
        empty = pd.DataFrame({name: pd.Series(dtype="str") for name in table.frame.columns})
        self._shell = replace(table, frame=empty)
        self._texts = _packed(table.frame)
        self._held = weakref.ref(table)

    def table(self) -> SourceTable:
        """Return the table; whoever asks more than once holds it meanwhile."""
        held = self._held()
        if held is None:
            held = replace(self._shell, frame=_unpacked(self._texts))
            self._held = weakref.ref(held)
        return held


def give_back() -> None:
    """Let the system have the memory that is free, also between what is still held."""
    pa.default_memory_pool().release_unused()


def _packed(frame: pd.DataFrame) -> bytes:
    texts = pa.Table.from_pandas(frame, preserve_index=False)
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, texts.schema, options=options) as stream:
        stream.write_table(texts)
    # The buffer of the stream is twice as large as what is in it.
    return bytes(sink.getvalue())


def _unpacked(texts: bytes) -> pd.DataFrame:
    frame: pd.DataFrame = pa.ipc.open_stream(texts).read_all().to_pandas()
    return frame
