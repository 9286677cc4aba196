"""What regions of the face are worth: how often each is right, and their mean; which tells which class; where the signs are."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from facediag_utils.data import ground_truth
from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.data.images import read_rgb
from facediag_utils.data.store import select
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.metrics import accuracy
from facediag_utils.evaluation.one_against_rest import area_difference, collapsed
from facediag_utils.evaluation.paired_tests import Paired, compare, correctness
from facediag_utils.evaluation.roc_analysis import roc
from facediag_utils.faces.alignment import face_chip
from facediag_utils.faces.detection import Faces
from facediag_utils.faces.regions import ALIGNED_SIDE, share_inside
from facediag_utils.networks.records import AVERAGED, REGIONS


def accuracies(predictions: pd.DataFrame, network: str) -> dict[str, Interval]:
    """Accuracy of each region and of their mean, by the words of a table.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Of one method on one task.
    network : str
    """
    named = {**REGIONS, AVERAGED: "mean of the regions"}
    return {words: accuracy(select(predictions, backbone=f"{region}:{network}")) for region, words in named.items()}


def mean_against(predictions: pd.DataFrame, task: Task, network: str, region: str) -> Paired:
    """The mean of the regions against one of them, on the same test images; parameters as `accuracies` and `areas` take them."""
    right = {key[2]: hits for key, hits in correctness(predictions, task).items()}
    return compare(right[f"{AVERAGED}:{network}"], right[f"{region}:{network}"])


def areas(predictions: pd.DataFrame, task: Task, network: str) -> dict[str, dict[str, Interval]]:
    """Area under the ROC curve of each class against all others, by region and class.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Of one method on one task.
    task : Task
    network : str
    """
    found: dict[str, dict[str, Interval]] = {}
    for region in REGIONS:
        rows = select(predictions, backbone=f"{region}:{network}")
        found[region] = {label: roc(*collapsed(rows, [label], label)).area for label in task.classes}
    return found


def sign_shares(cohort: Cohort, faces: Faces) -> pd.DataFrame:
    """How much of the signs lies in each region, as a share of what lies in the full face.

    Parameters
    ----------
    cohort : Cohort
        With masks of the signs.
    faces : Faces
        Of the same cohort.

    Returns
    -------
    pandas.DataFrame
        Regions as rows, classes that have signs as columns: the mean over their images, 0..1.
    """
    rows = []
    for row in np.flatnonzero(faces.found):
        signs = _sign_on_chip(cohort, row, faces.landmarks[row])
        if signs.any():
            shares = {region: share_inside(signs, region) for region in REGIONS}
            rows.append({"label": cohort.table["label"].iloc[row], **shares})
    means = pd.DataFrame(rows).groupby("label").mean().T
    return means[[label for label in cohort.classes if label in means]]


def _sign_on_chip(cohort: Cohort, row: int, landmarks: np.ndarray) -> np.ndarray:
    """The mask of the signs (0..255) over the aligned face."""
    _, sign = ground_truth.sign_mask(cohort, row)
    picture = np.repeat((255 * sign).round().astype(np.uint8)[:, :, None], 3, axis=2)
    scale = len(sign) / read_rgb(cohort.table["path"].iloc[row]).shape[0]
    return face_chip(picture, (landmarks + 0.5) * scale - 0.5, ALIGNED_SIDE, "loose")[:, :, 0]


def halves(predictions: pd.DataFrame, network: str, shares: pd.DataFrame, labels: Iterable[str]) -> pd.DataFrame:
    """Upper half less lower half: how much more of the signs is there, and how much better the region tells the disease.

    Returns
    -------
    pandas.DataFrame
        A row a class: ``signs`` (difference of the shares of the mask), ``area`` (`Interval`, difference of the areas), ``p``.
    """
    upper, lower = (select(predictions, backbone=f"{region}:{network}") for region in ("upper", "lower"))
    rows = {}
    for label in labels:
        difference, p = area_difference(upper, lower, label)
        rows[label] = {"signs": shares.loc["upper", label] - shares.loc["lower", label], "area": difference, "p": p}
    return pd.DataFrame(rows).T
