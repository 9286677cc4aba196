"""What is known of rendered faces, place by place, in the frame of the face chips; and maps made from that alone.

A heat map of a network must beat these maps, `baselines`: they have not looked at the network."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image

from facediag_utils.data import ground_truth
from facediag_utils.data.cohort import Cohort
from facediag_utils.evaluation.interval import over_people
from facediag_utils.faces.alignment import face_chip
from facediag_utils.faces.detection import Faces

MARKED = 0.5  # how much a place must have changed (1: 5 mm, or as much recoloured) to count as a sign
SPREAD = 1 / 4  # standard deviation of the centred Gaussian, a share of the side
BASELINES = ("uniform", "head", "centred Gaussian", "mean training mask", "mean mask of its class")


@dataclass(frozen=True)
class Truth:
    """What is known of some faces, place by place, in the frame of the face chips of one crop.

    Attributes
    ----------
    crop : str
    names, labels : numpy.ndarray
        (n,), the faces' images and classes.
    severity : numpy.ndarray
        (n,), 0 to 1.
    people : pandas.Series
        By image, who it is.
    heads, signs : numpy.ndarray
        float32, (n, side, side), 0 to 1: where the head is, how much each place has changed.
    known, known_labels : numpy.ndarray
        (m, side, side) and (m,): how much each place has changed in training faces of the same classes, and their classes.
    """

    crop: str
    names: np.ndarray
    labels: np.ndarray
    severity: np.ndarray
    people: pd.Series
    heads: np.ndarray
    signs: np.ndarray
    known: np.ndarray
    known_labels: np.ndarray

    @property
    def masks(self) -> np.ndarray:
        """The places that bear a sign, bool (n, side, side)."""
        return self.signs >= MARKED

    def mean(self, values: np.ndarray, sign: str = "") -> str:
        """The mean of a number per face, (n,), with its interval over people, in words."""
        return over_people(pd.Series(values, self.names), self.people).plain(2, sign)


def truth(cohort: Cohort, faces: Faces, rows: np.ndarray, side: int, crop: str) -> Truth:
    """What is known of some rows of a cohort that comes with masks; a face was found in each.

    Parameters
    ----------
    cohort, faces
        See `facediag_utils.data.ground_truth.sign_mask`.
    rows : numpy.ndarray
        (n,).
    side : int
        Of the maps to be scored.
    crop : str
        As the network has it, see `facediag_utils.faces.alignment.face_chip`.
    """
    table, labels = cohort.table, cohort.table["label"].to_numpy(dtype=str)
    train = (table["split"] == "train").to_numpy() & faces.found & np.isin(labels, labels[rows])
    heads, signs = aligned_signs(cohort, faces, rows, side, crop)
    _, known = aligned_signs(cohort, faces, np.flatnonzero(train), side, crop)
    names, people = table["image"].to_numpy(dtype=str), table.set_index("image")["subject"]
    severity = table["severity"].to_numpy(float)[rows]
    return Truth(crop, names[rows], labels[rows], severity, people, heads, signs, known, labels[train])


def aligned_signs(
    cohort: Cohort, faces: Faces, rows: Iterable[int], side: int, crop: str
) -> tuple[np.ndarray, np.ndarray]:
    """Heads and signs, as `Truth` has them, of some rows of a cohort."""
    both = [_aligned(cohort, int(row), faces.landmarks[row], side, crop) for row in rows]
    stacked = np.stack(both) if both else np.empty((0, side, side, 2), np.float32)
    return stacked[..., 0], stacked[..., 1]


def _aligned(cohort: Cohort, row: int, landmarks: np.ndarray, side: int, crop: str) -> np.ndarray:
    """A mask goes the way of its picture: enlarged to the picture's size, as two colours, and cut out by the same landmarks."""
    head, sign = ground_truth.sign_mask(cohort, row)
    painted = np.stack([255 * head, np.round(255 * sign), np.zeros(head.shape)], axis=2).astype(np.uint8)
    with Image.open(cohort.table["path"].iloc[row]) as picture:
        enlarged = Image.fromarray(painted).resize(picture.size, Image.Resampling.NEAREST)
    return face_chip(np.asarray(enlarged), landmarks, side, crop)[..., :2].astype(np.float32) / 255


def gaussian(side: int) -> np.ndarray:
    """A centred Gaussian of `SPREAD`, float64 (side, side): every face in its middle, and nothing else."""
    along = (np.arange(side) + 0.5) / side - 0.5
    return np.exp(-(along[:, None] ** 2 + along[None] ** 2) / (2 * SPREAD**2))


def baselines(known: Truth) -> dict[str, np.ndarray]:
    """Maps that have not looked at the network, and but for the head not even at the picture.  The last one knows the diagnosis.

    Returns
    -------
    dict of str to numpy.ndarray
        (n, side, side) each, by `BASELINES`.
    """
    shape = known.heads.shape
    of_class = {name: known.known[known.known_labels == name].mean(axis=0) for name in set(known.labels)}
    made = (
        np.ones(shape),
        known.heads,
        np.broadcast_to(gaussian(shape[1]), shape),
        np.broadcast_to(known.known.mean(axis=0), shape),
        np.stack([of_class[name] for name in known.labels]),
    )
    return dict(zip(BASELINES, made, strict=True))
