"""Pictures and predictions that tests make."""

import shutil
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from facediag_utils.core import profiles
from facediag_utils.core.profiles import Profile
from facediag_utils.core.settings import ROOT
from facediag_utils.data.cohort import Cohort
from facediag_utils.data.store import Method, select
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.metrics import interval_of

BUNDLED = ROOT / "data" / "bundled"


def picture(path: Path, seed: int, size: tuple[int, int] = (40, 48)) -> Path:
    """A smooth picture of its own: noise of few pixels, enlarged."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(path)
    return path


def portraits(folder: Path, count: int = 12) -> Path:
    """Two classes of bundled portraits under other names, a folder each."""
    table = pd.read_csv(BUNDLED / "manifest.csv")
    for label, name in (("beta_thalassemia", "ill"), ("control", "well")):
        (folder / name).mkdir(parents=True)
        for image in table["image"][table["label"] == label][:count]:
            shutil.copyfile(BUNDLED / image, folder / name / Path(image).name)
    return folder


def cohort_of(images, rows, classes=None):
    """The cohort of some rows."""
    return Cohort(images.profile, classes or images.classes, images.table.iloc[rows].reset_index(drop=True))


def rows_of(faces, rows):
    """The faces of some rows."""
    return replace(faces, **{field.name: getattr(faces, field.name)[rows] for field in fields(faces)})


def recorded_run(output: Path) -> Profile:
    """The record's results and figures below an output folder, as if a run of the bundled cohort had just made them."""
    for kind in ("results", "figures"):
        shutil.copytree(ROOT / kind, output / "runs" / "bundled" / kind)
    return profiles.profile()


def made(right, label=None, method=Method.DTL2, backbone="dlib_resnet29", pretraining="3M faces"):
    label = np.resize(["ill", "well"], len(right)) if label is None else label
    other = np.where(label == "ill", "well", "ill")
    return pd.DataFrame(
        {"task": "binary", "method": method, "backbone": backbone, "pretraining": pretraining}
        | {"image": [f"{k:03d}" for k in range(len(right))], "label": label, "predicted": np.where(right, label, other)}
    )


def recorded_accuracy() -> Interval:
    """Accuracy of DTL2 on dlib's network on five classes, in the record."""
    table = pd.read_csv(ROOT / "results" / "measured_multiclass.csv")
    [row] = select(table, method=Method.DTL2, backbone="dlib_resnet29").to_dict("records")
    return interval_of(row, "accuracy")


def blobs(classes=("ill", "well"), train=20, test=10, seed=0, spread=0.3):
    """A cohort in name only, and features in which the classes lie apart."""
    rng = np.random.default_rng(seed)
    rows, features = [], []
    for k, label in enumerate(classes):
        for n in range(train + test):
            rows.append(
                {
                    "image": f"{label}/{n}",
                    "label": label,
                    "split": "train" if n < train else "test",
                    "sha256": f"{label}{n}",
                }
            )
            features.append(np.eye(len(classes))[k] + rng.normal(0, spread, len(classes)))
    return Cohort(Profile("x", "x", Path("x")), tuple(classes), pd.DataFrame(rows)), np.array(features, np.float32)
