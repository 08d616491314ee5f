"""Where an act comes from, when it comes from a command or a script on this computer."""

from __future__ import annotations

import ipaddress
import os

HERE = "127.0.0.1"
# What the name of whoever runs a command begins with; no account can have such a name.
COMMAND = "cli:"


def process_origin() -> tuple[str, str]:
    """Return what stands in the audit for the session and address of this process.

    The session is the process, the address that of whoever is connected by SSH, else this computer.
    """
    told = os.environ.get("SSH_CONNECTION", "").partition(" ")[0]
    try:
        address = str(ipaddress.ip_address(told))
    except ValueError:
        address = HERE
    return f"process {os.getpid()}", address
