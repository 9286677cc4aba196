"""What helps against imbalance: recall, precision and calibration over thinned training sets, each way beside doing nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from facediag_utils.evaluation import trainings
from facediag_utils.evaluation.interval import Interval, flat
from facediag_utils.evaluation.metrics import effective_wilson

DRAWS = 1000  # of the bootstrap over test images
BINS = 10  # of the expected calibration error, equally wide (Guo et al. 2017)
MACRO_RECALL, MACRO_PRECISION = "macro recall", "macro precision"
RAREST, COMMONEST = "recall of the rarest classes", "recall of the commonest class"
BRIER, ECE = "Brier score", "ECE"
AS_TRAINED = ", classes as frequent as in training"


@dataclass(frozen=True)
class Answers:
    """Probabilities of test images by heads that were trained on thinned sets.

    Attributes
    ----------
    said : numpy.ndarray
        (draws, n, classes), rotation after rotation, in each of which every class is once at every place; NaN where there was
        no face.
    numbers : numpy.ndarray
        int, (n,), true classes.
    counts : numpy.ndarray
        int, (draws, classes), training images of each class in the thinned set.
    """

    said: np.ndarray
    numbers: np.ndarray
    counts: np.ndarray

    @property
    def rotations(self) -> list["Answers"]:
        """The parts that are one rotation each."""
        step = self.said.shape[2]
        parts = range(0, len(self.said), step)
        return [Answers(self.said[k : k + step], self.numbers, self.counts[k : k + step]) for k in parts]

    @property
    def predicted(self) -> np.ndarray:
        """Int, (draws, n); -1 where there was no face."""
        seen = np.isfinite(self.said).all(axis=2)
        return np.where(seen, np.nan_to_num(self.said).argmax(axis=2), -1)


def recalls_and_precisions(answers: Answers, weights: np.ndarray, classes: Sequence[str]) -> dict[str, np.ndarray]:
    """Recall and precision of each class, their means over classes, and recall by how rare a class was in training.

    All draws' images are counted together: a precision is undefined only if a class was named in none of them.

    Parameters
    ----------
    answers : Answers
    weights : numpy.ndarray
        (b, n): how often each test image counts.
    classes : sequence of str

    Returns
    -------
    dict of str to numpy.ndarray
        By measure, (b,), 0..1.
    """
    named, of_class = answers.predicted, answers.numbers[:, None] == np.arange(len(classes))
    right = named == answers.numbers
    share = weights @ of_class  # (b, classes), images of each class

    def recall(hits: np.ndarray) -> np.ndarray:
        return weights @ (hits[:, None] * of_class) / share

    recalls = recall(right.mean(axis=0))
    hits = weights @ (right.sum(axis=0)[:, None] * of_class)
    calls = weights @ np.stack([(named == k).sum(axis=0) for k in range(len(classes))], axis=1).astype(float)
    precisions = np.divide(hits, calls, out=np.full_like(hits, np.nan), where=calls > 0)
    found = {f"recall, {name}": recalls[:, k] for k, name in enumerate(classes)}
    found |= {f"precision, {name}": precisions[:, k] for k, name in enumerate(classes)}
    found |= {MACRO_RECALL: recalls.mean(axis=1), MACRO_PRECISION: precisions.mean(axis=1)}
    place = answers.counts[:, answers.numbers]  # (draws, n), how many training images each image's class had
    for name, size in ((RAREST, answers.counts.min()), (COMMONEST, answers.counts.max())):
        there = place == size
        found[name] = recall((right & there).sum(axis=0) / np.maximum(there.sum(axis=0), 1)).mean(axis=1)
    return found


def calibration(answers: Answers, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Brier score (half the squared distance, 0 best) and expected calibration error, means over draws: on the test images as they
    are, and weighted as if their classes were as frequent as in training.  Images without a face are left out.

    Parameters and result as `recalls_and_precisions`."""
    seen = np.isfinite(answers.said).all(axis=(0, 2))
    y, weights = answers.numbers[seen], weights[:, seen]
    truth = np.eye(answers.said.shape[2])[y]
    found = {name + kind: np.zeros(len(weights)) for kind in ("", AS_TRAINED) for name in (BRIER, ECE)}
    for said, counts in zip(answers.said[:, seen], answers.counts, strict=True):
        off = ((said - truth) ** 2).sum(axis=1) / 2
        in_bin = bins(said)
        for kind, scale in (("", np.ones(len(y))), (AS_TRAINED, as_trained(y, counts))):
            total = (weights @ scale) * len(answers.said)
            found[BRIER + kind] += weights @ (scale * off) / total
            excess = scale * (said.max(axis=1) - (said.argmax(axis=1) == y))
            found[ECE + kind] += np.abs(weights @ (in_bin * excess[:, None])).sum(axis=1) / total
    return found


def bins(said: np.ndarray) -> np.ndarray:
    """In which of `BINS` each answer's largest probability lies, (n, classes) to bool (n, `BINS`)."""
    number = np.minimum((said.max(axis=1) * BINS).astype(int), BINS - 1)
    return number[:, None] == np.arange(BINS)


def as_trained(numbers: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Weights of test images, (n,), with which their classes are as frequent as in training; their mean is 1."""
    there = np.bincount(numbers, minlength=len(counts))
    scale = (counts / np.maximum(there, 1))[numbers]
    return scale / scale.mean()


def measures(answers: Answers, weights: np.ndarray, classes: Sequence[str]) -> dict[str, np.ndarray]:
    """`recalls_and_precisions` and `calibration`."""
    return recalls_and_precisions(answers, weights, classes) | calibration(answers, weights)


def chance_error(answers: Answers, seed: int = 0, times: int = 20) -> float:
    """The ECE that these probabilities would have if they were perfectly calibrated: with few images it is not 0.

    Parameters
    ----------
    answers : Answers
    seed, times : int
        Of true classes that are drawn from the probabilities, so many times for each draw.
    """
    rng = np.random.default_rng(seed)
    seen = answers.said[:, np.isfinite(answers.said).all(axis=(0, 2))]
    errors = []
    for said in seen:
        right = rng.random((times, len(said))) < said.max(axis=1)
        errors.append(np.abs((said.max(axis=1) - right) @ bins(said)).sum(axis=1).mean() / len(said))
    return float(np.mean(errors))


def drawn_weights(numbers: np.ndarray, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """How often each test image is drawn when as many are drawn again within each class: float64, (draws, n)."""
    rng, weights = np.random.default_rng(seed), np.zeros((draws, len(numbers)))
    for k in np.unique(numbers):
        rows = np.flatnonzero(numbers == k)
        weights[:, rows] = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=draws)
    return weights


def summary(ways: dict[str, Answers], classes: Sequence[str], nothing: str) -> pd.DataFrame:
    """Every measure of every way, with 95% intervals over test images and rotations, and its difference from doing nothing.

    The variance is the sum of that over test images (bootstrap within classes) and that between rotations, as for several
    trainings of one network (`facediag_utils.evaluation.trainings`).  A value has Wilson's interval for that variance.  A
    difference is of the same images and training sets; its interval is Student's, corrected for the number of ways that are
    compared with doing nothing (Bonferroni).

    Parameters
    ----------
    ways : dict of str to Answers
        Of the same test images.
    classes : sequence of str
    nothing : str
        The way that the others are compared with.

    Returns
    -------
    pandas.DataFrame
        Columns way, measure, value, low, high, difference, difference_low, difference_high.
    """
    numbers = ways[nothing].numbers
    once, drawn = np.ones((1, len(numbers))), drawn_weights(numbers)
    point = {way: measures(answers, once, classes) for way, answers in ways.items()}
    spread = {way: measures(answers, drawn, classes) for way, answers in ways.items()}
    parts = {way: [measures(part, once, classes) for part in answers.rotations] for way, answers in ways.items()}
    rows = []
    for way in ways:
        for name, [value] in point[way].items():
            each = np.array([part[name][0] for part in parts[way]])
            base = np.array([part[name][0] for part in parts[nothing]])
            own = _interval(float(value), spread[way][name], each, len(numbers))
            level = 1 - 0.05 / (len(ways) - 1) / 2
            gain = float(value - point[nothing][name][0])
            apart = _difference(gain, spread[way][name] - spread[nothing][name], each - base, len(numbers), level)
            less = apart if way != nothing else Interval(np.nan)
            rows.append({"way": way, "measure": name, "value": own, "difference": less})
    return flat(rows)


def _interval(value: float, spread: np.ndarray, each: np.ndarray, images: int) -> Interval:
    """Of a number between 0 and 1: ``spread`` over draws of the images, ``each`` by rotation."""
    if np.isnan(value) or np.isnan(each).any():
        return Interval(value)
    variance = trainings.widened(float(np.nanvar(spread)), images, each)
    return effective_wilson(value, variance, images)


def _difference(value: float, spread: np.ndarray, each: np.ndarray, images: int, level: float) -> Interval:
    """Of two ways; ``level`` is the quantile of Student's t at the upper end."""
    if np.isnan(value) or np.isnan(each).any():
        return Interval(value)
    variance, degrees = trainings.combined([(float(np.nanvar(spread)), images - 1), trainings.between(each)])
    reach = float(student.ppf(level, degrees)) * variance**0.5
    return Interval(value, value - reach, value + reach)


def intervals(table: pd.DataFrame, measure: str, difference: bool = False) -> dict[str, Interval]:
    """One measure of `summary` by way; or its difference from doing nothing, of the ways that have one."""
    rows = table[table["measure"] == measure].set_index("way")
    names = [f"difference{end}" for end in ("", "_low", "_high")] if difference else ["value", "low", "high"]
    return {str(way): Interval(*row) for way, row in rows[names].dropna().iterrows()}


def reliability(answers: Answers, trained: bool, points: int = 6) -> list[tuple[Interval, float]]:
    """Reliability diagram: answers of all draws, in bins of equally many by their largest probability.

    Parameters
    ----------
    answers : Answers
    trained : bool
        Whether the test images are weighted so that their classes are as frequent as in training.
    points : int

    Returns
    -------
    list of (Interval, float)
        By bin: the share that was right, with its 95% interval over test images (one counts in all of its draws at once), and the
        mean of the largest probability.
    """
    seen = np.isfinite(answers.said).all(axis=(0, 2))
    y, said = answers.numbers[seen], answers.said[:, seen]
    scale = np.array([as_trained(y, counts) if trained else np.ones(len(y)) for counts in answers.counts])
    sure, right, drawn = said.max(axis=2), said.argmax(axis=2) == y, drawn_weights(y)
    found = []
    for part in np.array_split(np.argsort(sure, axis=None, kind="stable"), points):
        there = np.zeros(sure.size)
        there[part] = scale.flat[part]
        there = there.reshape(sure.shape)
        of_image, hits = there.sum(axis=0), (there * right).sum(axis=0)
        total = drawn @ of_image
        shares = np.divide(drawn @ hits, total, out=np.full(len(drawn), np.nan), where=total > 0)
        value = float(hits.sum() / of_image.sum())
        share = effective_wilson(value, float(np.nanvar(shares)), int((of_image > 0).sum()))
        found.append((share, float((there * sure).sum() / of_image.sum())))
    return found
