"""Rates of small villages that borrow from their neighbours, with how sure they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import sparse, special
from scipy.linalg import cho_solve
from scipy.sparse import linalg

Matrix: TypeAlias = np.ndarray | sparse.csc_array
# Standard deviations of the villages' log odds, and how much of it neighbours share, that are tried.
_SPREADS = np.geomspace(0.05, 1.3, 9)
_SHARED = (0.0, 0.6, 0.95)
# Spreads are thought likely beforehand as their power, one less: with less, intervals of counties of
# few cases held the truth in 90 of 100 villages (tests.benchmarks.bench_clusters).
_WIDER = 2.5
# So much less likely than the best is not looked at.
_UNLIKELY = 8.0
# Up to so many villages matrices are dense; above, variances are drawn with so many samples.
_DENSE, _SAMPLES = 300, 160
_STEPS, _HALVINGS, _GAIN = 40, 30, 1e-7


@dataclass(frozen=True, eq=False)
class SmoothedRates:
    """Rates of (n,) villages, bounds that hold them with probability `level`, and `above`.

    `above` is the probability that a village's rate lies above the county's. `spread` and `shared`
    are the mean standard deviation of log odds and its share that neighbours have in common.
    """

    rate: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    above: np.ndarray
    spread: float
    shared: float


@dataclass(frozen=True, eq=False)
class _RateFit:
    """The counts given one spread and share: log odds, their precision, and how likely it all is."""

    spread: float
    shared: float
    scale: float
    odds: np.ndarray
    effects: np.ndarray
    likelihood: float


def smooth_rates(
    events: np.ndarray,
    base: np.ndarray,
    links: sparse.csr_array,
    *,
    seed: int,
    level: float = 0.95,
) -> SmoothedRates:
    """Return smoothed rates of (n,) counts; a village without a base (0 or NaN) borrows all.

    Where nothing or everything was counted the rate is that of the county, all else NaN.

    Notes
    -----
    E ~ Binomial(B, p), logit p = a + x, x ~ N(0, s^2/c ((1-f) I + f R)^-1) with R the Laplacian of
    the links and c the mean variance at s = 1: Leroux, Lei and Breslow (2000), which like BYM2
    mixes shared and own effects, with half its unknowns. Laplace's approximation about the mode
    (Newton with halved steps), its mean corrected to third order, for a grid of s and f, likely
    beforehand as s^1.5, and summed over it. For many villages variances are drawn (Siden et al. 2018,
    Rao-Blackwellised).
    """
    there = np.isfinite(events) & (np.nan_to_num(base) > 0)
    e, b = np.where(there, events, 0.0), np.where(there, base, 0.0)
    if not 0 < e.sum() < b.sum():
        mean = np.full(len(e), e.sum() / b.sum() if b.sum() > 0 else np.nan)
        nothing = np.full(len(e), np.nan)
        return SmoothedRates(mean, nothing, nothing, nothing, 0.0, 0.0)
    model = _RateModel(e, b, links)
    rng = np.random.default_rng(seed)
    fits = [fit for shared in _SHARED for fit in _spreads(model, shared, rng)]
    likelihood = np.array([fit.likelihood + _WIDER * np.log(fit.spread) for fit in fits])
    weight = np.exp(likelihood - likelihood.max())
    used = weight > 1e-3 * weight.sum()
    weight = weight[used] / weight[used].sum()
    fits = [fit for fit, chosen in zip(fits, used, strict=True) if chosen]
    marginals = [model.marginal(fit, rng) for fit in fits]
    return _summed(fits, marginals, weight, (float(e.sum() / b.sum()), level))


def _spreads(model: _RateModel, shared: float, rng: np.random.Generator) -> Iterator[_RateFit]:
    """Give the fits of one share, from the least spread on, until they become unlikely."""
    scale, determinant = model.prior(shared, rng)
    best, fit = -np.inf, None
    for spread in _SPREADS:
        fit = model.fit(float(spread), shared, (scale, determinant), fit)
        yield fit
        best = max(best, fit.likelihood)
        if fit.likelihood < best - _UNLIKELY:
            return


class _RateModel:
    """Counts and links; the precision of effects is (own (1-f) I + f R) c / s^2."""

    def __init__(self, events: np.ndarray, base: np.ndarray, links: sparse.csr_array) -> None:
        self.events, self.base, self.n = events, base, len(events)
        upper = sparse.triu(links, 1).tocoo()
        edges = len(upper.row)
        rows = np.r_[np.arange(edges), np.arange(edges)]
        signs = np.r_[np.ones(edges), -np.ones(edges)]
        ends = np.r_[upper.row, upper.col]
        self.differences = sparse.csr_array((signs, (rows, ends)), shape=(edges, self.n))
        self.laplacian: Matrix = sparse.csc_array(self.differences.T @ self.differences)
        self.unit: Matrix = sparse.csc_array(sparse.eye_array(self.n, format="csc"))
        if self.n <= _DENSE:
            self.laplacian, self.unit = self.laplacian.toarray(), np.eye(self.n)

    def shape(self, shared: float) -> Matrix:
        """Return (1-f) I + f R."""
        mixed: Matrix = (1 - shared) * self.unit + shared * self.laplacian
        return mixed

    def factor(self, precision: Matrix, weights: np.ndarray) -> _Factored:
        """Return the precision with the information of the counts on its diagonal, factored."""
        if isinstance(precision, np.ndarray):
            whole = precision.copy()
            whole[np.diag_indices(self.n)] += weights
            return _Factored(whole)
        return _Factored(precision + sparse.diags_array(weights, format="csc"))

    def prior(self, shared: float, rng: np.random.Generator) -> tuple[float, float]:
        """Return the mean variance of effects at the shape itself, and the shape's log determinant."""
        factor = _Factored(self.shape(shared))
        if self.n <= _DENSE:
            return float(factor.variances(self, None, rng).mean()), factor.determinant
        probes = rng.choice([-1.0, 1.0], size=(self.n, 32))
        return float((probes * factor.solve(probes)).sum() / probes.size), factor.determinant

    def fit(
        self, spread: float, shared: float, prior: tuple[float, float], start: _RateFit | None
    ) -> _RateFit:
        """Return the mode for one spread and share, by Newton steps that are halved till they rise."""
        scale = prior[0] / spread**2
        precision = self.shape(shared) * scale
        rate = self.events.sum() / self.base.sum()
        level = float(special.logit(rate))
        effects = np.zeros(self.n)
        if start is not None:
            effects = start.effects
            level = float((start.odds - start.effects)[0])
        value = self._objective(level, effects, precision)
        for _ in range(_STEPS):
            weights, rest = self._derivatives(level + effects)
            factor = self.factor(precision, weights)
            solved = factor.solve(np.c_[rest - precision @ effects, weights])
            slope = weights.sum() - weights @ solved[:, 1]
            up = (rest.sum() - weights @ solved[:, 0]) / slope
            move = solved[:, 0] - solved[:, 1] * up
            step = 1.0
            for _ in range(_HALVINGS):
                new = self._objective(level + step * up, effects + step * move, precision)
                if new >= value:
                    break
                step /= 2
            level, effects, gain = level + step * up, effects + step * move, new - value
            value = new
            if gain < _GAIN * (1 + abs(value)):
                break
        weights, _ = self._derivatives(level + effects)
        factor = self.factor(precision, weights)
        slope = weights.sum() - weights @ factor.solve(weights)
        whole = prior[1] + self.n * np.log(scale) - factor.determinant - np.log(slope)
        return _RateFit(spread, shared, scale, level + effects, effects, float(value + whole / 2))

    def marginal(self, fit: _RateFit, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance of every village's log odds, given one spread and share."""
        weights, _ = self._derivatives(fit.odds)
        precision = self.shape(fit.shared) * fit.scale
        factor = self.factor(precision, weights)
        along = factor.solve(weights)
        slope = weights.sum() - weights @ along
        own = factor.variances(self, (fit, weights), rng)
        variance = own + (1 - along) ** 2 / slope
        # the third derivative draws the mean off the mode
        rate = special.expit(fit.odds)
        pull = -weights * (1 - 2 * rate) * variance / 2
        moved = factor.solve(pull)
        up = (pull.sum() - weights @ moved) / slope
        return fit.odds + moved + (1 - along) * up, variance

    def noise(
        self, fit: _RateFit, weights: np.ndarray, rng: np.random.Generator, count: int
    ) -> np.ndarray:
        """Return (n, count) draws whose covariance is the precision given the counts."""
        own = np.sqrt(fit.scale * (1 - fit.shared) + weights)[:, None]
        drawn = own * rng.standard_normal((self.n, count))
        between = rng.standard_normal((self.differences.shape[0], count))
        return np.asarray(drawn + np.sqrt(fit.scale * fit.shared) * (self.differences.T @ between))

    def _derivatives(self, odds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rate = special.expit(odds)
        return self.base * rate * (1 - rate), self.events - self.base * rate

    def _objective(self, level: float, effects: np.ndarray, precision: Matrix) -> float:
        odds = level + effects
        fitted = (self.events * odds - self.base * np.logaddexp(0, odds)).sum()
        return float(fitted - effects @ (precision @ effects) / 2)


class _Factored:
    """A positive definite matrix, factored: solving, log determinant, diagonal of the inverse."""

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix
        self.lower: np.ndarray | None = None
        if isinstance(matrix, np.ndarray):
            self.lower = np.linalg.cholesky(matrix)
            self.determinant = 2 * float(np.log(self.lower.diagonal()).sum())
            return
        self.lu = linalg.splu(
            sparse.csc_array(matrix),
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
        self.determinant = float(np.log(self.lu.U.diagonal()).sum())

    def solve(self, right: np.ndarray) -> np.ndarray:
        """Return the solution for one or several right sides."""
        if self.lower is None:
            return np.asarray(self.lu.solve(right))
        return np.asarray(cho_solve((self.lower, True), right, check_finite=False))

    def variances(
        self,
        model: _RateModel,
        given: tuple[_RateFit, np.ndarray] | None,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """Return the diagonal of the inverse, exact where dense, else from draws."""
        if self.lower is not None or given is None:
            return np.asarray(self.solve(np.eye(self.matrix.shape[0])).diagonal())
        drawn = self.solve(model.noise(*given, rng, _SAMPLES))
        own = self.matrix.diagonal()
        # Given its neighbours a village's variance is known; only that of its mean is drawn.
        means = (own[:, None] * drawn - self.matrix @ drawn) / own[:, None]
        return np.asarray(1 / own + (means**2).mean(axis=1))


def _summed(
    fits: list[_RateFit],
    marginals: list[tuple[np.ndarray, np.ndarray]],
    weight: np.ndarray,
    asked: tuple[float, float],
) -> SmoothedRates:
    """Return mean rate, bounds and exceedance of the mixture of normal log odds."""
    rate, level = asked
    mean, variance = (np.stack(part) for part in zip(*marginals, strict=True))
    spread, share = np.sqrt(variance), weight[:, None]

    def below(odds: np.ndarray) -> np.ndarray:
        return np.asarray((share * special.ndtr((odds - mean) / spread)).sum(axis=0))

    def quantile(at: float) -> np.ndarray:
        low, high = (mean - 8 * spread).min(axis=0), (mean + 8 * spread).max(axis=0)
        for _ in range(40):
            middle = (low + high) / 2
            under = below(middle) < at
            low, high = np.where(under, middle, low), np.where(under, high, middle)
        return np.asarray(special.expit((low + high) / 2))

    nodes, mass = np.polynomial.hermite_e.hermegauss(9)
    odds = mean[:, :, None] + spread[:, :, None] * nodes
    means = (special.expit(odds) * mass).sum(axis=2) / mass.sum()
    tail = (1 - level) / 2
    return SmoothedRates(
        (share * means).sum(axis=0),
        quantile(tail),
        quantile(1 - tail),
        1 - below(np.full(mean.shape[1], special.logit(rate))),
        float((weight * [fit.spread for fit in fits]).sum()),
        float((weight * [fit.shared for fit in fits]).sum()),
    )
