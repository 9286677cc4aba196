"""``facediag train``: one network on a profile, by features and an SVM (DTL2) or fine-tuned (DTL1): answers and a model.

What notebooks 04, 05 and 09 do for many networks and several trainings, done once: for who wants a model and not a table."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from facediag_utils.core.errors import TrainingError
from facediag_utils.core.profiles import Profile, from_output
from facediag_utils.data import store, trained
from facediag_utils.data.cohort import Cohort, Task, load, tasks
from facediag_utils.data.splitting import task_split
from facediag_utils.data.store import Method, Predictions
from facediag_utils.data.trained import Trained
from facediag_utils.evaluation import metrics
from facediag_utils.faces.detection import Faces, find_faces
from facediag_utils.methods import devices, dtl1, dtl2, model_io, trained_model, training_table
from facediag_utils.methods.recipe import Tuned


def train(
    profile: Profile, backbone: str, method: Method = Method.DTL2, epochs: int | None = None, seed: int = 0
) -> Trained:
    """Train one network on the last task of a profile (of the paper's classes: all five), and keep what comes of it.

    A fine-tuning leaves a fifth of the training images aside, which calibrate its scores and draw its curve; the test images
    are shown to the network when it has ended.  SIGINT (Ctrl-C) or SIGTERM ends it after the epoch that is going on, and what
    it has learned so far is kept.

    Parameters
    ----------
    profile : Profile
    backbone : str
        Name in the registry.
    method : Method
        ``Method.DTL2`` or ``Method.DTL1``.
    epochs : int, optional
        Of a fine-tuning; by default as many as `facediag_utils.methods.dtl1.recipe` says.
    seed : int

    Raises
    ------
    TrainingError
        If the method is none of the two.
    """
    images = load(profile)
    faces, task = find_faces(images), tasks(images)[-1]
    made = trained.place(profile, backbone, method)
    if method == Method.DTL2:
        return _features_and_svm(made, task, images, faces, seed)
    if method == Method.DTL1:
        return _fine_tuned(made, task, images, faces, epochs, seed)
    raise TrainingError(f"{method}: this command trains {Method.DTL2} or {Method.DTL1}")


def _features_and_svm(made: Trained, task: Task, images: Cohort, faces: Faces, seed: int) -> Trained:
    features = dtl2.extract(made.backbone, images, faces)
    said, fitted = dtl2.run(task, images, features, made.backbone, seed=seed)
    model = trained_model.train(task, images, features, made.backbone, fitted.penalty, seed)
    return _keep(made, said, model)


def _fine_tuned(made: Trained, task: Task, images: Cohort, faces: Faces, epochs: int | None, seed: int) -> Trained:
    recipe = dtl1.recipe(made.backbone, int(task_split(task, images, faces.found).train.sum()))
    named = {"backbone": made.backbone, "method": made.method.value}
    job = dtl1.Job(made.backbone, task, replace(recipe, epochs=epochs or recipe.epochs), aside=True)
    with devices.one_thread(), _until_asked() as asked:

        def go_on(tuned: Tuned) -> bool:
            training_table.write(made.curves, [(named, tuned)])
            return not asked

        _, tuned = dtl1.run(job, images, faces, seed, go_on=go_on)
        go_on(tuned)  # one that had ended before asks nobody
        model = trained_model.from_network(job, tuned.averaged, images, faces, seed)
        said = dtl1.test_predictions(job, tuned.averaged, images, faces)
    return _keep(replace(made, epochs=tuned.epochs, planned=job.recipe.epochs), said, model)


@contextmanager
def _until_asked() -> Iterator[list[int]]:
    """A list that is empty until SIGINT or SIGTERM comes, which then do nothing else."""
    asked: list[int] = []
    usual = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in usual:
        signal.signal(number, lambda number, _: asked.append(number))
    try:
        yield asked
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)


def _keep(made: Trained, said: Predictions, model: Any) -> Trained:
    model_io.save(model, made.model)
    store.write_csv(made.folder / store.TEST, said.frame())
    made.write()
    return made


def format_trained(made: Trained, profile: Profile) -> str:
    """Test accuracy with its interval, over all test images and over those with a face, and where the model is."""
    task = tasks(load(profile))[-1]
    said = made.predictions()
    title, pretraining, _ = metrics.method_title(made.method, made.backbone)
    lines = [f"{profile.title}: {title}, pretrained on {pretraining}{made.format_epochs()}"]
    lines += [f"  {line}" for line in metrics.format_accuracies(said, task)]
    lines.append(
        f"  model: {from_output(made.model)}; ask it: facediag predict PICTURE --model {from_output(made.model)}"
    )
    return "\n".join(lines)
