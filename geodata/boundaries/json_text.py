"""GeoJSON and TopoJSON whose texts are not UTF-8, as their standards demand, made so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from geodata.boundaries.decoding import decode
from geodata.boundaries.encoding import EncodingChoice, choose_encoding
from geodata.boundaries.remark import Remark

_STRING = re.compile(rb'"([^"]{1,400})"')


@contextmanager
def json_as_utf8(file: Path, encoding: str | None) -> Iterator[tuple[Path, EncodingChoice | None]]:
    """Give the file itself and None when it is UTF-8, else a rewritten copy and its encoding.

    The copy lives only inside the block.
    """
    raw = file.read_bytes()
    if encoding is None and _is_utf8(raw):
        yield file, None
        return
    choice = choose_encoding(_STRING.findall(raw), wanted=encoding)
    if encoding is None:
        choice = replace(choice, reason=Remark("boundaries.encoding_json", choice.reason.values))
    with TemporaryDirectory(prefix="guatu-") as folder:
        copy = Path(folder) / file.name
        copy.write_text(decode(raw, choice.name), encoding="utf-8")
        yield copy, choice


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
