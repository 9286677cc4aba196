"""The one store of a run: ``results/<profile>/predictions.csv``, a row a test image and method.

Every table and figure is made from it, so that accuracy, ROC and paired tests speak of the same predictions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from facediag_utils.core.errors import ResultsError
from facediag_utils.core.files import atomic_write, file_lock
from facediag_utils.core.profiles import Profile

NO_FACE = "no face"  # predicted label of a test image in which no face was found: always an error
KEY = ["task", "method", "backbone", "pretraining"]
TEST, OUT_OF_FOLD = "predictions.csv", "out_of_fold.csv"  # the second holds training images, to choose thresholds on
DECIMALS = 4  # of the scores: what thread counts and machines leave unchanged


@dataclass(frozen=True)
class Predictions:
    """What one method said of the test images of one task.

    Attributes
    ----------
    task, method, backbone, pretraining : str
    classes : tuple of str
        Columns of ``scores``.
    image, label, predicted : numpy.ndarray of str, (n,)
    scores : numpy.ndarray, (n, classes)
        Higher is more like the class; NaN where there was no face.
    """

    task: str
    method: str
    backbone: str
    pretraining: str
    classes: tuple[str, ...]
    image: np.ndarray
    label: np.ndarray
    predicted: np.ndarray
    scores: np.ndarray

    def frame(self) -> pd.DataFrame:
        """A row an image, with a column ``score_<class>`` a class."""
        columns = {name: getattr(self, name) for name in [*KEY, "image", "label", "predicted"]}
        scored = {f"score_{name}": self.scores[:, k].round(DECIMALS) + 0.0 for k, name in enumerate(self.classes)}
        return pd.DataFrame({**columns, **scored})


def save(profile: Profile, *predictions: Predictions, store: str = TEST) -> Path:
    """Add predictions to a store; those of the same task, method, network and pretraining are replaced.

    Returns
    -------
    Path
        The store.
    """
    path = profile.results / store
    fresh = pd.concat([item.frame() for item in predictions], ignore_index=True)
    with file_lock(path):
        if path.exists():
            old = load(profile, store)
            replaced = pd.MultiIndex.from_frame(old[KEY]).isin(pd.MultiIndex.from_frame(fresh[KEY]))
            fresh = pd.concat([old[~replaced], fresh], ignore_index=True)
        scored = [name for name in fresh if name.startswith("score_")]
        fresh = fresh.sort_values([*KEY, "image"], ignore_index=True)[
            [*KEY, "image", "label", "predicted", *sorted(scored)]
        ]
        return write_csv(path, fresh, decimals=DECIMALS)


def load(profile: Profile, store: str = TEST) -> pd.DataFrame:
    """All predictions of a profile's store.

    Raises
    ------
    ResultsError
        If there are none, or the file is not one of this package.
    """
    path = profile.results / store
    if not path.is_file():
        raise ResultsError(f"{path}: no predictions yet; run `make reproduce` or notebook 05 first")
    try:
        table = pd.read_csv(path, dtype=dict.fromkeys([*KEY, "image", "label", "predicted"], str), keep_default_na=True)
    except (ValueError, pd.errors.ParserError) as error:
        raise ResultsError(f"{path}: not readable ({error}); remove it and run `make reproduce` again") from None
    missing = [name for name in [*KEY, "image", "label", "predicted"] if name not in table]
    if missing:
        raise ResultsError(f"{path}: no column {', '.join(missing)}; remove the file and run `make reproduce` again")
    return table


def write_csv(path: Path, table: pd.DataFrame, decimals: int = 4) -> Path:
    """Write a table whole or not at all."""
    with atomic_write(path) as partial:
        table.to_csv(partial, index=False, float_format=f"%.{decimals}f", lineterminator="\n")
    return path
