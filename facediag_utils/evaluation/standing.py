"""Who is right most often on a task, and from which other methods the same test images tell it apart."""

from dataclasses import dataclass

import pandas as pd

from facediag_utils.data.cohort import Task
from facediag_utils.data.store import KEY, Method
from facediag_utils.evaluation import metrics, paired_tests
from facediag_utils.evaluation.interval import Interval


@dataclass(frozen=True)
class Entry:
    """One method: its names, its accuracy over all test images and among those with a face, how often it was trained.

    ``fair`` is False where the epoch was chosen on the test images."""

    name: str
    title: str
    pretraining: str
    accuracy: Interval
    with_face: Interval
    trainings: int
    fair: bool


@dataclass(frozen=True)
class Standing:
    """The methods of a task, the most accurate first.

    Attributes
    ----------
    task : Task
    entries : list of Entry
    images, lost : int
        Test images, and those of them in which no face was found.
    counts : dict of str to int
        Test images of each class.
    apart : int
        From how many of the other fair methods paired tests tell the first fair one, at p < 0.05 by Holm over all pairs of the task.
    """

    task: Task
    entries: list[Entry]
    images: int
    lost: int
    counts: dict[str, int]
    apart: int

    @property
    def fair(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.fair]

    @property
    def best(self) -> list[Entry]:
        """The fair method that is right most often; several, if they are right equally often."""
        return [entry for entry in self.fair if entry.accuracy.value == self.fair[0].accuracy.value]

    @property
    def commonest(self) -> tuple[str, float]:
        """The most frequent class of the test images, and how often it would be right to say nothing else, 0..1."""
        name = max(self.counts, key=lambda name: self.counts[name])
        return name, self.counts[name] / self.images


def standing(stored: pd.DataFrame, task: Task) -> Standing:
    """The methods of a task beside each other.

    Parameters
    ----------
    stored : pandas.DataFrame
        As `facediag_utils.data.store.load` gives it.
    task : Task

    Raises
    ------
    ResultsError
        If there are no predictions of this task, or the methods were not tried on the same images.
    """
    of_task = stored[stored["task"] == task.name]
    groups = dict(tuple(of_task.groupby(KEY, sort=True)))
    runs = metrics.summarize(of_task, task).to_dict("records")
    entries = [_entry(run, groups[tuple(run[column] for column in KEY)]) for run in runs]
    images = of_task.drop_duplicates("image")
    pairs = paired_tests.all_pairs(of_task[of_task["method"] != Method.DTL1_TEST_EPOCH], task)
    ranked = sorted(entries, key=lambda entry: -entry.accuracy.value)  # stable: of equal ones, by name
    first = next((entry.name for entry in ranked if entry.fair), "")
    told = pairs[(pairs == first).any(axis=1) & (pairs["p_holm"] < 0.05)] if len(pairs) else pairs
    found = images["label"].value_counts()
    counts = {name: int(found.get(name, 0)) for name in task.classes}
    return Standing(task, ranked, len(images), len(images) - len(metrics.with_face(images)), counts, len(told))


def _entry(run: dict, rows: pd.DataFrame) -> Entry:
    method, backbone = run["method"], run["backbone"]
    title, pretraining, _ = metrics.method_title(method, backbone)
    everywhere = metrics.interval_of(run, "accuracy")
    seen = metrics.with_face(rows)
    among = everywhere if len(seen) == len(rows) else metrics.accuracy(seen)
    name, fair = metrics.short_title(method, backbone), method != Method.DTL1_TEST_EPOCH
    return Entry(name, title, pretraining, everywhere, among, run["trainings"], fair)
