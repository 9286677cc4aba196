"""Finding a face and its landmarks (paper, section III.B): a picture becomes a row of `Faces`.

HOG detector (Dalal and Triggs 2005, as trained by D. King for dlib) -> 68 landmarks (Kazemi and Sullivan 2014) ->
similarity transform (translation, rotation, scaling) -> crop at the size of the network's input.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from facediag_utils.core import parallel, row_cache
from facediag_utils.core.errors import ImageError
from facediag_utils.data.cohort import Cohort
from facediag_utils.data.images import read_rgb
from facediag_utils.networks.weights import packaged_file

ALIGNED, NO_FACE, UNREADABLE = "aligned", "no face", "unreadable"

LONGEST = 1024  # pixels: larger pictures are reduced for detection, as the detector's time grows with the area
DETECTOR_VERSION = 1  # raise it when the outcome of `find_face` changes, so that cached rows are computed again


@dataclass(frozen=True)
class Faces:
    """What was found in each image of a cohort, a row an image in the cohort's order.

    Attributes
    ----------
    outcome : numpy.ndarray of str, (n,)
        "aligned", "no face" or "unreadable".
    box : numpy.ndarray of float64, (n, 4)
        Left, top, right, bottom of the detector's box in pixels; NaN without a face.
    landmarks : numpy.ndarray of float64, (n, 68, 2)
        x, y in pixels, iBUG 300-W order; NaN without a face.
    upsampled : numpy.ndarray of int, (n,)
        How often the image was enlarged before the face was found; 0 without a face.
    count : numpy.ndarray of int, (n,)
        Faces in the image; the largest is used.
    reason : numpy.ndarray of str, (n,)
        Why an image could not be read, else empty.
    """

    outcome: np.ndarray
    box: np.ndarray
    landmarks: np.ndarray
    upsampled: np.ndarray
    count: np.ndarray
    reason: np.ndarray

    @property
    def found(self) -> np.ndarray:
        """Boolean mask (n,) of the images with a face."""
        return self.outcome == ALIGNED


@cache
def _detector():
    import dlib

    return dlib.get_frontal_face_detector()


@cache
def _predictor():
    import dlib

    return dlib.shape_predictor(str(packaged_file("shape_predictor_68_face_landmarks.dat")))


def find_face(image: np.ndarray) -> dict[str, np.ndarray]:
    """The largest face of one picture.

    Parameters
    ----------
    image : numpy.ndarray
        uint8 RGB, (height, width, 3).

    Returns
    -------
    dict
        One row of `Faces`.
    """
    scale = min(1.0, LONGEST / max(image.shape[:2]))
    if scale < 1:
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        small = np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BOX))
    else:
        small = np.ascontiguousarray(image)
    for enlarge in (1, 2):
        boxes = sorted(_detector()(small, enlarge), key=lambda box: (-box.area(), box.left(), box.top()))
        if boxes:
            break
    else:
        return _row(NO_FACE)
    shape = _predictor()(small, boxes[0])
    points = np.array([(point.x, point.y) for point in shape.parts()], dtype=np.float64) / scale
    box = np.array([boxes[0].left(), boxes[0].top(), boxes[0].right(), boxes[0].bottom()], dtype=np.float64) / scale
    return _row(ALIGNED, box, points, enlarge, len(boxes))


def _row(outcome: str, box=None, landmarks=None, upsampled=0, count=0, reason="") -> dict[str, np.ndarray]:
    return {
        "outcome": np.array(outcome),
        "box": np.full(4, np.nan) if box is None else box,
        "landmarks": np.full((68, 2), np.nan) if landmarks is None else landmarks,
        "upsampled": np.array(upsampled),
        "count": np.array(count),
        "reason": np.array(reason),
    }


def _find_in_file(path: Path) -> dict[str, np.ndarray]:
    parallel.require_visible(path)
    try:
        return find_face(read_rgb(path))
    except ImageError as error:
        return _row(UNREADABLE, reason=str(error).removeprefix(f"{path}: "))


def find_faces(cohort: Cohort, jobs: int = -1) -> Faces:
    """Detection and landmarks of every image, on all cores or a cluster, cached by the images' content.

    Parameters
    ----------
    cohort : Cohort
    jobs : int
        Processes; -1 means all cores.  (dlib holds one core: threads would not help.)

    Returns
    -------
    Faces
        A row an image; none is dropped.
    """
    paths = list(cohort.table["path"])

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        for row in parallel.parallel_map(_find_in_file, [(paths[k],) for k in missing], "faces", jobs=jobs):
            yield {name: value[None] for name, value in row.items()}

    path = row_cache.table_path("faces", "hog+68", LONGEST, DETECTOR_VERSION)
    return Faces(**row_cache.complete(path, list(cohort.table["sha256"]), compute))


def outcome_counts(cohort: Cohort, faces: Faces) -> pd.DataFrame:
    """How many images of each class and split came to which outcome."""
    table = cohort.table[["label", "split"]].assign(outcome=faces.outcome)
    counts = table.groupby(["label", "split", "outcome"]).size().unstack("outcome", fill_value=0)
    order = [name for name in (ALIGNED, NO_FACE, UNREADABLE) if name in counts]
    return counts[order].reindex(cohort.classes, level="label")


def without_face(cohort: Cohort, faces: Faces) -> pd.DataFrame:
    """Every image without an aligned face, with the reason; empty if there is none."""
    rows = ~faces.found
    listed = cohort.table.loc[rows, ["image", "label", "split"]]
    return listed.assign(outcome=faces.outcome[rows], reason=faces.reason[rows]).reset_index(drop=True)


def format_without_face(cohort: Cohort, faces: Faces) -> list[str]:
    """How many images of each class have no face, and what to do; nothing if all have one."""
    lost = without_face(cohort, faces)
    if not len(lost):
        return []
    counts = lost.groupby("label").size()
    total = cohort.table["label"].value_counts()
    lines = [f"  no face was found in {len(lost)} of {len(cohort)} images: left out of training, an error in testing"]
    lines += [f"    {name}: {counts[name]} of {total[name]}" for name in cohort.classes if name in counts]
    return [*lines, "    a face is found that looks at the camera, is upright and wider than about 40 pixels"]
