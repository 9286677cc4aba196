"""Pictures and predictions that tests make."""

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image


def picture(path: Path, seed: int, size: tuple[int, int] = (40, 48)) -> Path:
    """A smooth picture of its own: noise of few pixels, enlarged."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(path)
    return path


def made(right, label=None, method="DTL2", backbone="dlib_resnet29", pretraining="3M faces"):
    label = np.resize(["ill", "well"], len(right)) if label is None else label
    other = np.where(label == "ill", "well", "ill")
    return pd.DataFrame(
        {"task": "binary", "method": method, "backbone": backbone, "pretraining": pretraining}
        | {"image": [f"{k:03d}" for k in range(len(right))], "label": label, "predicted": np.where(right, label, other)}
    )
