"""Making a workspace: its folders and a commented ``guatu.toml``."""

from __future__ import annotations

import os
from pathlib import Path

from geodata import codes
from geodata.config.settings import FILE_NAME, FOLDERS
from geodata.errors import ConfigError
from geodata.i18n import default_language

_HERE = Path(__file__).parent


def make_workspace(
    folder: str | os.PathLike[str], *, code: str = "", name: str = "", lang: str | None = None
) -> Path:
    """Make the folders and guatu.toml of a workspace; returns its folder.

    What is already there stays as it is, but an existing guatu.toml raises ConfigError, as do a
    code that is no division code and a folder that cannot be made.
    """
    place = Path(folder)
    file = place / FILE_NAME
    if file.exists():
        raise ConfigError("config.already_there", file=str(file))
    if code and not codes.is_code(code):
        raise ConfigError("config.wrong_code", code=code)
    try:
        for part in FOLDERS:
            (place / part).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError("config.no_folder", folder=str(place), why=error.strerror) from None
    template = _HERE / f"template.{lang or default_language()}.toml"
    content = template.read_text(encoding="utf-8")
    content = content.replace("{code}", code).replace("{name}", _toml_text(name))
    file.write_text(content, encoding="utf-8", newline="\n")
    return place


def _toml_text(value: str) -> str:
    """Return a text as the inside of a TOML string."""
    signs = {'"': '\\"', "\\": "\\\\"}
    return "".join(signs.get(sign, sign if sign.isprintable() else " ") for sign in value)
