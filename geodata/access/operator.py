"""Whoever runs a command: a user of the computer, who can read the workspace's files anyway."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from geodata.access.guard import guard_of_accounts
from geodata.access.process_origin import COMMAND, process_origin
from geodata.access.scope import EVERYWHERE, Actor
from geodata.i18n import text


def system_user() -> str:
    """Return the user of this process as the system knows it, not as a variable names it."""
    try:
        import pwd  # absent on Windows
    except ImportError:
        return getpass.getuser()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run a user that has no name
        return f"uid{os.getuid()}"


def command_actor() -> Actor:
    """Return who runs a command, under a name that no account can have: cli:NAME."""
    return Actor(f"{COMMAND}{system_user()}", "leader", (EVERYWHERE,), *process_origin())


def user_of_computer() -> Actor:
    """Return who looks at a page where nobody has an account: the user of this computer."""
    return Actor(system_user(), "leader", (EVERYWHERE,), *process_origin())


def command_notice(folder: Path, lang: str | None = None) -> str:
    """Return that a command reads everywhere and is recorded; empty where nobody has an account."""
    if guard_of_accounts(folder) is None:
        return ""
    return text("access.command_line", lang, name=command_actor().name)
