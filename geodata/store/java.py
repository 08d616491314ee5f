"""The Java that Apache Spark runs on: found, and new enough, or refused with what to do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from geodata.errors import StoreError

# Spark 4 needs it.
OLDEST = 17
_VERSION = re.compile(r'version "(\d+)(?:\.(\d+))?')


def find_java() -> Path:
    """Return the program java, of JAVA_HOME or else of PATH.

    Raises StoreError when there is none, or when it is older than OLDEST.
    """
    home = os.environ.get("JAVA_HOME")
    named = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if named is None:
        raise StoreError("store.java_missing", needed=OLDEST)
    version = java_version(Path(named))
    if version < OLDEST:
        raise StoreError("store.java_old", file=named, found=version or "?", needed=OLDEST)
    return Path(named)


def java_version(java: Path) -> int:
    """Return the feature release of a java program (8, 17, 21); 0 when it does not say."""
    try:
        asked = subprocess.run(
            [str(java), "-version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = _VERSION.search(asked.stderr + asked.stdout)
    if found is None:
        return 0
    # Java 8 calls itself 1.8.
    return int(found[2] or 0) if found[1] == "1" else int(found[1])
