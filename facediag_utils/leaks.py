"""Is somebody trained on and tested?  Faces on both sides of a split that a face network takes for one person."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import pairwise_distances_chunked

from facediag_utils import dtl2
from facediag_utils.alignment import Faces
from facediag_utils.cohort import Cohort

NETWORK, LAYER = "dlib_resnet29", "descriptor"
#: dlib's author takes 0.6 for "the same person"; of the many thousand pairs of a cohort that would be too many by chance.
DISTANCE = 0.45


def same_person(cohort: Cohort, faces: Faces) -> pd.DataFrame:
    """Pairs of a training and a test image whose 128-D descriptors lie nearer than `DISTANCE`, the nearest first.

    Siblings, and people whom the network knows few of, are among them; somebody who changed much is not.

    Parameters
    ----------
    cohort : Cohort
    faces : Faces

    Returns
    -------
    pandas.DataFrame
        train, test, distance.
    """
    descriptors = dtl2.extract(NETWORK, cohort, faces, LAYER)
    split, names = cohort.table["split"].to_numpy(), cohort.table["image"].to_numpy()
    train, test = (np.flatnonzero(faces.found & (split == side)) for side in ("train", "test"))
    found: list[tuple[str, str, float]] = []
    if len(train) and len(test):
        begin = 0
        for part in pairwise_distances_chunked(descriptors[train], descriptors[test]):
            found += [(names[train[begin + i]], names[test[j]], part[i, j]) for i, j in np.argwhere(part < DISTANCE)]
            begin += len(part)
    return pd.DataFrame(found, columns=["train", "test", "distance"]).sort_values("distance", ignore_index=True)


def told(pairs: pd.DataFrame, name: str, subjects: bool = False) -> str:
    """How many, in a line; ``subjects`` says whether the manifest knows who is who."""
    if not len(pairs):
        return "  nobody seems to be on both sides of the split"
    remedy = (
        "by the manifest's subjects they are others"
        if subjects
        else "a manifest with a column subject keeps people on one side (if the classes are people, all is as it should be)"
    )
    count = pairs["test"].nunique()
    return f"  {count} test images look like the person of a training image: results/{name}/same_person.csv; {remedy}"
