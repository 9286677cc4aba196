"""Classes that are unequally frequent: ways to learn from training sets that were thinned on purpose.

Only a linear softmax layer is trained, on features of a network that stays as it is.  All ways are one loss with four numbers to
set (`Way`), minimised by the same steps, so that nothing else differs between them.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from facediag_utils.core import row_cache
from facediag_utils.data.splitting import cross_validation_folds

PENALTIES = tuple(
    10.0**k for k in range(-6, 1)
)  # of the squared weights, features scaled to a mean squared length of 1
STEPS = 200  # of L-BFGS, at most


@dataclass(frozen=True)
class Way:
    """How a class's rarity enters the loss of an image of class y, of whose class there are n images:

    -w (1 - p)^gamma log p, with w = (1 - beta) / (1 - beta^n) and p = softmax(z + tau log(share of each class))[y].

    Attributes
    ----------
    beta : float
        Of the effective number of images (Cui et al. 2019), 0..1: 0 weighs all images alike, 1 by the inverse of n.
    gamma : float
        Of the focal loss (Lin et al. 2017): images that are already right count less.
    tau : float
        Of the logit adjustment (Menon et al. 2021): frequent classes must win by a margin in training, not later.
    resampled : bool
        Whether the images of each class are drawn with replacement until there are as many of it as of the commonest.
    """

    beta: float = 0.0
    gamma: float = 0.0
    tau: float = 0.0
    resampled: bool = False


#: Gamma and tau as their authors give them.  Of the betas that Cui et al. tried 0.9 is the least: with 40 images at most the others
#: are nearly the inverse frequency.
WAYS = {
    "none": Way(),
    "inverse frequency": Way(beta=1.0),
    "effective number": Way(beta=0.9),
    "focal loss": Way(gamma=2.0),
    "balanced sampling": Way(resampled=True),
    "logit adjustment": Way(tau=1.0),
}
NONE = "none"


@dataclass(frozen=True)
class Head:
    """A linear softmax layer for features as they are: ``weight`` (classes, d) and ``bias`` (classes,), float64."""

    weight: np.ndarray
    bias: np.ndarray

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Of features (n, d): float64, (n, classes), each row's sum being 1."""
        return softmax(features @ self.weight.T + self.bias, axis=1)


def class_weights(counts: np.ndarray, beta: float) -> np.ndarray:
    """Weight of an image by the number of images of its class, as `Way` has it; not yet scaled.

    Parameters
    ----------
    counts : numpy.ndarray
        int, (classes,), 1 or more each.
    beta : float
        0..1.
    """
    return 1 / counts if beta == 1 else (1 - beta) / (1 - beta**counts)


def loss(logits: np.ndarray, numbers: np.ndarray, counts: np.ndarray, way: Way) -> tuple[float, np.ndarray]:
    """Weighted mean over images of the loss that `Way` describes, and its gradient.

    Parameters
    ----------
    logits : numpy.ndarray
        (n, classes).
    numbers : numpy.ndarray
        int, (n,), each image's class.
    counts : numpy.ndarray
        int, (classes,), images of each class in training.
    way : Way

    Returns
    -------
    float
        Divided by the sum of the weights, so that no way weighs the penalty differently.
    numpy.ndarray
        (n, classes), derivatives by the logits.
    """
    weights = class_weights(counts, way.beta)[numbers]
    weights = weights / weights.sum()
    log_p = log_softmax(logits + way.tau * np.log(counts / counts.sum()), axis=1)
    p, of_class = np.exp(log_p), (np.arange(len(numbers)), numbers)
    wrong = np.maximum(1 - p[of_class], 1e-12)  # 0 to a negative power is not a number
    value = -(weights * wrong**way.gamma * log_p[of_class]).sum()
    slope = way.gamma * wrong ** (way.gamma - 1) * p[of_class] * log_p[of_class] - wrong**way.gamma  # by log p
    gradient = -p * (weights * slope)[:, None]
    gradient[of_class] += weights * slope
    return float(value), gradient


def fit(
    features: np.ndarray, numbers: np.ndarray, classes: int, way: Way = WAYS[NONE], penalty: float = 1e-3, seed: int = 0
) -> Head:
    """Train a linear softmax layer by L-BFGS in float64, from zero, on all images at once.

    Parameters
    ----------
    features : numpy.ndarray
        (n, d).  Within, they are centred and divided by one number, so that their mean squared length is 1.
    numbers : numpy.ndarray
        int, (n,), classes 0..classes-1, each of them at least once.
    classes : int
    way : Way
    penalty : float
        Half of it times the squared weights is added to the loss; the bias is free.
    seed : int
        Of the images that are drawn, if they are.
    """
    rows = _drawn(numbers, seed) if way.resampled else np.arange(len(numbers))
    y, counts = numbers[rows], np.bincount(numbers[rows], minlength=classes)
    x, centre = features[rows].astype(np.float64), features.mean(axis=0, dtype=np.float64)
    x = x - centre
    scale = float(np.sqrt((x**2).sum() / len(x))) or 1.0
    x, basis = _in_span(x / scale)

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weight, bias = flat[classes:].reshape(classes, -1), flat[:classes]
        value, slope = loss(x @ weight.T + bias, y, counts, way)
        gradient = np.concatenate([slope.sum(axis=0), (slope.T @ x + penalty * weight).ravel()])
        return value + penalty / 2 * float((weight**2).sum()), gradient

    start = np.zeros(classes * (1 + x.shape[1]))
    options = {"maxiter": STEPS, "ftol": 0, "gtol": 1e-7}
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options=options).x
    weight = found[classes:].reshape(classes, -1) @ basis / scale
    return Head(weight, found[:classes] - weight @ centre)


def _in_span(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, d) in coordinates of the space that they span, (n, k), and its basis (k, d), k being the smaller of n and d.

    A weight at right angles to all images changes no answer and costs penalty, so it is 0: the same head comes of it, sooner."""
    if x.shape[1] <= len(x):
        return x, np.eye(x.shape[1])
    basis, coordinates = np.linalg.qr(x.T)
    return np.ascontiguousarray(coordinates.T), basis.T


def _drawn(numbers: np.ndarray, seed: int) -> np.ndarray:
    """Rows drawn with replacement within each class, as many of each class as the commonest has images."""
    rng, each = np.random.default_rng(seed), int(np.bincount(numbers).max())
    return np.concatenate([rng.choice(np.flatnonzero(numbers == k), each) for k in np.unique(numbers)])


def choose_penalty(features: np.ndarray, numbers: np.ndarray, seed: int = 0, groups: np.ndarray | None = None) -> float:
    """The penalty of `PENALTIES` with the least cross-validated log loss on training images.

    Parameters
    ----------
    features, numbers
        As `fit` takes them, of all training images: the penalty is the same for all ways.
    seed, groups
        Of the folds, see `facediag_utils.data.splitting.cross_validation_folds`.
    """
    folds = list(cross_validation_folds(numbers, seed, groups).split(features, numbers))

    def compute(_: list[int]) -> Iterator[row_cache.Rows]:
        x = _in_span(features.astype(np.float64))[0]
        yield {"losses": np.array([[_held_out_loss(x, numbers, folds, penalty) for penalty in PENALTIES]])}

    content = row_cache.digest(features), row_cache.digest(numbers), repr([held.tolist() for _, held in folds])
    path = row_cache.table_path("imbalance_penalty", *content, PENALTIES, STEPS)
    [losses] = row_cache.complete(path, ["losses"], compute)["losses"]
    return PENALTIES[int(losses.argmin())]


def _held_out_loss(
    features: np.ndarray, numbers: np.ndarray, folds: list[tuple[np.ndarray, np.ndarray]], penalty: float
) -> float:
    """Log loss of training images, each by a head that was trained without its fold."""
    classes, given = int(numbers.max()) + 1, np.empty(len(numbers))
    for rows, held in folds:
        answers = fit(features[rows], numbers[rows], classes, penalty=penalty).probabilities(features[held])
        given[held] = answers[np.arange(len(held)), numbers[held]]
    return float(-np.log(np.maximum(given, 1e-12)).mean())


def said(
    masks: np.ndarray, features: np.ndarray, numbers: np.ndarray, new: np.ndarray, way: Way, penalty: float
) -> np.ndarray:
    """Probabilities of new images, by a head trained on each of some training sets; cached by content.

    Parameters
    ----------
    masks : numpy.ndarray
        bool, (draws, n): who trains.
    features, numbers : numpy.ndarray
        (n, d) and int (n,), of the training images.
    new : numpy.ndarray
        (m, d), features of the test images; NaN where there was no face.
    way : Way
    penalty : float

    Returns
    -------
    numpy.ndarray
        float64, (draws, m, classes); NaN where there was no face.
    """
    classes, seen = int(numbers.max()) + 1, np.isfinite(new).all(axis=1)

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        for k in missing:
            rows = np.flatnonzero(masks[k])
            seed = int(rows.sum())  # of the drawn images: another one for each training set, whatever its number
            head = fit(features[rows], numbers[rows], classes, way, penalty, seed)
            given = np.full((len(new), classes), np.nan)
            given[seen] = head.probabilities(new[seen])
            yield {"probabilities": given[None]}

    content = [row_cache.digest(values) for values in (features, numbers, new)]
    path = row_cache.table_path("imbalance", *content, astuple(way), penalty, STEPS)
    return row_cache.complete(path, [row_cache.digest(mask) for mask in masks], compute)["probabilities"]
