"""``facediag quick``: two networks as they are and a linear SVM (DTL2), once per task: a first table, and confusion matrices.

What notebook 05 does for every network.  All of it goes to ``runs/<profile>/quick/``, which nothing else reads."""

from pathlib import Path

import pandas as pd

from facediag_utils.core.files import atomic_write
from facediag_utils.core.profiles import Profile, from_output
from facediag_utils.data import store
from facediag_utils.data.cohort import Cohort, Task, load, of_the_paper, tasks
from facediag_utils.data.paper import BINARY_ROWS, MULTICLASS_ROWS
from facediag_utils.data.store import Method
from facediag_utils.evaluation import metrics, paper_audit
from facediag_utils.faces import alignment, detection
from facediag_utils.figures import curves, style, tables
from facediag_utils.methods import dtl2
from facediag_utils.run.cautions import RENDERED

NETWORKS = ("dlib_resnet29", "efficientnet_lite0")  # of faces, of objects; pip brings both
OWN = "One split of these pictures: no evidence that anything diagnoses people."


def quick(profile: Profile) -> str:
    """Classify the test images of each task of a profile, draw the confusion matrices, and say what came of it.

    Returns
    -------
    str
        The table, what a reader has to be careful about, and where the files lie.
    """
    cohort = load(profile)
    answers = classify(cohort)
    written = [store.write_csv(profile.run / "quick" / store.TEST, answers)]
    style.set_style()
    written += [_draw(profile, task, store.select(answers, task=task.name)) for task in tasks(cohort)]
    lines = [
        f"Features of a network as it is and a linear SVM (DTL2), {profile.title}:",
        "share of the test images classified correctly, their number, and in brackets the 95% interval",
        "",
    ]
    lines += _columns([["method", *(_heading(task, answers) for task in tasks(cohort))], *_rows(cohort, answers)])
    caution = RENDERED if profile.rendered else OWN
    if of_the_paper(cohort) and profile.name != "dsf":
        caution += " The paper's row was measured on photographs of patients and cannot be compared with the others."
    further = "How it is done: notebook 05, or 01 to begin with (make lab). All methods: make reproduce."
    return "\n".join([*lines, "", caution, "", *(f"  {from_output(path)}" for path in written), "", further])


def classify(cohort: Cohort) -> pd.DataFrame:
    """The answers of each of `NETWORKS` to each task's test images, as the store has them."""
    faces = detection.find_faces(cohort)
    try:
        features = {name: dtl2.extract(name, cohort, faces) for name in NETWORKS}
    finally:
        alignment.remove_chips(cohort.profile.name)
    said = [dtl2.run(task, cohort, features[name], name)[0] for task in tasks(cohort) for name in NETWORKS]
    return pd.concat([one.frame() for one in said], ignore_index=True)


def _draw(profile: Profile, task: Task, answers: pd.DataFrame) -> Path:
    """The confusion matrices of a task, a panel per network."""
    of_network = {metrics.short_title(Method.DTL2, name): store.select(answers, backbone=name) for name in NETWORKS}
    matrices = {title: metrics.confusion(rows, task.classes) for title, rows in of_network.items()}
    figure = curves.confusion_matrices(matrices, f"{task.title}: {profile.title}, test images")
    path = profile.run / "quick" / f"confusion_{task.name}.png"
    with atomic_write(path) as partial:
        figure.savefig(partial, metadata={"Software": None})
    return path


def _heading(task: Task, answers: pd.DataFrame) -> str:
    return f"{len(task.classes)} classes, n = {store.select(answers, task=task.name)['image'].nunique()}"


def _rows(cohort: Cohort, answers: pd.DataFrame) -> list[list[str]]:
    """Each network, guessing, and beside the paper's classes its best method."""
    asked = tasks(cohort)
    rows = []
    for name in NETWORKS:
        own = store.select(answers, backbone=name)
        shares = [metrics.accuracy(store.select(own, task=task.name)) for task in asked]
        rows.append([metrics.short_title(Method.DTL2, name), *map(str, shares)])
    rows.append(["guessing, classes being equally frequent", *(f"{100 / len(task.classes):.1f}%" for task in asked)])
    if of_the_paper(cohort):
        best = [max(printed, key=lambda row: row.accuracy) for printed in (BINARY_ROWS, MULTICLASS_ROWS)]
        title = metrics.short_title(*tables.key_of(best[0]))
        rows.append(
            [f"the paper, photographs: {title}", *(str(paper_audit.intervals_of(row)["accuracy"]) for row in best)]
        )
    return rows


def _columns(rows: list[list[str]]) -> list[str]:
    """Rows of cells below one another."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
