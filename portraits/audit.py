"""The images measured: are faces found where they are, are people told apart, does anything but the signs give the class
away, what do classifiers make of them, and what if the signs were gone.  Run in the environment of ``facediag_utils``; the
table goes into the datasheet and the bounds are asserted by the tests.

The bounds were written down before the images were made.  No accuracy has one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from facediag_utils.core.profiles import Profile
from facediag_utils.data import ground_truth
from facediag_utils.data.cohort import NO_FACE, Cohort, load, tasks
from facediag_utils.faces import detection
from facediag_utils.methods import dsift, dtl2
from portraits import counterfactual, leaks
from portraits.plan import SETS

SETS_MEASURED = [name for name, kind in SETS.items() if kind.masks]
NETWORKS = ("dlib_resnet29", "efficientnet_lite0")  # those that packages carry
FACES = NETWORKS[0]
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


@dataclass(frozen=True)
class Opened:
    """A set with the faces found in it."""

    cohort: Cohort
    faces: detection.Faces


def opened(folder: Path) -> Cohort:
    """One of the sets."""
    return load(Profile("audit", "rendered faces", folder.resolve(), rendered=True))


def measure(folder: Path) -> list[Measure]:
    """All measures of the images in data/bundled (minutes; seconds with warm caches)."""
    sets = {}
    for name in SETS_MEASURED:
        cohort = opened(folder / name)
        sets[name] = Opened(cohort, detection.find_faces(cohort))
    return [
        *found(sets),
        *recognition(sets),
        *leaked(sets["."].cohort),
        *classified(sets["."]),
        *without_signs(folder),
        *answers_changed(sets["."], sets["twins"]),
    ]


def found(sets: dict[str, Opened]) -> list[Measure]:
    """Faces found, and how far their landmarks are from the truth."""
    share = np.concatenate([opened.faces.found for opened in sets.values()]).mean()
    cohort, faces = sets["."].cohort, sets["."].faces
    errors = ground_truth.landmark_errors(faces.landmarks, ground_truth.landmarks(cohort))
    name = "median landmark error, inner 51 points, share of inter-ocular distance"
    by_class = [
        Measure(f"{name}, {label}", float(np.nanmedian(errors[cohort.table["label"] == label])), high=0.05)
        for label in cohort.classes
    ]
    return [
        Measure("share of images in which dlib's detector finds the face", float(share), low=0.99),
        Measure(name, float(np.nanmedian(errors)), high=0.05),
        *by_class,
    ]


def recognition(sets: dict[str, Opened]) -> list[Measure]:
    """Are two pictures of one person nearer to each other than those of two people?"""
    measures = []
    for name, person in (("identities", "label"), ("cases", "subject")):
        same, different = descriptor_distances(sets[name], person)
        measures += [
            Measure(f"verification of {name}, AUC", _auc(same, different), low=0.99),
            Measure(f"median descriptor distance, one person twice, {name}", float(np.median(same)), high=0.45),
            Measure(f"median descriptor distance, two people, {name}", float(np.median(different))),
        ]
    return measures


def descriptor_distances(people: Opened, person: str) -> tuple[np.ndarray, np.ndarray]:
    """Distances of dlib's 128-D descriptors between two pictures of one person, and of two people."""
    found = people.faces.found
    values = dtl2.extract(FACES, people.cohort, people.faces, layer="descriptor")[found]
    names = people.cohort.table[person].to_numpy()[found]
    first, second = np.triu_indices(len(values), 1)
    away = np.linalg.norm(values[first] - values[second], axis=1)
    return away[names[first] == names[second]], away[names[first] != names[second]]


def _auc(same: np.ndarray, different: np.ndarray) -> float:
    return float(roc_auc_score(np.repeat([1, 0], [len(same), len(different)]), -np.concatenate([same, different])))


def leaked(cohort: Cohort) -> list[Measure]:
    """How often the class is guessed from what must not tell it."""
    labels = cohort.table["label"].to_numpy(str)
    ancestry = pd.get_dummies(cohort.table["ancestry"]).to_numpy(float)
    alone = leaks.accuracy(ancestry, labels)
    drawn, seen = leaks.skin_drawn(), leaks.skin_seen(cohort)
    sources = [
        ("pixels of background and clothes", leaks.surroundings(cohort), 0.26),
        ("pose, light, lens, clothes, age, sex as drawn", leaks.circumstances(), 0.26),
        ("mean colour, contrast, sharpness", leaks.statistics(cohort), alone + 0.06),
        ("hair style as drawn", leaks.hair_styles(), alone + 0.06),
        ("skin tone as drawn", drawn, np.inf),
        ("skin tone as drawn, and ancestry", np.hstack([drawn, ancestry]), np.inf),
        ("colour of unmarked skin in the picture", seen, np.inf),
        ("colour of unmarked skin in the picture, and ancestry", np.hstack([seen, ancestry]), np.inf),
    ]
    measures = [Measure("five classes from ancestry alone", alone)]
    measures += [
        Measure(f"five classes from {name}", leaks.accuracy(x, labels), high=high) for name, x, high in sources
    ]
    for name, chance in leaks.tone_by_class(cohort).items():
        measures.append(
            Measure(f"skin tone as drawn differs between classes, {name}: p of a Kruskal-Wallis test", chance)
        )
    return measures


def classified(opened: Opened) -> list[Measure]:
    """What DTL2 and dense SIFT make of the cohort: on its own split (notebook 05) and, DTL2, on random splits."""
    cohort, found = opened.cohort, opened.faces.found
    task = tasks(cohort)[-1]
    labels = cohort.table["label"].to_numpy(str)
    measures = []
    for network in NETWORKS:
        features = dtl2.extract(network, cohort, opened.faces)
        predictions, _ = dtl2.run(task, cohort, features, network)
        right = predictions.predicted == predictions.label
        measures += [
            Measure(f"five classes by DTL2 on {network}, own split", float(right.mean())),
            Measure(
                f"five classes by DTL2 on {network}, random splits, C = 1",
                leaks.accuracy(features[found], labels[found], scaled=False),
            ),
        ]
        if network == FACES:
            measures += by_severity(cohort, predictions.image, right)
    for kind, (predictions, _) in dsift.run(task, cohort, opened.faces).items():
        right = predictions.predicted == predictions.label
        measures.append(Measure(f"five classes by dense SIFT, {kind} SVM, own split", float(right.mean())))
    return measures


def by_severity(cohort: Cohort, images: np.ndarray, right: np.ndarray) -> list[Measure]:
    """Recall of ill test faces by third of severity: the more marked a sign, the oftener it must be seen."""
    severity = cohort.table.set_index("image")["severity"].loc[images].to_numpy()
    third = np.digitize(severity, [0.2 + 0.8 / 3, 0.2 + 1.6 / 3])
    recall = [float(right[(third == k) & (severity > 0)].mean()) for k in range(3)]
    names = ("0.2 to 0.47", "0.47 to 0.73", "0.73 to 1")
    rows = [
        Measure(f"recall of DTL2 on {FACES}, severity {name}", value) for name, value in zip(names, recall, strict=True)
    ]
    return [*rows, Measure("recall, marked cases minus mild cases", recall[2] - recall[0], low=0.0)]


def without_signs(folder: Path) -> list[Measure]:
    """What differs between a face and its twin."""
    pairs = counterfactual.measures(folder)
    measures = [
        Measure(f"twins: mean difference of {name}, of 255", float(pairs[name].mean()), high=bound)
        for name, bound in (("background", 2), ("clothes", 2), ("hair", 4))
    ]
    name = "twins: median correlation of difference and mask of signs"
    measures.append(Measure(name, float(pairs["correlation"].median()), low=0.6))
    return measures + [
        Measure(f"{name}, {label}", float(group["correlation"].median())) for label, group in pairs.groupby("label")
    ]


def answers_changed(ill: Opened, twins: Opened) -> list[Measure]:
    """Of ill test faces, how often the answer of DTL2 changes when the sign is gone, and to which class."""
    task = tasks(ill.cohort)[-1]
    features = [dtl2.extract(FACES, part.cohort, part.faces) for part in (ill, twins)]
    fitted = dtl2.run(task, ill.cohort, features[0], FACES)[1]
    with_signs, without = (dtl2.answers(fitted, values, task) for values in features)
    with_signs = with_signs[ground_truth.same_people(ill.cohort, twins.cohort)]
    test = (twins.cohort.table["split"] == "test") & (with_signs != NO_FACE) & (without != NO_FACE)
    became = without[test & (with_signs != without)].tolist()
    rows = [Measure(f"ill test faces whose DTL2 answer ({FACES}) changes without signs", len(became) / test.sum())]
    return rows + [
        Measure(f"... of these, to {label}", became.count(label) / max(1, len(became))) for label in task.classes
    ]


def table(measures: list[Measure]) -> str:
    """The measures as a Markdown table."""
    lines = ["| measure | value | bound | met |", "|---|---|---|---|"]
    lines += [
        f"| {m.name} | {m.value:.3f} | {m.bounds} | {'' if m.bounds == 'none' else 'yes' if m.met else '**no**'} |"
        for m in measures
    ]
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
