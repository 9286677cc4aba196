"""The end of ``make reproduce``: accuracies, claims, what was computed and found, and what was written."""

from pathlib import Path

import pandas as pd

from facediag_utils.core import pin, run_log
from facediag_utils.core.errors import NothingYetError
from facediag_utils.core.profiles import Profile, from_output
from facediag_utils.data import store
from facediag_utils.data.cohort import Cohort, load, tasks
from facediag_utils.evaluation import claims, metrics
from facediag_utils.faces import detection
from facediag_utils.figures.style import figure_paths
from facediag_utils.run import report
from facediag_utils.run.cautions import RENDERED


def finish(profile: Profile, seconds: float, executed: list[Path]) -> str:
    """Write what a run ends with (``no_face.csv``, report, model card), and say in a few lines what was made."""
    images = load(profile)
    faces = detection.find_faces(images)
    store.write_csv(profile.results / "no_face.csv", detection.without_face(images, faces))
    lines: list[str] = []
    try:
        lines += _outcomes(profile, store.load(profile), images)
        page = f"  {from_output(report.write(profile))}  (all of it on one page: make report), and model_card.md"
    except NothingYetError as nothing:  # of some notebooks only
        page = f"  no report and no model card: {nothing}"
    if word := pin.word():
        lines += ["", word]
    if without := detection.format_without_face(images, faces):
        lines += ["", *without]
    tables_made = sorted(profile.results.glob("*.csv"))
    lines += ["", *(f"  {line}" for line in run_log.format_log(run_log.read(profile.run / run_log.LOG)))]
    lines.append(f"\nmade in {seconds:.0f} s:")
    lines.append(f"  {from_output(profile.notebooks)}/: {len(executed)} executed notebooks")
    lines.append(f"  {from_output(profile.figures)}/: {len({path.stem for path in figure_paths(profile)})} figures")
    lines.append(f"  {from_output(profile.results)}/: {', '.join(path.name for path in tables_made)}")
    return "\n".join([*lines, page])


def _outcomes(profile: Profile, stored: pd.DataFrame, images: Cohort) -> list[str]:
    """Accuracies, and what came of the paper's claims."""
    lines = [f"\n{profile.title}: accuracy on the test images, 95% interval"]
    for task in tasks(images):
        lines.append(f"  {task.title}, {len(task.classes)} classes")
        for run in metrics.summarize(stored, task).to_dict("records"):
            method, pretraining, _ = metrics.method_title(run["method"], run["backbone"])
            lines.append(f"    {method:52} {pretraining:16} {metrics.interval_of(run, 'accuracy')}")
    lines.append(
        "\nThe paper's claims on these test images (paired tests, Holm over the pairs of a claim; the strongest one in points)"
    )
    for row in claims.table(stored, tasks(images), profile).to_dict("records"):
        remarks = "; ".join(part for part in (row["why"], claims.format_pairs(row)) if part)
        text = f"  {row['claim']:24} {row['task']:11} {row['verdict']:14} {claims.format_effect(row)}"
        lines.append(f"{text.rstrip()} ({remarks})")
    if profile.rendered:
        lines.append(f"  {RENDERED}")
    return lines
