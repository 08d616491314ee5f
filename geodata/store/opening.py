"""Engines by name, each loaded only when it is asked for."""

from __future__ import annotations

from geodata.errors import StoreError
from geodata.store.embedded import DuckDBEngine
from geodata.store.engine import Engine

ENGINES = ("duckdb", "spark")


def check_engine(name: str) -> None:
    """Raise StoreError when there is no engine of this name."""
    if name not in ENGINES:
        raise StoreError("store.unknown_engine", engine=name, known=", ".join(ENGINES))


def open_engine(name: str = "duckdb", *, threads: int | None = None) -> Engine:
    """Return a new engine, Spark with all threads; raises StoreError for an unknown name or what the engine lacks."""
    check_engine(name)
    if name == "spark":
        from geodata.store.distributed import SparkEngine

        return SparkEngine()
    return DuckDBEngine(threads=threads)
