"""DTL1: fine-tuning put to the paper's tasks (section III.C.1), by its protocol and by one that spares the test images."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from joblib import Parallel, delayed
from tqdm import tqdm

from facediag_utils import backbones, devices, svm
from facediag_utils.alignment import Faces, chips
from facediag_utils.cohort import Cohort, Task
from facediag_utils.profiles import cache_root
from facediag_utils.results import Predictions
from facediag_utils.training import Recipe, Tuned, fine_tune, predict

#: Names in the store.  DTL1 stops on a split of the training images; the paper chose its epoch on the test images.
METHOD, PAPERS_PROTOCOL, FROM_SCRATCH = "DTL1", "DTL1, epoch chosen on test", "From scratch"
HELD_OUT = 0.2  # share of each class's training images that say which epoch to keep


@dataclass(frozen=True)
class Job:
    """One training: a network, a task, a recipe, and which images it may look at.

    Attributes
    ----------
    backbone : str
    task : Task
    recipe : Recipe
    method : str
        `METHOD` holds out a fifth of each class's training images and keeps the epoch that is best on them.
        `PAPERS_PROTOCOL` trains on all of them and keeps the epoch that is best on the test images, as the paper did
        (Figure 3): its result flatters.  `FROM_SCRATCH` trains on all from random weights and keeps the last epoch.
    """

    backbone: str
    task: Task
    recipe: Recipe
    method: str = METHOD


Outcome = tuple[Predictions, Tuned]


def run_all(jobs: Sequence[Job], cohort: Cohort, faces: Faces, seed: int = 0) -> list[Outcome]:
    """Several trainings, in the order given.

    On the processor they run side by side, a core each: that is faster than one training on all cores, and the numbers
    do not depend on how many cores there are.  On an accelerator they run one after another.

    Parameters
    ----------
    jobs : sequence of Job
        The longest first, so that none is left to run alone.
    cohort, faces
    seed : int

    Returns
    -------
    list of (Predictions, Tuned)
    """
    pictures = {name: inputs(cohort, faces, name) for name in dict.fromkeys(job.backbone for job in jobs)}
    workers = min(len(jobs), os.cpu_count() or 1) if devices.found().type == "cpu" else 1
    with warnings.catch_warnings():  # joblib renews a worker whose memory grew, and warns of it
        warnings.filterwarnings("ignore", "A worker stopped while some jobs were given to the executor")
        started = Parallel(n_jobs=workers, return_as="generator")(
            delayed(_on_one_core)(job, cohort, faces, pictures[job.backbone], seed) for job in jobs
        )
        return list(tqdm(started, total=len(jobs), desc="trainings", disable=None))


def _on_one_core(job: Job, cohort: Cohort, faces: Faces, pictures: np.ndarray, seed: int) -> Outcome:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return run(job, cohort, faces, pictures, seed)
    finally:
        torch.set_num_threads(threads)


def run(job: Job, cohort: Cohort, faces: Faces, pictures: np.ndarray, seed: int = 0) -> Outcome:
    """Fine-tune for a task and predict its test images.

    Parameters
    ----------
    job : Job
    cohort, faces
    pictures : numpy.ndarray
        As `inputs` gives them.
    seed : int

    Returns
    -------
    Predictions
        A row a test image; scores are softmax probabilities.
    Tuned
        The training.
    """
    task, recipe, pretraining = job.task, job.recipe, backbones.get(job.backbone).pretraining
    split = svm.parts(task, cohort, faces.found)
    numbers = np.array([task.classes.index(name) if name in task.classes else -1 for name in split.labels])
    train, test = np.flatnonzero(split.train), np.flatnonzero(split.test & split.found)
    seen = test
    if job.method == METHOD:
        train, seen = held_out(train, numbers, np.random.default_rng(seed))
    elif job.method == FROM_SCRATCH:
        recipe, pretraining = replace(recipe, pretrained=False, best=False, patience=None), "none"
    digests = [cohort.table["sha256"].iloc[row] for row in (*train, *seen)]
    tuned = fine_tune(
        job.backbone,
        (pictures[train], numbers[train]),
        (pictures[seen], numbers[seen]),
        len(task.classes),
        recipe,
        seed,
        checkpoint_path(cohort.profile.name, job.backbone, digests, task.classes, recipe, seed),
    )
    given = predict(tuned.network, pictures[test], backbones.get(job.backbone)).softmax(dim=1).numpy()
    return svm.predictions(task, cohort, split, given, job.method, job.backbone, pretraining), tuned


def inputs(cohort: Cohort, faces: Faces, backbone: str) -> np.ndarray:
    """Face chips of all images, uint8 (n, size, size, 3), black where there is no face."""
    record = backbones.get(backbone)
    pictures = np.zeros((len(cohort), record.input_size, record.input_size, 3), np.uint8)
    rows = np.flatnonzero(faces.found)
    for row, chip in zip(rows, chips(cohort, faces, record.input_size, record.crop, rows), strict=True):
        pictures[row] = chip
    return pictures


def held_out(rows: np.ndarray, numbers: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Training rows less `HELD_OUT` of each class, and those held out."""
    held = []
    for number in np.unique(numbers[rows]):
        members = rows[numbers[rows] == number]
        held.append(rng.permutation(members)[: max(1, round(HELD_OUT * len(members)))])
    aside = np.sort(np.concatenate(held))
    return np.setdiff1d(rows, aside), aside


def checkpoint_path(
    profile: str, backbone: str, digests: list[str], classes: tuple[str, ...], recipe: Recipe, seed: int
) -> Path:
    """Where a training of these images and settings is kept: with the profile, so that it can be forgotten with it."""
    key = repr((backbone, backbones.get(backbone).checksum, digests, classes, sorted(asdict(recipe).items()), seed))
    name = f"{backbone.replace(':', '-')}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.pt"
    return cache_root() / "dtl1" / profile / name
