"""Invented counties attacked: which hidden small counts can be worked out, and how much is hidden.

Run: python -m tests.benchmarks.bench_small_counts [COUNTIES] [SEED]. Each county has 3 to 12
townships, 20 to 150 villages and 24 months of related counts; every account's figures of all
levels, indicators and months go into a linear program. Printed are the share of figures hidden, and
on small counties by how much it is above the fewest that a mixed-integer program finds.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from geodata.figures import SmallFigures
from geodata.suppression.tree import small as is_small
from tests.small_counts import accounts, attack, invented_counts, public_of

LIMIT = 3
_MOST = 400.0


def main(counties: int, seed: int) -> None:
    """Print a line for each county and account, and the sums."""
    told_in_all = cells = hidden = 0
    for number in range(seed, seed + counties):
        draw = np.random.default_rng(number)
        townships = int(draw.integers(3, 13))
        villages = int(np.clip(draw.lognormal(np.log(40), 0.6), 20, 150))
        whole = invented_counts(number, townships=townships, villages=villages, months=24)
        for name, mine in accounts(whole, LIMIT).items():
            started = time.perf_counter()
            told, wanted = attack(whole, mine, LIMIT)
            marks = [
                mine.small.figures(key, month).mean()
                for key in whole.indicators
                for month in whole.periods
            ]
            share, took = float(np.mean(marks)), time.perf_counter() - started
            size = len(whole.places) * len(marks)
            told_in_all, cells, hidden = (
                told_in_all + len(told),
                cells + size,
                hidden + share * size,
            )
            print(
                f"county {number}: {len(whole.places)} places, {name}: {wanted} small counts hidden,"
                f" {len(told)} worked out, {share:.1%} of figures hidden, {took:.0f} s",
                *told[:3],
                flush=True,
            )
    print(f"in all {told_in_all} worked out, {hidden / max(cells, 1):.1%} of figures hidden")


def compare(counties: int, seed: int) -> None:
    """Print how many figures are hidden in small counties, and the fewest under the same demands."""
    ours = least = 0.0
    for number in range(seed, seed + counties):
        whole = invented_counts(number, townships=2, villages=8, months=1)
        hiding = public_of(whole, LIMIT)
        month = whole.periods[0]
        mine = sum(int(hiding.figures(key, month).sum()) for key in whole.indicators)
        fewest, bound = _fewest(hiding, month)
        ours, least = ours + mine, least + bound
        print(
            f"county {number}: {mine} figures hidden, fewest {fewest:.0f}, bound {bound:.1f}",
            flush=True,
        )
    print(f"in all {ours:.0f} hidden, {ours / least - 1:.1%} above the fewest")


def _fewest(hiding: SmallFigures, period: str) -> tuple[float, float]:
    """Return the fewest figures that can be hidden in a period, and a bound below it."""
    month, tree = hiding._month(period), hiding._tree
    digests = sorted({one for shown in month.figures.values() for one in shown})
    counts = np.nan_to_num(np.array([month.counts[one] for one in digests]))
    most = np.array([month.most.get(one, np.full(counts.shape[1], np.inf)) for one in digests])
    families, places = counts.shape
    size = families * places
    few = is_small(counts, LIMIT) | (is_small(most - counts, LIMIT) & (counts > 0))
    wanted = np.flatnonzero(few.ravel())
    equal = _relations(hiding, month, digests, tree, size)
    figures = [shown for shown in month.figures.values() if shown]
    # Of a count: hidden; of a small one: down or up, and the move of all counts; of a figure: hidden.
    chosen, moves = size + len(wanted), size + len(wanted) + len(wanted) * size
    total = moves + len(figures) * places
    demands = [
        (_wide(sparse.kron(sparse.identity(len(wanted)), equal), chosen, total), 0.0, 0.0),
        *_moves(counts.ravel(), most.ravel(), wanted, size, total),
        *_sums(counts, most, tree, total),
    ]
    shown_by = sparse.lil_matrix((sum(len(set(one)) for one in figures) * places, total))
    row = 0
    for number, shown in enumerate(figures):
        for digest in set(shown):
            for place in range(places):
                shown_by[row, moves + number * places + place] = 1
                shown_by[row, digests.index(digest) * places + place] = -1
                row += 1
    demands.append((shown_by, 0.0, np.inf))
    price = np.r_[np.zeros(moves), np.ones(total - moves)]
    lower = np.r_[
        few.ravel(), np.zeros(len(wanted)), np.full(moves - chosen, -_MOST), np.zeros(total - moves)
    ]
    upper = np.r_[np.ones(chosen), np.full(moves - chosen, _MOST), np.ones(total - moves)]
    found = milp(
        price,
        constraints=[LinearConstraint(one.tocsr(), low, high) for one, low, high in demands],
        bounds=Bounds(lower, upper),
        integrality=np.r_[np.ones(chosen), np.zeros(moves - chosen), np.zeros(total - moves)],
        options={"time_limit": 60},
    )
    return (np.nan if found.fun is None else found.fun), found.mip_dual_bound


def _wide(matrix, before: int, total: int):  # type: ignore[no-untyped-def]
    rows = matrix.shape[0]
    after = total - before - matrix.shape[1]
    return sparse.hstack(
        [sparse.csr_matrix((rows, before)), matrix, sparse.csr_matrix((rows, after))]
    )


def _relations(hiding, month, digests, tree, size):  # type: ignore[no-untyped-def]
    """Return what a move of all counts must keep: sums of places, and parts of a whole."""
    places = len(tree.parent)
    rows = []
    for family in range(len(digests)):
        for place in range(places):
            below = np.flatnonzero(tree.parent == place)
            if len(below):
                terms = {family * places + one: -1.0 for one in below}
                rows.append(terms | {family * places + place: 1.0})
    for families in hiding._families:
        for relation in families.relations:
            if any(lag for _, lag, _ in relation):
                continue
            for place in range(places):
                terms = {}
                for number, _, sign in relation:
                    digest = month.figures[families.keys[number]][0]
                    column = digests.index(digest) * places + place
                    terms[column] = terms.get(column, 0.0) + sign
                rows.append(terms)
    matrix = sparse.lil_matrix((len(rows), size))
    for number, terms in enumerate(rows):
        for column, sign in terms.items():
            matrix[number, column] = sign
    return matrix


def _moves(counts, most, wanted, size, total):  # type: ignore[no-untyped-def]
    """Yield: a count that is shown does not move, none goes below nothing, a small one far enough."""
    number = len(wanted)
    before = size + number
    for bound, sign in ((counts, 1), (np.minimum(most - counts, _MOST), -1)):
        stuck = sparse.vstack([sparse.diags(bound)] * number)
        move = _wide(sparse.identity(number * size) * sign, before, total)
        yield move + _wide(stuck, 0, total), 0.0, np.inf
    few = counts[wanted] < LIMIT
    left = (most - counts)[wanted]
    down = np.where(few, counts[wanted], LIMIT - left)
    far = sparse.lil_matrix((number, total))
    for at, one in enumerate(wanted):
        far[at, before + at * size + one] = 1
        far[at, size + at] = -LIMIT
    yield far, -down, -down


def _sums(counts, most, tree, total):  # type: ignore[no-untyped-def]
    """Yield: what is hidden under a shown sum has the limit together and is not told by it."""
    rows, least = [], []
    for family, row in enumerate(counts):
        places = len(row)
        for place in range(places):
            below = np.flatnonzero(tree.parent == place)
            few = is_small(row[below], LIMIT) if len(below) else np.zeros(0, dtype=bool)
            if not few.any():
                continue
            terms = {family * places + one: row[one] for one in below}
            rows.append(terms | {family * places + place: float(LIMIT)})
            least.append(float(LIMIT))
            value, number = row[below][few].sum(), few.sum()
            if number < 2 or value in (number, number * (LIMIT - 1)):
                rows.append({family * places + one: 1.0 for one in [*below[~few], place]})
                least.append(1.0)
    if rows:
        matrix = sparse.lil_matrix((len(rows), total))
        for number, terms in enumerate(rows):
            for column, sign in terms.items():
                matrix[number, column] = sign
        yield matrix, np.array(least), np.inf


if __name__ == "__main__":
    chosen = [int(one) for one in sys.argv[1:]]
    main(chosen[0] if chosen else 200, chosen[1] if len(chosen) > 1 else 0)
    compare(20, 0)
