"""Classifiers that see landmarks instead of pixels: a ruler's measures, or whole shapes, with linear discriminant analysis; and
measures with texture and an SVM.

FASD (Valentine et al. 2017) measures distances on the face; shapes after Procrustes with discriminant analysis are what geometric
morphometrics does; Kruszka et al. (2017) join measures with local texture.  These follow the descriptions; measures, places and
texture are our own choice; no accuracy has chosen them."""

from collections.abc import Iterator

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.preprocessing import StandardScaler

from facediag_utils.data import splitting, store
from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.data.store import DETECTED, Method, Predictions
from facediag_utils.faces.measurements import measured, table
from facediag_utils.faces.procrustes import laid_upon, mean_shape
from facediag_utils.methods import svm
from facediag_utils.methods.local_patterns import CENTRES, PATCH, PATTERNS, texture


def run(task: Task, cohort: Cohort, landmarks: np.ndarray, source: str = DETECTED, seed: int = 0) -> list[Predictions]:
    """Train all three on the task's training images, predict its test images.

    Parameters
    ----------
    task : Task
    cohort : Cohort
    landmarks : numpy.ndarray
        (len(cohort), 68, 2), pixels; NaN where no face was found: left out of training, an error in testing.
    source : {"detected landmarks", "true landmarks"}
        Whose landmarks they are.
    seed : int
        Of the folds on which C is chosen.

    Returns
    -------
    list of Predictions
        Of `Method.MEASURES`, `Method.SHAPE` and `Method.MEASURES_TEXTURE`.
    """
    split = splitting.task_split(task, cohort, np.isfinite(landmarks).all(axis=(1, 2)))
    made = []
    for method, features in features_of(cohort, landmarks, split.train):
        given = _scores(method, features, split, task, seed)
        made.append(store.from_scores(task, cohort, split, given, method, source, "none"))
    return made


def features_of(cohort: Cohort, landmarks: np.ndarray, train: np.ndarray) -> Iterator[tuple[Method, np.ndarray]]:
    """Method and what it sees of every image, (n, d); the mean shape is that of the training faces, bool (n,), alone."""
    ruler = measured(landmarks).to_numpy()
    yield Method.MEASURES, ruler
    yield Method.SHAPE, laid_upon(landmarks, mean_shape(landmarks[train])).reshape(len(cohort), -1)
    everybody = np.isfinite(landmarks).all(axis=(1, 2)) & (cohort.table["split"] == "train").to_numpy()
    bent = texture(cohort, landmarks, mean_shape(landmarks[everybody]))  # one shape for all tasks: bent once
    yield Method.MEASURES_TEXTURE, np.concatenate([ruler, bent], axis=1)


def _scores(method: Method, features: np.ndarray, split: splitting.TaskSplit, task: Task, seed: int) -> np.ndarray:
    known, new = features[split.train], features[split.test & split.found]
    scaler = StandardScaler().fit(known)
    labels = split.labels[split.train]
    if method is Method.MEASURES_TEXTURE:
        fitted = svm.fit(scaler.transform(known), labels, seed=seed, groups=split.groups)
        return svm.scores(fitted, scaler.transform(new), task.classes)
    if not len(new):
        return np.empty((0, len(task.classes)))
    discriminant = shrunken_lda().fit(scaler.transform(known), labels)
    order = [list(discriminant.classes_).index(name) for name in task.classes]
    return discriminant.predict_proba(scaler.transform(new))[:, order]


def shrunken_lda() -> LinearDiscriminantAnalysis:
    """Linear discriminant analysis that also works with more numbers than faces: the covariance is drawn towards the identity by
    Ledoit and Wolf's (2004) formula, which asks no validation images."""
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")


def operations(method: str) -> int:
    """Multiply-accumulates for one class of one picture, the landmarks given: a coefficient per number; a pixel's pattern is put
    at ten, an estimate."""
    counts = {Method.MEASURES: len(table()), Method.SHAPE: 136}
    return counts.get(Method(method), len(table()) + len(CENTRES) * (PATTERNS + 10 * PATCH**2))
