"""Lengths, ratios and slopes on the 68 landmarks: a face becomes some thirty numbers that have names.

The table ``measurements.csv`` is all that is known of them.  ``of`` and ``over`` hold segments "39-36" between two landmarks
(iBUG numbers, from 0); "37+38" is the middle of two; several segments are averaged, so that left and right count alike.  The
names are those of anthropometry (Farkas 1994): en and ex are the inner and outer corner of the eye, ps and pi the edges of
its lids, n nasion, prn tip and sn base of the nose, al its wings, ls and li the edges of the lips, sto where they meet, ch the
corners of the mouth, gn the chin.  Ears and hairline have no landmarks; the smoothness of a philtrum is no length."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

Point = tuple[int, ...]  # landmarks, of which it is the middle
Segment = tuple[Point, Point]
TABLE = Path(__file__).with_name("measurements.csv")
UNITS = {"length": "% of the face's size", "ratio": "%", "slope": "degrees"}


@dataclass(frozen=True)
class Measure:
    """One row of ``measurements.csv``.

    Attributes
    ----------
    name, title : str
        For code, and for people.
    points : str
        The landmarks by their anthropometric names, where they have some.
    region : {"eyes", "nose", "mouth", "face"}
        Where it lies.
    kind : {"length", "ratio", "slope"}
        See `measured`.
    of, over : tuple of Segment
        What is measured, and what a ratio is divided by or a slope rises above.
    """

    name: str
    title: str
    points: str
    region: str
    kind: str
    of: tuple[Segment, ...]
    over: tuple[Segment, ...]


@cache
def table() -> tuple[Measure, ...]:
    """All measures, in the order of ``measurements.csv``."""
    rows = pd.read_csv(TABLE, keep_default_na=False).to_dict("records")
    return tuple(Measure(**row | {part: _segments(row[part]) for part in ("of", "over")}) for row in rows)


def _segments(text: str) -> tuple[Segment, ...]:
    ends = ([tuple(map(int, point.split("+"))) for point in part.split("-")] for part in text.split())
    return tuple((first, last) for first, last in ends)


def measured(landmarks: np.ndarray, measures: Sequence[Measure] | None = None) -> pd.DataFrame:
    """The measures of some faces.

    A picture has no scale.  So lengths are given as shares of the face's size, which is the root of the mean squared distance
    of the 68 landmarks from their mean (Bookstein's centroid size, over the root of 68).

    Parameters
    ----------
    landmarks : numpy.ndarray
        (n, 68, 2), x right and y down, in pixels or any other unit; NaN where no face was found.
    measures : sequence of Measure, optional
        Default all of `table`.

    Returns
    -------
    pandas.DataFrame
        float64, a row per face and a column per measure, by name, in `UNITS`; NaN where no face was found.
    """
    landmarks = np.asarray(landmarks, dtype=float)
    measures = table() if measures is None else measures
    return pd.DataFrame({measure.name: _values(measure, landmarks) for measure in measures})


def _values(measure: Measure, landmarks: np.ndarray) -> np.ndarray:
    if measure.kind == "slope":
        return _slope(measure, landmarks)
    over = _length(measure.over, landmarks) if measure.kind == "ratio" else face_size(landmarks)
    return 100 * _length(measure.of, landmarks) / over


def face_size(landmarks: np.ndarray) -> np.ndarray:
    """Root of the mean squared distance of the landmarks from their mean, (n,), in the unit of (n, k, 2)."""
    away = landmarks - landmarks.mean(axis=1, keepdims=True)
    return np.sqrt((away**2).sum(axis=2).mean(axis=1))


def ends(segment: Segment, landmarks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two ends of a segment in each face, (n, 2) each."""
    first, last = (landmarks[:, list(point)].mean(axis=1) for point in segment)
    return first, last


def _length(segments: Sequence[Segment], landmarks: np.ndarray) -> np.ndarray:
    lengths = [np.linalg.norm(last - first, axis=1) for first, last in (ends(part, landmarks) for part in segments)]
    return np.mean(lengths, axis=0)


def _slope(measure: Measure, landmarks: np.ndarray) -> np.ndarray:
    """By how many degrees a segment rises, towards the outside of the face, above a line from left to right in the picture."""
    [axis] = measure.over
    left, right = ends(axis, landmarks)
    along = (right - left) / np.linalg.norm(right - left, axis=1, keepdims=True)
    above = along[:, ::-1] * [1, -1]  # a quarter turn from it, upwards in the picture
    slopes = []
    for segment in measure.of:
        first, last = ends(segment, landmarks)
        rise, run = (((last - first) * way).sum(axis=1) for way in (above, along))
        slopes.append(np.degrees(np.arctan2(rise, np.abs(run))))
    return np.mean(slopes, axis=0)
