"""Codes made comparable: digits as text, without what a spreadsheet or a person put in."""

from __future__ import annotations

import pandas as pd

# Reasons why a code cannot be compared.
LOST_DIGITS = "lost_digits"
# The share of codes of one width that proves it; the rest are mistyped.
_NEARLY_ALL = 0.95


def clean_codes(codes: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return codes as plain text, and for each the reason it cannot be compared ("" when it can).

    Full-width digits become half width, 3411810000.0 loses its point, dashes, spaces and a leading
    apostrophe go. A scientific form is written out when it still holds all its digits; one that
    lost some (3.41181E+11) is refused, for the rest of the code cannot be known.
    """
    unique = pd.Series(codes.unique(), dtype=str)
    text = unique.str.normalize("NFKC").str.strip().str.lstrip("'`‘’").str.upper()
    text = text.str.replace(r"^(\d+)\.0+$", r"\1", regex=True)
    text = text.str.replace(r"^(\d{1,3}(?:,\d{3})+)$", lambda m: m[1].replace(",", ""), regex=True)
    parts = text.str.extract(r"^(\d)(?:\.(\d+))?E\+?(\d+)$")
    scientific = parts[0].notna()
    exact, lost = _written_out(parts[scientific])
    text[scientific] = exact
    text = text.str.replace(r"[\s\-‐-―−_./\\·]+", "", regex=True)
    reason = pd.Series("", index=text.index, dtype=str)
    reason[scientific] = lost
    cleaned = dict(zip(unique, text, strict=True))
    reasons = dict(zip(unique, reason, strict=True))
    return codes.map(cleaned).astype(str), codes.map(reasons).astype(str)


def _written_out(parts: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    digits = parts[0] + parts[1].fillna("")
    power = parts[2].astype(int)
    # 3.4E+1 is the whole number 34; 3.41181E+11 has six digits left of twelve.
    whole = digits.str.len() == power + 1
    return digits.where(whole, ""), whole.map({True: "", False: LOST_DIGITS})


def one_width(codes: pd.Series) -> int | None:
    """Return the width that nearly all codes of digits share, or None when they differ."""
    digits = codes[codes.str.fullmatch(r"\d+")]
    if digits.empty:
        return None
    shares = digits.str.len().value_counts(normalize=True)
    return int(shares.index[0]) if shares.iloc[0] >= _NEARLY_ALL else None


def restore_zeros(codes: pd.Series, width: int | None) -> pd.Series:
    """Return digit codes shorter than `width` with their leading zeros; others as they are.

    A code stays as it is when another one is written with those zeros already.
    """
    if width is None:
        return codes
    short = codes.str.fullmatch(r"\d+") & (codes.str.len() < width)
    whole = codes.str.zfill(width)
    return codes.where(~short | whole.isin(set(codes)), whole)
