"""The simulated panel of the reader study, ``data/bundled/readers``: readers who do not exist."""

from __future__ import annotations

import numpy as np
import pandas as pd

from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.evaluation.reader_study import SIMULATED


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
