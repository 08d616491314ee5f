"""The tables of the audit, and what makes the database itself refuse to change a record."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Integer, String, Table, Text, text

from geodata.access.chain import START
from geodata.access.database import METADATA

AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False, index=False),
    *(Column(name, Text, nullable=False) for name in ("actor", "role", "act", "place", "subject")),
    *(Column(name, Text, nullable=False) for name in ("outcome", "reason", "detail")),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("session", Text, nullable=False, server_default=""),
    Column("address", Text, nullable=False, server_default=""),
)
# One row: the end of the chain, and the last record that was put away with its time of keeping.
HEAD = Table(
    "audit_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("base_seq", Integer, nullable=False),
    Column("base_hash", String(64), nullable=False),
    # Which key sealed the last record, and what it made of this row.
    Column("key", String(16), nullable=False, server_default=""),
    Column("seal", String(64), nullable=False, server_default=""),
)
_COLUMNS = "(id, seq, hash, base_seq, base_hash)"
_SQLITE = (
    f"INSERT OR IGNORE INTO audit_head {_COLUMNS} VALUES (1, 0, '{START}', 0, '{START}')",
    "CREATE INDEX IF NOT EXISTS audit_at ON audit (at)",
    "CREATE INDEX IF NOT EXISTS audit_subject ON audit (subject)",
    "CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END",
    "CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit "
    "WHEN old.seq > (SELECT base_seq FROM audit_head) "
    "BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END",
)
_POSTGRESQL = (
    f"INSERT INTO audit_head {_COLUMNS} VALUES (1, 0, '{START}', 0, '{START}') "
    "ON CONFLICT DO NOTHING",
    "CREATE INDEX IF NOT EXISTS audit_at ON audit (at)",
    "CREATE INDEX IF NOT EXISTS audit_subject ON audit (subject)",
    "CREATE OR REPLACE FUNCTION audit_keep() RETURNS trigger AS $$ BEGIN "
    "IF TG_OP = 'DELETE' AND old.seq <= (SELECT base_seq FROM audit_head) THEN RETURN old; END IF; "
    "RAISE EXCEPTION 'audit records are never changed'; END $$ LANGUAGE plpgsql",
    "CREATE OR REPLACE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_keep()",
)


def statements(*, sqlite: bool) -> tuple[str, ...]:
    """Return what is run when the tables are made: the first head, indexes and guards."""
    return _SQLITE if sqlite else _POSTGRESQL


def missing_guards(connection: Connection, *, sqlite: bool) -> tuple[str, ...]:
    """Return the guards of the audit that were taken away or changed; none before it was made."""
    if sqlite:
        there = text("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'audit'")
        query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        wanted = {
            line.split()[5]: line.partition("EXISTS ")[2] for line in _SQLITE if " TRIGGER " in line
        }
    else:
        there = text("SELECT 1 FROM pg_tables WHERE tablename = 'audit'")
        query = text("SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'audit'::regclass")
        wanted = {"audit_keep": "O"}
    if connection.execute(there).first() is None:
        return ()
    known = {row[0]: str(row[1]) for row in connection.execute(query)}
    return tuple(name for name, sql in wanted.items() if not known.get(name, "").endswith(sql))
