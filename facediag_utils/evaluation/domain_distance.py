"""How far apart two sets of faces lie for a network: the proxy A-distance (paper, eqs. 1-3); and are nearer networks better?

Equation (1) asks for the classifier that tells two domains apart best.  Ben-David et al. (2007) put a trained linear one
in its place: with a cross-validated error e, counting both domains alike, the estimate is 2 (1 - 2 e).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from facediag_utils.core import parallel, row_cache
from facediag_utils.evaluation.interval import Interval

FOLDS, REPEATS = 5, 4
PENALTY = 1e-3  # fixed: choosing it would take a second split of few images
DRAWS = 2000  # of the bootstrap


@dataclass(frozen=True)
class Distance:
    """A proxy A-distance and its spread.

    Attributes
    ----------
    value : float
        0: a linear classifier cannot tell the sets apart; 2: it always can.
    spread : float
        Standard deviation of the repeats of cross-validation; it does not hold the chance of having drawn these images.
    shuffled : float
        The same with the two sets mixed at random: what an estimate from so few images makes of no difference at all.
    """

    value: float
    spread: float
    shuffled: float


def proxy_a_distance(source: np.ndarray, target: np.ndarray, seed: int = 0) -> Distance:
    """Estimate the divergence between two sets of features; `proxy_a_distances` of one pair."""
    return proxy_a_distances([(source, target)], seed)[0]


def proxy_a_distances(pairs: Sequence[tuple[np.ndarray, np.ndarray]], seed: int = 0) -> list[Distance]:
    """Estimate the divergence between the two sets of features of each pair; kept by their content.

    Parameters
    ----------
    pairs : sequence of (numpy.ndarray, numpy.ndarray)
        Source (n, d) and target (m, d), of one network each; at least `FOLDS` rows.
    seed : int
        Of the folds and of the mixing.
    """
    for source, target in pairs:
        if min(len(source), len(target)) < FOLDS:
            raise ValueError(f"{len(source)} and {len(target)} images; each set needs at least {FOLDS}")

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        work = [(*pairs[k], seed) for k in missing]
        for own, mixed in parallel.parallel_map(_estimates, work, "distances of domains", unit="pair"):
            yield {"own": own[None], "mixed": mixed[None]}

    keys = ["-".join(map(row_cache.digest, pair)) for pair in pairs]
    rows = row_cache.complete(row_cache.table_path("distances", seed, FOLDS, REPEATS, PENALTY), keys, compute)
    return [
        Distance(float(own.mean()), float(own.std(ddof=1)), float(mixed.mean()))
        for own, mixed in zip(rows["own"], rows["mixed"], strict=True)
    ]


def _estimates(source: np.ndarray, target: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Of the two sets, and of the two mixed at random."""
    features = np.concatenate([source, target])
    domain = np.repeat([0, 1], [len(source), len(target)])
    return _repeated(features, domain, seed), _repeated(features, np.random.default_rng(seed).permutation(domain), seed)


def _repeated(features: np.ndarray, domain: np.ndarray, seed: int) -> np.ndarray:
    """An estimate a repeat of cross-validation, (REPEATS,); never below 0, as eq. (1) is not."""
    machine = LinearSVC(C=PENALTY, class_weight="balanced", max_iter=20_000, random_state=seed)
    model = make_pipeline(StandardScaler(), machine)
    folds = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=REPEATS, random_state=seed)
    right = cross_val_score(model, features, domain, cv=folds, scoring="balanced_accuracy")
    error = 1 - right.reshape(REPEATS, FOLDS).mean(axis=1)
    return np.maximum(0.0, 2 * (1 - 2 * error))


def rank_correlation(first: np.ndarray, second: np.ndarray, seed: int = 0) -> Interval:
    """Spearman's rank correlation with its 95% interval, the percentiles of a bootstrap over the pairs.

    Of six or more independent pairs the interval holds the truth in 94% of cases or more.

    Parameters
    ----------
    first, second : numpy.ndarray
        (n,), finite.
    seed : int
        Of the bootstrap; draws in which one of the two is constant have no correlation and do not count.

    Returns
    -------
    Interval
        -1..1; NaN if one of the two is constant, or there are fewer than three pairs.
    """
    n = len(first)
    if n < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return Interval(np.nan)
    rows = np.random.default_rng(seed).integers(n, size=(DRAWS, n))
    drawn = _spearman(np.asarray(first)[rows], np.asarray(second)[rows])
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return Interval(float(_spearman(first[None], second[None])[0]), float(low), float(high))


def _spearman(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Rank correlation of each row, from (draws, n) to (draws,); NaN where one is constant."""
    a, b = (ranks - ranks.mean(axis=1, keepdims=True) for ranks in (rankdata(x, axis=1) for x in (first, second)))
    scale = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.divide((a * b).sum(axis=1), scale, out=np.full(len(a), np.nan), where=scale > 0)
