"""Telephone numbers that are none, in every column of them."""

from __future__ import annotations

from collections.abc import Mapping

from geodata.intake.combining import TableRows
from geodata.intake.issues import Issues

_PHONE = "phone"
# A mobile number, a landline with or without area code and extension, a hotline; masked ones say nothing.
_NUMBER = r"(?:\+?86)?1\d{10}|(?:0\d{2,3})?[2-9]\d{6,7}(?:转\d+)?|[48]00\d{7}|1[12]\d{1,3}|9\d{4,5}"
_SEVERAL = r"[、，,;；/\s]+"


def check_phones(tables: Mapping[str, TableRows], issues: Issues) -> None:
    """Report telephone numbers that none of their parts is one, as a notice."""
    for rows in tables.values():
        if _PHONE not in rows.frame.columns or _PHONE not in rows.table.columns:
            continue
        texts = rows.frame[_PHONE].dropna().astype("str")
        texts = texts[(texts != "") & ~texts.str.contains("*", regex=False)]
        plain = texts.str.normalize("NFKC").str.replace(r"(?<=\d)[-\s](?=\d)", "", regex=True)
        good = plain.str.fullmatch(rf"(?:{_NUMBER})(?:{_SEVERAL}(?:{_NUMBER}))*")
        issues.add("not_a_phone", rows.located(texts.index[~good.to_numpy(bool)], _PHONE))
