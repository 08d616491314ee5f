"""Names, numbers and addresses made unreadable, by the privacy class of their column."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

HIDDEN = "***"
# Length of an identity number, then with the class, then with class and re-issue of a
# disability card: only the first 18 are a number, the rest would say what the person suffers.
_NUMBER_LENGTHS = (18, 20, 22)
_NUMBER = 18
_PATTERN = re.compile(r"first (\d+) \+ (\d+) x \* \+ last (\d+)")
# Township of an address: the text up to the first 乡, 镇, 街道 or 苏木, before any village or
# street number. A 镇 inside the name of a county (镇平县) does not count.
_TOWNSHIP = re.compile(
    r"^\s*((?:[^村组号路屯栋\n]|[村路](?=[乡镇街苏]))+?"
    r"(?:街道(?:办事处)?|苏木|民族乡|乡(?!.{0,2}(?:县|区|市|旗))|镇(?!.{0,2}(?:县|区|市|旗))))"
)


@dataclass(frozen=True)
class Pattern:
    """How much of a number stays: the first and last digits, and how many stars are between."""

    first: int
    stars: int
    last: int

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """Return the pattern of a parameter such as ``first 2 + 13 x * + last 3``."""
        match = _PATTERN.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"mask {text!r} is not like 'first 2 + 13 x * + last 3'")
        return cls(*map(int, match.groups()))

    @property
    def length(self) -> int:
        """Return how many digits a number of this pattern has."""
        return self.first + self.stars + self.last

    def apply(self, numbers: pd.Series) -> pd.Series:
        """Return the numbers with their middle as stars."""
        end = numbers.str[-self.last :] if self.last else ""
        return numbers.str[: self.first] + "*" * self.stars + end


@dataclass(frozen=True)
class Patterns:
    """The patterns in force: of identity numbers, mobile phones and bank accounts."""

    identity_number: Pattern
    phone: Pattern
    bank_account: Pattern


@dataclass(frozen=True)
class Privacy:
    """What a column is: its class of data and how it is masked.

    `values` are those of a column of keys, such as rules, that are of a stricter class than the
    column itself. In a column that is `listed`, keys between commas, they are left out for whoever
    does not see that class; else their rows are.
    """

    column_class: str = "identity"
    mask: str = "hidden"
    values: Mapping[str, str] = field(default_factory=dict)
    listed: bool = False

    def closed(self, sees: Collection[str]) -> frozenset[str]:
        """Return the values that stand for more than these classes."""
        return frozenset(value for value, known in self.values.items() if known not in sees)


# A column that nobody has described is treated like the strictest one.
UNKNOWN = Privacy()


def mask_column(values: pd.Series, mask: str, patterns: Patterns) -> pd.Series:
    """Return a column as text with nothing readable that its mask does not leave.

    Missing stays missing, except where `mask` is hidden: then every cell reads ``***``. What does
    not look like the thing the mask is for is hidden whole.
    """
    if mask not in MASKS:
        return pd.Series(HIDDEN, index=values.index, dtype="str", name=values.name)
    # Most columns repeat few values or are long: the work is done once for each value.
    codes, kinds = pd.factorize(values, use_na_sentinel=True)
    texts = pd.Series(kinds.astype("str") if len(kinds) else [], dtype="str").str.normalize("NFKC")
    masked = MASKS[mask](texts.str.strip(), patterns).fillna(HIDDEN).astype("str")
    return pd.Series(masked.reindex(codes).array, index=values.index, dtype="str", name=values.name)


def mask_names(values: pd.Series) -> pd.Series:
    """Return names as 张*, by the same mask as any column of names."""
    return mask_column(values, "name", Patterns(*[Pattern(0, len(HIDDEN), 0)] * 3))


def mask_frame(
    frame: pd.DataFrame,
    privacy: Mapping[str, Privacy],
    patterns: Patterns,
    *,
    sees: frozenset[str],
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the frame with every column masked whose class is not seen, and which, and how.

    Values of a stricter class than their column are left out, or their rows.
    """
    frame = _without_closed(frame, privacy, sees)
    masks = {
        column: privacy.get(column, UNKNOWN).mask
        for column in frame.columns
        if privacy.get(column, UNKNOWN).column_class not in sees
    }
    columns = {name: mask_column(frame[name], mask, patterns) for name, mask in masks.items()}
    return frame.assign(**columns), masks


def _without_closed(
    frame: pd.DataFrame, privacy: Mapping[str, Privacy], sees: frozenset[str]
) -> pd.DataFrame:
    """Return the frame without the values that stand for more than these classes."""
    for column in frame.columns:
        known = privacy.get(column, UNKNOWN)
        closed = known.closed(sees)
        if not closed or known.column_class not in sees:
            continue
        if not known.listed:
            frame = frame[~frame[column].isin(closed)]
            continue
        codes, kinds = pd.factorize(frame[column], use_na_sentinel=True)
        kept = [
            ",".join(one for one in str(kind).split(",") if one not in closed) for kind in kinds
        ]
        texts = pd.Series(kept, dtype="str").reindex(codes).array
        frame = frame.assign(**{column: pd.Series(texts, index=frame.index, dtype="str")})
    return frame


def _names(texts: pd.Series, _patterns: Patterns) -> pd.Series:
    """Return 张*: the first character alone; of a name of one character nothing."""
    # Spaces, quotes, tags and invisible signs are no part of a name.
    bare = texts.str.replace(
        r"[^\w]|[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f]", "", regex=True
    )
    return (bare.str[:1] + "*").where(bare.str.len() >= 2, "*")


def _identity_numbers(texts: pd.Series, patterns: Patterns) -> pd.Series:
    """Return 35*************123, also for the 20 or 22 digits of a disability card."""
    bare = texts.str.replace(r"\s", "", regex=True)
    sound = bare.str.fullmatch(r"[0-9]{17}[0-9Xx][0-9A-Za-z]*") & bare.str.len().isin(
        _NUMBER_LENGTHS
    )
    return patterns.identity_number.apply(bare.str[:_NUMBER]).where(sound, HIDDEN)


def _phones(texts: pd.Series, patterns: Patterns) -> pd.Series:
    """Return 138****1234 for a mobile number, with or without +86 and separators."""
    bare = texts.str.replace(r"[\s()\-]", "", regex=True)
    bare = bare.str.replace(r"^(?:\+86|0086|86)(?=1[0-9]{10}$)", "", regex=True)
    sound = bare.str.fullmatch(r"1[0-9]+") & (bare.str.len() == patterns.phone.length)
    return patterns.phone.apply(bare).where(sound, HIDDEN)


def _bank_accounts(texts: pd.Series, patterns: Patterns) -> pd.Series:
    """Return ************1234 of an account number of 16 to 19 digits."""
    bare = texts.str.replace(r"[\s\-]", "", regex=True)
    sound = bare.str.fullmatch(r"[0-9]{16,19}")
    return patterns.bank_account.apply(bare).where(sound, HIDDEN)


def _addresses(texts: pd.Series, _patterns: Patterns) -> pd.Series:
    """Return the address down to its township."""
    # Python's expressions look ahead, which the vectorised ones of Arrow do not.
    return texts.astype(object).str.extract(_TOWNSHIP, expand=False).astype("str")


MASKS: Mapping[str, Callable[[pd.Series, Patterns], pd.Series]] = {
    "name": _names,
    "identity_number": _identity_numbers,
    "phone": _phones,
    "bank_account": _bank_accounts,
    "address": _addresses,
}
