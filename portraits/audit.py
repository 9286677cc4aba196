"""The images measured: are faces found where they are, are people told apart, does anything but the signs give the class
away, is the task neither trivial nor impossible.  Run in the environment of ``facediag_utils``; the table goes into the
datasheet and the bounds are asserted by the tests.

The bounds were written down before the images were made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from scipy.ndimage import laplace
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedShuffleSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from facediag_utils.core.profiles import Profile
from facediag_utils.data import ground_truth
from facediag_utils.data.cohort import Cohort, load, tasks
from facediag_utils.data.images import read_rgb
from facediag_utils.faces import detection
from facediag_utils.methods import dtl2
from portraits import plan as generator

SPLITS = 20  # random splits of 40 training and 30 test images a class
BACKBONE = "dlib_resnet29"
BEGIN, END = "<!-- audit: begin -->", "<!-- audit: end -->"


@dataclass(frozen=True)
class Measure:
    """One line of the audit: what, its value, and the bounds it must lie between."""

    name: str
    value: float
    low: float = -np.inf
    high: float = np.inf

    @property
    def met(self) -> bool:
        return bool(self.low <= self.value <= self.high)

    @property
    def bounds(self) -> str:
        if np.isinf(self.high):
            return f"at least {self.low:.3g}" if np.isfinite(self.low) else "none"
        return f"at most {self.high:.3g}" if np.isinf(self.low) else f"{self.low:.3g} to {self.high:.3g}"


def measure(folder: Path) -> list[Measure]:
    """All measures of the images in data/bundled (half a minute with warm caches)."""
    cohort, people = (opened(folder / name) for name in (".", "identities"))
    faces, of_people = detection.find_faces(cohort), detection.find_faces(people)
    found = np.concatenate([faces.found, of_people.found])
    same, different = descriptor_distances(people, of_people)
    labels = cohort.table["label"].to_numpy(str)
    ancestry = pd.get_dummies(cohort.table["ancestry"]).to_numpy(float)
    by_ancestry = accuracy(ancestry, labels)
    features = dtl2.extract(BACKBONE, cohort, faces)
    return [
        Measure("share of images in which dlib's detector finds the face", float(found.mean()), low=0.99),
        Measure(
            "median landmark error, inner 51 points, share of inter-ocular distance",
            float(np.nanmedian(ground_truth.landmark_errors(faces.landmarks, ground_truth.landmarks(cohort)))),
            high=0.05,
        ),
        Measure("verification of identities, AUC", _auc(same, different), low=0.98),
        Measure("median descriptor distance, two people", float(np.median(different)), low=0.60),
        Measure("median descriptor distance, one person twice", float(np.median(same)), high=0.45),
        Measure(
            "five classes from pixels of background and clothes", accuracy(surroundings(cohort), labels), high=0.26
        ),
        Measure(
            "five classes from pose, light, lens, clothes, age, sex as drawn",
            accuracy(circumstances(), labels),
            high=0.26,
        ),
        Measure("five classes from ancestry alone", by_ancestry),
        Measure(
            "five classes from mean colour, contrast, sharpness",
            accuracy(statistics(cohort), labels),
            high=by_ancestry + 0.06,
        ),
        Measure("five classes from hair style as drawn", accuracy(hair_styles(), labels), high=by_ancestry + 0.06),
        Measure(
            f"five classes by DTL2 on {BACKBONE}, the cohort's own split (notebook 05)",
            by_dtl2(cohort, features),
            0.75,
            0.97,
        ),
        Measure(
            f"five classes by a linear SVM on features of {BACKBONE}, random splits",
            accuracy(features[faces.found], labels[faces.found], scaled=False),
        ),
    ]


def opened(folder: Path) -> Cohort:
    """One of the two sets."""
    return load(Profile("audit", "rendered faces", folder.resolve(), rendered=True))


def accuracy(features: np.ndarray, labels: np.ndarray, scaled: bool = True) -> float:
    """Mean test accuracy of a linear SVM (C = 1) over `SPLITS` random splits of 40 and 30 images a class."""
    classes = len(set(labels))
    svm = SVC(kernel="linear")
    model = make_pipeline(StandardScaler(), svm) if scaled else svm
    share = 30 / 70
    splits = StratifiedShuffleSplit(SPLITS, test_size=round(share * len(labels) / classes) * classes, random_state=0)
    return float(cross_val_score(model, features, labels, cv=splits).mean())


def by_dtl2(cohort: Cohort, features: np.ndarray) -> float:
    """Test accuracy of DTL2 as notebook 05 has it: the fixed split, C by cross-validation on training images."""
    [task] = [task for task in tasks(cohort) if len(task.classes) > 2]
    predictions, _ = dtl2.run(task, cohort, features, BACKBONE)
    return float((predictions.predicted == predictions.label).mean())


def descriptor_distances(people: Cohort, faces: detection.Faces) -> tuple[np.ndarray, np.ndarray]:
    """Distances of dlib's 128-D descriptors between two pictures of one person, and of two people."""
    values = dtl2.extract(BACKBONE, people, faces, layer="descriptor")[faces.found]
    names = people.table["label"].to_numpy()[faces.found]
    first, second = np.triu_indices(len(values), 1)
    away = np.linalg.norm(values[first] - values[second], axis=1)
    return away[names[first] == names[second]], away[names[first] != names[second]]


def _auc(same: np.ndarray, different: np.ndarray) -> float:
    return float(roc_auc_score(np.repeat([1, 0], [len(same), len(different)]), -np.concatenate([same, different])))


def surroundings(cohort: Cohort, side: int = 20) -> np.ndarray:
    """Pixels (side x side pictures) of background and clothes alone: of places where a head is in at most one picture of
    twenty; where it is, the picture's own mean stands."""
    pictures, heads = [], []
    for row, path in enumerate(cohort.table["path"]):
        pictures.append(np.asarray(Image.fromarray(read_rgb(path)).resize((side, side), Image.Resampling.BOX), float))
        head, _ = ground_truth.sign_mask(cohort, row)
        heads.append(head.reshape(side, -1, side, head.shape[0] // side).any(axis=(1, 3)))
    values, head = np.array(pictures), np.array(heads)
    places = head.mean(axis=0) <= 0.05
    means = np.array([picture[~covered & places].mean(axis=0) for picture, covered in zip(values, head, strict=True)])
    filled = np.where(head[..., None], means[:, None, None], values)
    return filled[:, places].reshape(len(values), -1)


def statistics(cohort: Cohort) -> np.ndarray:
    """Mean and spread of each colour, and log variance of the Laplacian, of whole images (n, 7)."""
    rows = []
    for path in cohort.table["path"]:
        picture = read_rgb(path).astype(float)
        rows.append(
            [*picture.mean(axis=(0, 1)), *picture.std(axis=(0, 1)), np.log(laplace(picture.mean(axis=2)).var())]
        )
    return np.array(rows)


def circumstances() -> np.ndarray:
    """All that was drawn of the photograph and, of the person, age and sex: one column a number or a choice."""
    rows = []
    for row in generator.plan():
        person, _, photo = generator.drawn(row)
        rows.append(_flat({**asdict(photo), "age": person.age, "sex": person.sex}))
    return _columns(rows, without=("seed",))


def hair_styles() -> np.ndarray:
    """All that was drawn of the hair."""
    return _columns([_flat(asdict(generator.drawn(row)[0].hair)) for row in generator.plan()])


def _flat(value: Any, name: str = "") -> dict[str, Any]:
    """Nested dictionaries and tuples as one dictionary of numbers and words."""
    if isinstance(value, (dict, tuple, list)):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return {key: leaf for part, inner in pairs for key, leaf in _flat(inner, f"{name}/{part}").items()}
    return {name: value}


def _columns(rows: list[dict[str, Any]], without: tuple[str, ...] = ()) -> np.ndarray:
    table = pd.DataFrame(rows)
    table = table[[name for name in table if not name.endswith(without)]] if without else table
    return pd.get_dummies(table).fillna(0).to_numpy(float)


def table(measures: list[Measure]) -> str:
    """The measures as a Markdown table."""
    lines = ["| measure | value | bound | met |", "|---|---|---|---|"]
    lines += [f"| {m.name} | {m.value:.3f} | {m.bounds} | {'yes' if m.met else '**no**'} |" for m in measures]
    return "\n".join(lines)


def main(folder: Path, show: Callable[[str], None] = print) -> None:
    """Measure, print, and put the table between its marks in the datasheet."""
    text = table(measure(folder))
    show(text)
    sheet = folder / "DATASHEET.md"
    before, _, rest = sheet.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    partial = sheet.with_suffix(".part")
    partial.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
    partial.replace(sheet)
