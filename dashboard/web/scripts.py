"""The scripts of the page: modules with imports, put together into one text for the browser.

One text needs no address of its own on the server, and stands as well in a notebook or in a file.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)"\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let) )", re.MULTILINE)
_NAMED = re.compile(r"^(export )?(?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)


@cache
def script_of(entry: Path) -> str:
    """Return a script with all that it imports, each module once; only its own exports remain.

    Modules import by name and by relative path. Raises ValueError for an imported name that is not
    exported, and for a name that two of the modules have at their top.
    """
    parts = _parts(entry, {})
    _check_names(parts)
    *imported, own = parts.values()
    return "\n".join([*(_EXPORT.sub("", text) for text in imported), own])


def plain_script(entry: Path) -> str:
    """Return the same without any export, for a page that runs it as it stands."""
    return _EXPORT.sub("", script_of(entry))


def _parts(file: Path, parts: dict[Path, str]) -> dict[Path, str]:
    """Return the texts of a script and of what it imports, without their imports, in order."""
    text = file.read_text(encoding="utf-8")
    for names, address in _IMPORT.findall(text):
        other = (file.parent / address).resolve()
        if other not in parts:
            _parts(other, parts)
        known = {name for exported, name in _NAMED.findall(parts[other]) if exported}
        missing = {name.strip() for name in names.split(",")} - known
        if missing:
            raise ValueError(f"{file}: {address} does not export {', '.join(sorted(missing))}")
    parts[file.resolve()] = _IMPORT.sub("", text)
    return parts


def _check_names(parts: dict[Path, str]) -> None:
    homes: dict[str, Path] = {}
    for file, text in parts.items():
        for _, name in _NAMED.findall(text):
            if homes.setdefault(name, file) != file:
                raise ValueError(f"{name} is at the top of {homes[name]} and of {file}")
