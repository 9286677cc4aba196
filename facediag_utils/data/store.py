"""The one store of a run: ``runs/<profile>/results/predictions.csv``, a row per test image and method.

Every table and figure is made from it, so that accuracy, ROC and paired tests speak of the same predictions."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
import pandas as pd

from facediag_utils.core.errors import NothingYetError, ResultsError
from facediag_utils.core.files import atomic_write, file_lock
from facediag_utils.core.profiles import Profile
from facediag_utils.data.cohort import NO_FACE, Cohort, Task
from facediag_utils.data.splitting import TaskSplit

KEY = ["task", "method", "backbone", "pretraining"]
ROW = [*KEY, "training", "image"]  # a method that is trained has several trainings, numbered from 0
COLUMNS = [*ROW, "label", "predicted"]  # and the scores
TEST, OUT_OF_FOLD = "predictions.csv", "out_of_fold.csv"  # the second holds training images, to choose thresholds on
DETECTED, TRUE = "detected landmarks", "true landmarks"
#: What stands in the column "backbone" where a method has no network.
WITHOUT_NETWORK = ("dsift", DETECTED, TRUE)
_NONE_YET = "no predictions yet; run `make reproduce`, or notebooks 03 to 05 first"
DECIMALS = 4  # of all that is written: what thread counts and machines leave unchanged of the scores


class Method(str, Enum):
    """The methods of this package, by the names that they have in the store."""

    DTL1 = "DTL1"
    DTL1_TEST_EPOCH = "DTL1, epoch chosen on test"  # the paper's protocol: its result flatters
    FROM_SCRATCH = "From scratch"
    DTL2 = "DTL2"
    DSIFT_LINEAR = "DSIFT + SVM linear"
    DSIFT_HELLINGER = "DSIFT + SVM Hellinger"  # of ours, beside the paper's two kernels
    DSIFT_CHI2 = "DSIFT + SVM chi2"
    DEEPGESTALT = "DeepGestalt's recipe"  # a network per region of the face, or their mean (notebook 10)
    DEEPGESTALT_PRETRAINED = "DeepGestalt's recipe, pretrained on people"
    LOGISTIC = "Features + logistic regression"  # likewise
    MEASURES = "Measures + LDA"  # without a network (notebook 11)
    SHAPE = "Procrustes + LDA"
    MEASURES_TEXTURE = "Measures, texture + SVM"
    CASES_ONE = "Cases: one photograph"  # features and logistic regression (notebook 13)
    CASES_LOGIT = "Cases: mean logit"
    CASES_SOFTMAX = "Cases: mean softmax"
    CASES_FRAMES = "Cases: frames of one photograph"
    GRADE_SOFTMAX = "Grades: softmax"  # on features, likewise (notebook 14)
    GRADE_RIDGE = "Grades: ridge, rounded"
    GRADE_ODDS = "Grades: proportional odds"
    GRADE_CORN = "Grades: CORN"
    NEAREST_PICTURE = "Gallery, nearest picture"  # nothing is trained (notebook 16)
    PROTOTYPE = "Gallery, mean of pictures"

    __str__ = str.__str__

    @property
    def trained(self) -> bool:
        """Whether a network was trained: such numbers differ between processors."""
        return self in (Method.DTL1, Method.DTL1_TEST_EPOCH, Method.FROM_SCRATCH) or "DeepGestalt" in self.value

    @property
    def neighbour(self) -> bool:
        """Whether it is of a neighbouring system (from notebook 10 on) and in none of the paper's tables."""
        return self in (*OF_REGIONS, *OF_LANDMARKS, *OF_CASES, *OF_GRADES, *OF_GALLERIES)


#: Of notebook 10, of notebook 11, of notebook 13.
OF_REGIONS = (Method.DEEPGESTALT, Method.DEEPGESTALT_PRETRAINED, Method.LOGISTIC)
OF_LANDMARKS = (Method.MEASURES, Method.SHAPE, Method.MEASURES_TEXTURE)
OF_CASES = (Method.CASES_ONE, Method.CASES_LOGIT, Method.CASES_SOFTMAX, Method.CASES_FRAMES)
#: Of notebook 14; the first takes no notice of the grades' order.
OF_GRADES = (Method.GRADE_SOFTMAX, Method.GRADE_RIDGE, Method.GRADE_ODDS, Method.GRADE_CORN)
#: Of notebook 16.
OF_GALLERIES = (Method.NEAREST_PICTURE, Method.PROTOTYPE)


@dataclass(frozen=True)
class Predictions:
    """What one method said of the test images of one task.

    Attributes
    ----------
    task, backbone, pretraining : str
    method : Method
    classes : tuple of str
        Columns of ``scores``.
    image, label, predicted : numpy.ndarray of str, (n,)
    scores : numpy.ndarray, (n, classes)
        Higher is more like the class; NaN where there was no face.
    training : int
        Which training of this method, from 0; they differ in their seed.
    """

    task: str
    method: Method
    backbone: str
    pretraining: str
    classes: tuple[str, ...]
    image: np.ndarray
    label: np.ndarray
    predicted: np.ndarray
    scores: np.ndarray
    training: int = 0

    def frame(self) -> pd.DataFrame:
        """A row an image, with a column ``score_<class>`` a class."""
        columns = {name: getattr(self, name) for name in COLUMNS}
        scored = {f"score_{name}": self.scores[:, k].round(DECIMALS) + 0.0 for k, name in enumerate(self.classes)}
        return pd.DataFrame({**columns, **scored})


def select(stored: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    """The rows whose columns have the given values: ``select(stored, task="binary", method=Method.DTL2)``."""
    for column, value in wanted.items():
        stored = stored[stored[column] == value]
    return stored


def save(profile: Profile, *predictions: Predictions, store: str = TEST) -> Path:
    """Add predictions to a store; those of the same task, method, network and pretraining are replaced, of every training.

    So all trainings of a method are saved at once, and none of an earlier run with more of them stays behind.

    Returns
    -------
    Path
        The store.
    """
    path = profile.results / store
    fresh = pd.concat([item.frame() for item in predictions], ignore_index=True)
    with file_lock(path):
        if path.exists():
            old = load(profile, store, neighbours=True)
            replaced = pd.MultiIndex.from_frame(old[KEY]).isin(pd.MultiIndex.from_frame(fresh[KEY]))
            fresh = pd.concat([old[~replaced], fresh], ignore_index=True)
        scored = [name for name in fresh if name.startswith("score_")]
        fresh = fresh.sort_values(ROW, ignore_index=True)[[*COLUMNS, *sorted(scored)]]
        return write_csv(path, fresh)


def load(profile: Profile, store: str = TEST, neighbours: bool = False) -> pd.DataFrame:
    """The predictions of a profile's store.

    Parameters
    ----------
    profile : Profile
    store : str
        `TEST` or `OUT_OF_FOLD`.
    neighbours : bool
        Those of neighbouring systems too, which are compared in notebooks of their own.

    Raises
    ------
    NothingYetError
        If there are none.
    ResultsError
        If the file is not one of this package.
    """
    path = profile.results / store
    try:
        return _wanted(path, neighbours)
    except NothingYetError:
        if not profile.record:
            raise
    print(f"nothing was run here yet (notebooks 03 to 05), so the record's predictions are shown, results/{store}")
    return _wanted(profile.record / store, neighbours)


def _wanted(path: Path, neighbours: bool) -> pd.DataFrame:
    table = read(path)
    if not neighbours:
        table = table[~table["method"].isin([method.value for method in Method if method.neighbour])]
    if table.empty:
        raise NothingYetError(f"{path}: {_NONE_YET}")
    return table


def read(path: Path) -> pd.DataFrame:
    """All of a store, by its path."""
    if not path.is_file():
        raise NothingYetError(f"{path}: {_NONE_YET}")
    types = dict.fromkeys(COLUMNS, str) | {"training": int}
    try:
        table = pd.read_csv(path, dtype=types, keep_default_na=False, na_values=[""])
    except (ValueError, pd.errors.ParserError) as error:
        raise ResultsError(f"{path}: not readable ({error}); remove it and run `make reproduce` again") from None
    if "training" not in table:  # written before there were several
        table["training"] = 0
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise ResultsError(f"{path}: no column {', '.join(missing)}; remove the file and run `make reproduce` again")
    return table


def from_rows(rows: pd.DataFrame, task: Task) -> Predictions:
    """Predictions of one method and training from their rows of a store."""
    first = rows.iloc[0]
    return Predictions(
        task=task.name,
        method=Method(first["method"]),
        backbone=first["backbone"],
        pretraining=first["pretraining"],
        classes=task.classes,
        image=rows["image"].to_numpy(str),
        label=rows["label"].to_numpy(str),
        predicted=rows["predicted"].to_numpy(str),
        scores=rows[[f"score_{name}" for name in task.classes]].to_numpy(float),
        training=int(first["training"]),
    )


def from_scores(
    task: Task,
    cohort: Cohort,
    split: TaskSplit,
    given: np.ndarray,
    method: Method,
    backbone: str,
    pretraining: str,
    training: int = 0,
) -> Predictions:
    """Predictions of the test rows from scores of those with a face.

    Parameters
    ----------
    task, cohort, split
        As `facediag_utils.data.splitting.task_split` gives them.
    given : numpy.ndarray
        (k, classes), scores of the k test rows with a face, in the cohort's order.
    method, backbone, pretraining : str
        Columns of the store.
    training : int
        Likewise: which training of the method, from 0.
    """
    count = int(split.test.sum())
    seen = split.found[split.test]
    filled = np.full((count, len(task.classes)), np.nan)
    filled[seen] = given
    predicted = np.full(count, NO_FACE, dtype=object)
    predicted[seen] = np.array(task.classes, dtype=object)[given.argmax(axis=1)]
    return Predictions(
        task=task.name,
        method=method,
        backbone=backbone,
        pretraining=pretraining,
        classes=task.classes,
        image=cohort.table["image"].to_numpy(dtype=str)[split.test],
        label=split.labels[split.test],
        predicted=predicted.astype(str),
        scores=filled,
        training=training,
    )


def write_csv(path: Path, table: pd.DataFrame) -> Path:
    """Write a table whole or not at all."""
    with atomic_write(path) as partial:
        table.to_csv(partial, index=False, float_format=f"%.{DECIMALS}f", lineterminator="\n")
    return path
