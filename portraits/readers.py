"""The simulated panel of the reader study, ``data/bundled/readers``: readers who do not exist."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from facediag_utils.core.profiles import Profile
from facediag_utils.data.cohort import Cohort, Task, load, tasks
from facediag_utils.data.paper import CLINICIANS_ACCURACY
from facediag_utils.data.store import write_csv
from facediag_utils.evaluation.reader_study import SIMULATED

READERS = 5


def write(folder: Path) -> None:
    """The panel of each task: `READERS` readers about as accurate as the paper's clinicians (section IV.B)."""
    cohort = load(Profile("readers", "rendered faces", folder.resolve(), rendered=True))
    for task in tasks(cohort):
        for name, answers in simulate(cohort, task, READERS, CLINICIANS_ACCURACY).items():
            write_csv(folder / "readers" / f"{task.name}-{name}.csv", answers)


def simulate(cohort: Cohort, task: Task, count: int, accuracy: float, seed: int = 0) -> dict[str, pd.DataFrame]:
    """Answers of a panel that does not exist: right the more often the more marked the signs are.

    Parameters
    ----------
    accuracy : float
        On average over images and readers; readers differ by some points.
    """
    table = cohort.table[(cohort.table["split"] == "test") & cohort.table["label"].isin(task.classes)]
    severity = table["severity"].fillna(0.5).to_numpy(float) if "severity" in table else np.full(len(table), 0.5)
    severity = np.where(table["label"] == "control", 0.7, severity)
    panel = {}
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        chance = np.clip(accuracy + 0.04 * rng.normal() + 0.5 * (severity - severity.mean()), 0.05, 0.99)
        right = rng.random(len(table)) < chance
        other = [rng.choice([name for name in task.classes if name != label]) for label in table["label"]]
        sure = np.clip(np.round(1 + 4 * chance - (~right) + 0.5 * rng.normal(size=len(table))), 1, 5).astype(int)
        answer = np.where(right, table["label"], other)
        panel[f"{SIMULATED}-{number + 1}"] = pd.DataFrame(
            {"image": table["image"].to_numpy(), "answer": answer, "confidence": sure}
        )
    return panel
