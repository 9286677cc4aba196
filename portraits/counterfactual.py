"""What differs between a face and its twin without signs: only what the signs change, or more?

Run in the environment of ``facediag_utils``, or any with Pillow, pandas and scipy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from scipy.ndimage import binary_erosion

BACKGROUND, CLOTHES, SKIN, HAIR = 0, 80, 160, 240  # values of ``regions/*.png``
UNCHANGED = 0.1  # sign below which hair counts as untouched: a tenth of it lost, or half a millimetre moved


def measures(folder: Path) -> pd.DataFrame:
    """A row a twin of the set in ``folder / "twins"``.

    Returns
    -------
    pandas.DataFrame
        ``cohort_image``; ``label`` and ``severity`` of that image; mean absolute difference (of 255) of the two pictures in
        ``background``, ``clothes``, ``hair`` that no sign reaches (NaN where there is little of it) and ``face``, of pixels
        that belong to it in both pictures; ``correlation`` of the difference with the mask of signs, over the whole picture.
    """
    twins = pd.read_csv(folder / "twins" / "manifest.csv")
    ill = pd.read_csv(folder / "manifest.csv").set_index("image").loc[twins["cohort_image"]]
    rows = [pair(folder, face, twin) for face, twin in zip(twins["cohort_image"], twins["image"], strict=True)]
    known = {"cohort_image": twins["cohort_image"], "label": ill["label"].array, "severity": ill["severity"].array}
    return pd.concat([pd.DataFrame(known), pd.DataFrame(rows)], axis=1)


def pair(folder: Path, face: str, twin: str) -> dict[str, float]:
    """The measures of one pair."""
    first, second = (_picture(path) for path in (folder / face, folder / "twins" / twin))
    stored = small_picture(folder, "masks", face)
    size = len(stored)
    difference = np.abs(first - second).mean(axis=2).reshape(size, -1, size, first.shape[0] // size).mean(axis=(1, 3))
    sign = np.clip(stored.astype(float) - 15, 0, 240) / 240
    regions = [small_picture(folder, "regions", face), small_picture(folder / "twins", "regions", twin)]
    return {
        "background": _mean(difference, _inside(regions, BACKGROUND)),
        "clothes": _mean(difference, _inside(regions, CLOTHES)),
        "hair": _mean(difference, _inside(regions, HAIR) & (sign < UNCHANGED)),
        "face": _mean(difference, _inside(regions, SKIN)),
        "correlation": float(np.corrcoef(difference.ravel(), sign.ravel())[0, 1]),
    }


def _inside(regions: list[np.ndarray], value: int) -> np.ndarray:
    """Where both pictures show a region, a pixel in from its edge, as JPEG mixes what lies beside each other."""
    return binary_erosion((regions[0] == value) & (regions[1] == value), border_value=1)


def _mean(difference: np.ndarray, where: np.ndarray) -> float:
    return float(difference[where].mean()) if where.sum() >= 20 else float("nan")


def _picture(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"), float)


def small_picture(folder: Path, kind: str, image: str) -> np.ndarray:
    """The mask or the regions of an image, as stored."""
    return np.asarray(Image.open(folder / kind / f"{Path(image).stem}.png"))
