"""An indicator as it is declared once: what it is, who is counted, what is summed, which end is worse."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

from geodata.errors import QuantityError, ThemeError
from geodata.quantity import (
    MONEY,
    NO_UNIT,
    Quantity,
    Thing,
    Unit,
    Words,
    agrees,
    in_language,
    quantity_of,
    shipped_words,
)
from geodata.rules import Subject, base_subjects
from geodata.yaml_entries import (
    Faults,
    check_fields,
    check_name,
    check_pair,
    check_value,
    mapping_of,
    text_list,
)

WORSE = ("high", "low", "none")
# By what a stock changes from one month to the next: what is added and what is taken away.
FLOW = ("into", "out_of")
_LISTS = ("rules", "explained_by", "sum_of", "equations")
_TEXTS = ("numerator", "denominator", "scope", "target", "known", "cumulates", "belongs_to")
# Field of an entry -> whether it must be there.
_FIELDS = {
    **dict.fromkeys(("title", "quantity", "unit"), True),
    **dict.fromkeys(("counts", "base", "worse", "subject", "numerator", "denominator"), False),
    **dict.fromkeys(("scope", "rules", "explained_by", "target", "document", "listed"), False),
    **dict.fromkeys(("sum_of", "flow", "equations", "cumulates", "belongs_to"), False),
    **dict.fromkeys(("basis", "decided_by", "known"), False),
}


@dataclass(frozen=True)
class Indicator:
    """One figure of a place and period.

    `title` is by language. `quantity` is a key of `geodata.quantity.QUANTITIES`; `counts` is what
    its numerator counts and `base` what its denominator does, where they count anything. `worse`
    names the end that needs attention.

    One of a theme says how it is made: over the subjects in `scope` it sums `numerator` and
    `denominator`, SQL over the features of `theme` and `subject`; a subject with an unknown part
    counts as missing. With `rules` the numerator is whether any of them is broken; a subject is
    missing when none can be answered. Money is summed in fen. `target` is a policy parameter,
    `explained_by` the rules whose findings explain a figure that is not a count of them. A figure
    summed over villages says in `listed` whom it counts: `subject`, and `where` over its features; where
    few are bad, `rest` says whom it leaves out of its base.
    `sum_of` names the indicators it is the sum of, `flow` those that it grows by (`into`) and
    shrinks by (`out_of`) from one month to the next. `equations` are other sums that its counts stand
    in, such as "households = monitored_households + candidate_share.base": a part is the key of an
    indicator for who is counted, KEY.base for the base of a share, KEY.judged and KEY.subjects for
    who was judged and who was in question, `rest` for those whom no part counts, or several do.
    `cumulates` names the count of a month that it adds up from January on, `belongs_to` the count of
    those whose money or persons it sums.
    `basis` is by language: from which of several sources, or by which of several readings, it is made.
    `known` is SQL: before it holds (months of accounts, of tests) a subject is missing, whatever is
    known of it by then, so that there is no figure of part of a window.
    `decided_by` is what decides for many of those who are counted at once: they are no events apart.
    """

    key: str
    title: Mapping[str, str]
    quantity: str = "plain"
    unit: Unit = NO_UNIT
    counts: Thing | None = None
    base: Thing | None = None
    worse: str = "none"
    theme: str = ""
    subject: str = "household"
    numerator: str = ""
    denominator: str = "1"
    scope: str = "TRUE"
    rules: tuple[str, ...] = ()
    explained_by: tuple[str, ...] = ()
    target: str = ""
    document: Mapping[str, str] | None = None
    basis: Mapping[str, str] | None = None
    listed: Mapping[str, str] | None = None
    sum_of: tuple[str, ...] = ()
    flow: Mapping[str, tuple[str, ...]] | None = None
    equations: tuple[str, ...] = ()
    cumulates: str = ""
    belongs_to: str = ""
    decided_by: Thing | None = None
    known: str = ""

    def __post_init__(self) -> None:
        if self.worse not in WORSE:
            raise ValueError(f"worse is {self.worse!r}, expected one of {', '.join(WORSE)}")
        agrees(self.kind, self.unit, self.counts, self.base)

    @property
    def kind(self) -> Quantity:
        """Return what follows from its quantity."""
        return quantity_of(self.quantity)

    @property
    def adds_up(self) -> str:
        """Return how places add up to the one above: sum, ratio or none (their median)."""
        return self.kind.adds_up

    @property
    def table(self) -> str:
        """Return the name of the feature set the indicator sums over."""
        return f"{self.theme}_{self.subject}"

    @property
    def own_rules(self) -> tuple[str, ...]:
        """Return the rules whose findings say why the figure is what it is."""
        return self.rules or self.explained_by

    @property
    def lists(self) -> str:
        """Return the kind of subject that its numerator counts one by one; empty where it has no list."""
        if self.listed is not None:
            return self.listed["subject"]
        counts = self.counts if self.quantity == "count" or self.counts_things else None
        return self.subject if counts is not None and counts.root == self.subject else ""

    @property
    def listed_where(self) -> Mapping[str, str]:
        """Return by field the expressions that say whom it lists, over the features of their subject."""
        told = self.listed or {}
        return {name: told[name] for name in ("where", "rest") if name in told}

    @property
    def acts_on_rest(self) -> bool:
        """Return whether those whom its numerator leaves out are to be acted on, and can be listed."""
        named = self.listed is None or "rest" in self.listed_where
        return self.worse == "low" and self.counts_things and self.lists != "" and named

    @property
    def is_share(self) -> bool:
        """Return whether it is a part of a whole, whose changes are told in points."""
        return self.quantity == "share"

    @property
    def is_money(self) -> bool:
        """Return whether its value is an amount of money, alone or a head."""
        return self.unit.of == MONEY

    @property
    def counts_things(self) -> bool:
        """Return whether numerator and denominator are numbers of one kind of thing."""
        return self.is_share and self.counts is not None and self.counts.key != MONEY

    @property
    def tested(self) -> str:
        """Return how hot spots of it are looked for: events of a base, value, or not at all ("")."""
        if self.decided_by is not None:
            return ""
        if self.counts_judged:
            return "events"
        if self.kind.tested == "events" and not self.counts_things:
            return "value"
        return self.kind.tested

    @property
    def counts_judged(self) -> bool:
        """Return whether it is a number of those who are judged one by one: a part of them all."""
        counted = self.counts is not None and self.counts.root == self.subject
        return self.quantity == "count" and counted and bool(self.theme) and self.listed is None

    @property
    def counts_all(self) -> bool:
        """Return whether it is the number of all subjects of a place, such as of its households."""
        counted = self.counts is not None and self.counts.key == self.subject
        of_all = self.numerator == "1" and self.scope == "TRUE"
        return self.quantity == "count" and counted and of_all

    @property
    def fen(self) -> tuple[int, int]:
        """Return by what numerator and denominator, as they are summed, give yuan or numbers."""
        money = [one is not None and one.key == MONEY for one in (self.counts, self.base)]
        return 100 if money[0] else 1, 100 if money[1] else 1

    @property
    def range(self) -> tuple[float, float]:
        """Return the least and the most that its shown value can be, both possible."""
        low, high = self.kind.lowest, self.kind.highest
        scale = self.unit.scale
        return -math.inf if low is None else low * scale, math.inf if high is None else high * scale

    @property
    def decimals(self) -> int | None:
        """Return the decimals of its figures wherever they are written; None: they follow the values."""
        if self.unit.decimals is not None or not self.kind.units:
            return self.unit.decimals
        return 0 if self.kind.adds_up == "sum" or self.is_money else 1

    def title_in(self, lang: str | None = None) -> str:
        """Return the title in one language, or in the other when it has only that."""
        return in_language(self.title, lang)

    def basis_in(self, lang: str | None = None) -> str:
        """Return from which source it is made, empty where there is one only."""
        return in_language(self.basis, lang) if self.basis else ""

    def unit_in(self, lang: str | None = None) -> str:
        """Return the unit in one language, as it stands after a number; empty when there is none."""
        return self.unit.text(lang)

    def to_json(self) -> dict[str, object]:
        """Return the fields as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Return the indicator of the values of `to_json`."""
        things = {
            name: None if content.get(name) is None else Thing(**content[name])
            for name in ("counts", "base", "decided_by")
        }
        lists = {name: tuple(content.get(name, ())) for name in _LISTS}
        flow = content.get("flow") and {way: tuple(keys) for way, keys in content["flow"].items()}
        made = {**content, **things, **lists, "flow": flow, "unit": Unit(**content["unit"])}
        return cls(**made)


def read_indicators(
    file: Path,
    theme: str,
    subjects: Mapping[str, Subject] | None = None,
    words: Words | None = None,
) -> tuple[Indicator, ...]:
    """Return the indicators of one file in order; raises ThemeError naming all that is wrong.

    `subjects` are those they may be about, by default those that every theme knows; `words` are
    the units and things that may be named, by default the product's own.
    """
    about, named = tuple(subjects or base_subjects()), words or shipped_words()
    made, faults = [], Faults()
    for key, entry in mapping_of(file).items():
        with faults:
            made.append(_read(f"{file} {key}", theme, (key, entry), about, named))
    faults.tell()
    return tuple(made)


def _read(
    place: str,
    theme: str,
    written: tuple[str, Mapping[str, Any]],
    subjects: Collection[str],
    words: Words,
) -> Indicator:
    (key, entry), faults = written, Faults()
    for check in (partial(check_name, place, key), partial(check_fields, place, entry, _FIELDS)):
        with faults:
            check()
    faults.tell()
    if bool(entry.get("rules")) == bool(entry.get("numerator")):
        faults.kept.append(ThemeError("rules.fault_absent", place=place, field="numerator | rules"))
    for field, known in (("worse", WORSE), ("subject", subjects)):
        with faults:
            check_value(place, field, entry.get(field, next(iter(known))), known)
    given = dict(entry)
    for field in _LISTS:
        with faults:
            given[field] = text_list(place, entry.get(field, []), field)
    if "flow" in entry:
        with faults:
            check_fields(f"{place} flow", entry["flow"], dict.fromkeys(FLOW, False))
            given["flow"] = {
                way: text_list(f"{place} flow", entry["flow"].get(way, []), way) for way in FLOW
            }
    for field in _TEXTS:
        if field in given:
            given[field] = str(given[field])
    with faults:
        check_pair(place, entry, "title")
        if "basis" in entry:
            check_pair(place, entry, "basis")
    if "listed" in entry:
        with faults:
            check_fields(
                f"{place} listed", entry["listed"], {"subject": True, "where": True, "rest": False}
            )
            check_value(f"{place} listed", "subject", entry["listed"]["subject"], subjects)
    given |= _words(place, entry, words, faults)
    faults.tell()
    with _placed(place):
        _about_its_subject(entry, given)
        return Indicator(key=key, theme=theme, **given)


def _words(
    place: str, entry: Mapping[str, Any], words: Words, faults: Faults
) -> Mapping[str, object]:
    """Return unit and things that an entry names; what is not known is kept in `faults`."""
    things = ("counts", "base", "decided_by")
    named: dict[str, object] = dict.fromkeys(things)
    with faults, _placed(place):
        quantity_of(entry["quantity"])
    with faults, _placed(place):
        named["unit"] = words.unit(entry["unit"])
    for field in things:
        if field in entry:
            with faults, _placed(place):
                named[field] = words.thing(field, entry[field])
    return named


@contextmanager
def _placed(place: str) -> Iterator[None]:
    """Raise what is wrong with a declaration as ThemeError with its place."""
    try:
        yield
    except QuantityError as fault:
        raise ThemeError("quantity.at", place=place, fault=fault.sentence()) from fault


def _about_its_subject(entry: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Raise QuantityError where a whole is of other things than those that are judged one by one.

    Without a denominator of its own a base is the subjects; what rules count are the subjects.
    """
    subject = entry.get("subject", "household")
    checked = [("base", "denominator" not in entry), ("counts", bool(entry.get("rules")))]
    for field, is_subject in checked:
        thing = given[field]
        if is_subject and thing is not None and thing.root != subject:
            values = {"field": field, "found": thing.key, "subject": subject}
            raise QuantityError("quantity.fault_subject", **values)
