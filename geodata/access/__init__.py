"""Who sees what: scope, masks, audit, accounts, and the one door to rows about people."""

from geodata.access.accounts import Account, Accounts
from geodata.access.audit import AuditTrail, read_export, utc_now
from geodata.access.chain import AuditEntry, Record, Verification, verify_records
from geodata.access.database import Database
from geodata.access.guard import (
    Guard,
    audit_ring,
    database_of,
    guard_of_accounts,
    open_guard,
    open_trail,
)
from geodata.access.head_notes import HeadNotes
from geodata.access.keyring import KeyRing, SealKey
from geodata.access.limits import AccessLimits
from geodata.access.masking import Pattern, Patterns, Privacy, mask_column, mask_frame, mask_names
from geodata.access.month_source import Derived, MonthSource
from geodata.access.opening import open_place_reader, open_reader, prepare_rows, public_rows, tally
from geodata.access.operator import (
    command_actor,
    command_notice,
    system_user,
    user_of_computer,
)
from geodata.access.privacy import table_privacy
from geodata.access.reader import Door, Reader, Rows, refuse_beyond_quota, without
from geodata.access.request import PLACE_KEYS, Keys, Request
from geodata.access.roles import DataClass, data_classes, load_roles
from geodata.access.scope import EVERYWHERE, Actor, Scope, Verdict
from geodata.access.sessions import Sessions
from geodata.access.shown import Shown
from geodata.access.unmask import GROUNDS, Grant, Unmasking
from geodata.access.writes import Writes, Written

__all__ = [
    "EVERYWHERE",
    "GROUNDS",
    "PLACE_KEYS",
    "AccessLimits",
    "Account",
    "Accounts",
    "Actor",
    "AuditEntry",
    "AuditTrail",
    "DataClass",
    "Database",
    "Derived",
    "Door",
    "Grant",
    "Guard",
    "HeadNotes",
    "KeyRing",
    "Keys",
    "MonthSource",
    "Pattern",
    "Patterns",
    "Privacy",
    "Reader",
    "Record",
    "Request",
    "Rows",
    "Scope",
    "SealKey",
    "Sessions",
    "Shown",
    "Unmasking",
    "Verdict",
    "Verification",
    "Writes",
    "Written",
    "audit_ring",
    "command_actor",
    "command_notice",
    "data_classes",
    "database_of",
    "guard_of_accounts",
    "load_roles",
    "mask_column",
    "mask_frame",
    "mask_names",
    "open_guard",
    "open_place_reader",
    "open_reader",
    "open_trail",
    "prepare_rows",
    "public_rows",
    "read_export",
    "refuse_beyond_quota",
    "system_user",
    "table_privacy",
    "tally",
    "user_of_computer",
    "utc_now",
    "verify_records",
    "without",
]
