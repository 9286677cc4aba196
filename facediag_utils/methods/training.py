"""Fine-tuning a network (paper, section III.C.1, Pseudocode 1, eq. 7): the loop, to be read in one sitting.

The last fully connected layer is replaced by a new one; then the layers are trained a little further by mini-batch
gradient descent with momentum and weight decay, at a small learning rate.
"""

from __future__ import annotations

import math
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn import functional as F

from facediag_utils.core import run_log
from facediag_utils.core.errors import TrainingError
from facediag_utils.core.files import atomic_write
from facediag_utils.core.progress import progress_bar
from facediag_utils.methods import devices
from facediag_utils.methods.augmentation import Augmentation, augmented
from facediag_utils.networks import registry

AT_ONCE = 250_000  # pixels of a batch whose activations are held at once: two trainings fit into 2 GB
GUESSING = 10  # times the loss of guessing: a loss beyond that will not come back


@dataclass(frozen=True)
class Recipe:
    """How a network is fine-tuned; rates, decay, momentum and epochs default to the paper's (section III.C.1).

    The paper gives no batch size and mentions no mirroring: those are ours.

    Attributes
    ----------
    epochs : int
        Passes over the training images, at most.
    learning_rate, weight_decay, momentum : float
        Of stochastic gradient descent.
    batch : int
        Images a step.
    augmentation : Augmentation
        Random changes of the training images.
    pretrained : bool
        False starts from random weights: the over-fitting example the paper warns of.
    frozen : int
        How many weight layers (convolutions and fully connected ones), counted from the input, keep their pretrained
        weights, with the normalisation behind them; Yu et al. [51] of the paper fix early layers so.
    balanced : bool
        Weigh classes by the inverse of their number of training images.
    patience : int or None
        Stop after so many epochs without a lower validation error.
    best : bool
        Keep the epoch of the lowest validation error (top-1, then objective), else the last.
    """

    epochs: int = 100
    learning_rate: float = 5e-5
    weight_decay: float = 5e-4
    momentum: float = 0.9
    batch: int = 10
    augmentation: Augmentation = field(default_factory=Augmentation)
    pretrained: bool = True
    frozen: int = 0
    balanced: bool = False
    patience: int | None = None
    best: bool = True


@dataclass
class Tuned:
    """What a training has come to.

    Attributes
    ----------
    network : torch.nn.Module or None
        After the epoch that was kept; `facediag_utils.methods.dtl1.run_all` drops it.
    kept : int
        That epoch, from 1.
    history : list of dict
        A row an epoch and part ("train", "validation"): objective (mean loss, eq. 7), top1 and top3 error (0..1).
        Training rows are of the images as they were met, before the step that learned from them.
    images : tuple of int
        Number of training and of validation images.
    """

    network: Any
    images: tuple[int, int]
    kept: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def epochs(self) -> int:
        """How many were trained."""
        return len(self.history) // 2

    def curves(self) -> pd.DataFrame:
        """The history as a table (Figure 3)."""
        return pd.DataFrame(self.history)


class Classifier(nn.Module):
    """A backbone's feature layer and a new fully connected layer for the classes."""

    def __init__(self, backbone: str, classes: int, pretrained: bool, generator: torch.Generator) -> None:
        super().__init__()
        record = registry.get(backbone)
        self.body: Any = registry.load(backbone) if pretrained else registry.untrained(backbone, generator)
        self.layer = record.feature_layer
        self.head = nn.Linear(record.layers[self.layer], classes)
        inputs = self.head.in_features
        with torch.no_grad():  # small, so that the first gradients do not shake the pretrained layers
            self.head.weight.normal_(0, 0.01 if pretrained else (2 / inputs) ** 0.5, generator=generator)
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


Images = tuple[np.ndarray, np.ndarray, np.ndarray]


def fine_tune(
    backbone: str,
    training: Images,
    validation: Images,
    classes: int,
    recipe: Recipe,
    seed: int = 0,
    checkpoint: Path | None = None,
    bfloat16: bool | None = None,
) -> Tuned:
    """Train a backbone with a new last layer (Pseudocode 1).

    Parameters
    ----------
    backbone : str
        Name in the registry.
    training, validation : tuple of numpy.ndarray
        Face chips of a cohort, uint8 (N, size, size, 3), which may be mapped from a file; the rows meant, (n,); their class
        numbers, int (n,).
    classes : int
    recipe : Recipe
    seed : int
        Of the new layer, the order of images and the augmentation.
    checkpoint : Path, optional
        Written after each epoch; a training of the same settings goes on from there.
    bfloat16 : bool, optional
        Compute layers in bfloat16 (weights stay float32); default where the processor is faster so.

    Returns
    -------
    Tuned

    Raises
    ------
    TrainingError
        If the loss is not finite or grows without bound.
    """
    device, generator = devices.found(), torch.Generator().manual_seed(seed)
    mixed = devices.bfloat16_pays(device) if bfloat16 is None else bfloat16
    network = Classifier(backbone, classes, recipe.pretrained, generator)
    network.freeze(recipe.frozen)
    network.to(device).to(memory_format=torch.channels_last)
    tuned = Tuned(network, (len(training[1]), len(validation[1])))
    state = _State(tuned, recipe, generator)
    state.resume(checkpoint)
    record = registry.get(backbone)
    run_log.note("epochs", str(checkpoint), recipe.epochs - tuned.epochs, tuned.epochs)
    with progress_bar(None, recipe.epochs, record.title, unit="epoch", initial=tuned.epochs) as bar:
        while tuned.epochs < recipe.epochs and not state.patience_ended():
            seen = _epoch(state, training, classes, record, mixed)
            _check(seen, backbone, tuned.epochs + 1, recipe, classes)
            logits = predict(network, *validation[:2], record)
            state.finish_epoch(seen, errors(logits, torch.from_numpy(validation[2])))
            state.save(checkpoint)
            bar.update()
    state.keep(checkpoint)
    return tuned


def _epoch(
    state: _State, training: Images, classes: int, record: registry.Backbone, bfloat16: bool
) -> dict[str, float]:
    """One pass over the training images; the errors on them as they were met."""
    recipe, network, generator = state.recipe, state.tuned.network, state.generator
    device = next(network.parameters()).device
    pictures, rows, labels = *training[:2], torch.from_numpy(training[2])
    weights = class_weights(labels, classes).to(device) if recipe.balanced else None
    # Batch norms keep their pretrained statistics: batches of a few faces would spoil them.  dlib's network has none.
    network.train(not recipe.pretrained)
    order, met, seen = torch.randperm(len(rows), generator=generator), torch.empty(len(rows), classes), 0
    with torch.random.fork_rng(devices=[]):  # dropout draws from the global generator
        torch.manual_seed(int(torch.randint(2**31, (1,), generator=generator)))
        for batch in order.split(recipe.batch):
            x = registry.prepare(pictures[rows[batch.numpy()]], record).to(device)
            x, actual = augmented(x, recipe.augmentation, generator), labels[batch].to(device)
            total = len(batch) if weights is None else weights[actual].sum()
            state.optimizer.zero_grad()
            together = _at_once(len(batch), record, recipe, device)
            for part in (slice(k, k + together) for k in range(0, len(batch), together)):
                # A step at a time: autocast keeps its copies of the weights until it ends, and they would be stale.
                with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
                    logits = network(x[part]).float()
                # eq. (7), its mean over the batch
                (F.cross_entropy(logits, actual[part], weights, reduction="sum") / total).backward()
                # Into one tensor: thousands of small ones between the large would leave the freed memory in pieces.
                met[seen : (seen := seen + len(logits))] = logits.detach()
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


class _State:
    """A training between two epochs: all that a checkpoint holds."""

    def __init__(self, tuned: Tuned, recipe: Recipe, generator: torch.Generator) -> None:
        self.tuned, self.recipe, self.generator = tuned, recipe, generator
        trained = [parameter for parameter in tuned.network.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.SGD(
            trained, lr=recipe.learning_rate, momentum=recipe.momentum, weight_decay=recipe.weight_decay
        )
        self.best: dict[str, torch.Tensor] = {}
        self.lowest = (math.inf, math.inf)

    def finish_epoch(self, train: dict[str, float], validation: dict[str, float]) -> None:
        tuned = self.tuned
        epoch = tuned.epochs + 1
        tuned.history += [
            {"epoch": epoch, "part": part, **row} for part, row in (("train", train), ("validation", validation))
        ]
        reached = (validation["top1"], validation["objective"])
        if reached < self.lowest:
            self.lowest, tuned.kept = reached, epoch
            self.best = deepcopy(tuned.network.state_dict())

    def patience_ended(self) -> bool:
        return self.recipe.patience is not None and self.tuned.epochs - self.tuned.kept >= self.recipe.patience

    def keep(self, checkpoint: Path | None) -> None:
        """The network of the epoch to be kept; what only a further training would need leaves the checkpoint."""
        if self.recipe.best:
            self.tuned.network.load_state_dict(self.best)
        else:
            self.tuned.kept = self.tuned.epochs
        self.tuned.network.eval()
        if self.optimizer.state:
            self.optimizer.state.clear()
            self.save(checkpoint)

    def save(self, path: Path | None) -> None:
        if path is None:
            return
        state = {
            "network": self.tuned.network.state_dict(),
            "best": self.best,
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            "history": self.tuned.history,
            "kept": self.tuned.kept,
            "lowest": self.lowest,
        }
        with atomic_write(path) as partial:
            torch.save(state, partial)

    def resume(self, path: Path | None) -> None:
        if path is None or not path.exists():
            return
        device = next(self.tuned.network.parameters()).device
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.tuned.network.load_state_dict(state["network"])
        self.best = {name: value.to(device) for name, value in state["best"].items()}
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"])
        self.tuned.history, self.tuned.kept, self.lowest = state["history"], state["kept"], tuple(state["lowest"])
