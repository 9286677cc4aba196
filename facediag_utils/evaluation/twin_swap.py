"""A map put to the test by healthy twins: is what it calls important what the answer rests on?

Deletion curves grey out the most important places, and a grey patch is like no face.  A twin is the same photograph without
the signs, so a place of it is what would be there if the person were well (`facediag_utils.data.ground_truth`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.ndimage import zoom

from facediag_utils.core import row_cache
from facediag_utils.data import ground_truth
from facediag_utils.data.cohort import Cohort
from facediag_utils.data.images import read_rgb
from facediag_utils.evaluation.interval import wilson_interval
from facediag_utils.evaluation.true_signs import Truth
from facediag_utils.faces.alignment import CROPS, aligned_chips, face_chip
from facediag_utils.faces.detection import Faces

if TYPE_CHECKING:  # torch is not loaded for a name
    from facediag_utils.methods.contrast import Contrast

SHARES = (0.1, 0.2, 0.4)  # of the face chip that is replaced, the most important places first
BLOBS = 8  # places per side of the random order: about as coarse as the maps


def twin_chips(cohort: Cohort, faces: Faces, rows: np.ndarray, twins: Cohort, size: int, crop: str) -> np.ndarray:
    """The healthy twins of some faces, cut out by the landmarks of the faces with the signs: place by place the same photograph.

    Returns
    -------
    numpy.ndarray
        uint8, (n, size, size, 3).
    """
    path = dict(zip(ground_truth.same_people(cohort, twins), twins.table["path"], strict=True))
    made = [face_chip(read_rgb(path[row]), faces.landmarks[row], size, crop) for row in rows]
    return np.stack(made) if made else np.empty((0, size, size, 3), np.uint8)


def swapped(chips: np.ndarray, twins: np.ndarray, order: np.ndarray, share: float) -> np.ndarray:
    """Faces whose most important places are those of their twins.

    Parameters
    ----------
    chips, twins : numpy.ndarray
        uint8, (n, size, size, 3).
    order : numpy.ndarray
        (n, side, side), higher is replaced sooner; of equal places the upper left one.
    share : float
        Of the places that are replaced, 0 to 1.
    """
    n, side = order.shape[:2]
    ranks = np.argsort(np.argsort(-order.reshape(n, -1), axis=1, kind="stable"), axis=1)
    chosen = (ranks < round(share * side * side)).reshape(n, side, side)
    nearest = ((np.arange(chips.shape[1]) + 0.5) * side / chips.shape[1]).astype(int)
    return np.where(chosen[:, nearest][:, :, nearest][..., None], twins, chips)


def margins(contrast: Contrast, chips: np.ndarray, twins: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The contrast after each of `SHARES` was replaced: float32 (n, shares); other parameters as `swapped`."""
    return np.stack([contrast.margins(swapped(chips, twins, order, share)) for share in SHARES], axis=1)


def explained(
    contrast: Contrast, cohort: Cohort, faces: Faces, rows: np.ndarray, twins: Cohort, orders: dict[str, np.ndarray]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The contrast of some faces, of their twins, and with their places replaced in several orders; cached by content.

    Parameters
    ----------
    contrast : Contrast
    cohort, faces
    rows : numpy.ndarray
        (n,), faces that have a twin.
    twins : Cohort
        As `facediag_utils.data.ground_truth.companion` gives it.
    orders : dict of str to numpy.ndarray
        (n, side, side) each.

    Returns
    -------
    whole : numpy.ndarray
        (n, 2): the contrast of the face, and with all of it replaced.
    by_order : dict of str to numpy.ndarray
        (n, shares) each.
    """
    from facediag_utils.methods.trained_model import state_digest

    record, digests = contrast.record, cohort.table["sha256"].iloc[rows].tolist()

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        chips = aligned_chips(cohort, faces, record.input_size, record.crop)
        for k in range(0, len(missing), 8):
            part = missing[k : k + 8]
            given = np.stack([chips[row] for row in rows[part]])
            other = twin_chips(cohort, faces, rows[part], twins, record.input_size, record.crop)
            columns = {name: margins(contrast, given, other, order[part]) for name, order in orders.items()}
            whole = np.stack([contrast.margins(given), contrast.margins(other)], axis=1)
            yield {"whole": whole, **columns}

    known = hashlib.sha256("".join(twins.table["sha256"]).encode())
    for name, order in orders.items():
        known.update(name.encode() + np.ascontiguousarray(order, np.float32).tobytes())
    path = row_cache.table_path(
        "twin_swap", state_digest(contrast), record.name, CROPS[record.crop], SHARES, known.hexdigest()
    )
    found = row_cache.complete(path, digests, compute)
    return found["whole"], {name: found[name] for name in orders}


@dataclass(frozen=True)
class Swaps:
    """What swapping twins in has done to the contrast of n faces, each explained as its own class.

    Attributes
    ----------
    before, after : numpy.ndarray
        (n,): with all signs, and with the whole twin.
    falls : dict of str to numpy.ndarray
        By order: how much the contrast falls at each of `SHARES`, (n, shares).
    """

    before: np.ndarray
    after: np.ndarray
    falls: dict[str, np.ndarray]


def of_classes(
    contrasts: dict[str, Contrast],
    cohort: Cohort,
    faces: Faces,
    rows: dict[str, np.ndarray],
    twins: Cohort,
    orders: dict[str, np.ndarray],
) -> Swaps:
    """`explained` of several classes, one after another.

    Parameters
    ----------
    contrasts, rows : dict
        By class, as `facediag_utils.methods.explanations.of_classes` takes them.
    cohort, faces, twins
    orders : dict of str to numpy.ndarray
        (n, side, side) each, class after class.
    """
    ends = np.cumsum([len(rows[name]) for name in contrasts])[:-1]
    parts = {name: np.split(order, ends) for name, order in orders.items()}
    whole, margins_of = [], []
    for k, (name, contrast) in enumerate(contrasts.items()):
        mine = {order: part[k] for order, part in parts.items()}
        found, by_order = explained(contrast, cohort, faces, rows[name], twins, mine)
        whole.append(found)
        margins_of.append(by_order)
    before, after = np.concatenate(whole).T
    joined = {name: np.concatenate([found[name] for found in margins_of]) for name in orders}
    return Swaps(before, after, {name: before[:, None] - values for name, values in joined.items()})


def compared(swaps: Swaps, share: float, methods: Sequence[str], others: Sequence[str], known: Truth) -> pd.DataFrame:
    """How much further the contrast falls in the order of each method than in other orders, in words, with intervals over people."""
    at = SHARES.index(share)
    lines = {}
    for name in methods:
        less = [swaps.falls[name][:, at] - swaps.falls[other][:, at] for other in others]
        lines[name] = [known.mean(values, "+") for values in less]
    table = pd.DataFrame.from_dict(lines, "index", columns=[f"less that of {other}" for other in others])
    return table.rename_axis(f"fall of the margin, {share:.0%} of the face replaced")


def by_class(swaps: Swaps, known: Truth) -> pd.DataFrame:
    """By class: the contrast with the signs and without, the fall, and of those called ill the share that is no longer, in words."""
    lines = {}
    for name in dict.fromkeys(known.labels):
        mine = known.labels == name
        columns = {
            "margin with signs": swaps.before,
            "margin without": swaps.after,
            "fall of the margin": swaps.before - swaps.after,
        }
        line = {text: known.mean(np.where(mine, values, np.nan)) for text, values in columns.items()}
        ill = mine & (swaps.before > 0)
        line["of those above 0, no longer so without signs"] = str(
            wilson_interval(int((swaps.after[ill] <= 0).sum()), int(ill.sum()))
        )
        lines[name] = {"n": int(mine.sum())} | line
    return pd.DataFrame.from_dict(lines, "index")


def random_order(count: int, side: int, seed: int = 0) -> np.ndarray:
    """Places in random order, in blobs: (count, side, side)."""
    noise = np.random.default_rng(seed).normal(size=(count, BLOBS, BLOBS))
    return zoom(noise, (1, side / BLOBS, side / BLOBS), order=1)
