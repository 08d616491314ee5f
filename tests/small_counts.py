"""Invented counts of few, and an attack on them: what all that is shown tells of what is hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from geodata.access import Scope
from geodata.atlas import Atlas
from geodata.atlas.scoped import within_scope
from geodata.figures import Indicator, SmallFigures
from geodata.periods import shift_month
from geodata.themes import own_themes

COUNTY = "991181"
LEVELS = ("county", "township", "village")
# The stock, what it is made of and what changes it, and figures of it and of all households.
KEYS = (
    "households",
    "monitored_households",
    "monitored_share",
    "unstable_households",
    "borderline_households",
    "sudden_households",
    "return_households",
    "identified_households",
    "removed_households",
    "not_visited_share",
    "unsafe_house_share",
    "income_known_share",
    "income_per_person",
)


def own_indicators(keys: Iterable[str] = KEYS) -> dict[str, Indicator]:
    """Return indicators of the product by key."""
    known = {one.key: one for theme in own_themes() for one in theme.indicators}
    return {key: known[key] for key in keys}


def invented_counts(
    seed: int, *, townships: int = 4, villages: int = 24, months: int = 24
) -> Atlas:
    """Return an atlas without outlines whose counts are skewed and mostly few, all of them related."""
    draw = np.random.default_rng(seed)
    where = np.sort(draw.choice(townships, villages, p=draw.dirichlet(np.full(townships, 3.0))))
    number = np.array([(where[:at] == one).sum() for at, one in enumerate(where)]) + 1
    codes = [f"{COUNTY}{one + 1:03d}{at:03d}" for one, at in zip(where, number, strict=True)]
    towns = sorted({code[:9] for code in codes})
    level = ["county", *["township"] * len(towns), *["village"] * villages]
    parent = [None, *[COUNTY] * len(towns), *(code[:9] for code in codes)]
    keys = pd.Index([COUNTY, *towns, *codes], name="key")
    places = pd.DataFrame({"level": level, "name": keys, "parent": parent}, index=keys)
    size = draw.lognormal(np.log(120), 0.8, villages).astype(int) + 2
    risk = draw.lognormal(np.log(0.04), 0.7, villages).clip(max=0.3)
    kinds = np.stack([draw.binomial(size, risk * part) for part in (0.3, 0.5, 0.2)])
    frames, month = [], "2024-01"
    for at in range(months):
        came = draw.binomial(size, risk * 0.05)
        left = np.minimum(draw.poisson(0.05 * kinds.sum(axis=0)), kinds.sum(axis=0))
        if at:
            rest = left.copy()
            for kind in kinds:
                gone = np.minimum(kind, rest)
                kind -= gone
                rest -= gone
            for kind, new in zip(kinds, draw.multinomial(came, [0.3, 0.5, 0.2]).T, strict=True):
                kind += new
        stock = kinds.sum(axis=0)
        unknown = draw.binomial(size, 0.01)
        known = size - unknown
        parts = {
            "households": (size, None, 0),
            "monitored_households": (stock, None, 0),
            "monitored_share": (stock, size, 0),
            "unstable_households": (kinds[0], None, 0),
            "borderline_households": (kinds[1], None, 0),
            "sudden_households": (kinds[2], None, 0),
            # A category of 2026, of which there is nobody before.
            "return_households": (np.zeros_like(stock), None, 0),
            "identified_households": (came, None, 0),
            "removed_households": (left, None, 0),
            "not_visited_share": (draw.binomial(stock, 0.3), stock, 0),
            "unsafe_house_share": (draw.binomial(size, risk / 3), size, 0),
            "income_known_share": (known, size, 0),
            "income_per_person": (known * 9000, known * 3, unknown),
        }
        for key, (numerator, denominator, missing) in parts.items():
            whole = np.ones(villages) if denominator is None else denominator
            judged = stock if key == "not_visited_share" else size
            row = {"place": codes, "indicator": key, "numerator": numerator.astype(float)}
            row |= {"denominator": whole.astype(float), "missing": missing, "subjects": judged}
            frame = pd.DataFrame(row).assign(period=shift_month(month, at))
            frames.append(
                frame[frame["subjects"] > 0].astype({"missing": float, "subjects": float})
            )
    values = pd.concat(frames, ignore_index=True)
    return Atlas("云岭县", LEVELS, places, values, own_indicators(), {}, {}, {})


@dataclass
class Attack:
    """What can be worked out from figures: unknown are the counts of every village and month.

    `whole` has the truth, to set it up and to compare; `equal` names counts that are known to be
    the same: (indicator, part) by (indicator, part).
    """

    whole: Atlas
    equal: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    _rows: list[tuple[dict[int, float], float]] = field(default_factory=list, init=False)
    _number: dict[tuple[str, str, str, str], int] = field(default_factory=dict, init=False)
    _truth: list[float] = field(default_factory=list, init=False)
    _learnt: set[frozenset[int]] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        lowest = (self.whole.places["level"] == "village").to_numpy()
        villages = self.whole.places.index[lowest]
        for key in self.whole.indicators:
            for month in self.whole.periods:
                parts = self.whole.parts(key, month)
                for part in PARTS:
                    name = self._name(key, part)
                    for place, truth in zip(villages, parts[part][lowest], strict=True):
                        if (*name, month, place) not in self._number:
                            self._number[*name, month, place] = len(self._truth)
                            # Nobody in question is none.
                            self._truth.append(float(np.nan_to_num(truth)))
        self._row_of = {place: at for at, place in enumerate(self.whole.places.index)}
        self._below = {
            key: [one for one in self.whole.places_in(None, "village") if one.startswith(key)]
            for key in self.whole.places.index
        }

    def _name(self, key: str, part: str) -> tuple[str, str]:
        if part == "denominator" and self.whole.indicators[key].quantity == "count":
            return "nothing", "denominator"
        return self.equal.get((key, part), (key, part))

    def columns(self, key: str, part: str, month: str, place: str) -> dict[int, float]:
        """Return the unknowns that add up to a part of a figure."""
        name = self._name(key, part)
        found = (self._number.get((*name, month, one)) for one in self._below[place])
        return {one: 1.0 for one in found if one is not None}

    def learn(self, key: str, month: str, place: str, row: Mapping[str, float]) -> None:
        """Take in what is shown of one figure."""
        for part in PARTS:
            terms = self.columns(key, part, month, place)
            if not pd.isna(row[part]) and frozenset(terms) not in self._learnt:
                self._learnt.add(frozenset(terms))
                self._rows.append((terms, float(row[part])))

    def relate(self) -> None:
        """Take in what is known of the counts: parts and wholes, stock and flows, who was judged."""
        months = self.whole.periods
        for key, one in self.whole.indicators.items():
            for at, month in enumerate(months):
                before = months[at - 1] if at else ""
                for place in self._below[COUNTY]:
                    if one.sum_of:
                        self._add(
                            [(key, month, 1), *((part, month, -1) for part in one.sum_of)], place
                        )
                    if one.flow and before:
                        flows = [(into, month, -1) for into in one.flow["into"]]
                        flows += [(out, month, 1) for out in one.flow["out_of"]]
                        self._add([(key, month, 1), (key, before, -1), *flows], place)

    def _add(self, terms: list[tuple[str, str, int]], place: str) -> None:
        row: dict[int, float] = {}
        for key, month, sign in terms:
            for column in self.columns(key, "numerator", month, place):
                row[column] = row.get(column, 0.0) + sign
        for key, month, _ in terms:
            # Who did not report keeps no relation.
            if np.isnan(self.whole.parts(key, month)["numerator"][self._row_of[place]]):
                return
        truth = sum(sign * self._truth[column] for column, sign in row.items())
        self._rows.append((row, truth))

    def worked_out(self, wanted: Iterable[tuple[str, dict[int, float]]]) -> list[str]:
        """Return the names of the sums of unknowns that have one possible value only."""
        truth = np.array(self._truth)
        at = [
            (row, column, sign)
            for row, (terms, _) in enumerate(self._rows)
            for column, sign in terms.items()
        ]
        rows, columns, signs = (np.array(one) for one in zip(*at, strict=True))
        known = sparse.csr_matrix((signs, (rows, columns)), shape=(len(self._rows), len(truth)))
        right = np.array([value for _, value in self._rows])
        np.testing.assert_allclose(known @ truth, right)
        limits = self._limits()
        links = sparse.vstack([known, limits]).tocsr()
        graph = sparse.bmat([[None, links], [links.T, None]])
        part = connected_components(graph, directed=False)[1]
        of_row, of_column = part[: links.shape[0]], part[links.shape[0] :]
        of_known, of_limit = of_row[: known.shape[0]], of_row[known.shape[0] :]
        groups: dict[tuple[int, ...], list[tuple[str, dict[int, float]]]] = {}
        for name, terms in wanted:
            groups.setdefault(tuple(sorted({int(of_column[one]) for one in terms})), []).append(
                (name, terms)
            )
        told: list[str] = []
        for parts, names in groups.items():
            mine = np.isin(of_column, parts)
            number = np.cumsum(mine) - 1
            equal = known[np.isin(of_known, parts)][:, mine]
            values = right[np.isin(of_known, parts)]
            above = limits[np.isin(of_limit, parts)][:, mine]
            told += _fixed(
                equal,
                values,
                above,
                truth[mine],
                [
                    (name, np.array([number[one] for one in terms]), np.array(list(terms.values())))
                    for name, terms in names
                ],
            )
        return told

    def _limits(self) -> sparse.csr_matrix:
        """Return what is never above nothing: of a share those who are counted less all of them."""
        rows, columns, signs, size = [], [], [], 0
        for (key, part, month, place), column in self._number.items():
            if part != "numerator" or key not in self.whole.indicators:
                continue
            one = self.whole.indicators[key]
            shares = [
                other
                for other in self.whole.indicators.values()
                if other.counts_things and self._name(other.key, "numerator") == (key, part)
            ]
            for share in shares or [one]:
                if share.counts_things:
                    other = self._number[*self._name(share.key, "denominator"), month, place]
                    if other != column:
                        rows += [size, size]
                        columns += [column, other]
                        signs += [1.0, -1.0]
                        size += 1
        return sparse.csr_matrix((signs, (rows, columns)), shape=(size, len(self._truth)))


PARTS = ("numerator", "denominator", "missing", "subjects")


def _fixed(equal, values, above, truth, wanted) -> list[str]:  # type: ignore[no-untyped-def]
    """Return which sums are the same in every solution that is not below zero."""
    told, others = [], []
    free = np.ones(len(values), dtype=bool)
    for name, columns, signs in wanted:
        mine = truth[columns] @ signs
        if any(abs(one[columns] @ signs - mine) > 0.5 for one in others):
            continue
        aim = np.zeros(len(truth))
        aim[columns] = signs
        for way in (1, -1):
            found = linprog(
                way * aim,
                A_eq=equal if free.any() else None,
                b_eq=values if free.any() else None,
                A_ub=above if above.shape[0] else None,
                b_ub=np.zeros(above.shape[0]) if above.shape[0] else None,
                bounds=(0, 1e5),
                method="highs",
            )
            assert found.status == 0, found.message
            others.append(found.x)
            if abs(found.x[columns] @ signs - mine) > 0.99:
                break
        else:
            told.append(name)
    return told


EQUAL = {
    ("monitored_share", "numerator"): ("monitored_households", "numerator"),
    ("not_visited_share", "denominator"): ("monitored_households", "numerator"),
    ("not_visited_share", "subjects"): ("monitored_households", "numerator"),
    ("monitored_share", "denominator"): ("households", "numerator"),
    ("unsafe_house_share", "denominator"): ("households", "numerator"),
    ("income_known_share", "denominator"): ("households", "numerator"),
    **{
        (key, "subjects"): ("households", "numerator") for key in KEYS if key != "not_visited_share"
    },
}


@dataclass(frozen=True)
class PublicAtlas(Atlas):
    """The atlas as pages for outside show it."""

    small: SmallFigures = field(kw_only=True)

    def _frame(self, indicator: str, period: str, level: str) -> pd.DataFrame:
        frame = super()._frame(indicator, period, level)
        gone = self.small.figures(indicator, period)[frame.index]
        untold = self.small.coverage(indicator, period)[frame.index]
        masked = {part: frame[part].mask(gone) for part in ("value", "numerator", "denominator")}
        return frame.assign(
            **masked, missing=frame["missing"].mask(untold), subjects=frame["subjects"].mask(untold)
        )

    def hidden(self, indicator: str, period: str, level: str) -> pd.Series:
        """Return which places of a level are hidden."""
        return self.small.figures(indicator, period)[self.places_in(None, level)]

    def own(self, keys: pd.Index) -> pd.Series:
        """Return of which places the people may be listed: of none."""
        return pd.Series(False, index=keys)


def public_of(whole: Atlas, limit: int) -> SmallFigures:
    """Return what is hidden from everybody."""
    keys = whole.places.index
    nobody, everybody = pd.Series(False, index=keys), pd.Series(True, index=keys)
    return SmallFigures(whole, nobody, everybody, limit, everything=True)


def accounts(whole: Atlas, limit: int) -> dict[str, Atlas]:
    """Return the atlas as accounts see it: who reads figures alone, officers, and the public."""
    town = str(whole.places_in(None, "township")[0])
    village = str(whole.places_in(town, "village")[0])
    scopes = {
        "reader": Scope("auditor", (COUNTY,)),
        "township": Scope("township_officer", (town,)),
        "village": Scope("village_officer", (village,)),
    }
    parts = {one.name: getattr(whole, one.name) for one in fields(Atlas) if one.init}
    found = {name: within_scope(whole, one, smallest=limit) for name, one in scopes.items()}
    return found | {"public": PublicAtlas(**parts, small=public_of(whole, limit))}


def attack(whole: Atlas, mine: Atlas, limit: int) -> tuple[list[str], int]:
    """Return the small counts hidden in `mine` that can be worked out, and how many are hidden."""
    attacker = Attack(whole, EQUAL)
    wanted: list[tuple[str, dict[int, float]]] = []
    own = mine.own(mine.places.index)
    for key, one in whole.indicators.items():
        for month in whole.periods:
            for level in whole.levels:
                truth, shown = whole.frame(key, month, level), mine.frame(key, month, level)
                empty = shown["numerator"].isna() & mine.seen(shown.index)
                empty &= ~mine.hidden(key, month, level)
                # Nobody in question is none, unless nobody could be judged.
                reported = whole.frame("households", month, level)["subjects"].notna()
                for part in PARTS:
                    none = empty & truth[part].isna() & reported
                    shown[part] = shown[part].mask(none, 0.0)
                for place, row in shown.to_dict("index").items():
                    attacker.learn(key, month, place, row)
                few = _few(truth, one, limit) & shown["numerator"].isna() & ~own[truth.index]
                wanted += [
                    (f"{key} {month} {place}", attacker.columns(key, "numerator", month, place))
                    for place in few.index[few]
                ]
    attacker.relate()
    return attacker.worked_out(wanted), len(wanted)


def _few(frame: pd.DataFrame, indicator: Indicator, limit: int) -> pd.Series:
    """Return where a figure counts few, or leaves few uncounted."""
    if indicator.quantity != "count" and not indicator.counts_things:
        return pd.Series(False, index=frame.index)
    few = frame["numerator"].between(1, limit - 1)
    if indicator.counts_things:
        few |= (frame["denominator"] - frame["numerator"]).between(1, limit - 1) & (
            frame["numerator"] > 0
        )
    return few
