"""Texts of the user interface; keys it does not hold are geodata's."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from pathlib import Path

from yaml import YAMLError

from geodata import i18n

CATALOGUE = i18n.Catalogue(Path(__file__).parent / "labels", parent=i18n.CATALOGUE)


def text(key: str, lang: str | None = None, /, **values: object) -> str:
    """Return a text of the user interface; language zh or en, default GUATU_LANG or zh."""
    return CATALOGUE.text(key, lang, **values)


def take_texts(folder: Path) -> None:
    """Take in what a part of the page says: `texts.yaml` of its folder under its name, others too."""
    for file in sorted(folder.glob("*.yaml")):
        if file.name != "panel.yaml":
            CATALOGUE.take(file, folder.name if file.stem == "texts" else "")


for _texts in sorted(Path(__file__).parent.glob("*/*/texts.yaml")):
    # What is wrong with the words of a panel leaves out that panel: `dashboard.panel_specs` tells it.
    with suppress(ValueError, YAMLError) if _texts.parents[1].name == "panels" else nullcontext():
        take_texts(_texts.parent)
