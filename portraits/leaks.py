"""What else could give the class away than the signs: background, circumstances, colours, hair, the tone of the skin."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from scipy import stats
from scipy.ndimage import laplace
from sklearn.model_selection import StratifiedShuffleSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from facediag_utils.data import ground_truth
from facediag_utils.data.cohort import Cohort
from facediag_utils.data.images import read_rgb
from portraits import plan as generator
from portraits.counterfactual import SKIN, small_picture

SPLITS = 20  # random splits of 40 training and 30 test images a class
UNMARKED = 0.25  # sign below which skin counts as unmarked


def accuracy(features: np.ndarray, labels: np.ndarray, scaled: bool = True) -> float:
    """Mean test accuracy of a linear SVM (C = 1) over `SPLITS` random splits of 40 and 30 images a class."""
    classes = len(set(labels))
    svm = SVC(kernel="linear")
    model = make_pipeline(StandardScaler(), svm) if scaled else svm
    share = 30 / 70
    splits = StratifiedShuffleSplit(SPLITS, test_size=round(share * len(labels) / classes) * classes, random_state=0)
    return float(cross_val_score(model, features, labels, cv=splits).mean())


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
    for row in generator.cohort():
        person, _, photo = generator.drawn(row)
        rows.append(_flat({**asdict(photo), "age": person.age, "sex": person.sex}))
    return _columns(rows, without=("seed",))


def hair_styles() -> np.ndarray:
    """All that was drawn of the hair."""
    return _columns([_flat(asdict(generator.drawn(row)[0].hair)) for row in generator.cohort()])


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


def skin_seen(cohort: Cohort) -> np.ndarray:
    """Mean colour (n, 3) of the skin in each picture where no sign marks it."""
    rows = []
    for row, (path, image) in enumerate(zip(cohort.table["path"], cohort.table["image"], strict=True)):
        skin = small_picture(cohort.profile.data, "regions", image) == SKIN
        skin &= ground_truth.sign_mask(cohort, row)[1] < UNMARKED
        size = len(skin)
        picture = Image.fromarray(read_rgb(path)).resize((size, size), Image.Resampling.BOX)
        rows.append(np.asarray(picture, float)[skin].mean(axis=0))
    return np.array(rows)


def skin_drawn() -> np.ndarray:
    """Melanin, redness and undertone of each person of the cohort, as drawn (n, 3)."""
    people = [generator.drawn(row)[0] for row in generator.cohort()]
    return np.array([[person.melanin, person.redness, person.undertone] for person in people])


def tone_by_class(cohort: Cohort) -> dict[str, float]:
    """Within each ancestry: chance (a Kruskal-Wallis test) that melanin as drawn differs so much or more between classes."""
    table = cohort.table.assign(melanin=skin_drawn()[:, 0])
    return {
        str(ancestry): float(stats.kruskal(*[part["melanin"] for _, part in group.groupby("label")]).pvalue)
        for ancestry, group in table.groupby("ancestry")
    }
