"""DTL1: fine-tuning a pretrained network (paper, section III.C.1, Pseudocode 1, eq. 7).

The last fully connected layer is replaced by a new one; then all layers are trained a little further by mini-batch
gradient descent with momentum and weight decay, at a small learning rate.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn import functional as F
from tqdm import tqdm

from facediag_utils import backbones
from facediag_utils.errors import TrainingError
from facediag_utils.files import replacing
from facediag_utils.profiles import cache_root

METHOD = "DTL1"


@dataclass(frozen=True)
class Recipe:
    """How a network is fine-tuned; the defaults are the paper's (section III.C.1).

    The paper gives no batch size and mentions no mirroring: those two are ours.

    Attributes
    ----------
    epochs : int
    learning_rate, weight_decay, momentum : float
        Of stochastic gradient descent.
    batch : int
        Images a step.
    flip : bool
        Mirror each training image at random.
    pretrained : bool
        False starts from random weights: the over-fitting example the paper warns of.
    """

    epochs: int = 100
    learning_rate: float = 5e-5
    weight_decay: float = 5e-4
    momentum: float = 0.9
    batch: int = 20
    flip: bool = True
    pretrained: bool = True


@dataclass
class Tuned:
    """What a training has come to.

    Attributes
    ----------
    network : torch.nn.Module
        After the last epoch.
    history : list of dict
        A row an epoch and part ("train", "validation"): objective (mean loss, eq. 7), top1 and top3 error (0..1).
    scores : list of numpy.ndarray
        Softmax scores (n, classes) of the validation images after each epoch.
    """

    network: nn.Module
    history: list[dict[str, Any]] = field(default_factory=list)
    scores: list[np.ndarray] = field(default_factory=list)

    def curves(self) -> pd.DataFrame:
        """The history as a table (Figure 3)."""
        return pd.DataFrame(self.history)


class Classifier(nn.Module):
    """A backbone's feature layer and a new fully connected layer for the classes."""

    def __init__(self, backbone: str, classes: int, pretrained: bool, generator: torch.Generator) -> None:
        super().__init__()
        record = backbones.get(backbone)
        self.body: Any = backbones.load(backbone) if pretrained else backbones.untrained(backbone, generator)
        self.layer = record.feature_layer
        self.head = nn.Linear(record.layers[self.layer], classes)
        with torch.no_grad():  # small, so that the first gradients do not shake the pretrained layers
            self.head.weight.normal_(0, 0.01, generator=generator)
            self.head.bias.zero_()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body.features(x, self.layer))


def fine_tune(
    backbone: str,
    training: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray],
    classes: int,
    recipe: Recipe | None = None,
    seed: int = 0,
    checkpoint: Path | None = None,
) -> Tuned:
    """Train a backbone with a new last layer (Pseudocode 1).

    Parameters
    ----------
    backbone : str
        Name in the registry.
    training, validation : tuple of numpy.ndarray
        Face chips, uint8 (n, size, size, 3), and class numbers, int (n,).
    classes : int
    recipe : Recipe, optional
        Default: the paper's with the record's learning rate.
    seed : int
        Of the new layer, the order of images and the mirroring.
    checkpoint : Path, optional
        Written after each epoch; a training that finds one of the same settings goes on from there.  One that has gone
        further than ``recipe.epochs`` is of no use and is begun anew.

    Returns
    -------
    Tuned

    Raises
    ------
    TrainingError
        If the loss is not finite.
    """
    recipe = recipe or Recipe(learning_rate=backbones.get(backbone).learning_rate)
    record, generator = backbones.get(backbone), torch.Generator().manual_seed(seed)
    network = Classifier(backbone, classes, recipe.pretrained, generator).to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=recipe.learning_rate, momentum=recipe.momentum, weight_decay=recipe.weight_decay
    )
    tuned = Tuned(network)
    _resume(checkpoint, recipe.epochs, tuned, optimizer, generator)
    first = len(tuned.scores)
    for epoch in tqdm(range(first, recipe.epochs), initial=first, total=recipe.epochs, desc=record.title, disable=None):
        seen = _epoch(network, optimizer, training, recipe, record, generator)
        tuned.history.append({"epoch": epoch + 1, "part": "train", **_errors(*seen)})
        if not np.isfinite(tuned.history[-1]["objective"]):
            raise TrainingError(
                f"{backbone}: the loss is not a number after epoch {epoch + 1}; the learning rate "
                f"{recipe.learning_rate:g} is too high for it, try a tenth"
            )
        logits = predict(network, validation[0], record)
        tuned.history.append(
            {"epoch": epoch + 1, "part": "validation", **_errors(logits, torch.from_numpy(validation[1]))}
        )
        tuned.scores.append(logits.softmax(dim=1).numpy())
        _save(checkpoint, tuned, optimizer, generator)
    return tuned


def _epoch(network, optimizer, training, recipe, record, generator) -> tuple[torch.Tensor, torch.Tensor]:
    """One pass over the training images; their logits as they were met, and their classes."""
    pictures, labels = training[0], torch.from_numpy(training[1])
    order = torch.randperm(len(pictures), generator=generator)
    mirrored = torch.rand(len(pictures), generator=generator) < (0.5 if recipe.flip else 0.0)
    # Batch norms keep their pretrained statistics: batches of 20 faces would spoil them.  dlib's network has none.
    network.eval() if recipe.pretrained else network.train()
    met = []
    for batch in order.split(recipe.batch):
        x = backbones.prepare(pictures[batch.numpy()], record)
        x = torch.where(mirrored[batch][:, None, None, None], x.flip(3), x).contiguous(
            memory_format=torch.channels_last
        )
        logits = network(x)
        loss = F.cross_entropy(logits, labels[batch])  # eq. (7), mean over the batch
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        met.append(logits.detach())
    return torch.cat(met), labels[order]


@torch.inference_mode()
def predict(network: nn.Module, pictures: np.ndarray, record: backbones.Backbone, batch: int = 50) -> torch.Tensor:
    """Logits (n, classes) of face chips."""
    network.eval()
    parts = [network(backbones.prepare(pictures[k : k + batch], record)) for k in range(0, len(pictures), batch)]
    return torch.cat(parts)


def _errors(logits: torch.Tensor, labels: torch.Tensor) -> dict[str, float]:
    """Objective, top-1 and top-3 error (the three panels of Figure 3)."""
    ranked = logits.argsort(dim=1, descending=True, stable=True)
    hits = ranked == labels[:, None]
    return {
        "objective": float(F.cross_entropy(logits, labels)),
        "top1": float(1 - hits[:, :1].any(dim=1).float().mean()),
        "top3": float(1 - hits[:, :3].any(dim=1).float().mean()),
    }


def checkpoint_path(backbone: str, digests: list[str], classes: tuple[str, ...], recipe: Recipe, seed: int) -> Path:
    """Where a training of these images and settings keeps its last epoch (the number of epochs aside)."""
    settings = {**asdict(recipe), "epochs": None}
    key = repr((backbone, backbones.get(backbone).checksum, digests, classes, sorted(settings.items()), seed))
    return cache_root() / "dtl1" / f"{backbone}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.pt"


def _save(path: Path | None, tuned: Tuned, optimizer: torch.optim.Optimizer, generator: torch.Generator) -> None:
    if path is None:
        return
    state = {
        "network": tuned.network.state_dict(),
        "optimizer": optimizer.state_dict(),
        "generator": generator.get_state(),
        "history": tuned.history,
        "scores": torch.from_numpy(np.stack(tuned.scores)),
    }
    with replacing(path) as partial:
        torch.save(state, partial)


def _resume(
    path: Path | None, epochs: int, tuned: Tuned, optimizer: torch.optim.Optimizer, generator: torch.Generator
) -> None:
    if path is None or not path.exists():
        return
    state = torch.load(path, weights_only=True)
    if len(state["scores"]) > epochs:
        return
    tuned.network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    generator.set_state(state["generator"])
    tuned.history, tuned.scores = state["history"], list(state["scores"].numpy())
