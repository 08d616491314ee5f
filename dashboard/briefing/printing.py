"""PDF from a template and data: Typst in this process, with the fonts of this computer, offline.

Text from data reaches the template as values of a JSON file, never as markup.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import typst

from dashboard.maps.fonts import FAMILIES
from geodata.errors import BriefingError

TEMPLATES = Path(__file__).with_name("prints")
_LOG = logging.getLogger(__name__)


def print_pdf(
    template: str,
    data: Mapping[str, object],
    *,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return the PDF of a template of `prints` filled with `data`; fonts are embedded.

    `pictures` are files that the data names. The same arguments give the same bytes. Raises
    BriefingError when no typeface with Chinese is installed.
    """
    made = _compile(template, data, pictures or {}, form="pdf")
    assert isinstance(made, bytes)
    return made


def page_count(
    template: str,
    data: Mapping[str, object],
    *,
    pictures: Mapping[str, bytes] | None = None,
) -> int:
    """Return how many pages a template takes."""
    pages = _compile(template, data, pictures or {}, form="svg")
    return len(pages) if isinstance(pages, list) else 1


def _compile(
    template: str,
    data: Mapping[str, object],
    pictures: Mapping[str, bytes],
    *,
    form: Literal["pdf", "svg"],
) -> bytes | list[bytes] | None:
    with tempfile.TemporaryDirectory(prefix="guatu-print-") as scratch:
        folder = Path(scratch)
        for file in TEMPLATES.glob("*.typ"):
            shutil.copy(file, folder)
        for name, content in pictures.items():
            (folder / name).write_bytes(content)
        filled = json.dumps({**data, "fonts": list(print_families())}, ensure_ascii=False)
        (folder / "data.json").write_text(filled, encoding="utf-8")
        # The packages of the compiler would come from outside; there are none in this folder.
        made, warnings = typst.compile_with_warnings(
            str(folder / f"{template}.typ"),
            root=str(folder),
            format=form,
            font_paths=_fonts(),
            package_path=str(folder / "packages"),
            package_cache_path=str(folder / "packages"),
            timestamp=0,
        )
    for warning in warnings:
        _LOG.warning("print: %s", warning)
    return made


@cache
def print_families(wanted: tuple[str, ...] = FAMILIES) -> tuple[str, ...]:
    """Return the installed typefaces with Chinese, the best first; raises BriefingError for none.

    When the first is missing, the log names the one used instead.
    """
    families = _among(wanted)
    if not families:
        # A typeface may have been installed since this process looked.
        _fonts.cache_clear()
        families = _among(wanted)
    if not families:
        raise BriefingError("briefing.no_font", families="、".join(wanted[:3]))
    missing = wanted[: wanted.index(families[0])]
    if missing:
        _LOG.warning("print typeface: %s not installed, set in %s", ", ".join(missing), families[0])
    return families[:3]


def _among(wanted: tuple[str, ...]) -> tuple[str, ...]:
    installed = set(_fonts().families())
    return tuple(name for name in wanted if name in installed)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts()
