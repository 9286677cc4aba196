"""DTL1: fine-tuning put to the paper's tasks (section III.C.1), by its protocol and by one that spares the test images."""

from __future__ import annotations

import hashlib
import os
import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from joblib import Parallel, delayed

from facediag_utils.core import parallel, settings
from facediag_utils.core.progress import progress_bar
from facediag_utils.core.settings import cache_root
from facediag_utils.data import splitting, store
from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.data.splitting import held_out
from facediag_utils.data.store import Method, Predictions
from facediag_utils.faces.alignment import Faces, chips
from facediag_utils.methods import devices
from facediag_utils.methods.training import Recipe, Tuned, fine_tune, predict
from facediag_utils.networks import registry

MANY, FEWEST = 1000, 2  # training images from which on there are fewer epochs; epochs, at least
PICTURES = "pictures-"  # folder of aligned faces, while trainings last


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
    count = min(len(jobs), os.cpu_count() or 1) if devices.found().type == "cpu" else 1
    with _aligned(cohort, faces, {job.backbone for job in jobs}) as pictures, warnings.catch_warnings():
        # joblib renews a worker whose memory grew, and warns of it
        warnings.filterwarnings("ignore", "A worker stopped while some jobs were given to the executor")
        started = Parallel(n_jobs=count, return_as="generator")(
            delayed(_on_one_core)(job, cohort, faces, pictures[job.backbone], seed, job == kept, os.getpid())
            for job in jobs
        )
        return list(progress_bar(started, len(jobs), "trainings", unit="training"))


@contextmanager
def _aligned(cohort: Cohort, faces: Faces, names: set[str]) -> Iterator[dict[str, np.ndarray]]:
    """Aligned faces for some networks, in files that are removed at the end: memory does not grow with the cohort.

    A killed run leaves them behind; the next one removes them."""
    home = folder(cohort.profile.name)
    home.mkdir(parents=True, exist_ok=True)
    for left in home.glob(f"{PICTURES}*"):
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=PICTURES, dir=home, ignore_cleanup_errors=True) as place:
        yield {name: inputs(cohort, faces, name, Path(place, f"{k}.npy")) for k, name in enumerate(sorted(names))}


def _on_one_core(
    job: Job, cohort: Cohort, faces: Faces, pictures: np.ndarray, seed: int, keep: bool, starter: int
) -> Outcome:
    parallel.exit_with_parent(starter)  # a training may have an hour to go
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        predictions, tuned = run(job, cohort, faces, pictures, seed)
        return predictions, tuned if keep else replace(tuned, network=None)  # it would be sent, and held, for nothing
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
    task, recipe, pretraining = job.task, job.recipe, registry.get(job.backbone).pretraining
    split = splitting.task_split(task, cohort, faces.found)
    numbers = np.array([task.classes.index(name) if name in task.classes else -1 for name in split.labels])
    train, test = np.flatnonzero(split.train), np.flatnonzero(split.test & split.found)
    seen = test
    if job.method == Method.DTL1:
        train, seen = held_out(train, numbers, seed, split.groups)
    elif job.method == Method.FROM_SCRATCH:
        recipe, pretraining = replace(recipe, pretrained=False, best=False, patience=None), "none"
    digests = [cohort.table["sha256"].iloc[row] for row in (*train, *seen)]
    tuned = fine_tune(
        job.backbone,
        (pictures, train, numbers[train]),
        (pictures, seen, numbers[seen]),
        len(task.classes),
        recipe,
        seed,
        checkpoint_path(cohort.profile.name, job.backbone, digests, task.classes, recipe, seed),
    )
    given = predict(tuned.network, pictures, test, registry.get(job.backbone)).softmax(dim=1).numpy()
    return store.from_scores(task, cohort, split, given, job.method, job.backbone, pretraining), tuned


def inputs(cohort: Cohort, faces: Faces, backbone: str, path: Path) -> np.ndarray:
    """Face chips of all images, uint8 (n, size, size, 3), black where there is no face, in a file that memory maps."""
    size, crop = registry.get(backbone).input_size, registry.get(backbone).crop
    black = np.zeros((size, size, 3), np.uint8)
    with path.open("wb") as stream:  # written, not mapped: a full disk is an error here and would be a crash there
        header = {"descr": "|u1", "fortran_order": False, "shape": (len(cohort), size, size, 3)}
        np.lib.format.write_array_header_1_0(stream, header)
        for row in range(len(cohort)):
            chip = next(chips(cohort, faces, size, crop, [row])) if faces.found[row] else black
            stream.write(chip.tobytes())
    return np.load(path, mmap_mode="r")


def epochs(most: int, images: int) -> int:
    """How many passes: ``most``, but as many steps as these take over `MANY` images where there are more."""
    most = min(most, int(settings.value(settings.EPOCHS) or most))
    return max(FEWEST, min(most, most * MANY // int(images)))


def folder(profile: str) -> Path:
    """Where a profile's trainings are kept: with the profile, so that they can be forgotten with it."""
    return cache_root() / "dtl1" / profile


def checkpoint_path(
    profile: str, backbone: str, digests: list[str], classes: tuple[str, ...], recipe: Recipe, seed: int
) -> Path:
    """Where a training of these images and settings is kept."""
    key = repr((backbone, registry.get(backbone).checksum, digests, classes, sorted(asdict(recipe).items()), seed))
    name = f"{backbone.replace(':', '-')}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.pt"
    return folder(profile) / name
