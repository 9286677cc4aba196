"""``make bench``: splits drawn again from Gram matrices, against refitting from features one split at a time.

Both do all of notebook 05's procedure in each split: C by five-fold cross-validation on its training images, then the SVM.
The last features are made up, as wide as VGG16's: what the paper's own networks would cost."""

from __future__ import annotations

import os
import tempfile
import time

import numpy as np
from sklearn.model_selection import GridSearchCV

from facediag_utils.core import profiles
from facediag_utils.data import cohort, splitting
from facediag_utils.evaluation import resampled_splits
from facediag_utils.faces import detection
from facediag_utils.methods import dsift, dtl2, svm
from facediag_utils.networks import registry

COUNT = 200


def refit(features: np.ndarray, labels: np.ndarray, test: np.ndarray, kind: str) -> None:
    """One split from features, by scikit-learn alone."""
    machine = svm.make_svc(dsift.kernel_of(kind, features[~test]) if kind else "linear", len(set(labels)))
    folds = splitting.cross_validation_folds(labels[~test], 0)
    GridSearchCV(machine, {"C": list(svm.PENALTIES)}, cv=folds).fit(features[~test], labels[~test]).predict(
        features[test]
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        measure(folder)


def measure(empty: str) -> None:
    """All of it; splits are kept in an empty cache, or the second run would read them."""
    images = cohort.load(profiles.profile("bundled"))
    faces = detection.find_faces(images)
    labels = images.table["label"].to_numpy(dtype=str)[faces.found]
    train = (images.table["split"] == "train").to_numpy()[faces.found]
    rows = np.flatnonzero(faces.found)
    bags = dsift.histograms(images, faces, rows, dsift.vocabularies(images, faces))[dsift.WORDS[1]]
    features = {
        name: dtl2.extract(name, images, faces)[faces.found] for name in ("dlib_resnet29", "efficientnet_lite0")
    }
    features = {registry.get(name).title: found for name, found in features.items()}
    kinds = {method.value: kind for kind, method in dsift.METHODS.items()}
    features |= dict.fromkeys(kinds, bags)
    features["(made up) 4096 numbers"] = np.random.default_rng(0).random((len(labels), 4096), np.float32)
    os.environ["FACEDIAG_CACHE"] = empty
    totals = np.zeros(2)
    print(f"milliseconds a split; {COUNT} splits from Gram matrices on all cores, 5 from features")
    for task in cohort.tasks(images):
        chosen = np.isin(labels, task.classes)
        tested = splitting.draw_splits(labels[chosen], dict.fromkeys(task.classes, 30), COUNT)
        for name, found in features.items():
            kind = kinds.get(name, "")
            kernel = (
                dsift.kernel_of(kind, found[train])(found[chosen], found[chosen]) if kind else svm.gram(found[chosen])
            )
            resampled_splits.accuracies({name: kernel}, labels[chosen], tested[:4])  # starts the processes
            started = time.perf_counter()
            resampled_splits.accuracies({name: kernel}, labels[chosen], tested)
            gram = (time.perf_counter() - started) / COUNT
            started = time.perf_counter()
            for test in tested[:5]:
                refit(found[chosen], labels[chosen], test, kind)
            plain = (time.perf_counter() - started) / 5
            totals += np.array([gram, plain]) * ("made up" not in name)
            print(
                f"{task.name:10} {name:24} {1000 * gram:6.1f}, from features {1000 * plain:7.1f}: {plain / gram:.0f} times"
            )
    print(
        f"all but the made up: {totals[1] / totals[0]:.0f} times, {COUNT * totals[0]:.0f} s for {COUNT} splits of each"
    )


if __name__ == "__main__":
    main()
