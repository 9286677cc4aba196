"""Finding a face and its landmarks (paper, section III.B): a picture becomes a row of `Faces`.

Detector (HOG, Dalal and Triggs 2005; where it finds nothing a CNN, King 2015, arXiv:1502.00046; both as trained by
D. King for dlib) -> 68 landmarks (Kazemi and Sullivan 2014) -> similarity transform (translation, rotation, scaling) ->
crop at the size of the network's input.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from facediag_utils.core import parallel, row_cache
from facediag_utils.core.errors import ImageError
from facediag_utils.data import ground_truth
from facediag_utils.data.cohort import Cohort
from facediag_utils.data.images import read_rgb
from facediag_utils.networks.weights import packaged_file

ALIGNED, NO_FACE, UNREADABLE = "aligned", "no face", "unreadable"

LONGEST = 1024  # pixels: larger pictures are reduced for detection, as the detector's time grows with the area
#: Name -> how often HOG doubles the picture: its window is 80 pixels wide, so that smaller faces need larger pictures.
#: At the original size it takes a quarter of the time and finds nearly all.
HOG = {"HOG": 0, "HOG x2": 1, "HOG x4": 2}
#: Least score of HOG's faces, where dlib takes 0: in 237 pictures without a face it still sees none at any size, and it
#: spares the CNN where HOG was in doubt (of 350 bundled faces 349 instead of 347 are found at the original size).
HOG_SCORE = -0.1
HOG_LONGEST = 2048  # pixels: no picture is made larger, as 1024 fourfold take 1.7 s, for faces of less than 40 pixels
#: The CNN sees the longest side enlarged (up to fourfold) to the first number of pixels or reduced to the second.  Its
#: time and memory grow with the area: 0.8 s at 320 pixels, 3.3 s and 0.5 GB at 640, 8.5 s and 1.1 GB at 1024.
CNN_LONGEST = (320, 640)
CNN_WINDOW = 75  # pixels: it sees no smaller face
#: From the CNN's box to the box HOG draws, on which the landmark model was trained: shift right and down, then scale, in
#: widths of the CNN's box; medians over 100 bundled training pictures.  Without it landmarks err half as much again.
CNN_TO_HOG = (0.04, 0.07, 1.09)
#: Width of HOG's box in standard distances of the inner landmarks from their mean (bundled training pictures).
BOX_WIDTH = 3.3
DETECTOR_VERSION = 2  # raise it when the outcome of `find_face` changes, so that cached rows are computed again

Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels


@dataclass(frozen=True)
class Faces:
    """What was found in each image of a cohort, a row an image in the cohort's order.

    Attributes
    ----------
    outcome : numpy.ndarray of str, (n,)
        "aligned", "no face" or "unreadable".
    box : numpy.ndarray of float64, (n, 4)
        Left, top, right, bottom of the detector's box in pixels (as HOG draws it); NaN without a face.
    landmarks : numpy.ndarray of float64, (n, 68, 2)
        x, y in pixels, iBUG 300-W order; NaN without a face.
    detector : numpy.ndarray of str, (n,)
        What found the face: "HOG" at the original size, "HOG x2", "HOG x4" or "CNN"; empty without a face.
    count : numpy.ndarray of int, (n,)
        Faces which that detector found in the image; the largest is used.
    reason : numpy.ndarray of str, (n,)
        Why an image could not be read, else empty.
    """

    outcome: np.ndarray
    box: np.ndarray
    landmarks: np.ndarray
    detector: np.ndarray
    count: np.ndarray
    reason: np.ndarray

    @property
    def found(self) -> np.ndarray:
        """Boolean mask (n,) of the images with a face."""
        return self.outcome == ALIGNED


@cache
def _hog() -> Any:
    import dlib

    return dlib.get_frontal_face_detector()


@cache
def _cnn() -> Any:
    import dlib

    return dlib.cnn_face_detection_model_v1(str(packaged_file("mmod_human_face_detector.dat")))


@cache
def _predictor() -> Any:
    import dlib

    return dlib.shape_predictor(str(packaged_file("shape_predictor_68_face_landmarks.dat")))


def find_face(image: np.ndarray) -> dict[str, np.ndarray]:
    """The largest face of one picture.

    The first that finds a face is used: HOG at the original size, doubled, fourfold, then the CNN, which sees faces that
    are half covered.  A picture without a face costs them all: 1 s at 320 x 320 pixels, 4 s at 1024 x 1024, on one core.
    (In 237 pictures without a face HOG saw none and the CNN two, so that no score is asked before the largest wins.)

    Parameters
    ----------
    image : numpy.ndarray
        uint8 RGB, (height, width, 3).

    Returns
    -------
    dict
        One row of `Faces`.

    Notes
    -----
    With a mask painted over nose, mouth and chin, 93% of the bundled faces are found instead of all.  Their landmarks
    err by 10 hundredths of the distance between the outer eye corners (median) instead of 4: by 5 at brows and eyes, by
    12 at the nose and 15 at the mouth, which cannot be seen.
    """
    small, scale = _resized(image, min(LONGEST, max(image.shape[:2])))
    detector, boxes = _detected(small)
    if not boxes:
        return _row(NO_FACE)
    box = min(boxes, key=lambda box: (-(box[2] - box[0]) * (box[3] - box[1]), *box))
    return _row(ALIGNED, np.array(box) / scale, _landmarks(small, box) / scale, detector, len(boxes))


def _resized(image: np.ndarray, longest: int) -> tuple[np.ndarray, float]:
    scale = longest / max(image.shape[:2])
    if scale == 1:
        return np.ascontiguousarray(image), 1.0
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    way = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(image).resize(size, way)), scale


def _detected(image: np.ndarray) -> tuple[str, list[Box]]:
    for name, doublings in HOG.items():
        if doublings and max(image.shape[:2]) << doublings > HOG_LONGEST:
            break
        if found := _hog().run(image, doublings, HOG_SCORE)[0]:
            return name, [(box.left(), box.top(), box.right(), box.bottom()) for box in found]
    return "CNN", _cnn_boxes(image)


def _cnn_boxes(image: np.ndarray) -> list[Box]:
    least, most = CNN_LONGEST
    longest = max(image.shape[:2])
    seen, scale = _resized(image, min(max(longest, least), most, 4 * longest))
    if min(seen.shape[:2]) < CNN_WINDOW:  # dlib's code fails on pictures that its filters do not fit into
        return []
    right, down, wider = CNN_TO_HOG
    boxes: list[Box] = []
    for box in (face.rect for face in _cnn()(seen)):
        width, half = box.width() / scale, wider * box.width() / scale / 2
        x, y = box.dcenter().x / scale + right * width, box.dcenter().y / scale + down * width
        boxes.append((x - half, y - half, x + half, y + half))
    return boxes


def _landmarks(image: np.ndarray, box: Box) -> np.ndarray:
    """Mean of the landmarks in the detector's box and of those in the box which these imply.

    A detector's box is a tenth of its width off now and then, and landmarks with it.  On bundled pictures the mean is
    nearer to the truth than the first (95% of errors are below 6.6 hundredths of the distance between the outer eye
    corners instead of 8.1), and under a mask as near.
    """
    first = _landmarks_in(image, box)
    inner = first[17:]
    centre = inner.mean(axis=0)
    half = BOX_WIDTH / 2 * np.sqrt(((inner - centre) ** 2).sum(axis=1).mean())
    return (first + _landmarks_in(image, (*(centre - half), *(centre + half)))) / 2


def _landmarks_in(image: np.ndarray, box: Box) -> np.ndarray:
    import dlib

    shape = _predictor()(image, dlib.rectangle(*(round(side) for side in box)))
    return np.array([(point.x, point.y) for point in shape.parts()], dtype=np.float64)


def _row(
    outcome: str,
    box: np.ndarray | None = None,
    landmarks: np.ndarray | None = None,
    detector: str = "",
    count: int = 0,
    reason: str = "",
) -> dict[str, np.ndarray]:
    return {
        "outcome": np.array(outcome),
        "box": np.full(4, np.nan) if box is None else box,
        "landmarks": np.full((68, 2), np.nan) if landmarks is None else landmarks,
        "detector": np.array(detector),
        "count": np.array(count),
        "reason": np.array(reason),
    }


def _find_in_file(path: Path) -> dict[str, np.ndarray]:
    parallel.require_visible(path)
    try:
        return find_face(read_rgb(path))
    except ImageError as error:
        return _row(UNREADABLE, reason=f"{error.kind} ({error.reason})")


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

    path = row_cache.table_path("faces", "hog+cnn+68", LONGEST, DETECTOR_VERSION)
    return Faces(**row_cache.complete(path, list(cohort.table["sha256"]), compute))


def true_faces(cohort: Cohort) -> Faces:
    """The faces of rendered pictures by their true landmarks, so that nothing has to be looked for."""
    points = ground_truth.landmarks(cohort)
    words = {"outcome": ALIGNED, "detector": "truth", "reason": ""}
    box = np.concatenate([points.min(axis=1), points.max(axis=1)], axis=1)
    return Faces(
        box=box,
        landmarks=points,
        count=np.ones(len(cohort), int),
        **{name: np.full(len(cohort), word) for name, word in words.items()},
    )


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
