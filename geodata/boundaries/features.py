"""The features of one file: raw texts and shapes as GDAL gives them, and texts decoded from raw bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geodata.boundaries.encoding import (
    LANGUAGE_BYTES,
    EncodingChoice,
    Label,
    choose_encoding,
    codec_of,
    decode,
    plausibility,
)
from geodata.boundaries.files import dataset, existing_part, part_of
from geodata.boundaries.remark import Remark
from geodata.errors import BoundaryError
from geodata.isolated import MEMORY, StoppedError, run_isolated

_PARQUET = (".parquet", ".geoparquet")
_PROCESS = "geodata.boundaries.driver_process"
# Seconds of the processor for a small file; a large one gets more.
_SECONDS = 20


@dataclass(frozen=True)
class Features:
    """Columns in order of the file (names may repeat) and one geometry or None per feature.

    Names and texts of a DBF are still its bytes, one character for one byte (ISO-8859-1).
    """

    names: tuple[str, ...]
    columns: tuple[np.ndarray | pd.Series, ...]
    geometries: np.ndarray
    crs: str | None
    remarks: tuple[Remark, ...]


def read_features(file: Path, *, layer: str | None = None) -> Features:
    """Return the features of one layer; raises BoundaryError when there is none or it is broken."""
    suffix = file.suffix.lower()
    if suffix in (".shp", *_PARQUET) and layer not in (None, file.stem):
        raise BoundaryError("boundaries.no_such_layer", file=file, layer=layer, names=file.stem)
    if suffix in _PARQUET:
        read = _driven(file, "parquet_of", str(file))
    else:
        read = _from_driver(file, layer)
    if read["shapes"] is None:
        raise BoundaryError("boundaries.no_geometry", file=file)
    if len(read["shapes"]) == 0:
        raise BoundaryError("boundaries.no_features", file=file)
    geometries, remarks = _flat_shapes(read["shapes"])
    said = (Remark("boundaries.reader_remark", {"detail": it}) for it in read["remarks"])
    return Features(
        names=tuple(read["names"]),
        columns=tuple(read["columns"]),
        geometries=geometries,
        crs=_prj_text(file) if suffix == ".shp" else read["crs"],
        remarks=(*said, *remarks),
    )


def _from_driver(file: Path, layer: str | None) -> dict[str, Any]:
    is_shapefile = file.suffix.lower() == ".shp"
    if is_shapefile:
        _refuse_unequal_parts(file)
    with dataset(file) as source:
        chosen = None if is_shapefile else _chosen_layer(file, source, layer)
        encoding = "ISO-8859-1" if is_shapefile else None
        return _driven(file, "features_of", str(source), chosen, encoding)


def _driven(file: Path, work: str, *arguments: str | None) -> dict[str, Any]:
    """Return what a driver reads in a process of its own; raises BoundaryError for what it says."""
    size = file.stat().st_size
    seconds = _SECONDS + size // 500_000
    try:
        read: dict[str, Any] = run_isolated(
            f"{_PROCESS}:{work}", *arguments, seconds=seconds, memory=MEMORY + 8 * size
        )
    except StoppedError:
        raise BoundaryError("boundaries.beyond_ceiling", file=file, seconds=seconds) from None
    if "fault" in read:
        detail = read.get("detail", "")
        raise BoundaryError(f"boundaries.{read['fault']}", file=file, detail=detail)
    return read


def _flat_shapes(shapes: np.ndarray) -> tuple[np.ndarray, tuple[Remark, ...]]:
    """Return two-dimensional geometries from well-known binary, and what was lost on the way."""
    geometries = shapely.from_wkb(shapes, on_invalid="ignore")
    remarks = []
    lost = np.flatnonzero(
        shapely.is_missing(geometries) & np.array([it is not None for it in shapes])
    )
    if len(lost):
        rows = ", ".join(str(row + 1) for row in lost[:8]) + (" …" if len(lost) > 8 else "")
        values = {"count": len(lost), "rows": rows}
        remarks.append(Remark("boundaries.unreadable_shapes", values))
    if high := int(shapely.has_z(geometries).sum()):
        remarks.append(Remark("boundaries.heights_left_off", {"count": high}))
    return shapely.force_2d(geometries), tuple(remarks)


def _prj_text(shapefile: Path) -> str | None:
    """Return the .prj as it is written, since GDAL renames its parts; None when there is none."""
    prj = part_of(shapefile, ".prj")
    text = prj.read_bytes().decode("utf-8", "replace").strip("\ufeff\x00 \r\n\t") if prj else ""
    return text or None


def _chosen_layer(file: Path, source: str | Path, layer: str | None) -> str:
    layers = _driven(file, "layers_of", str(source))["layers"]
    if layer is not None and layer not in layers:
        raise BoundaryError(
            "boundaries.no_such_layer", file=file, layer=layer, names=", ".join(layers)
        )
    if not layers:
        raise BoundaryError("boundaries.no_geometry", file=file)
    if layer is None and len(layers) > 1:
        raise BoundaryError("boundaries.choose_layer", file=file, names=", ".join(layers))
    return layer or layers[0]


def _refuse_unequal_parts(file: Path) -> None:
    """Raise when .shx and .dbf count differently: attributes would belong to other shapes."""
    shx, dbf = existing_part(file, ".shx"), existing_part(file, ".dbf")
    shapes = (shx.stat().st_size - 100) // 8
    rows = int.from_bytes(dbf.read_bytes()[4:8], "little")
    if shapes != rows:
        raise BoundaryError("boundaries.parts_differ", file=file, shapes=shapes, rows=rows)


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


def _raw_texts(column: np.ndarray | pd.Series) -> list[bytes]:
    if column.dtype != object:
        return []
    return [text.encode("latin-1") for text in set(column) if isinstance(text, str)]


def _decoded_column(column: np.ndarray | pd.Series, encoding: str) -> np.ndarray | pd.Series:
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
