"""Texts of the user interface; keys it does not hold are geodata's."""

from __future__ import annotations

from pathlib import Path

from geodata import i18n

CATALOGUE = i18n.Catalogue(Path(__file__).parent / "labels", parent=i18n.CATALOGUE)


def text(key: str, /, lang: str | None = None, **values: object) -> str:
    """Return a text of the user interface; language zh or en, default GUATU_LANG or zh."""
    return CATALOGUE.text(key, lang, **values)
