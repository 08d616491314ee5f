"""Text of a file into typed values: one column at a time, each different text once."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from geodata.intake.amounts import read_amount
from geodata.intake.certificates import read_certificates
from geodata.tables import Column, Enumeration

MISSING = frozenset({"", "-", "--", "—", "——", "/", "\\", "null", "NULL", "None", "N/A", "NaN"})
_YES = frozenset({"是", "有", "1", "true", "True", "TRUE", "Y", "y", "yes", "Yes", "YES", "√"})
_NO = frozenset({"否", "无", "0", "false", "False", "FALSE", "N", "n", "no", "No", "NO", "×"})
_MONTH = re.compile(
    r"^((?:19|20)\d{2})[-/.年]?(0?[1-9]|1[0-2])(?:[-/.月](?:(?:0?[1-9]|[12]\d|3[01])日?)?(?:[ T].*)?)?$"
)
_MONTH_OF_DAY = re.compile(r"^((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$")
_DAY = re.compile(r"^((?:19|20)\d{2})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T].*)?$")
_ERROR = r"#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|BLOCKED!|FIELD!)"
_BETWEEN_WORDS = re.compile(r"(?<=[^\W\d_\u2e80-\U0003ffff]) (?=[^\W\d_\u2e80-\U0003ffff])")
# A long number as a spreadsheet shows it: the digits behind are gone.
_SCIENTIFIC = re.compile(r"\d(\.\d*)?[eE]\+?\d+")
_UNSEEN = re.compile(r"\s|[\u200b-\u200f\u2060\ufeff]")
# A spreadsheet marks a number kept as text by a quote, and a number as a fraction by its noughts.
_AS_TEXT, _AS_FRACTION = re.compile(r"^['\u2018\u2019]+"), re.compile(r"^(\d+)\.0+$")
_PANDAS: dict[str, Any] = {
    "VARCHAR": "str",
    "BIGINT": "Int64",
    "DOUBLE": "Float64",
    "BOOLEAN": "boolean",
    "DATE": pd.ArrowDtype(pa.date32()),
}


@dataclass(frozen=True)
class Reading:
    """How a file writes values where it differs from the table: missing texts, units, dates.

    `factor` is how many of the column's unit one of the file's is.
    """

    missing: frozenset[str] = MISSING
    factor: float = 1.0
    dates: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Converted:
    """Typed values (unknown where a text was wrong) and by kind of fault the rows that have it."""

    values: pd.Series
    faults: Mapping[str, np.ndarray]


def pandas_type(column: Column) -> Any:
    """Return the pandas dtype that holds a column's values with missing ones."""
    return _PANDAS[column.stored_as]


def convert(texts: pd.Series, column: Column, reading: Reading | None = None) -> Converted:
    """Return the typed values of one column of text and the faults found in it."""
    reading = reading or Reading()
    lost = _without_value(texts, column)
    if not lost:
        return _converted(texts, column, reading)
    gone = np.logical_or.reduce(list(lost.values()))
    converted = _converted(texts.mask(gone, ""), column, reading)
    return Converted(converted.values, {**converted.faults, **lost})


def _without_value(texts: pd.Series, column: Column) -> dict[str, np.ndarray]:
    """Return which cells are the error of a formula, or a formula whose value was not kept."""
    if not bool(texts.str.startswith(("#", "=")).any()):
        return {}
    lost = {"formula_error": texts.str.fullmatch(_ERROR).to_numpy(bool)}
    # In a column of text a sign of equality may begin a name.
    if column.kind not in ("text", "choice", "choices"):
        lost["formula_without_value"] = texts.str.startswith("=").to_numpy(bool)
    return {kind: mask for kind, mask in lost.items() if mask.any()}


def _converted(texts: pd.Series, column: Column, reading: Reading) -> Converted:
    if column.kind == "text" and not reading.values:
        return Converted(texts.where(~texts.isin(reading.missing)), {})
    if column.kind == "code" and not reading.values and _are_plain(texts):
        return Converted(texts.where(~texts.isin(reading.missing)), {})
    codes, uniques = pd.factorize(texts)
    known = np.array([str(text) for text in uniques], dtype=object)
    blank = np.array([text in reading.missing for text in known], dtype=bool)
    values, faults = _parsed(known, blank, column, reading)
    if column.kind == "code" and not reading.values:
        # Between words of an alphabet a space is no slip: a code that is a name has them.
        written = np.array([_BETWEEN_WORDS.sub("", text) for text in known], dtype=object)
        faults["code_rewritten"] = values.notna().to_numpy() & (values.to_numpy() != written)
    faults = {kind: mask & ~blank for kind, mask in faults.items()}
    taken = values.take(codes)
    taken.index = texts.index
    return Converted(taken, {kind: mask[codes] for kind, mask in faults.items() if mask.any()})


def _parsed(
    known: np.ndarray, blank: np.ndarray, column: Column, reading: Reading
) -> tuple[pd.Series, dict[str, np.ndarray]]:
    """Return values and faults of the different texts."""
    if reading.values:
        return _mapped(known, column, reading)
    texts = np.array([unicodedata.normalize("NFKC", text) for text in known], dtype=object)
    texts[blank] = ""
    if column.kind in ("count", "money", "number"):
        return _numbers(texts, column, reading)
    return _PARSERS[column.kind](texts, column, reading)


def _mapped(
    known: np.ndarray, column: Column, reading: Reading
) -> tuple[pd.Series, dict[str, np.ndarray]]:
    values = [reading.values.get(text) for text in known]
    unknown = np.array([text not in reading.values for text in known], dtype=bool)
    return pd.Series(values, dtype=pandas_type(column)), {"unmapped_value": unknown}


def _numbers(
    texts: np.ndarray, column: Column, reading: Reading
) -> tuple[pd.Series, dict[str, np.ndarray]]:
    figures, faults = _figures(texts, column, reading)
    low = -np.inf if column.low is None else column.low
    high = np.inf if column.high is None else column.high
    if column.kind == "money":
        figures = figures * 100
        low, high = low * 100, high * 100
    with np.errstate(invalid="ignore"):
        outside = np.isfinite(figures) & (
            (figures < low) | (figures > high) | (np.abs(figures) > 2**53)
        )
        faults["out_of_range"] = outside
        if column.kind == "count":
            faults["not_whole"] = np.isfinite(figures) & ~outside & (figures % 1 != 0)
        if column.usual is not None:
            least, most = (bound * (100 if column.kind == "money" else 1) for bound in column.usual)
            unusual = np.isfinite(figures) & ~outside & ((figures < least) | (figures > most))
            faults["unusual"] = unusual
    bad = outside | faults.get("not_whole", np.zeros(len(texts), dtype=bool))
    kept = pd.Series(figures).mask(bad | ~np.isfinite(figures))
    if column.kind != "number":
        kept = kept.round()
    return kept.astype(pandas_type(column)), faults


def _figures(
    texts: np.ndarray, column: Column, reading: Reading
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the number of each text in the unit of the column, NaN where it is none."""
    plain = pd.Series(texts, dtype="str")
    figures = pd.to_numeric(plain.where(plain != ""), errors="coerce").to_numpy(
        float, na_value=np.nan, copy=True
    )
    figures *= reading.factor
    wrong, about, converted = (np.zeros(len(texts), dtype=bool) for _ in range(3))
    # What is no bare number is read text by text, each different one once.
    for place in np.flatnonzero(~np.isfinite(figures) & (texts != "")):
        amount = read_amount(texts[place], column, reading.factor)
        if amount is None or not np.isfinite(amount.value):
            wrong[place] = True
            figures[place] = np.nan
            continue
        figures[place] = amount.value
        about[place], converted[place] = amount.approximate, amount.converted
    return figures, {
        "not_a_number": wrong,
        "approximate_value": about,
        "unit_converted": converted,
    }


def _choice(
    texts: np.ndarray, column: Column, reading: Reading
) -> tuple[pd.Series, dict[str, np.ndarray]]:
    spellings = _spellings(column)
    values = [spellings.get(text.replace(" ", ""), text) or None for text in texts]
    unknown = np.array([text.replace(" ", "") not in spellings for text in texts], dtype=bool)
    return pd.Series(values, dtype="str"), {"unknown_choice": unknown}


def _choices(
    texts: np.ndarray, column: Column, reading: Reading
) -> tuple[pd.Series, dict[str, np.ndarray]]:
    spellings, order = _spellings(column), _choices_of(column).values
    values: list[str | None] = []
    unknown = np.zeros(len(texts), dtype=bool)
    for place, text in enumerate(texts):
        parts = [part.strip() for part in re.split(r"[,,、;；|]", text) if part.strip()]
        unknown[place] = any(part not in spellings for part in parts)
        named = dict.fromkeys(spellings.get(part, part) for part in parts)
        listed = [value for value in order if value in named]
        values.append(",".join([*listed, *(v for v in named if v not in order)]) or None)
    return pd.Series(values, dtype="str"), {"unknown_choice": unknown}


def _choices_of(column: Column) -> Enumeration:
    assert column.choices is not None  # a definition is refused whose choice names no list
    return column.choices


def _spellings(column: Column) -> dict[str, str]:
    known = _choices_of(column).spellings()
    return {
        unicodedata.normalize("NFKC", text).replace(" ", ""): value for text, value in known.items()
    }


def _flag(
    texts: np.ndarray, column: Column, reading: Reading
) -> tuple[pd.Series, dict[str, np.ndarray]]:
    yes, no = _YES | set(column.says_yes), _NO | set(column.says_no)
    values = [True if text in yes else False if text in no else None for text in texts]
    wrong = np.array([text not in yes and text not in no for text in texts], dtype=bool)
    return pd.Series(values, dtype="boolean"), {"not_a_flag": wrong}


def _month(
    texts: np.ndarray, column: Column, reading: Reading
) -> tuple[pd.Series, dict[str, np.ndarray]]:
    def read(text: str) -> str | None:
        match = _MONTH_OF_DAY.match(text) or _MONTH.match(text)
        return f"{match[1]}-{int(match[2]):02d}" if match else None

    return _through(read, texts, "str", "not_a_month")


def _day(
    texts: np.ndarray, column: Column, reading: Reading
) -> tuple[pd.Series, dict[str, np.ndarray]]:
    def read(text: str) -> datetime.date | None:
        try:
            if reading.dates:
                return datetime.datetime.strptime(text, reading.dates).date()
            match = _DAY.match(text)
            return datetime.date(int(match[1]), int(match[2]), int(match[3])) if match else None
        except ValueError:
            return None

    return _through(read, texts, _PANDAS["DATE"], "not_a_day")


def _place(
    texts: np.ndarray, column: Column, reading: Reading
) -> tuple[pd.Series, dict[str, np.ndarray]]:
    def read(text: str) -> str | None:
        return text if text.isascii() and text.isdigit() and len(text) in (2, 4, 6, 9, 12) else None

    return _through(read, texts, "str", "not_a_code")


def _certificate(
    texts: np.ndarray, column: Column, reading: Reading
) -> tuple[pd.Series, dict[str, np.ndarray]]:
    lost = np.array([_SCIENTIFIC.fullmatch(text) is not None for text in texts], dtype=bool)
    certificates = read_certificates(np.where(lost, "", texts))
    bad = lost | certificates.wrong_length | certificates.wrong_check | certificates.wrong_day
    upper = pd.Series(texts, dtype="str").str.upper()
    faults = {
        "code_lost_digits": lost,
        "certificate_length": certificates.wrong_length & ~lost,
        "certificate_check": certificates.wrong_check,
        "certificate_day": certificates.wrong_day,
    }
    return upper.mask(bad), faults


def _text(
    texts: np.ndarray, column: Column, reading: Reading
) -> tuple[pd.Series, dict[str, np.ndarray]]:
    return pd.Series([text or None for text in texts], dtype="str"), {}


def _through(
    read: Callable[[str], object], texts: np.ndarray, dtype: Any, fault: str
) -> tuple[pd.Series, dict[str, np.ndarray]]:
    """Read each different text by a function that returns None for a text it does not know."""
    values = [read(text) for text in texts]
    wrong = np.array([value is None for value in values], dtype=bool)
    return pd.Series(values, dtype=dtype), {fault: wrong}


def _code(
    texts: np.ndarray, column: Column, reading: Reading
) -> tuple[pd.Series, dict[str, np.ndarray]]:
    """Return codes without spaces, unseen signs and what a spreadsheet adds; `texts` are in half width."""
    seen = [_AS_TEXT.sub("", _UNSEEN.sub("", text)) for text in texts]
    plain = [_AS_FRACTION.sub(r"\1", text) for text in seen]
    lost = np.array([_SCIENTIFIC.fullmatch(text) is not None for text in plain], dtype=bool)
    gone = [bad or text in reading.missing for text, bad in zip(plain, lost, strict=True)]
    values = [None if bad else text for text, bad in zip(plain, gone, strict=True)]
    return pd.Series(values, dtype="str"), {"code_lost_digits": lost}


def _are_plain(texts: pd.Series) -> bool:
    """Return whether codes are as they are keyed: no other width, no spaces, no power of ten."""
    odd = texts.str.contains(r"[^\x21-\x7e]|^'|^\d+\.0+$|^\d\.?\d*[eE]\+?\d+$", regex=True)
    return not bool(odd.any())


_PARSERS = {
    "code": _code,
    "text": _text,
    "choice": _choice,
    "choices": _choices,
    "flag": _flag,
    "month": _month,
    "day": _day,
    "place": _place,
    "certificate": _certificate,
}
