"""DTL1: fine-tuning put to the paper's tasks (section III.C.1).

A training is not a method: it goes one way or the other by its seed, so a row of the tables is trained several times
(`Job.training`).  Of each training two things are read: what its averaged weights say, which no image chose, and what the
network said after the epoch that was best on the test images, as the paper did it.
"""

import hashlib
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, cpu_count, delayed
from scipy.special import softmax

from facediag_utils.core import parallel, pin, row_cache, run_log, settings
from facediag_utils.core.profiles import Profile
from facediag_utils.core.progress import progress_bar
from facediag_utils.core.settings import cache_root
from facediag_utils.data import store
from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.data.splitting import TaskSplit, class_numbers, held_out, task_split
from facediag_utils.data.store import Method, Predictions
from facediag_utils.faces.alignment import aligned_chips
from facediag_utils.faces.detection import Faces
from facediag_utils.methods import devices, training_table
from facediag_utils.methods.recipe import Recipe, Start, Tuned, epochs_for
from facediag_utils.methods.training import fine_tune, predict
from facediag_utils.methods.training_state import has_ended
from facediag_utils.networks import registry


@dataclass(frozen=True)
class Job:
    """One training: a network, a task, a recipe, and which of the training images it may learn from.

    Attributes
    ----------
    backbone : str
    task : Task
    recipe : Recipe
    training : int
        Which of several trainings that differ in their seed only, from 0.
    aside : bool
        False learns from all training images and looks at the test images after each epoch.  True leaves a fifth of each
        class's training images aside and looks at these: for whatever is to be chosen or calibrated (a learning rate,
        the temperature of `facediag_utils.methods.trained_model`); nothing is said of the test images.
    start : Start, optional
        What gives the weights to begin with, in place of the recipe's.
    """

    backbone: str
    task: Task
    recipe: Recipe
    training: int = 0
    aside: bool = False
    start: Start | None = None

    @property
    def method(self) -> Method:
        """What the store calls it."""
        return Method.DTL1 if self.recipe.pretrained else Method.FROM_SCRATCH

    @property
    def methods(self) -> tuple[Method, ...]:
        """What is said of the test images, by the averaged weights first, under these names of the store."""
        if self.aside:
            return ()
        return (Method.DTL1, Method.DTL1_TEST_EPOCH) if self.recipe.pretrained else (Method.FROM_SCRATCH,)

    def seed(self, seed: int) -> int:
        """The seed of this training, given that of the run: of the new layer, the order of images, those left aside."""
        return seed + 1000 * self.training


Outcome = tuple[list[Predictions], Tuned]


def run_all(jobs: Sequence[Job], cohort: Cohort, faces: Faces, seed: int = 0, kept: Job | None = None) -> list[Outcome]:
    """Several trainings, in the order given.

    On the processor they run side by side, a core each: that is faster than one training on all cores, and the numbers
    do not depend on how many cores there are.  On an accelerator they run one after another.

    Parameters
    ----------
    jobs : sequence of Job
        The longest is begun first, so that none is left to run alone.
    cohort, faces
    seed : int
    kept : Job, optional
        The one whose network is wanted; of the others it is dropped.

    Returns
    -------
    list of (list of Predictions, Tuned)
        As `run` gives them.
    """
    recorded = _recorded([job for job in jobs if job != kept], cohort, faces, seed)

    def steps(job: Job) -> int:
        return job.recipe.epochs * len(_plan(job, cohort, faces, seed).train)

    wanted = sorted((job for job in jobs if job not in recorded), key=steps, reverse=True)
    left = [job for job in wanted if not _trained(job, cohort, faces, seed)]
    for name in sorted({job.backbone for job in left}):
        record = registry.get(name)
        aligned_chips(cohort, faces, record.input_size, record.crop)  # once, before processes ask for them side by side
    count = max(1, min(len(left), cpu_count())) if devices.found().type == "cpu" else 1
    with warnings.catch_warnings():
        # joblib renews a worker whose memory grew, and warns of it
        warnings.filterwarnings("ignore", "A worker stopped while some jobs were given to the executor")
        started = Parallel(n_jobs=count, return_as="generator")(
            delayed(_on_one_core)(job, cohort, faces, seed, job == kept, os.getpid()) for job in wanted
        )
        made = progress_bar(started, len(wanted), "trainings", unit="training")
        known = recorded | dict(zip(wanted, made, strict=True))
    return [known[job] for job in jobs]


def _recorded(jobs: Sequence[Job], cohort: Cohort, faces: Faces, seed: int) -> dict[Job, Outcome]:
    """What the record holds of trainings that were not done here, where `settings.RECORDED` asks for it."""
    record = cohort.profile.record
    if record is None or not settings.value(settings.RECORDED):
        return {}
    trainings, stored = training_table.read(record / training_table.FILE), store.read(record / store.TEST)
    found: dict[Job, Outcome] = {}
    for job in jobs:
        tuned = trainings.get(_plan(job, cohort, faces, seed).checkpoint.stem)
        if tuned is None or _trained(job, cohort, faces, seed):
            continue
        rows = store.select(stored, task=job.task.name, backbone=job.backbone, training=job.training)
        said = [store.from_rows(store.select(rows, method=method), job.task) for method in job.methods]
        found[job] = said, tuned
    return found


def save_curves(profile: Profile, jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> Path:
    """Write the learning curves of trainings, as `run_all` gave them, to the run's ``results/trainings.csv``."""
    named = [
        {
            "task": job.task.name,
            "method": job.method.value,
            "backbone": job.backbone,
            "training": job.training,
            "aside": job.aside,
            "learning_rate": f"{job.recipe.learning_rate:g}",
        }
        for job in jobs
    ]
    trainings = zip(named, (tuned for _, tuned in outcomes), strict=True)
    return training_table.write(profile.results / training_table.FILE, trainings)


def _on_one_core(job: Job, cohort: Cohort, faces: Faces, seed: int, keep: bool, starter: int) -> Outcome:
    parallel.exit_with_parent(starter)  # a training may have an hour to go
    with devices.one_thread():
        predictions, tuned = run(job, cohort, faces, seed, keep)
    return predictions, tuned if keep else replace(tuned, averaged=None)  # it would be sent, and held, for nothing


@dataclass(frozen=True)
class _Plan:
    """What a job comes to: its seed, who is trained on, who is looked at, and where it is kept."""

    seed: int
    split: TaskSplit
    numbers: np.ndarray
    train: np.ndarray
    seen: np.ndarray
    checkpoint: Path


def _plan(job: Job, cohort: Cohort, faces: Faces, seed: int) -> _Plan:
    task, recipe, seed = job.task, job.recipe, job.seed(seed)
    split = task_split(task, cohort, faces.found)
    numbers = class_numbers(task, split.labels)
    train, seen = np.flatnonzero(split.train), np.flatnonzero(split.test & split.found)
    if job.aside:
        train, seen = held_out(train, numbers, seed, split.groups)
    content = [[(cohort.table["sha256"].iloc[row], int(numbers[row])) for row in rows] for rows in (train, seen)]
    begun = () if job.start is None else (job.start.key,)
    path = checkpoint_path(cohort.profile.name, job.backbone, content, (*task.classes, *begun), recipe, seed)
    return _Plan(seed, split, numbers, train, seen, path)


def _trained(job: Job, cohort: Cohort, faces: Faces, seed: int) -> bool:
    """Whether a training has ended already, and what its averaged weights say is known."""
    plan = _plan(job, cohort, faces, seed)
    return plan.checkpoint.is_file() and _scores_table(plan.checkpoint).is_dir()


def _scores_table(checkpoint: Path) -> Path:
    return row_cache.table_path(f"dtl1/{checkpoint.parent.name}/scores", checkpoint.stem)


def run(
    job: Job,
    cohort: Cohort,
    faces: Faces,
    seed: int = 0,
    keep: bool = True,
    go_on: Callable[[Tuned], bool] | None = None,
) -> Outcome:
    """Fine-tune for a task and predict its test images; of a training that has ended, what it came to is read.

    Parameters
    ----------
    job : Job
    cohort, faces
    seed : int
        Of the run; that of the training is `Job.seed` of it.
    keep : bool
        Whether the network is wanted; of a training that has ended it is not even read then.
    go_on : callable, optional
        As `facediag_utils.methods.training.fine_tune` takes it, of a job that leaves images aside: one that is stopped has no
        place in the store.

    Returns
    -------
    list of Predictions
        A row per test image; scores are softmax probabilities.  From pretrained weights two, of one training:
        ``Method.DTL1``, what the averaged weights say, and ``Method.DTL1_TEST_EPOCH``, what the network said after the
        epoch that was best on these images.  From random weights ``Method.FROM_SCRATCH``, by averaged weights.  None of
        a job that leaves images aside.
    Tuned
        The training.
    """
    plan, record = _plan(job, cohort, faces, seed), registry.get(job.backbone)

    def pictures() -> np.ndarray:
        return aligned_chips(cohort, faces, record.input_size, record.crop)

    train, seen = ((rows, plan.numbers[rows]) for rows in (plan.train, plan.seen))
    classes = len(job.task.classes)
    start = job.start.weights if job.start else None

    def trained() -> Tuned:
        fixed = (train, seen, classes, job.recipe, plan.seed, plan.checkpoint, start)
        return fine_tune(job.backbone, pictures, *fixed, go_on)

    tuned = Tuned((len(plan.train), len(plan.seen)), job.recipe.averaged_from, plan.checkpoint.stem)
    if keep or not has_ended(plan.checkpoint, tuned):
        tuned = trained()
    else:
        run_log.note("epochs", str(plan.checkpoint), 0, tuned.epochs)
    if job.aside and tuned.epochs < job.recipe.epochs:
        return [], tuned

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        averaged = (tuned if tuned.averaged is not None else trained()).averaged
        yield {"scores": predict(averaged, pictures(), plan.seen[missing], record).softmax(dim=1).numpy()}

    digests = list(cohort.table["sha256"].iloc[plan.seen])
    scores = {job.method: row_cache.complete(_scores_table(plan.checkpoint), digests, compute)["scores"]}
    if job.aside:
        return [], tuned
    if job.method == Method.DTL1:
        scores[Method.DTL1_TEST_EPOCH] = softmax(tuned.best_logits, axis=1)
    pretraining = job.start.title if job.start else record.pretraining if job.recipe.pretrained else "none"
    named = (job.backbone, pretraining, job.training)
    said = [store.from_scores(job.task, cohort, plan.split, given, method, *named) for method, given in scores.items()]
    return said, tuned


def test_predictions(job: Job, network: Any, cohort: Cohort, faces: Faces) -> Predictions:
    """What a network that was kept says of the job's test images: a row per image, softmax probabilities.

    For a job that left images aside, which `run` tells nothing of the test images: its network has learned from four fifths
    of the training images."""
    record, split = registry.get(job.backbone), task_split(job.task, cohort, faces.found)
    pictures = aligned_chips(cohort, faces, record.input_size, record.crop)
    given = predict(network, pictures, np.flatnonzero(split.test & split.found), record).softmax(dim=1).numpy()
    return store.from_scores(job.task, cohort, split, given, job.method, job.backbone, record.pretraining, job.training)


def recipe(backbone: str, images: int) -> Recipe:
    """How a network is fine-tuned on so many training images, by its record."""
    record = registry.get(backbone)
    return Recipe(epochs=epochs_for(record.epochs, images), learning_rate=record.learning_rate)


def folder(profile: str) -> Path:
    """Where a profile's trainings are kept: with the profile, so that they can be forgotten with it."""
    return cache_root() / "dtl1" / profile


def checkpoint_path(
    profile: str, backbone: str, content: Sequence[object], classes: tuple[str, ...], recipe: Recipe, seed: int
) -> Path:
    """Where a training of these images with these labels, and of these settings, is kept; elsewhere where nothing is pinned."""
    weights = registry.get(backbone).checksum() if recipe.pretrained else ""
    given = sorted(asdict(recipe).items())
    key = repr((pin.key(), backbone, weights, content, classes, given, seed))
    name = f"{backbone.replace(':', '-')}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.pt"
    return folder(profile) / name
