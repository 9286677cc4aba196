"""From predictions to the numbers of Tables 3-6, each with a 95% interval."""

from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from facediag_utils.core.errors import ResultsError
from facediag_utils.data.cohort import NO_FACE, Task
from facediag_utils.data.paper import CLASSES, FEATURES_AND_SVM, FINE_TUNING
from facediag_utils.data.store import KEY, WITHOUT_NETWORK, Method
from facediag_utils.evaluation import trainings
from facediag_utils.evaluation.interval import Interval, wilson_interval, wilson_share
from facediag_utils.networks import registry
from facediag_utils.networks.records import NOTHING

METRICS = ("accuracy", "precision", "sensitivity", "specificity", "f1")  # of two classes (section IV.A)
OF_MANY = ("accuracy", "macro_f1")
DRAWS = 2000  # of the bootstrap
Statistic = Callable[[np.ndarray, np.ndarray], np.ndarray]


def trainings_of(predictions: pd.DataFrame) -> list[pd.DataFrame]:
    """The predictions of one method, training by training, each in the order of its images."""
    if "training" not in predictions:
        return [predictions]
    return [rows.sort_values("image", kind="stable") for _, rows in predictions.groupby("training")]


def confusion(predictions: pd.DataFrame, classes: Iterable[str]) -> pd.DataFrame:
    """Counts with predicted classes as rows and actual classes as columns, as in the paper's Figures 4 and 6; of several
    trainings the mean counts.

    A row `NO_FACE` is added where test images had none."""
    runs = trainings_of(predictions)
    if len(runs) > 1:
        counts = [confusion(rows.drop(columns="training"), classes) for rows in runs]
        names = max((matrix.index for matrix in counts), key=len)
        return sum(matrix.reindex(names, fill_value=0) for matrix in counts) / len(counts)
    rows = list(classes)
    if (predictions["predicted"] == NO_FACE).any():
        rows.append(NO_FACE)
    counts = pd.crosstab(predictions["predicted"], predictions["label"], rownames=["predicted"], colnames=["actual"])
    return counts.reindex(index=rows, columns=list(classes), fill_value=0)


def with_intervals(predictions: pd.DataFrame, task: Task) -> dict[str, Interval]:
    """`METRICS` for two classes, else `OF_MANY`, with Wilson's intervals; F1 with the bootstrap's.

    A test image without a face is wrong whatever it was: a patient missed, or a control not cleared.  Of several trainings
    of a method each number is the mean over them, and its interval holds images and trainings.  Their variance is that of the
    images, by the bootstrap, and that between the trainings; three trainings know little of the latter, which
    `facediag_utils.evaluation.trainings.widened` allows for.  The interval is Wilson's for that variance.  A precision is
    undefined if in one training nobody is called positive."""
    runs = trainings_of(predictions)
    numbered = (_numbered(rows, task) for rows in (runs if len(runs) > 1 else [predictions]))
    return dict(_with_intervals(tuple((labels.tobytes(), answers.tobytes()) for labels, answers in numbered), task))


@lru_cache(maxsize=256)  # a run's table, report, card and summary ask for the same ones
def _with_intervals(numbered: tuple[tuple[bytes, bytes], ...], task: Task) -> dict[str, Interval]:
    """`with_intervals` of what `_numbered` gives, a pair a training."""
    labels = np.frombuffer(numbered[0][0], np.int8)
    answers = np.stack([np.frombuffer(said, np.int8) for _, said in numbered])
    return _of_several(labels, answers, task) if len(answers) > 1 else _of_one(labels, answers[0], task)


def _of_one(labels: np.ndarray, answers: np.ndarray, task: Task) -> dict[str, Interval]:
    right, actual, said = labels == answers, labels == 0, answers == 0  # the positive class, if there is one
    found = {"accuracy": wilson_interval(int(right.sum()), len(labels))}
    if task.positive is not None:
        found["precision"] = wilson_share(actual, said)
        found["sensitivity"] = wilson_share(said, actual)
        found["specificity"] = wilson_share(right, ~actual)
    name = "f1" if task.positive else "macro_f1"
    statistic = _statistics(task)[name]
    return found | {name: bootstrap(lambda rows: statistic(labels[rows], answers[rows]), labels)}


def _of_several(labels: np.ndarray, answers: np.ndarray, task: Task) -> dict[str, Interval]:
    """Of ``answers``, (trainings, n)."""
    found = {}
    for name, statistic in _statistics(task).items():
        each = np.array([statistic(labels[None], said[None])[0] for said in answers])
        value = float(each.mean())
        if np.isnan(value):
            found[name] = Interval(value)
            continue

        def mean(rows: np.ndarray, statistic: Statistic = statistic) -> np.ndarray:
            return np.mean([statistic(labels[rows], said[rows]) for said in answers], axis=0)

        variance = trainings.widened(resampled_variance(mean, labels), len(labels), each)
        _, low, high = effective_wilson(value, variance, len(labels))
        count = f"{value * len(labels):.1f}/{len(labels)}" if name == "accuracy" else ""
        found[name] = Interval(value, low, high, count)
    return found


def _numbered(predictions: pd.DataFrame, task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Labels and answers as numbers, which are compared faster than names: int8, (n,) each."""
    number = {name: k for k, name in enumerate((*task.classes, NO_FACE))}
    labels, answers = (predictions[column].map(number).to_numpy(np.int8) for column in ("label", "predicted"))
    return labels, answers


def _statistics(task: Task) -> dict[str, Statistic]:
    """`METRICS` or `OF_MANY` as functions of numbered labels and answers, (draws, n) each, the positive class being 0."""

    def share(hits: np.ndarray, among: np.ndarray) -> np.ndarray:
        total = among.sum(axis=1)
        return np.divide((hits & among).sum(axis=1), total, out=np.full(len(total), np.nan), where=total > 0)

    def right(labels: np.ndarray, answers: np.ndarray) -> np.ndarray:
        return (labels == answers).mean(axis=1)

    if task.positive is None:
        return {"accuracy": right, "macro_f1": lambda labels, answers: f1(labels, answers, range(len(task.classes)))}
    return {
        "accuracy": right,
        "precision": lambda labels, answers: share(labels == 0, answers == 0),
        "sensitivity": lambda labels, answers: share(answers == 0, labels == 0),
        "specificity": lambda labels, answers: share(labels == answers, labels != 0),
        "f1": lambda labels, answers: f1(labels, answers, (0,)),
    }


def f1(actual: np.ndarray, predicted: np.ndarray, classes: Iterable[str | int]) -> np.ndarray:
    """F1, 2 TP / (2 TP + FP + FN), the mean over classes of each row of labels; NaN for a class that neither is nor is
    said.

    Parameters
    ----------
    actual, predicted : numpy.ndarray
        (draws, n), class names or numbers.
    classes : iterable of str or int
        The positive class, or all of them for the macro average.

    Returns
    -------
    numpy.ndarray
        (draws,), 0..1.
    """
    of_each = []
    for name in classes:
        was, said = actual == name, predicted == name
        total = was.sum(axis=1) + said.sum(axis=1)
        twice = 2.0 * (was & said).sum(axis=1)
        of_each.append(np.divide(twice, total, out=np.full(len(total), np.nan), where=total > 0))
    return np.mean(of_each, axis=0)


def bootstrap(statistic: Callable[[np.ndarray], np.ndarray], labels: np.ndarray, draws: int = DRAWS) -> Interval:
    """A statistic between 0 and 1 with its 95% interval by bootstrap over test images drawn again within each class.

    scipy's bootstrap draws all images alike; here the design (so many images a class) is kept.  Its percentiles are too
    narrow near 1 (of an F1 of 95% from 60 images they hold the truth in 88% of cases), so only the variance is taken
    from the draws: the interval is Wilson's for as many images as would give that variance (Korn and Graubard 1998
    count such effective numbers).

    Parameters
    ----------
    statistic : callable
        From row numbers, int (draws, n), to values (draws,).
    labels : numpy.ndarray
        (n,), class of each row.
    draws : int
    """
    value = float(statistic(np.arange(len(labels))[None])[0])
    if np.isnan(value):
        return Interval(value)
    return effective_wilson(value, resampled_variance(statistic, labels, draws), len(labels))


def resampled_variance(statistic: Callable[[np.ndarray], np.ndarray], labels: np.ndarray, draws: int = DRAWS) -> float:
    """Variance of a statistic over test images drawn again within each class; parameters as `bootstrap` takes them."""
    rng = np.random.default_rng(0)
    groups = [np.flatnonzero(labels == name) for name in np.unique(labels)]
    rows = np.concatenate([group[rng.integers(len(group), size=(draws, len(group)))] for group in groups], axis=1)
    return float(np.nanvar(statistic(rows)))


def effective_wilson(value: float, variance: float, most: int) -> Interval:
    """A value with Wilson's 95% interval for the number of images that would give a proportion this variance; ``most`` where it is 0."""
    images = value * (1 - value) / variance if variance > 1e-12 else most
    low, high = proportion_confint(value * images, images, method="wilson")
    return Interval(value, float(low), float(high))


def accuracy(predictions: pd.DataFrame) -> Interval:
    """Top-1 accuracy and its Wilson interval; of several trainings their mean, see `with_intervals`."""
    if len(trainings_of(predictions)) > 1:
        return with_intervals(predictions, Task("", "", tuple(sorted(set(predictions["label"])))))["accuracy"]
    return wilson_interval(int((predictions["label"] == predictions["predicted"]).sum()), len(predictions))


def with_face(predictions: pd.DataFrame) -> pd.DataFrame:
    """The predictions of those test images in which a face was found; the others count as errors in every accuracy."""
    return predictions[predictions["predicted"] != NO_FACE]


HOW = {
    Method.DTL1: FINE_TUNING,
    Method.DTL1_TEST_EPOCH: f"{FINE_TUNING}, epoch chosen on test",
    Method.FROM_SCRATCH: "from scratch",
    Method.DTL2: FEATURES_AND_SVM,
    Method.DEEPGESTALT: "DeepGestalt's recipe",
    Method.DEEPGESTALT_PRETRAINED: "DeepGestalt's recipe, pretrained on people",
    Method.LOGISTIC: "features and logistic regression",
    Method.CASES_ONE: "features and logistic regression",
    Method.CASES_LOGIT: "several photographs, mean logit",
    Method.CASES_SOFTMAX: "several photographs, mean softmax",
    Method.CASES_FRAMES: "frames of one photograph, mean logit",
    Method.NEAREST_PICTURE: "the nearest picture",
    Method.PROTOTYPE: "the nearest mean",
}
#: Whose network begins with random weights, whatever its record says of pretraining.
OWN_WEIGHTS = (Method.FROM_SCRATCH, Method.DEEPGESTALT, Method.DEEPGESTALT_PRETRAINED)


def method_title(method: str, backbone: str) -> tuple[str, str, int]:
    """How the paper's tables would name a method: its title, its pretraining, its multiply-accumulates an image."""
    if backbone == "dsift":
        from facediag_utils.methods.dsift import operations

        return method, "N", sum(operations().values())
    if backbone in WITHOUT_NETWORK:
        from facediag_utils.methods import landmark_classifiers

        return f"{method}, {backbone}", "N", landmark_classifiers.operations(method)
    record = registry.get(backbone)
    pretraining = "N" if method in OWN_WEIGHTS or record.task == NOTHING else record.pretraining
    return f"{record.title} ({HOW[Method(method)]})", pretraining, record.macs


def short_title(method: str, backbone: str) -> str:
    """A method in few words: "DTL2, VGG16, VGG-Face"."""
    if backbone in WITHOUT_NETWORK:
        return method if backbone == "dsift" else f"{method}, {backbone}"
    record = registry.get(backbone)
    return f"{method}, {record.title}" + ("" if method in OWN_WEIGHTS else f", {record.pretraining}")


def summarize(predictions: pd.DataFrame, task: Task) -> pd.DataFrame:
    """One row a method: the numbers of this run, with interval bounds and counts.

    Parameters
    ----------
    predictions : pandas.DataFrame
        As `facediag_utils.data.store.load` gives them.
    task : Task

    Returns
    -------
    pandas.DataFrame
        Columns task, method, backbone, pretraining, macs, trainings, correct (a mean if there are several), n (images), then
        for each metric ``_count`` ("47/60"), the value, ``_low`` and ``_high`` (0..1).
    """
    rows = []
    for key, group in predictions[predictions["task"] == task.name].groupby(KEY, sort=True):
        count = len(trainings_of(group))
        right = float((group["label"] == group["predicted"]).sum()) / count
        row = dict(zip(KEY, key, strict=True)) | {"macs": method_title(*key[1:3])[2], "trainings": count}
        row |= {"correct": right, "n": len(group) // count}
        for name, found in with_intervals(group, task).items():
            row |= {f"{name}_count": found.count} if found.count else {}
            row |= found.columns(name)
        rows.append(row)
    if not rows:
        raise ResultsError(f"no predictions for task {task.name!r}; run notebook 05 first")
    return pd.DataFrame(rows)


def interval_of(row: dict, metric: str) -> Interval:
    """A metric of one row of `summarize`."""
    value, low, high = (row.get(f"{metric}{end}", np.nan) for end in ("", "_low", "_high"))
    count = row.get(f"{metric}_count", "")
    return Interval(value, low, high, count if isinstance(count, str) else "")  # NaN beside rows that have counts


def format_accuracies(predictions: pd.DataFrame, task: Task) -> list[str]:
    """Accuracy of one method over all test images and, where no face was found in some, over those with one."""
    lines = [f"classified correctly, of all test images: {with_intervals(predictions, task)['accuracy']}"]
    seen = with_face(predictions)
    if 0 < len(seen) < len(predictions):
        lines.append(f"of those in which a face was found: {with_intervals(seen, task)['accuracy']}")
    return lines


def short_names(classes: Iterable[str]) -> list[str]:
    """D1 ... D4, N0 for the paper's classes, else the names themselves."""
    return [CLASSES.get(name, name) for name in classes]
