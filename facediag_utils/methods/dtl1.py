"""DTL1: fine-tuning put to the paper's tasks (section III.C.1), by its protocol and by one that spares the test images."""

import hashlib
import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from joblib import Parallel, delayed

from facediag_utils.core import parallel, pin, row_cache, settings
from facediag_utils.core.progress import progress_bar
from facediag_utils.core.settings import cache_root
from facediag_utils.data import store
from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.data.splitting import TaskSplit, class_numbers, held_out, task_split
from facediag_utils.data.store import Method, Predictions
from facediag_utils.faces.alignment import aligned_chips
from facediag_utils.faces.detection import Faces
from facediag_utils.methods import devices
from facediag_utils.methods.recipe import Recipe, Tuned
from facediag_utils.methods.training import fine_tune, predict
from facediag_utils.networks import registry

MANY, FEWEST = 1000, 2  # training images from which on there are fewer epochs; epochs, at least


@dataclass(frozen=True)
class Job:
    """One training: a network, a task, a recipe, and which images it may look at.

    Attributes
    ----------
    backbone : str
    task : Task
    recipe : Recipe
    method : Method
        ``DTL1`` holds out a fifth of each class's training images and keeps the epoch that is best on them.
        ``DTL1_TEST_EPOCH`` trains on all of them and keeps the epoch that is best on the test images, as the paper did
        (Figure 3): its result flatters.  ``FROM_SCRATCH`` trains on all from random weights and keeps the last epoch.
    """

    backbone: str
    task: Task
    recipe: Recipe
    method: Method = Method.DTL1


Outcome = tuple[Predictions, Tuned]


def run_all(jobs: Sequence[Job], cohort: Cohort, faces: Faces, seed: int = 0, kept: Job | None = None) -> list[Outcome]:
    """Several trainings, in the order given.

    On the processor they run side by side, a core each: that is faster than one training on all cores, and the numbers
    do not depend on how many cores there are.  On an accelerator they run one after another.

    Parameters
    ----------
    jobs : sequence of Job
        The longest first, so that none is left to run alone.
    cohort, faces
    seed : int
    kept : Job, optional
        The one whose network is wanted; of the others it is dropped.

    Returns
    -------
    list of (Predictions, Tuned)
    """
    left = [job for job in jobs if not _trained(job, cohort, faces, seed)]
    for name in sorted({job.backbone for job in left}):
        record = registry.get(name)
        aligned_chips(cohort, faces, record.input_size, record.crop)  # once, before processes ask for them side by side
    count = max(1, min(len(left), os.cpu_count() or 1)) if devices.found().type == "cpu" else 1
    with warnings.catch_warnings():
        # joblib renews a worker whose memory grew, and warns of it
        warnings.filterwarnings("ignore", "A worker stopped while some jobs were given to the executor")
        started = Parallel(n_jobs=count, return_as="generator")(
            delayed(_on_one_core)(job, cohort, faces, seed, job == kept, os.getpid()) for job in jobs
        )
        return list(progress_bar(started, len(jobs), "trainings", unit="training"))


def _on_one_core(job: Job, cohort: Cohort, faces: Faces, seed: int, keep: bool, starter: int) -> Outcome:
    parallel.exit_with_parent(starter)  # a training may have an hour to go
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        predictions, tuned = run(job, cohort, faces, seed)
        return predictions, tuned if keep else replace(tuned, network=None)  # it would be sent, and held, for nothing
    finally:
        torch.set_num_threads(threads)


@dataclass(frozen=True)
class _Plan:
    """What a job comes to: its recipe, who is trained on, who is looked at, who tested, and where it is kept."""

    recipe: Recipe
    pretraining: str
    split: TaskSplit
    numbers: np.ndarray
    train: np.ndarray
    seen: np.ndarray
    test: np.ndarray
    checkpoint: Path


def _plan(job: Job, cohort: Cohort, faces: Faces, seed: int) -> _Plan:
    task, recipe, pretraining = job.task, job.recipe, registry.get(job.backbone).pretraining
    recipe = replace(recipe, epochs=min(recipe.epochs, int(settings.value(settings.EPOCHS) or recipe.epochs)))
    split = task_split(task, cohort, faces.found)
    numbers = class_numbers(task, split.labels)
    train, test = np.flatnonzero(split.train), np.flatnonzero(split.test & split.found)
    seen = test
    if job.method == Method.DTL1:
        train, seen = held_out(train, numbers, seed, split.groups)
    elif job.method == Method.FROM_SCRATCH:
        recipe, pretraining = replace(recipe, pretrained=False, best=False, patience=None), "none"
    digests = [cohort.table["sha256"].iloc[row] for row in (*train, *seen)]
    path = checkpoint_path(cohort.profile.name, job.backbone, digests, task.classes, recipe, seed)
    return _Plan(recipe, pretraining, split, numbers, train, seen, test, path)


def _trained(job: Job, cohort: Cohort, faces: Faces, seed: int) -> bool:
    """Whether a training has ended already, and its test images were predicted."""
    plan = _plan(job, cohort, faces, seed)
    return plan.checkpoint.is_file() and _scores_table(plan.checkpoint).is_dir()


def _scores_table(checkpoint: Path) -> Path:
    return row_cache.table_path(f"dtl1/{checkpoint.parent.name}/scores", checkpoint.stem)


def run(job: Job, cohort: Cohort, faces: Faces, seed: int = 0) -> Outcome:
    """Fine-tune for a task and predict its test images; of a training that has ended, what it came to is read.

    Parameters
    ----------
    job : Job
    cohort, faces
    seed : int

    Returns
    -------
    Predictions
        A row per test image; scores are softmax probabilities.
    Tuned
        The training.
    """
    plan, record = _plan(job, cohort, faces, seed), registry.get(job.backbone)

    def pictures() -> np.ndarray:
        return aligned_chips(cohort, faces, record.input_size, record.crop)

    train, seen = ((rows, plan.numbers[rows]) for rows in (plan.train, plan.seen))
    classes = len(job.task.classes)
    tuned = fine_tune(job.backbone, pictures, train, seen, classes, plan.recipe, seed, plan.checkpoint)

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        yield {"scores": predict(tuned.network, pictures(), plan.test[missing], record).softmax(dim=1).numpy()}

    digests = list(cohort.table["sha256"].iloc[plan.test])
    given = row_cache.complete(_scores_table(plan.checkpoint), digests, compute)["scores"]
    predictions = store.from_scores(job.task, cohort, plan.split, given, job.method, job.backbone, plan.pretraining)
    return predictions, tuned


def epochs(most: int, images: int) -> int:
    """How many passes: ``most``, but as many steps as these take over `MANY` images where there are more."""
    return max(FEWEST, min(most, most * MANY // int(images)))


def folder(profile: str) -> Path:
    """Where a profile's trainings are kept: with the profile, so that they can be forgotten with it."""
    return cache_root() / "dtl1" / profile


def checkpoint_path(
    profile: str, backbone: str, digests: list[str], classes: tuple[str, ...], recipe: Recipe, seed: int
) -> Path:
    """Where a training of these images and settings is kept; elsewhere where nothing is pinned."""
    weights, given = registry.get(backbone).checksum(), sorted(asdict(recipe).items())
    key = repr((pin.key(), backbone, weights, digests, classes, given, seed))
    name = f"{backbone.replace(':', '-')}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.pt"
    return folder(profile) / name
