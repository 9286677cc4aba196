"""What is known of rendered pictures beyond their label: where the landmarks are, where the head is, where the signs are, and
how the same photograph would look without them.

Photographs have no such truth; with it, alignment and explanations can be scored instead of admired."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from facediag_utils.core.errors import CohortError
from facediag_utils.data.cohort import Cohort, load

INNER = slice(17, 68)  # all landmarks but the outline of the face
OUTER_EYE_CORNERS = (36, 45)


def available(cohort: Cohort, companion: str = "") -> bool:
    """Whether the cohort's folder, or that of a set beside it, holds ``landmarks.csv``."""
    return (cohort.profile.data / companion / "landmarks.csv").is_file()


def companion(cohort: Cohort, name: str) -> Cohort:
    """A further set of rendered pictures beside the cohort: ``twins``, ``cases``, ``identities`` or ``severity_strip``.

    Raises
    ------
    CohortError
        If there is no such set, or it is not what its manifest says.
    """
    return load(replace(cohort.profile, data=cohort.profile.data / name))


def same_people(cohort: Cohort, companion: Cohort) -> np.ndarray:
    """For each image of ``twins`` or ``cases``, the row of the cohort's image of the same person: int, (n,)."""
    rows = pd.Series(np.arange(len(cohort)), index=cohort.table["image"])
    return rows.loc[companion.table["cohort_image"]].to_numpy()


def landmarks(cohort: Cohort) -> np.ndarray:
    """The 68 landmarks (iBUG order) of every image as projected from the mesh.

    Returns
    -------
    numpy.ndarray
        float64, (n, 68, 2), pixels, x right and y down.

    Raises
    ------
    CohortError
        If ``landmarks.csv`` lacks an image of the cohort.
    """
    path = cohort.profile.data / "landmarks.csv"
    if not path.is_file():
        raise CohortError(f"{path}: not found; only rendered pictures come with true landmarks")
    table = pd.read_csv(path).set_index("image")
    missing = [name for name in cohort.table["image"] if name not in table.index]
    if missing or table.shape[1] != 136:
        raise CohortError(f"{path}: {table.shape[1]} columns of 136, {len(missing)} images missing: {missing[:5]}")
    return table.loc[cohort.table["image"]].to_numpy(float).reshape(-1, 68, 2)


def landmark_errors(found: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Mean distance of the 51 inner landmarks, in distances between the outer eye corners (as Sagonas et al. 2013).

    Parameters
    ----------
    found, true : numpy.ndarray
        (n, 68, 2), pixels; NaN where no face was found.

    Returns
    -------
    numpy.ndarray
        (n,); 0.05 is a twentieth of the distance between the eyes' outer corners.
    """
    left, right = (true[:, k] for k in OUTER_EYE_CORNERS)
    between = np.linalg.norm(left - right, axis=1)
    return np.linalg.norm(found[:, INNER] - true[:, INNER], axis=2).mean(axis=1) / between


def sign_mask(cohort: Cohort, row: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the head is in one image (hair included), and how much the phenotype changed each place of it.

    Returns
    -------
    head : numpy.ndarray
        bool, (160, 160), covering the whole picture.
    sign : numpy.ndarray
        float64, (160, 160): 0 unchanged to 1 (5 mm moved, or as much recoloured), in steps of 1/16.

    Raises
    ------
    CohortError
        If the mask is missing or not an 8-bit grey PNG.
    """
    path = cohort.profile.data / "masks" / f"{Path(cohort.table['image'].iloc[row]).stem}.png"
    try:
        with Image.open(path) as picture:
            mode, values = picture.mode, np.asarray(picture)
    except OSError as error:
        raise CohortError(f"{path}: no readable mask ({error}); make cohort renders it again") from None
    if mode != "L":
        raise CohortError(f"{path}: mode {mode}, expected an 8-bit grey picture; make cohort renders it again")
    return values > 0, np.clip(values / 15.0 - 1, 0, None) / 16
