"""Column names and texts of a DBF from raw bytes, and the texts that could not be read whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.boundaries.decoding import codec_of, decode
from geodata.boundaries.encoding import LANGUAGE_BYTES, EncodingChoice, Label, choose_encoding
from geodata.boundaries.features import Features
from geodata.boundaries.files import part_of
from geodata.boundaries.plausibility import plausibility
from geodata.boundaries.remark import Remark
from geodata.errors import BoundaryError

# Characters that stand where another one was lost: converters write them for what they cannot map.
_LOST = re.compile("[\ufffd■□\ue000-\uf8ff]|\\?(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])\\?")


def decoded(
    features: Features, file: Path, encoding: str | None
) -> tuple[pd.DataFrame, EncodingChoice]:
    """Return the attribute columns of a shapefile with readable texts, and their encoding.

    Raises BoundaryError when the encoding that was stated cannot be that of most texts.
    """
    if any(name.startswith(("\xff\xfe", "\xfe\xff")) for name in features.names):
        raise BoundaryError("boundaries.encoding_utf16", encoding="UTF-16")
    texts = [text for column in features.columns for text in _raw_texts(column)]
    # A name may be cut inside a character, so it is evidence only when there is nothing else.
    evidence = texts or [name.encode("latin-1") for name in features.names]
    labels = stated_labels(file)
    choice = choose_encoding(evidence, labels=labels, wanted=encoding)
    if encoding is not None:
        choice = _confirmed(evidence, choice, choose_encoding(evidence, labels=labels).name)
    names = tuple(_name(name.encode("latin-1"), choice.name) for name in features.names)
    columns = tuple(_decoded_column(column, choice.name) for column in features.columns)
    return as_table(names, columns, len(features.geometries)), choice


def as_table(
    names: Sequence[str], columns: Sequence[np.ndarray | pd.Series], rows: int
) -> pd.DataFrame:
    """Return columns as a frame: texts as text, repeated names as name_2, name_3.

    A column named geometry becomes geometry_2.
    """
    table = {}
    for name, column in zip(_unique(names), columns, strict=True):
        series = pd.Series(column)
        is_text = series.dtype == object and pd.api.types.infer_dtype(series) in ("string", "empty")
        table[name] = series.astype("str") if is_text else series
    return pd.DataFrame(table, index=pd.RangeIndex(rows))


def _confirmed(texts: Sequence[bytes], stated: EncodingChoice, better: str) -> EncodingChoice:
    """Return what the user stated, with a remark when another encoding reads far better."""
    high = [text for text in set(texts) if not text.isascii()]
    if stated.name == better or not high:
        return stated
    broken = sum("\ufffd" in decode(text, stated.name) for text in high)
    values = {"encoding": stated.name, "better": better}
    if broken * 2 > len(high):
        counts = {"broken": broken, "texts": len(high)}
        raise BoundaryError("boundaries.encoding_misfit", **values, **counts)
    if plausibility(high, stated.name) > plausibility(high, better) - 0.3:
        return stated
    return replace(stated, remarks=(Remark("boundaries.encoding_given_doubtful", values),))


def stated_labels(shapefile: Path) -> list[Label]:
    """Return what the .cpg and the language byte of a shapefile's DBF state about its encoding."""
    labels = []
    cpg, dbf = part_of(shapefile, ".cpg"), part_of(shapefile, ".dbf")
    if cpg is not None:
        text = cpg.read_bytes()[:64].decode("ascii", "replace").strip("\ufeff\x00 \r\n\t")
        if text:
            labels.append(Label("cpg", text))
    if dbf is not None:
        with dbf.open("rb") as stream:
            header = stream.read(32)
        if len(header) == 32 and header[29] in LANGUAGE_BYTES:
            labels.append(Label("language_byte", LANGUAGE_BYTES[header[29]]))
    return labels


def damaged_texts(frame: pd.DataFrame) -> tuple[Remark, ...]:
    """Return one remark per text with a lost character: row, column and the text as it is kept."""
    remarks = []
    for name in frame.columns:
        column = frame[name]
        if not isinstance(column.dtype, pd.StringDtype):
            continue
        hit = column.str.contains(_LOST, na=False)
        for row in np.flatnonzero(hit.to_numpy()):
            values = {"row": int(row) + 1, "column": name, "text": column.iloc[row]}
            remarks.append(Remark("boundaries.damaged_text", values, int(row), str(name)))
    return tuple(remarks)


def _raw_texts(column: np.ndarray) -> list[bytes]:
    if column.dtype != object:
        return []
    return [text.encode("latin-1") for text in set(column) if isinstance(text, str)]


def _decoded_column(column: np.ndarray, encoding: str) -> np.ndarray:
    if column.dtype != object:
        return column
    known = {
        text: decode(text.encode("latin-1"), encoding) for text in set(column) if text is not None
    }
    return np.array([None if text is None else known[text] for text in column], dtype=object)


def _name(raw: bytes, encoding: str) -> str:
    """Return the whole characters of a column name, which may be cut inside its last one."""
    for end in range(len(raw), max(0, len(raw) - 4), -1):
        try:
            return raw[:end].decode(codec_of(encoding))
        except UnicodeDecodeError:
            continue
    return decode(raw, encoding)


def _unique(names: Sequence[str]) -> list[str]:
    taken = {"geometry"}
    unique = []
    for name in names:
        candidate, count = name or "column", 1
        while candidate in taken:
            count += 1
            candidate = f"{name or 'column'}_{count}"
        taken.add(candidate)
        unique.append(candidate)
    return unique
