"""The numbers of signing in, unmasking and keeping, as one value made from the parameters."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from geodata.access.masking import Pattern, Patterns
from geodata.access.roles import role


@dataclass(frozen=True)
class AccessLimits:
    """What is in force on a day: times in minutes, hours and months, lengths in characters."""

    failures: int
    lock_minutes: int
    idle_minutes: int
    unmask_hours: int
    retention_months: int
    password_length: int
    password_kinds: int
    reason_length: int
    small_count: int
    session_hours: int
    sessions_per_account: int
    address_failures: int
    pages_per_account: int
    pages_per_worker: int
    exports_per_day: int
    briefings_at_once: int
    unmask_per_day: int
    unmask_alert: int
    exemption_months: int
    imports_by_two: bool
    factor_roles: frozenset[str]
    patterns: Patterns

    @classmethod
    def of(cls, value: Callable[[str], object]) -> AccessLimits:
        """Return the limits from a look-up of parameter keys, already bound to place and day."""
        numbers = {name: int(str(value(key))) for name, key in KEYS.items()}
        by_two = value(BY_TWO) is True
        patterns = {name: Pattern.parse(str(value(key))) for name, key in MASK_KEYS.items()}
        roles = frozenset(filter(None, re.split(r"[\s,，、]+", str(value(FACTOR_ROLES)))))
        if roles == {"none"}:
            roles = frozenset()
        for name in roles:
            role(name)
        return cls(
            **numbers, imports_by_two=by_two, factor_roles=roles, patterns=Patterns(**patterns)
        )


KEYS = {
    "failures": "security.login_fail_max",
    "lock_minutes": "security.lock_minutes",
    "idle_minutes": "security.session_timeout",
    "unmask_hours": "security.unmask_hours",
    "retention_months": "security.log_retention",
    "password_length": "security.password_length",
    "password_kinds": "security.password_kinds",
    "reason_length": "security.reason_length",
    "small_count": "privacy.small_count",
    "session_hours": "security.session_hours",
    "sessions_per_account": "security.sessions_per_account",
    "address_failures": "security.address_failures",
    "pages_per_account": "security.pages_per_account",
    "pages_per_worker": "security.pages_per_worker",
    "exports_per_day": "security.exports_per_day",
    "briefings_at_once": "security.briefings_at_once",
    "unmask_per_day": "security.unmask_per_day",
    "unmask_alert": "security.unmask_alert",
    "exemption_months": "security.exemption_months",
}
BY_TWO = "security.imports_by_two"
FACTOR_ROLES = "security.second_factor_roles"
MASK_KEYS = {
    "identity_number": "privacy.mask.id",
    "phone": "privacy.mask.phone",
    "bank_account": "privacy.mask.bank",
}
