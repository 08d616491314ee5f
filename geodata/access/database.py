"""The database of accounts, audit and entries by people: SQLite in WAL mode, or PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.schema import CreateColumn, CreateTable

from geodata.access.deadline import end_waiting
from geodata.errors import AccessError

METADATA = MetaData()
_LOCKED = "access.database_locked"
# Seconds for a connection to be made to a server.
_CONNECTING = 2
# Seconds after a wait in vain in which nobody else waits so long, and how long then.
_AFTER_IN_VAIN, _IN_VAIN_ALREADY = 10.0, 0.05
# Part of the driver's message -> sentence. What matches none is shown as the driver says it.
_SENTENCES = {
    "database is locked": _LOCKED,
    "lock timeout": _LOCKED,
    "timeout expired": _LOCKED,
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
    leaves as an AccessError with a sentence, and what was begun is undone. For some seconds after
    a wait that was in vain others hardly wait at all, so that a server goes on answering.
    """

    def __init__(self, place: Path | str, *, wait_seconds: float = 10) -> None:
        self.wait_seconds = wait_seconds
        self._in_vain = self._frozen = -_AFTER_IN_VAIN
        # Once it was made, a file that is not there is not begun anew.
        self._is_made = False
        text = str(place)
        self.url = make_url(text if "://" in text else f"sqlite:///{text}")
        if self.url.get_backend_name() == "sqlite" and self.url.database:
            file = Path(self.url.database)
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not file.exists():
                # What SQLite makes beside it takes its mode.
                file.touch(mode=0o600)
        self._engine = _engine(self)
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
        if self._is_whole(tables, also):
            self._is_made = True
            return
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
        self._is_made = True

    def _is_whole(self, tables: tuple[Table, ...], also: tuple[str, ...]) -> bool:
        """Return whether nothing has to be made, asked without a lock; what else is run is not known."""
        if not self.is_sqlite or not os.path.exists(self.identity):
            return False
        made = "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'index')"
        with self.reading() as connection:
            names = {row[0] for row in connection.exec_driver_sql(made)}
            further = [line.partition("IF NOT EXISTS ")[2].split() for line in also]
            if any(words and words[0] not in names for words in further):
                return False
            known = inspect(connection)
            return all(
                known.has_table(table.name)
                and {column.name for column in table.columns}
                <= {column["name"] for column in known.get_columns(table.name)}
                for table in tables
            )

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
        self._in_vain = -_AFTER_IN_VAIN
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

    @property
    def is_busy(self) -> bool:
        """Return whether somebody lately waited in vain."""
        return time.monotonic() - self._in_vain < _AFTER_IN_VAIN

    @property
    def is_writable(self) -> bool:
        """Return whether it could be written as far as can be told without holding up anybody."""
        try:
            with self.reading() as connection:
                connection.exec_driver_sql("SELECT 1")
                if not self.is_sqlite:
                    refused = "SELECT pg_is_in_recovery()"
                    return not connection.exec_driver_sql(refused).scalar_one()
        except AccessError:
            return False
        return not self.is_busy and os.access(self.identity, os.W_OK)

    def close(self) -> None:
        """Close every connection; a SQLite file then holds all that was written, for a plain copy."""
        if self.is_sqlite and self._is_made:
            # One that is gone or locked stays as it is.
            with contextlib.suppress(SQLAlchemyError, sqlite3.Error, AccessError):
                raw = self._engine.raw_connection()
                with contextlib.closing(raw), contextlib.closing(raw.cursor()) as cursor:
                    cursor.execute("PRAGMA busy_timeout = 1000")
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._engine.dispose()

    def refuse_frozen(self) -> None:
        """Raise AccessError while a server that answered no more lately is not asked again."""
        if time.monotonic() - self._frozen < _AFTER_IN_VAIN:
            raise AccessError(_LOCKED, database=self.name)

    def note_frozen(self) -> None:
        """Note that a server answers no more; for some seconds nobody else waits for it."""
        self._frozen = time.monotonic()

    @property
    def _patience(self) -> float:
        """Return the seconds that the next writer waits."""
        return _IN_VAIN_ALREADY if self.is_busy else self.wait_seconds

    @contextmanager
    def _said(self) -> Iterator[None]:
        self.refuse_frozen()
        try:
            yield
        except SQLAlchemyError as error:
            reason = str(error.orig if isinstance(error, DBAPIError) else error)
            if "timeout expired" in reason:
                self.note_frozen()
            for part, key in _SENTENCES.items():
                if part in reason.lower():
                    self._in_vain = time.monotonic() if key == _LOCKED else self._in_vain
                    raise AccessError(key, database=self.name) from error
            raise AccessError(
                "access.database_failed", database=self.name, reason=reason
            ) from error


def _engine(database: Database) -> Engine:
    return _file_engine(database) if database.is_sqlite else _server_engine(database)


def _server_engine(database: Database) -> Engine:
    engine = create_engine(database.url, connect_args={"connect_timeout": _CONNECTING})
    end_waiting(engine, lambda: max(database.wait_seconds, 1.0), database.note_frozen)

    @event.listens_for(engine, "do_connect")
    def _not_now(_dialect, _record, _arguments, _named) -> None:  # type: ignore[no-untyped-def]
        database.refuse_frozen()

    @event.listens_for(engine, "begin")
    def _limit_wait(connection: Connection) -> None:
        # A reader waits for no lock, and what it reads in parts cannot begin with a setting.
        if not connection.get_execution_options().get("guatu_read"):
            limit = f"SET LOCAL lock_timeout = {round(database._patience * 1000)}"
            connection.exec_driver_sql(limit)

    return engine


def _file_engine(database: Database) -> Engine:
    engine = create_engine(database.url)

    @event.listens_for(engine, "do_connect")
    def _not_anew(_dialect, _record, _arguments, _named) -> None:  # type: ignore[no-untyped-def]
        if database._is_made and not os.path.exists(database.identity):
            raise AccessError("access.database_absent", database=database.name)

    @event.listens_for(engine, "connect")
    def _set_up(connection, record) -> None:  # type: ignore[no-untyped-def]
        record.info["inode"] = _inode(database)
        connection.isolation_level = None  # BEGIN is ours, below
        connection.execute(f"PRAGMA busy_timeout = {round(database._patience * 1000)}")
        connection.execute("PRAGMA journal_mode=WAL")
        # A record must outlive a power cut, not only a killed process.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.info["inode"] != _inode(database):
            # What is written to a file that was taken away would be lost with it.
            engine.dispose()
            connection.invalidate()
            raise AccessError("access.database_absent", database=database.name)
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(database._patience * 1000)}")
        read = connection.get_execution_options().get("guatu_read")
        connection.exec_driver_sql("BEGIN" if read else "BEGIN IMMEDIATE")

    return engine


def _inode(database: Database) -> int:
    """Return which file lies at the place of a database; 0 for none, or in memory."""
    try:
        return os.stat(database.identity).st_ino
    except FileNotFoundError:
        return 0


def _forget(engine: Engine | None) -> None:
    if engine is not None:
        engine.dispose(close=False)
