"""What regions of the face are worth: how often each is right, and their mean; which tells which class; where the signs are."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.data.store import Method, select
from facediag_utils.evaluation.interval import Interval, written_p
from facediag_utils.evaluation.metrics import accuracy
from facediag_utils.evaluation.one_against_rest import area_difference, collapsed
from facediag_utils.evaluation.paired_tests import Paired, compare, correctness
from facediag_utils.evaluation.roc_analysis import roc
from facediag_utils.evaluation.true_signs import aligned_signs
from facediag_utils.faces.detection import Faces
from facediag_utils.faces.regions import ALIGNED_SIDE, share_inside
from facediag_utils.networks import registry
from facediag_utils.networks.records import AVERAGED, REGIONS


@dataclass(frozen=True)
class Regions:
    """What regions are worth with one network on one task: accuracies by region and of their mean (`AVERAGED`), the region that
    training images chose, and the mean less that region."""

    network: str
    accuracy: dict[str, Interval]
    best: str
    pair: Paired

    def column(self) -> pd.Series:
        """The accuracies, for a table."""
        words = {**REGIONS, AVERAGED: "mean of the regions"}
        return pd.Series({words[region]: share for region, share in self.accuracy.items()}, name=self._title)

    def row(self) -> dict[str, object]:
        """Numbers, for ``regions.csv``."""
        mean = self.accuracy[AVERAGED].columns("accuracy")
        less = dict(zip(("difference", "low", "high"), self.pair.difference, strict=True))
        return {"network": self.network, "best": self.best, **mean, **less, "p": self.pair.p, "n": self.pair.n}

    def __str__(self) -> str:
        words = f"{self._title}: mean of the regions less {REGIONS[self.best]} (best on training images)"
        return f"{words}: {self.pair.difference.points()} points, p {written_p(self.pair.p, '= ')}"

    @property
    def _title(self) -> str:
        return registry.get(self.network).title


def compared(predictions: pd.DataFrame, task: Task, method: Method, network: str, best: str) -> Regions:
    """Regions and their mean by one method and network.

    Parameters
    ----------
    predictions : pandas.DataFrame
        As `facediag_utils.data.store.load` gives them, neighbours too.
    task : Task
    method : Method
    network : str
    best : str
        The region that training images chose.
    """
    rows = select(predictions, task=task.name, method=method)
    names = {region: f"{region}:{network}" for region in (*REGIONS, AVERAGED)}
    right = {key[2]: hits for key, hits in correctness(rows, task).items()}
    shares = {region: accuracy(select(rows, backbone=name)) for region, name in names.items()}
    return Regions(network, shares, best, compare(right[names[AVERAGED]], right[names[best]]))


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
        _, [signs] = aligned_signs(cohort, faces, [row], ALIGNED_SIDE, "loose")
        if signs.any():
            shares = {region: share_inside(signs, region) for region in REGIONS}
            rows.append({"label": cohort.table["label"].iloc[row], **shares})
    means = pd.DataFrame(rows).groupby("label").mean().T
    return means[[label for label in cohort.classes if label in means]]


def halves(predictions: pd.DataFrame, network: str, shares: pd.DataFrame, labels: Iterable[str]) -> pd.DataFrame:
    """Upper half less lower half: how much more of the signs is there, and how much better the region tells the disease.

    Returns
    -------
    pandas.DataFrame
        A row per class: ``signs`` (difference of the shares of the mask), ``area`` (`Interval`, difference of the areas), ``p``.
    """
    upper, lower = (select(predictions, backbone=f"{region}:{network}") for region in ("upper", "lower"))
    rows = {}
    for label in labels:
        difference, p = area_difference(upper, lower, label)
        rows[label] = {"signs": shares.loc["upper", label] - shares.loc["lower", label], "area": difference, "p": p}
    return pd.DataFrame(rows).T
