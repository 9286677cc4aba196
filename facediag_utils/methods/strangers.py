"""A disease that nobody trained on: found again in a gallery of labelled pictures by the cosine of features (Hsieh et al. 2022,
GestaltMatcher), or only noticed as not healthy.

A class is left out of everything that is fitted.  Nothing is fitted on pictures of the gallery, of whatever class: they would lie
otherwise than all new ones, and a class that was left out would be known by just that."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh
from sklearn.covariance import LedoitWolf
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from facediag_utils.core import row_cache
from facediag_utils.data import splitting, store
from facediag_utils.data.cohort import Cohort, Task, healthy_classes
from facediag_utils.data.store import Method, Predictions
from facediag_utils.methods.landmark_classifiers import shrunken_lda
from facediag_utils.networks import registry

RAW, WHITENED, SUPERVISED, TWINS = "raw", "whitened", "supervised", "twins"  # kinds of `fit`
RULES = ("nearest", "prototype")  # a class is as near as its nearest picture, or as the mean of its pictures
SIZES, DRAWS = (
    (1, 3, 5, 10),
    50,
)  # pictures per class in a gallery, and how many galleries are drawn of each size and half
DIRECTIONS = 16  # what twins leave of the features; fixed before any result was seen
NEEDED = 3  # pictures of each class in either half, for anything to be fitted
POOL, QUERIES, STRANGERS = 2000, 500, 10  # images and classes at most: what is compared grows with their product


@dataclass(frozen=True, eq=False)
class Design:
    """Which images are looked up, and where.

    Attributes
    ----------
    classes : tuple of str
    labels : numpy.ndarray
        str, (n,), of all images of the cohort.
    pool : numpy.ndarray
        int, rows of training images with a face.
    second : numpy.ndarray
        bool, whether each of the pool is in its second half.  What is fitted on one half has its galleries from the other.
    queries : numpy.ndarray
        int, rows of test images, those without a face too.
    """

    classes: tuple[str, ...]
    labels: np.ndarray
    pool: np.ndarray
    second: np.ndarray
    queries: np.ndarray

    @property
    def strangers(self) -> list[str]:
        """The classes that are left out in turn: the first `STRANGERS` that are not healthy and have test images."""
        tested = set(self.labels[self.queries])
        ill = [name for name in self.classes if name not in healthy_classes(self.classes) and name in tested]
        return ill[:STRANGERS]

    @property
    def least(self) -> int:
        """Pictures in either half of the pool of the class that has the fewest."""
        halves = [self.labels[self.pool[self.second == half]] for half in (False, True)]
        return min(int((half == name).sum()) for half in halves for name in self.classes)

    @property
    def sizes(self) -> list[int]:
        """Those of `SIZES` for which every class has enough pictures."""
        return [size for size in SIZES if size <= self.least]

    @property
    def kinds(self) -> list[str]:
        """Those of `fit`, without `TWINS`, for which there are enough pictures and classes; in one direction cosines are 1 or -1."""
        if self.least < NEEDED:
            return [RAW]
        return [RAW, WHITENED, SUPERVISED] if len(self.classes) > 3 else [RAW, WHITENED]

    def fitted_on(self, half: bool, left_out: str) -> np.ndarray:
        """Rows of one half of the pool without a class."""
        return self.pool[(self.second == half) & (self.labels[self.pool] != left_out)]

    def galleries(self, size: int, half: bool, seed: int = 0) -> np.ndarray:
        """Places in the pool of galleries drawn from one half, int (`DRAWS`, classes, size): the same for all that is compared."""
        rng, of_class = np.random.default_rng([seed, size, half]), self.labels[self.pool]
        members = [np.flatnonzero((of_class == name) & (self.second == half)) for name in self.classes]
        return np.stack([np.stack([rng.permutation(own)[:size] for own in members]) for _ in range(DRAWS)])


def design(task: Task, cohort: Cohort, found: np.ndarray, seed: int = 0) -> Design:
    """The task's training images, in two halves that part nobody's pictures, and its test images; of very many a part, drawn
    within the classes.

    ``found``, bool (n,), says which images have a face."""
    split = splitting.task_split(task, cohort, found)
    parts = [(np.flatnonzero(split.train), POOL), (np.flatnonzero(split.test), QUERIES)]
    pool, queries = (rows[splitting.stratified_subsample(split.labels[rows], most, seed)] for rows, most in parts)
    labels, groups = split.labels[pool], None if "group" not in cohort.table else cohort.table["group"].to_numpy()[pool]
    share = {name: int((labels == name).sum()) // 2 for name in task.classes}
    [second] = splitting.draw_splits(labels, share, 1, seed, groups)
    return Design(task.classes, split.labels, pool, second, queries)


@dataclass(frozen=True, eq=False)
class Projection:
    """Features, (n, d), less a centre, (d,), times a matrix, (d, m), at unit length: cosines become products."""

    centre: np.ndarray
    matrix: np.ndarray

    def __call__(self, features: np.ndarray) -> np.ndarray:
        moved = (features - self.centre) @ self.matrix
        return moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), np.finfo(float).tiny)


def fit(kind: str, features: np.ndarray, labels: np.ndarray, well: np.ndarray | None = None) -> Projection:
    """A projection from training images.

    Parameters
    ----------
    kind : str
        `RAW`: the features as they are.  `WHITENED`: all directions in which faces differ count alike.  `SUPERVISED`: the
        directions of linear discriminant analysis, one fewer than there are classes.  `TWINS`: see `_without_identity`.
    features : numpy.ndarray
        (n, d), of the classes that may be known.
    labels : numpy.ndarray
        str, (n,).
    well : numpy.ndarray, optional
        (n, d), the same people without their disease; NaN where there is no such picture.  For `TWINS`.
    """
    values = features.astype(float)
    if kind == RAW:
        return Projection(np.zeros(values.shape[1]), np.eye(values.shape[1]))
    if kind == SUPERVISED:
        lda = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto").fit(values, labels)
        return Projection(values.mean(axis=0), lda.scalings_[:, : len(lda.classes_) - 1])
    if kind == WHITENED:
        variances, directions = eigh(LedoitWolf().fit(values).covariance_)
        return Projection(values.mean(axis=0), directions / np.sqrt(np.maximum(variances, 1e-9 * variances[-1])))
    if well is None:
        raise ValueError(f"{kind!r}: needs the same people without their disease")
    return _without_identity(values, labels, well.astype(float))


def _without_identity(values: np.ndarray, labels: np.ndarray, well: np.ndarray) -> Projection:
    """The directions in which disease moves one and the same person far, compared with how far healthy people lie apart.

    A contrast of pairs as a contrastive loss has it, in closed form: the mean square of the differences between ill and well
    over the variance of people who are well, the largest ratios (a generalised eigenproblem, as in Fisher's discriminant)."""
    paired = np.isfinite(well).all(axis=1)
    normal = np.concatenate([well[paired], values[np.isin(labels, healthy_classes(np.unique(labels)))]])
    moved = values[paired] - well[paired]
    people, size = LedoitWolf().fit(normal).covariance_, values.shape[1]
    keep = [max(0, size - DIRECTIONS), size - 1]
    _, directions = eigh(moved.T @ moved / len(moved), people, subset_by_index=keep)
    return Projection(normal.mean(axis=0), directions)


def ranks(queries: np.ndarray, pool: np.ndarray, own: np.ndarray, galleries: np.ndarray) -> np.ndarray:
    """Look pictures up in galleries: the rank of each one's own class, by each of `RULES`.

    Parameters
    ----------
    queries, pool : numpy.ndarray
        (q, m) and (p, m), of unit length.
    own : numpy.ndarray
        int, (q,), number of each query's class.
    galleries : numpy.ndarray
        int, (draws, classes, size), places in the pool.

    Returns
    -------
    numpy.ndarray
        uint16, (rules, draws, q): 1 if its own class is the nearest; classes that are equally near come before it.
    """
    likeness, among = queries @ pool.T, pool @ pool.T
    scores = np.empty((len(RULES), len(queries), *galleries.shape[:2]))
    for number in range(galleries.shape[1]):
        scores[..., number] = _of_class(likeness, among, galleries[:, number])
    mine = np.take_along_axis(scores, own[None, :, None, None], axis=3)
    return (scores >= mine).sum(axis=3).swapaxes(1, 2).astype(np.uint16)


def _of_class(likeness: np.ndarray, among: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """How near a class is, (rules, q, draws), from cosines with the pool, (q, p), those within it, (p, p), and its pictures in
    each gallery, int (draws, size).  The cosine with a mean of pictures needs no more than these."""
    cosines = likeness[:, chosen]
    length = np.sqrt(np.maximum(among[chosen[:, :, None], chosen[:, None]].mean(axis=(1, 2)), np.finfo(float).tiny))
    return np.stack([cosines.max(axis=2), cosines.mean(axis=2) / length])


@dataclass(frozen=True, eq=False)
class Retrieved:
    """What was found with one network and projection.

    Attributes
    ----------
    ranks : numpy.ndarray
        uint16, (sizes, rules, draws, queries), as `ranks` gives them, draws of both halves; one more than there are classes for a query
        without a face.
    nearest : numpy.ndarray
        int, (2, queries), the row of the cohort that is nearest in each half; -1 for a query without a face.
    """

    ranks: np.ndarray
    nearest: np.ndarray


def retrieve(
    features: Mapping[str, np.ndarray],
    wanted: Iterable[str],
    by: Design,
    well: Mapping[str, np.ndarray] | None = None,
    seed: int = 0,
) -> dict[tuple[str, str, str], Retrieved]:
    """Look all queries up with each network and projection, each class left out in turn, and none ("").

    Parameters
    ----------
    features : mapping of str to numpy.ndarray
        By network, (n, d) of the whole cohort, NaN where no face was found.
    wanted : iterable of str
        Kinds of `fit`.
    by : Design
    well : mapping of str to numpy.ndarray, optional
        As ``features``, of the same people without their disease; NaN where there is no such picture.
    seed : int
        Of the galleries.

    Returns
    -------
    dict
        By network, kind, and the class that was left out; kept by content.
    """
    cases = [(network, kind, left_out) for network in features for kind in wanted for left_out in ("", *by.strangers)]

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        for network, kind, left_out in (cases[k] for k in missing):
            one = _looked_up(features[network], kind, left_out, by, well[network] if well else None, seed)
            yield {"ranks": one.ranks[None], "nearest": one.nearest[None]}

    rows = [by.labels.tolist(), by.pool.tolist(), by.second.tolist(), by.queries.tolist()]
    path = row_cache.table_path("strangers", by.classes, rows, SIZES, DRAWS, DIRECTIONS, seed)
    content = {name: row_cache.digest(values) for name, values in features.items()}
    twins = {name: row_cache.digest(values) for name, values in (well or {}).items()}
    keys = [f"{content[one]}-{twins[one] if kind == TWINS else ''}-{kind}-{out}" for one, kind, out in cases]
    done = row_cache.complete(path, keys, compute)
    return {case: Retrieved(done["ranks"][k], done["nearest"][k]) for k, case in enumerate(cases)}


def _looked_up(
    features: np.ndarray, kind: str, left_out: str, by: Design, well: np.ndarray | None, seed: int
) -> Retrieved:
    there = np.isfinite(features[by.queries]).all(axis=1)
    own = np.array([by.classes.index(name) for name in by.labels[by.queries[there]]], int)
    found = np.full((2, len(by.sizes), len(RULES), DRAWS, len(by.queries)), len(by.classes) + 1, np.uint16)
    nearest = np.full((2, len(by.queries)), -1)
    for k, half in enumerate((False, True)):
        seen = by.fitted_on(not half, left_out)
        project = fit(kind, features[seen], by.labels[seen], None if well is None else well[seen])
        pool, queries = project(features[by.pool]), project(features[by.queries[there]])
        for n, size in enumerate(by.sizes):
            found[k, n][..., there] = ranks(queries, pool, own, by.galleries(size, half, seed))
        others = np.flatnonzero(by.second == half)
        nearest[k, there] = by.pool[others[(queries @ pool[others].T).argmax(axis=1)]]
    return Retrieved(np.concatenate(list(found), axis=2), nearest)


def predictions(task: Task, cohort: Cohort, features: np.ndarray, backbone: str) -> list[Predictions]:
    """All test images looked up among all training images, by the features as they are: nothing is fitted.

    Returns
    -------
    list of Predictions
        Of `Method.NEAREST_PICTURE` and `Method.PROTOTYPE`; the scores are cosines.
    """
    split = splitting.task_split(task, cohort, np.isfinite(features).all(axis=1))
    pool, queries = np.flatnonzero(split.train), np.flatnonzero(split.test & split.found)
    project = fit(RAW, features[pool], split.labels[pool])
    there, near = project(features[pool]), project(features[queries])
    likeness, among = near @ there.T, there @ there.T
    scores = np.empty((len(RULES), len(queries), len(task.classes)))
    for number, name in enumerate(task.classes):
        scores[..., number] = _of_class(likeness, among, np.flatnonzero(split.labels[pool] == name)[None])[..., 0]
    both, pretraining = (Method.NEAREST_PICTURE, Method.PROTOTYPE), registry.get(backbone).pretraining
    return [
        store.from_scores(task, cohort, split, given, method, backbone, pretraining)
        for method, given in zip(both, scores, strict=True)
    ]


def learned_from_others(features: np.ndarray, by: Design, left_out: str) -> np.ndarray:
    """Ill or well, as learnt from the other diseases: scores of all images, (n,), higher for ill; NaN where no face was found."""
    seen = by.pool[by.labels[by.pool] != left_out]
    well = np.isin(by.labels, healthy_classes(by.classes))
    there, scores = np.isfinite(features).all(axis=1), np.full(len(features), np.nan)
    scores[there] = shrunken_lda().fit(features[seen], ~well[seen]).decision_function(features[there])
    return scores
