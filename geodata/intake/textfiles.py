"""Delimited text: which encoding, which delimiter, and its rows as text."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.boundaries.encoding import choose_encoding, codec_of
from geodata.errors import SourceError

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DELIMITERS = ",\t;|"
_CELL_ENDS = re.compile(rb"[,;\t\r\n|\"]+")
_SAMPLE_BYTES = 400_000
# So many lines before the last one say how many cells a line has.
_LINES_BEFORE = 50
# A spreadsheet cell holds 32,767 characters; anything far longer is not a table's cell.
LONGEST_CELL = 1_000_000


@dataclass(frozen=True)
class Text:
    """A decoded file: its text, its encoding and the lines with bytes that could not be decoded."""

    content: str
    encoding: str
    damaged_lines: tuple[int, ...] = ()


def decode(path: Path, encoding: str | None = None) -> Text:
    """Return the text of a file in the given or the most likely encoding.

    Bytes that no encoding explains become U+FFFD and their lines are named; an encoding given by
    name must fit the whole file, else SourceError.
    """
    raw = path.read_bytes()
    if encoding:
        return Text(_decode_as(raw, encoding, path).lstrip("\ufeff"), encoding.lower())
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return _whole(raw, name)
    if is_wide(raw[:_SAMPLE_BYTES]):
        low = raw[1:_SAMPLE_BYTES:2].count(0) > raw[:_SAMPLE_BYTES:2].count(0)
        return _whole(raw, "utf-16-le" if low else "utf-16-be")
    try:
        return Text(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _whole(raw, likely_encoding(raw))


def is_wide(sample: bytes) -> bool:
    """Return whether bytes are text of two bytes a sign: zero bytes, all on one side."""
    left, right = sample[::2].count(0), sample[1::2].count(0)
    return max(left, right) > len(sample) // 40 and min(left, right) * 20 < max(left, right)


def _decode_as(raw: bytes, encoding: str, path: Path) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SourceError(
            "readers.wrong_encoding", file=path.name, encoding=encoding, line=line
        ) from None
    except (LookupError, ValueError):
        raise SourceError("readers.unknown_encoding", encoding=encoding) from None


def _whole(raw: bytes, encoding: str) -> Text:
    content = raw.decode(encoding, errors="replace")
    shown = {"cp950": "big5", "cp932": "shift-jis", "cp949": "euc-kr"}.get(encoding, encoding)
    if "\ufffd" not in content:
        return Text(content, shown)
    lines = content.splitlines()
    return Text(content, shown, tuple(n for n, line in enumerate(lines, 1) if "\ufffd" in line))


def likely_encoding(raw: bytes) -> str:
    """Return the codec of the legacy encoding whose decoded text holds most everyday characters."""
    # The last cell of the sample may be cut inside a character.
    cells = _CELL_ENDS.split(raw[:_SAMPLE_BYTES])
    return codec_of(choose_encoding(cells[:-1] or cells).name)


def with_line_ends(content: str) -> tuple[str, int]:
    """Return a text with one kind of line end, and how many lone returns were taken as blanks.

    A file whose only line ends are returns keeps its lines; where others stand as well, a lone
    return is a sign inside a cell.
    """
    if "\r" not in content:
        return content, 0
    content = content.replace("\r\n", "\n")
    lone = content.count("\r")
    if not lone or "\n" not in content:
        return content.replace("\r", "\n"), 0
    return content.replace("\r", " "), lone


def _refuse_swallowed(frame: pd.DataFrame, skip: int, delimiter: str, file: str) -> None:
    """Refuse a cell that holds whole rows, which an unpaired quotation mark has taken in."""
    width = frame.shape[1]
    if width < 2:
        return
    for name in frame.columns:
        several = frame[name].str.contains("\n", regex=False)
        for row in np.flatnonzero(several.to_numpy(bool)):
            lines = frame[name].iloc[row].split("\n")
            if sum(line.count(delimiter) >= max(1, width - 2) for line in lines):
                raise SourceError(
                    "readers.swallowed", file=file, row=skip + int(row) + 1, count=len(lines)
                )


def likely_delimiter(content: str) -> str:
    """Return the delimiter that splits most of the first lines into the same number of cells."""
    head = content[:50_000].splitlines()[:50]
    best, most = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in csv.reader(head, delimiter=delimiter) if row]
        if not widths:
            continue
        width, often = Counter(widths).most_common(1)[0]
        if width > 1 and (often / len(widths), width) > most:
            best, most = delimiter, (often / len(widths), width)
    return best


def head_rows(content: str, delimiter: str, count: int) -> list[list[str]]:
    """Return the first `count` rows as lists of text."""
    _refuse_long_lines(content)
    csv.field_size_limit(LONGEST_CELL)
    rows = []
    for row in csv.reader(io.StringIO(content), delimiter=delimiter):
        rows.append(row)
        if len(rows) == count:
            break
    return rows


def _refuse_long_lines(content: str) -> None:
    if len(content) <= LONGEST_CELL:
        return
    start = 0
    # The last end of a line within reach is looked for: a list of all lines would be a second copy.
    while len(content) - start > LONGEST_CELL:
        end = content.rfind("\n", start, start + LONGEST_CELL + 1)
        if end < 0:
            end = content.find("\n", start)
            length = (len(content) if end < 0 else end) - start
            raise SourceError("readers.cell_too_long", length=length, limit=LONGEST_CELL)
        start = end + 1


def body(content: str, delimiter: str, *, skip: int, width: int, file: str) -> pd.DataFrame:
    """Return all rows after the first `skip` as text; a row with more filled cells is refused."""
    try:
        frame = _parsed(content, delimiter, skip, width)
    except pd.errors.ParserError as error:
        _refuse_unpaired(error, skip, file)
        try:
            frame = _parsed(content, delimiter, skip, _widest(content, delimiter))
        except (pd.errors.ParserError, csv.Error) as again:
            _refuse_unpaired(again, skip, file)
            raise SourceError("readers.not_a_table", file=file) from None
    extra = frame.iloc[:, width:].fillna("")
    filled = (extra != "").any(axis=1)
    if filled.any():
        row = int(filled.to_numpy().argmax())
        raise SourceError("readers.too_many_cells", file=file, row=skip + row + 1, expected=width)
    frame = frame.iloc[:, :width].fillna("")
    _refuse_swallowed(frame, skip, delimiter, file)
    _refuse_cut(content, delimiter, len(frame), width, row=skip + len(frame), file=file)
    return frame


def _refuse_cut(
    content: str, delimiter: str, rows: int, width: int, *, row: int, file: str
) -> None:
    """Refuse a file that ends within a row: its last line has no end and fewer cells than the others."""
    count = min(rows - 1, _LINES_BEFORE)
    *before, last = content.rsplit("\n", count + 1)
    # A line of one cell is a note; lines of a cell that holds several say nothing.
    if count < 1 or not last or last.count('"') % 2:
        return
    widths = [len(cells) for cells in csv.reader(before[1:], delimiter=delimiter)]
    cells = next(csv.reader([last], delimiter=delimiter))
    if 1 < len(cells) < width <= min(widths):
        raise SourceError("readers.cut_short", file=file, row=row, count=len(cells), expected=width)


def _refuse_unpaired(error: Exception, skip: int, file: str) -> None:
    """Raise SourceError when parsing ended inside a quotation, with the row where it begins."""
    match = re.search(r"EOF inside string starting at row (\d+)", str(error))
    if match:
        row = skip + int(match[1]) + 1
        raise SourceError("readers.unpaired", file=file, row=row) from None


def _parsed(content: str, delimiter: str, skip: int, width: int) -> pd.DataFrame:
    return pd.read_csv(
        # As text it would be held once more, with four bytes for each sign.
        io.BytesIO(content.encode("utf-8", "replace")),
        sep=delimiter,
        header=None,
        names=range(width),
        index_col=False,
        skiprows=skip,
        dtype=str,
        keep_default_na=False,
        na_filter=False,
        skip_blank_lines=False,
    )


def _widest(content: str, delimiter: str) -> int:
    return max(len(row) for row in csv.reader(io.StringIO(content), delimiter=delimiter))
