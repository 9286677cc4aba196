"""Is somebody trained on and tested?  Faces on both sides of a split that a face network takes for one person."""

import numpy as np
import pandas as pd
from sklearn.metrics import pairwise_distances_chunked

from facediag_utils.data.cohort import Cohort
from facediag_utils.faces.detection import Faces
from facediag_utils.methods import dtl2

NETWORK, LAYER = "dlib_resnet29", "descriptor"
#: dlib's author takes 0.6 for "the same person"; of the many thousand pairs of a cohort that would be too many by chance.
DISTANCE = 0.45
COLUMNS = ["test", "train", "distance", "near"]


def same_person(cohort: Cohort, faces: Faces) -> pd.DataFrame:
    """Test images with a training image whose 128-D descriptor lies nearer than `DISTANCE`, the nearest first.

    Siblings, and people whom the network knows few of, are among them; somebody who changed much is not.

    Parameters
    ----------
    cohort : Cohort
    faces : Faces

    Returns
    -------
    pandas.DataFrame
        test; train, the nearest training image; distance, to it; near, how many training images lie so near.
    """
    descriptors = dtl2.extract(NETWORK, cohort, faces, LAYER)
    split, names = cohort.table["split"].to_numpy(), cohort.table["image"].to_numpy()
    train, test = (np.flatnonzero(faces.found & (split == side)) for side in ("train", "test"))
    found = pd.DataFrame(columns=COLUMNS)
    if len(train) and len(test):
        parts = list(pairwise_distances_chunked(descriptors[test], descriptors[train], reduce_func=_nearest))
        nearest, distance, near = (np.concatenate(values) for values in zip(*parts, strict=True))
        made = pd.DataFrame(dict(zip(COLUMNS, (names[test], names[train[nearest]], distance, near), strict=True)))
        found = made[made["near"] > 0].sort_values("distance", ignore_index=True)
    return found


def _nearest(distances: np.ndarray, _: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of some test images to all training images: which is nearest, how near, how many are too near."""
    return distances.argmin(axis=1), distances.min(axis=1), (distances < DISTANCE).sum(axis=1)


def format_same_person(pairs: pd.DataFrame, name: str, subjects: bool = False) -> str:
    """How many, in a line; ``subjects`` says whether the manifest knows who is who."""
    if not len(pairs):
        return "  nobody seems to be on both sides of the split"
    remedy = (
        "by the manifest's subjects they are others"
        if subjects
        else "a manifest with a column subject keeps people on one side (if the classes are people, all is as it should be)"
    )
    return f"  {len(pairs)} test images look like the person of a training image: runs/{name}/results/same_person.csv; {remedy}"
