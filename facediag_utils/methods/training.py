"""Fine-tuning a network (paper, section III.C.1, Pseudocode 1, eq. 7): the loop, to be read in one sitting.

The last fully connected layer is replaced by a new one; then the layers are trained a little further by mini-batch
gradient descent with momentum and weight decay, at a small learning rate.  What comes of it is the mean of the weights
over the second half of the training: no image has to choose an epoch, and a few steps more or less change little.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from facediag_utils.core import run_log
from facediag_utils.core.errors import TrainingError
from facediag_utils.core.progress import progress_bar
from facediag_utils.methods import devices
from facediag_utils.methods.augmentation import augmented
from facediag_utils.methods.recipe import Recipe, Tuned
from facediag_utils.methods.training_state import TrainingState
from facediag_utils.networks import registry

AT_ONCE = 250_000  # pixels of a batch whose activations are held at once: two trainings fit into 2 GB
GUESSING = 10  # times the loss of guessing: a loss beyond that will not come back


class Classifier(nn.Module):
    """A backbone's feature layer and a new fully connected layer for the classes; ``xavier`` as in `Recipe`."""

    def __init__(
        self, backbone: str, classes: int, pretrained: bool, generator: torch.Generator, xavier: float | None = None
    ) -> None:
        super().__init__()
        record = registry.get(backbone)
        self.body: Any = registry.load(backbone) if pretrained else registry.untrained(backbone, generator)
        self.layer = record.feature_layer
        self.head = nn.Linear(record.layers[self.layer], classes)
        inputs = self.head.in_features
        spread = 0.01 if pretrained else (2 / inputs) ** 0.5  # small: the first gradients shake no pretrained layer
        if xavier is not None:
            spread = (xavier * 2 / (inputs + classes)) ** 0.5
        with torch.no_grad():
            self.head.weight.normal_(0, spread, generator=generator)
            self.head.bias.zero_()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body.features(x, self.layer))

    def freeze(self, count: int) -> None:
        """Keep the first ``count`` weight layers, and what stands between them, as they are.

        Raises
        ------
        TrainingError
            If the network has not that many.
        """
        passed = 0
        for layer in self.body.modules():
            passed += isinstance(layer, (nn.Conv2d, nn.Linear))
            if passed > count:
                return
            for parameter in layer.parameters(recurse=False):
                parameter.requires_grad_(False)
        if passed < count:
            raise TrainingError(f"{count} layers cannot be frozen: the network has {passed}")


Images = tuple[np.ndarray, np.ndarray]  # rows of the face chips, (n,), and their class numbers, int (n,)
Chips = Callable[[], np.ndarray]


def fine_tune(
    backbone: str,
    chips: Chips,
    training: Images,
    validation: Images,
    classes: int,
    recipe: Recipe,
    seed: int = 0,
    checkpoint: Path | None = None,
    start: Callable[[], dict[str, torch.Tensor]] | None = None,
    go_on: Callable[[Tuned], bool] | None = None,
) -> Tuned:
    """Train a backbone with a new last layer (Pseudocode 1).

    Parameters
    ----------
    backbone : str
        Name in the registry.
    chips : callable
        Gives the face chips of a cohort, uint8 (N, size, size, 3); not called if the training has ended already.
    training, validation : tuple of numpy.ndarray
        Rows meant, (n,), and their class numbers, int (n,).  The validation images are looked at after each epoch; the
        averaged network does not depend on them.
    classes : int
    recipe : Recipe
    seed : int
        Of the new layer, the order of images and the augmentation.
    checkpoint : Path, optional
        Written after each epoch; a training of the same settings goes on from there.
    start : callable, optional
        Gives the weights that the backbone begins with, in place of those that the recipe says; not called if the training
        has ended already.
    go_on : callable, optional
        Asked after each epoch, with what the training has come to.  False stops it there: what it has learned is given, and
        the checkpoint is left as that of a training that has not ended.

    Returns
    -------
    Tuned

    Raises
    ------
    TrainingError
        If the loss is not finite or grows without bound.
    """
    device, generator = devices.found(), torch.Generator().manual_seed(seed)
    network = Classifier(backbone, classes, recipe.pretrained, generator, recipe.xavier)
    network.freeze(recipe.frozen)
    network.to(device).to(memory_format=torch.channels_last)
    images = len(training[0]), len(validation[0])
    tuned = Tuned(images, recipe.averaged_from, checkpoint.stem if checkpoint else "")
    state = TrainingState(network, tuned, recipe, generator)
    state.resume(checkpoint)
    if start is not None and not tuned.history:
        network.body.load_state_dict(start())
    record = registry.get(backbone)
    if checkpoint is not None:  # a training that is not kept is not counted: it is the same each time
        run_log.note("epochs", str(checkpoint), recipe.epochs - tuned.epochs, tuned.epochs)
    if state.ended:
        return tuned
    pictures = chips()
    with progress_bar(None, recipe.epochs, record.title, unit="epoch", initial=tuned.epochs) as bar:
        while tuned.epochs < recipe.epochs:
            seen = _epoch(state, pictures, training, classes, record)
            _check(seen, backbone, tuned.epochs + 1, recipe, classes)
            logits = predict(network, pictures, validation[0], record)
            state.finish_epoch(seen, errors(logits, torch.from_numpy(validation[1])), logits.numpy())
            state.save(checkpoint)
            bar.update()
            if go_on is not None and not go_on(tuned) and tuned.epochs < recipe.epochs:
                return state.so_far()
    rows = np.array_split(training[0], math.ceil(len(training[0]) / recipe.batch))  # even: none of a single image
    state.finish((registry.prepare(pictures[part], record).to(device) for part in rows), checkpoint)
    return tuned


def _epoch(
    state: TrainingState,
    pictures: np.ndarray,
    training: Images,
    classes: int,
    record: registry.Backbone,
) -> dict[str, float]:
    """One pass over the training images; the errors on them as they were met."""
    recipe, network, generator = state.recipe, state.network, state.generator
    device = next(network.parameters()).device
    rows, labels = training[0], torch.from_numpy(training[1])
    weights = class_weights(labels, classes).to(device) if recipe.balanced else None
    # Batch norms keep their pretrained statistics: batches of a few faces would spoil them.  dlib's network has none.
    network.train(not recipe.pretrained)
    order = torch.randperm(len(rows), generator=generator)
    met, seen = torch.empty(len(rows), classes), 0  # one tensor: thousands of small ones would leave memory in pieces
    with torch.random.fork_rng(devices=[]):  # dropout draws from the global generator
        torch.manual_seed(int(torch.randint(2**31, (1,), generator=generator)))
        for batch in order.tensor_split(math.ceil(len(order) / recipe.batch)):  # even: batch norms take no single image
            x = registry.prepare(pictures[rows[batch.numpy()]], record).to(device)
            x, actual = augmented(x, recipe.augmentation, generator), labels[batch].to(device)
            total = len(batch) if weights is None else weights[actual].sum()
            state.optimizer.zero_grad()
            together = _at_once(len(batch), record, recipe, device)
            for part in (slice(k, k + together) for k in range(0, len(batch), together)):
                logits = network(x[part])
                # eq. (7), its mean over the batch
                (F.cross_entropy(logits, actual[part], weights, reduction="sum") / total).backward()
                met[seen : seen + len(logits)] = logits.detach()
                seen += len(logits)
            state.optimizer.step()
    return errors(met, labels[order])


def _at_once(batch: int, record: registry.Backbone, recipe: Recipe, device: torch.device) -> int:
    """How many of a batch go through together: all, or two whose gradients are added up: the same step in a fifth of the memory.

    Not where batch norms are trained, which see the batch, nor on accelerators, which are slow in pairs."""
    small = batch * record.input_size**2 <= AT_ONCE
    return batch if small or not recipe.pretrained or device.type != "cpu" else 2


def _check(seen: dict[str, float], backbone: str, epoch: int, recipe: Recipe, classes: int) -> None:
    objective = seen["objective"]
    # Large features can begin with a large loss: only from the second epoch on is it the training that made it so.
    if np.isfinite(objective) and (epoch == 1 or objective < GUESSING * math.log(classes)):
        return
    word = f"has grown to {objective:.3g}" if np.isfinite(objective) else "is not a number"
    raise TrainingError(
        f"{backbone}: the loss {word} in epoch {epoch}; the learning rate {recipe.learning_rate:g} is too high for it, "
        "try a tenth"
    )


def class_weights(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """n / (classes x images of the class), so that every class weighs the same in the loss."""
    return len(labels) / (classes * torch.bincount(labels, minlength=classes).clamp(min=1))


@torch.inference_mode()
def predict(network: nn.Module, pictures: np.ndarray, rows: np.ndarray, record: registry.Backbone) -> torch.Tensor:
    """Logits (n, classes) of some rows of face chips, on the processor."""
    network.eval()
    device, batch = next(network.parameters()).device, min(50, 5 * AT_ONCE // record.input_size**2)
    parts = [
        network(registry.prepare(pictures[rows[k : k + batch]], record).to(device)).float().cpu()
        for k in range(0, len(rows), batch)
    ]
    return torch.cat(parts)


def errors(logits: torch.Tensor, labels: torch.Tensor) -> dict[str, float]:
    """Objective, top-1 and top-3 error (the three panels of Figure 3)."""
    ranked = logits.argsort(dim=1, descending=True, stable=True)
    hits = ranked == labels[:, None]
    return {
        "objective": float(F.cross_entropy(logits, labels)),
        "top1": float(1 - hits[:, :1].any(dim=1).float().mean()),
        "top3": float(1 - hits[:, :3].any(dim=1).float().mean()),
    }
