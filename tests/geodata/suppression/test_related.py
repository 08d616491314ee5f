"""Related counts hidden together: no small one has a single value that fits what is shown."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from geodata.suppression import MonthCounts, NumberedTree, RelatedCounts
from geodata.suppression import related as related_module

LIMIT = 3
# Three parts of a stock, the stock, what comes and what goes.
PARTS = ((3, 0, 1), (0, 0, -1), (1, 0, -1), (2, 0, -1))
FLOW = ((3, 0, 1), (3, 1, -1), (4, 0, -1), (5, 0, 1))
FAMILIES = 6


def county(
    seed: int, towns: int, villages: int, months: int
) -> tuple[NumberedTree, list[np.ndarray]]:
    """Return a tree and the counts of each month by family and place."""
    draw = np.random.default_rng(seed)
    tree = NumberedTree.of([-1, *[0] * towns, *np.repeat(np.arange(towns) + 1, villages)])
    size = draw.lognormal(1.0, 1.0, towns * villages)
    kinds = draw.poisson(size[None] * np.array([[0.3], [0.5], [0.2]]))
    found = []
    for month in range(months):
        came = draw.multinomial(draw.poisson(0.08 * size), [1 / 3] * 3).T
        left = np.minimum(draw.poisson(0.03 * size, (3, len(size))), kinds) if month else came * 0
        kinds = kinds + (came if month else 0) - left
        lowest = np.stack([*kinds, kinds.sum(axis=0), came.sum(axis=0), left.sum(axis=0)])
        counts = np.zeros((FAMILIES, len(tree.parent)))
        counts[:, tree.levels[-1]] = lowest
        for places in reversed(tree.levels[1:]):
            np.add.at(counts.T, tree.parent[places], counts.T[places])
        found.append(counts)
    return tree, found


def hide(
    tree: NumberedTree, months: list[np.ndarray], known: np.ndarray, limit: int = LIMIT
) -> np.ndarray:
    hiding = RelatedCounts(tree, (PARTS, FLOW), limit, known, np.zeros(len(known), dtype=bool))
    for counts in months:
        free = np.full_like(counts, np.inf)
        hiding.add(MonthCounts(counts, free, np.zeros(counts.shape, dtype=bool), [1] * FAMILIES))
    return np.array(hiding.hidden)


def worked_out(
    tree: NumberedTree, months: list[np.ndarray], hidden: np.ndarray, known: np.ndarray
) -> int:
    """Return how many hidden small counts have one value in every solution."""
    lowest = tree.levels[-1]
    under = [
        [at for at, one in enumerate(lowest) if one == p or p in tree.above[one]]
        for p in range(len(tree.parent))
    ]

    def at(month: int, family: int, village: int) -> int:
        return (month * FAMILIES + family) * len(lowest) + village

    rows, right = [], []
    for month, counts in enumerate(months):
        for family, place in np.argwhere(~hidden[month]):
            rows.append({at(month, family, one): 1.0 for one in under[place]})
            right.append(counts[family, place])
        for relation in (PARTS, FLOW):
            if month or relation is PARTS:
                for village in range(len(lowest)):
                    rows.append(
                        {at(month - lag, f, village): float(sign) for f, lag, sign in relation}
                    )
                    right.append(0.0)
    matrix = sparse.lil_matrix((len(rows), len(months) * FAMILIES * len(lowest)))
    for number, row in enumerate(rows):
        for column, sign in row.items():
            matrix[number, column] = sign
    matrix = matrix.tocsr()
    truth = np.array([counts[:, lowest] for counts in months]).ravel()
    np.testing.assert_allclose(matrix @ truth, right)
    few = hidden & (np.array(months) > 0) & (np.array(months) < LIMIT) & ~known
    others: list[np.ndarray] = []
    told = 0
    for month, family, place in np.argwhere(few):
        columns = [at(month, family, one) for one in under[place]]
        value = truth[columns].sum()
        aim = np.zeros(len(truth))
        aim[columns] = 1.0
        for way in (1, -1):
            if any(abs(one[columns].sum() - value) > 0.5 for one in others):
                break
            others.append(linprog(way * aim, A_eq=matrix, b_eq=right, bounds=(0, 1e4)).x)
        told += not any(abs(one[columns].sum() - value) > 0.5 for one in others)
    return told


@pytest.mark.parametrize(
    ("seed", "towns", "villages", "months", "own"),
    [
        (0, 3, 6, 6, False),
        (1, 3, 6, 6, True),
        (2, 2, 9, 8, False),
        (3, 5, 3, 5, True),
        (4, 4, 1, 4, False),
    ],
)
def test_no_small_count_follows_from_parts_flows_and_sums(seed, towns, villages, months, own):
    tree, counts = county(seed, towns, villages, months)
    known = np.zeros(len(tree.parent), dtype=bool)
    known[1] = own
    known[tree.parent == 1] = own
    hidden = hide(tree, counts, known)
    assert not (hidden & known).any()
    assert worked_out(tree, counts, hidden, known) == 0


@pytest.mark.parametrize("limit", [2, 5])
def test_other_limits_hide_all_that_is_below_them(limit):
    tree, counts = county(7, 3, 4, 3)
    known = np.zeros(len(tree.parent), dtype=bool)
    hidden = hide(tree, counts, known, limit)
    few = (np.array(counts) > 0) & (np.array(counts) < limit)
    assert hidden[few].all()
    assert 0 < few.mean() < hidden.mean() < 1


def test_a_later_month_takes_nothing_back_that_was_shown():
    tree, counts = county(5, 3, 6, 6)
    known = np.zeros(len(tree.parent), dtype=bool)
    assert (hide(tree, counts, known)[:4] == hide(tree, counts[:4], known)).all()


def test_the_attack_finds_what_single_families_give_away(monkeypatch):
    monkeypatch.setattr(related_module._MonthHiding, "cover", lambda work: None)
    tree, counts = county(0, 3, 6, 6)
    known = np.zeros(len(tree.parent), dtype=bool)
    assert worked_out(tree, counts, hide(tree, counts, known), known) > 10
