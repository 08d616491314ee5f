"""The database of accounts, audit and entries by people: SQLite in WAL mode, or PostgreSQL."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.schema import CreateColumn, CreateTable

from geodata.errors import AccessError

METADATA = MetaData()
# Part of the driver's message -> sentence. What matches none is shown as the driver says it.
_SENTENCES = {
    "database is locked": "access.database_locked",
    "lock timeout": "access.database_locked",
    "database or disk is full": "access.disk_full",
    "disk i/o error": "access.disk_full",
    "no space left": "access.disk_full",
    "unable to open database file": "access.database_absent",
    "readonly database": "access.database_readonly",
    "not a database": "access.database_damaged",
    "malformed": "access.database_damaged",
}


class Database:
    """One database by file path or SQLAlchemy URL.

    `wait_seconds` is how long a writer waits for another one. Every failure of the database
    leaves as an AccessError with a sentence, and what was begun is undone.
    """

    def __init__(self, place: Path | str, *, wait_seconds: float = 10) -> None:
        text = str(place)
        self.url = make_url(text if "://" in text else f"sqlite:///{text}")
        if self.url.get_backend_name() == "sqlite" and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self._engine = _engine(self, wait_seconds)
        # A forked worker must not share its parent's connections.
        engine = weakref.ref(self._engine)
        os.register_at_fork(after_in_child=lambda: _forget(engine()))

    @property
    def name(self) -> str:
        """Return what names the database to people: file or host, never a password."""
        return self.url.render_as_string(hide_password=True).removeprefix("sqlite:///")

    @property
    def identity(self) -> str:
        """Return what names the database wherever it is opened from."""
        if self.is_sqlite and self.url.database:
            return str(Path(self.url.database).resolve())
        return self.name

    def create(self, *tables: Table, also: tuple[str, ...] = ()) -> None:
        """Make tables and columns that are not there yet, and run further statements of this database."""
        with self.writing() as connection:
            for table in tables:
                connection.execute(CreateTable(table, if_not_exists=True))
                known = {column["name"] for column in inspect(connection).get_columns(table.name)}
                for column in table.columns:
                    if column.name not in known:
                        kind = CreateColumn(column).compile(dialect=connection.dialect)
                        connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {kind}")
            for statement in also:
                connection.exec_driver_sql(statement)

    @property
    def is_sqlite(self) -> bool:
        """Return whether the database is a SQLite file."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Hold the only writer's place; commits at the end, undoes everything on an error."""
        after: list[Callable[[], object]] = []
        with self._said(), self._engine.begin() as connection:
            yield connection.execution_options(guatu_after=after)
        for work in after:
            work()

    @staticmethod
    def after_commit(connection: Connection, work: Callable[[], object]) -> None:
        """Do something once what a connection of `writing` writes is committed."""
        connection.get_execution_options()["guatu_after"].append(work)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Hold one unchanging view of the database; writers are not kept waiting."""
        with self._said(), self._engine.connect() as connection:
            yield connection.execution_options(guatu_read=True)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            reason = str(error.orig if isinstance(error, DBAPIError) else error)
            for part, key in _SENTENCES.items():
                if part in reason.lower():
                    raise AccessError(key, database=self.name) from error
            raise AccessError(
                "access.database_failed", database=self.name, reason=reason
            ) from error


def _engine(database: Database, wait_seconds: float) -> Engine:
    if not database.is_sqlite:
        engine = create_engine(database.url, pool_pre_ping=True)

        @event.listens_for(engine, "connect")
        def _limit_wait(connection, _record) -> None:  # type: ignore[no-untyped-def]
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = {round(wait_seconds * 1000)}")
            connection.commit()

        return engine
    engine = create_engine(database.url, connect_args={"timeout": wait_seconds})

    @event.listens_for(engine, "connect")
    def _set_up(connection, _record) -> None:  # type: ignore[no-untyped-def]
        connection.isolation_level = None  # BEGIN is ours, below
        connection.execute("PRAGMA journal_mode=WAL")
        # A record must outlive a power cut, not only a killed process.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read = connection.get_execution_options().get("guatu_read")
        connection.exec_driver_sql("BEGIN" if read else "BEGIN IMMEDIATE")

    return engine


def _forget(engine: Engine | None) -> None:
    if engine is not None:
        engine.dispose(close=False)
