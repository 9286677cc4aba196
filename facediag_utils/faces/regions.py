"""The four regions of an aligned face that DeepGestalt looks at (Gurovich et al. 2019): grey, and scaled to a square.

Its authors name the regions and give no numbers: where they end is ours.  What is wider than high is stretched, as they
scale every region to one size."""

import numpy as np
from PIL import Image

ALIGNED_SIDE = 320  # pixels of the aligned face (loose crop) that regions are cut out of
#: Left, top, right and bottom as shares of the aligned face's side: forehead to chin, to the middle of the nose, brows to
#: upper lip, middle of the nose to chin; all of them from ear to ear.
BOXES = {
    "full": (0.1, 0.0, 0.9, 0.9),
    "upper": (0.1, 0.0, 0.9, 0.5),
    "middle": (0.1, 0.2, 0.9, 0.65),
    "lower": (0.1, 0.45, 0.9, 0.9),
}


def region_of(chip: np.ndarray, region: str, size: int) -> np.ndarray:
    """A region of an aligned face.

    Parameters
    ----------
    chip : numpy.ndarray
        uint8 RGB, (side, side, 3), the loose crop.
    region : {"full", "upper", "middle", "lower"}
    size : int
        Side of the result, in pixels.

    Returns
    -------
    numpy.ndarray
        uint8, (size, size, 3): grey (ITU-R 601), the same in all three channels.
    """
    grey = Image.fromarray(chip).convert("L")
    left, top, right, bottom = (share * grey.width for share in BOXES[region])
    scaled = grey.resize((size, size), Image.Resampling.BILINEAR, (left, top, right, bottom))
    return np.repeat(np.asarray(scaled)[:, :, None], 3, axis=2)


def share_inside(values: np.ndarray, region: str) -> float:
    """How much of what lies in the full face lies in a region of it, 0..1; NaN if there is nothing.

    Parameters
    ----------
    values : numpy.ndarray
        (side, side), not negative, over the aligned face (loose crop): how much of a sign is where.
    region : {"full", "upper", "middle", "lower"}
    """

    def inside(name: str) -> float:
        left, top, right, bottom = (round(share * len(values)) for share in BOXES[name])
        return float(values[top:bottom, left:right].sum())

    whole = inside("full")
    return inside(region) / whole if whole else float("nan")
