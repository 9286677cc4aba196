"""Classes may be called NA, None, null, nan or "no face": words that pandas, or this package, once took for "nothing"."""

import numpy as np
import pandas as pd
import pytest
from made import picture

from facediag_utils.core.errors import CohortError
from facediag_utils.core.profiles import Profile
from facediag_utils.data import cohort, folder_import, store
from facediag_utils.data.cohort import NO_FACE
from facediag_utils.data.store import Method
from facediag_utils.evaluation import metrics, reader_study

NAMES = ("NA", "None", "null", "nan", "no face")


@pytest.fixture
def folder(tmp_path):
    for k, name in enumerate(NAMES):
        for n in range(9):
            picture(tmp_path / "odd" / name / f"{n}.png", seed=100 * k + n)
    return tmp_path / "odd"


def predictions(images):
    """Of every test image, right but for one without a face."""
    task = cohort.tasks(images)[0]
    test = images.table[images.table["split"] == "test"]
    labels = test["label"].to_numpy(str)
    said = labels.copy().astype(object)
    said[0] = NO_FACE
    scores = np.eye(len(task.classes))[[task.classes.index(name) for name in labels]]
    return task, store.Predictions(
        task.name,
        Method.DTL2,
        "dlib_resnet29",
        "3M faces (dlib)",
        task.classes,
        test["image"].to_numpy(str),
        labels,
        said,
        scores,
    )


def test_from_a_folder_to_the_numbers(folder, own_cache, own_output):
    profile, found = folder_import.import_folder(folder, "odd")
    images = cohort.load(profile)
    assert images.classes == tuple(sorted(NAMES)) and len(images) == 45 and not len(found.left_out)
    task, made = predictions(images)
    store.save(profile, made)
    stored = store.load(profile)
    assert set(stored["label"]) == set(NAMES) and (stored["predicted"] == NO_FACE).sum() == 1
    matrix = metrics.confusion(stored, task.classes)
    assert matrix.loc[list(task.classes)].to_numpy().trace() == len(stored) - 1 and matrix.loc[NO_FACE].sum() == 1
    assert metrics.summarize(stored, task)["correct"].iloc[0] == len(stored) - 1


def test_from_a_manifest(folder, own_cache, own_output):
    paths = sorted(path.relative_to(folder) for path in folder.rglob("*.png"))
    table = pd.DataFrame(
        {"image": [str(p) for p in paths], "label": [p.parts[0] for p in paths], "age": "NA", "sex": "nan"}
    )
    table.to_csv(folder / "manifest.csv", index=False)
    images = cohort.load(folder_import.import_folder(folder, "odd")[0])
    assert images.classes == tuple(sorted(NAMES))
    assert images.table[["age", "sex"]].isna().all(axis=None)  # there these words do mean "not known"


def test_a_reader_may_answer_so(tmp_path):
    path = store.write_csv(tmp_path / "me.csv", pd.DataFrame({"image": ["a"], "answer": ["NA"], "confidence": [3]}))
    assert reader_study.read_answers(path)["answer"].tolist() == ["NA"]


def test_the_word_of_the_store_cannot_be_a_class(folder, own_cache, own_output):
    (folder / "null").rename(folder / NO_FACE)
    _, found = folder_import.import_folder(folder, "odd")
    assert len(found.left_out) == 9 and found.left_out["kind"].str.startswith(NO_FACE).all()
    row = {"image": "NA/0.png", "label": NO_FACE, "split": "test"}
    pd.DataFrame([row]).to_csv(folder / "manifest.csv", index=False)
    with pytest.raises(CohortError, match="call it otherwise"):
        cohort.load(Profile("odd", "t", folder))
