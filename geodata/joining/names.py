"""Codes and names of places made comparable, and names of one parent against those of another."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import pandas as pd
from rapidfuzz import fuzz

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


_IGNORED = re.compile(
    r"[\s\u200b-\u200f\u2060\ufeff()（）\[\]【】〔〕<>《》·・•,，.。、;；:：'’‘\"“”`\-‐-―_/|*]+"
)
_BRACKETED = re.compile(r"[\[【〔(（](?:已撤销|已撤|撤销|新设|原)[^\]】〕)）]*[\]】〕)）]")
# One sign that is missing or broken: replacement, private use, blank box, a question mark within.
_BROKEN = re.compile(r"[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff□■〓?]+")
BROKEN = "\ufffd"

# Endings of village names by the kind of place they mean; longer ones first.
_VILLAGE_ENDINGS = (
    ("community", ("社区居民委员会", "社区居委会", "居民委员会", "社区委员会", "居委会", "社区")),
    ("village", ("行政村村委会", "村民委员会", "村委员会", "村委会", "行政村", "嘎查村", "村")),
    ("gacha", ("嘎查委员会", "嘎查")),
    ("li", ("里办公处", "里")),
    ("village", ("village",)),
)
_UPPER_ENDINGS = (
    ("street", ("街道办事处", "街道办", "办事处", "街道")),
    ("town", ("镇人民政府", "镇")),
    ("township", ("乡人民政府", "民族乡", "乡")),
    ("sumu", ("苏木",)),
    ("county", ("自治县", "自治旗", "县", "旗")),
    ("city", ("市",)),
    ("district", ("区",)),
    ("province", ("自治区", "省")),
)


@cache
def _converter() -> Any:
    """Return the converter from traditional to simplified characters."""
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=200_000)
def clean_name(name: str) -> str:
    """Return a name in one form: half width, simplified, lower case, no spaces or punctuation.

    A sign that cannot be read becomes U+FFFD, so that only its place is kept.
    """
    line = unicodedata.normalize("NFKC", _BRACKETED.sub("", name))
    line = _BROKEN.sub(BROKEN, _IGNORED.sub("", line))
    if line.isascii():
        return line.casefold()
    simplified: str = _converter().convert(line)
    return simplified.casefold()


@lru_cache(maxsize=200_000)
def split_ending(clean: str, *, lowest: bool) -> tuple[str, str]:
    """Return the stem of a cleaned name and the kind of its ending ("" without one).

    `lowest` takes the endings of villages, else those of townships and above. A stem is never
    empty: 村 alone stays 村.
    """
    for kind, endings in _VILLAGE_ENDINGS if lowest else _UPPER_ENDINGS:
        for ending in endings:
            if clean.endswith(ending) and len(clean) > len(ending):
                return clean[: -len(ending)], kind
    return clean, ""


def is_damaged(clean: str) -> bool:
    """Return whether a cleaned name holds a sign that cannot be read."""
    return BROKEN in clean


NAME, NORMALISED, ALIAS = "name", "normalised_name", "alias"
AMBIGUOUS, TAKEN, BLANK = "ambiguous", "taken", "blank"


@dataclass(frozen=True)
class SiblingMatches:
    """Which right name each left name has, by which step; and why others have none.

    `faults` gives for a left name the reason and the right names concerned.
    """

    pairs: dict[str, tuple[str, str]] = field(default_factory=dict)
    faults: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)


def match_siblings(
    left: Mapping[str, frozenset[str]],
    right: Mapping[str, bool],
    *,
    lowest: bool,
    shared: bool = False,
    above: Collection[str] = (),
) -> SiblingMatches:
    """Return the pairs of names that mean the same place.

    `left` gives the periods in which a name of the table occurs, `right` whether a name of the
    boundaries stands for one place only. A pair is made only when it is the sole one: a left name
    that fits two right names, or two left names of one period that fit one right name, are faults.
    `shared` lets several spellings in the table mean one parent. `above` are names, cleaned, that may
    stand before a name: those of its parents.
    """
    work = _Siblings(left, right, shared)
    work.matches.faults.update({name: (BLANK, ()) for name in left if not clean_name(name)})
    for step, form in _forms(lowest, above):
        work.match(step, form)
    return work.matches


def _forms(lowest: bool, above: Collection[str]) -> Iterable[tuple[str, Callable[[str], object]]]:
    """Give the forms in which two names may be the same, the strictest first."""
    yield NAME, str
    yield NORMALISED, clean_name
    for before in ((), above) if above else ((),):

        def parts(name: str, before: Collection[str] = before) -> tuple[str, str]:
            return split_ending(_without(clean_name(name), before), lowest=lowest)

        def stem(name: str, parts: Callable[[str], tuple[str, str]] = parts) -> str:
            return parts(name)[0]

        yield NORMALISED, parts
        yield NORMALISED, stem


def _without(clean: str, before: Collection[str]) -> str:
    """Return a cleaned name without the longest of some names that it begins with."""
    begun = [name for name in before if clean.startswith(name) and clean != name]
    return clean[len(max(begun, key=len, default="")) :]


class _Siblings:
    """The names not yet paired, from one form of the names to the next."""

    def __init__(
        self, left: Mapping[str, frozenset[str]], right: Mapping[str, bool], shared: bool
    ) -> None:
        self.left, self.right, self.shared = left, right, shared
        self.matches = SiblingMatches()
        self._open = sorted(name for name in left if clean_name(name))

    def match(self, step: str, form: Callable[[str], object]) -> None:
        """Add the pairs that one form of the names gives, and the faults it shows."""
        if not self._open:
            return
        if step != NAME:
            self._open = [name for name in self._open if not is_damaged(clean_name(name))]
        targets, rivals = _grouped(self.right, form), _grouped(self._open, form)
        taken = self._taken()
        for name in self._open:
            candidates = targets.get(form(name), [])
            if not candidates:
                continue
            spellings = self.shared and form in (str, clean_name)
            others = [] if spellings else [other for other in rivals[form(name)] if other != name]
            holders = [] if spellings else taken.get(candidates[0], [])
            fault = self._fault(name, candidates, others, holders)
            if fault:
                self.matches.faults[name] = (fault, tuple(candidates))
            else:
                self.matches.faults.pop(name, None)
                self.matches.pairs[name] = (candidates[0], step)
        self._open = [name for name in self._open if name not in self.matches.pairs]

    def _taken(self) -> dict[str, list[str]]:
        """Return by which names of the table each name of the boundaries is already taken."""
        taken: dict[str, list[str]] = {}
        for name, (target, _) in self.matches.pairs.items():
            taken.setdefault(target, []).append(name)
        return taken

    def _fault(
        self, name: str, candidates: list[str], others: list[str], holders: list[str]
    ) -> str:
        if len(candidates) > 1 or not self.right[candidates[0]]:
            return AMBIGUOUS
        if any(self.left[name] & self.left[holder] for holder in holders):
            return TAKEN
        return AMBIGUOUS if any(self.left[name] & self.left[other] for other in others) else ""


def _grouped(names: Iterable[str], form: Callable[[str], object]) -> dict[object, list[str]]:
    groups: dict[object, list[str]] = {}
    for name in sorted(names):
        groups.setdefault(form(name), []).append(name)
    return groups


Path = tuple[str, ...]
# Below this many common places, or this share of them, two parents are not taken for the same.
_FEWEST, _SHARE = 2, 0.5


def propose_parents(
    parents: dict[Path, Any],
    upper: Path,
    paths: set[Path],
    ours: set[Path],
    parent: Callable[..., Any],
) -> None:
    """Add the likely parents under `upper` for names that have none.

    A longer name that ends with a parent's whole name (臺南市新營區 for 新營區) is certain. Otherwise two parents are likely the same when most of their places are: a proposal.
    """
    target = parents[upper]
    depth = len(upper)
    left = _below(paths, upper, depth)
    right = _below(ours, target.path, depth)
    held = {parents[key].path for key in parents if len(key) == depth + 1}
    open_names = sorted(name for name in left if (*upper, name) not in parents and clean_name(name))
    for name, other in _ended(open_names, right, target.path).items():
        parents[(*upper, name)] = parent((*target.path, other), target.certain, target.score)
        held.add((*target.path, other))
    open_names = [name for name in open_names if (*upper, name) not in parents]
    free = sorted(other for other in right if (*target.path, other) not in held)
    likely = sorted(
        (
            (_likeness(left[name], right[other], name, other), name, other)
            for name in open_names
            for other in free
        ),
        key=lambda candidate: (-candidate[0], candidate[1], candidate[2]),
    )
    taken: set[str] = set()
    for score, name, other in likely:
        if score > 0 and (*upper, name) not in parents and other not in taken:
            parents[(*upper, name)] = parent((*target.path, other), False, score)
            taken.add(other)


def _below(paths: set[Path], upper: Path, depth: int) -> dict[str, set[str]]:
    """Return for each name under `upper` the stems of the names at the lowest level below it."""
    stems: dict[str, set[str]] = {}
    for path in paths:
        if path[:depth] == upper:
            stem = split_ending(clean_name(path[-1]), lowest=True)[0]
            stems.setdefault(path[depth], set()).add(stem)
    return stems


def _ended(names: Iterable[str], others: Iterable[str], target: Path) -> dict[str, str]:
    """Return which name ends with which other's whole name, after one and the same beginning.

    The beginning must be that of most names or the name of the parent: 臺南市 in 臺南市安南區,
    which therefore is 安南區 and not 南區. Where no parent is named it must end as such a name does.
    """
    endings = {
        (name, other): clean_name(name)[: -len(clean_name(other))]
        for name in names
        for other in others
        if len(clean_name(other)) >= 2 and clean_name(name).endswith(clean_name(other))
    }
    if not endings:
        return {}
    counts = Counter(endings.values())
    usual = max(sorted(counts), key=lambda beginning: counts[beginning])
    above = {clean_name("".join(target[n:])) for n in range(len(target))}
    named = not target and split_ending(usual, lowest=False)[1] != ""
    wanted = above | ({usual} if counts[usual] > 1 or named else set())
    return {name: other for (name, other), begun in endings.items() if begun and begun in wanted}


def _likeness(left: set[str], right: set[str], name: str, other: str) -> float:
    """Return how likely two parents are the same (0 to 100); 0 when too few places agree."""
    common = len(left & right)
    share = common / max(1, min(len(left), len(right)))
    alike = fuzz.ratio(clean_name(name), clean_name(other))
    if common >= _FEWEST and share >= _SHARE:
        return round(60 * share + 0.4 * alike, 1)
    return (
        round(0.9 * alike, 1) if alike >= 60 and len(left) + len(right) > 0 and share > 0 else 0.0
    )
