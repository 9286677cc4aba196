"""How a network is fine-tuned, and what a training has come to."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import torch


#: Training images between which a training has the number of epochs of its network's record (the paper's five classes have
#: 200).  With fewer than `FEW` it has as many steps as with `FEW`, with more than `MANY` no more than with `MANY`: a network
#: needs steps, and time is not endless.
FEW, MANY = 160, 1000
FEWEST = 2  # epochs, at least


@dataclass(frozen=True)
class Augmentation:
    """Largest random changes, each drawn evenly from both signs.

    Attributes
    ----------
    rotation, shear : float
        Degrees.
    shift, zoom : float
        Shares of the picture's side; a zoom of 0.1 scales by 0.9 to 1.1.
    flip : bool
        Mirror half of the pictures.
    """

    rotation: float = 0.0
    shift: float = 0.0
    shear: float = 0.0
    zoom: float = 0.0
    flip: bool = True

    @property
    def warps(self) -> bool:
        """Whether pixels have to be interpolated."""
        return any((self.rotation, self.shift, self.shear, self.zoom))


@dataclass(frozen=True)
class Recipe:
    """How a network is fine-tuned; rates, decay, momentum and epochs default to the paper's (section III.C.1).

    The paper gives no batch size, no rate of the new layer and mentions no mirroring: those are ours.  A training ends after
    its epochs, which are a budget of steps (`epochs_for`): no image decides when it stops.

    Attributes
    ----------
    epochs : int
        Passes over the training images.
    learning_rate, weight_decay, momentum : float
        Of stochastic gradient descent.
    new_layer_rate : float
        The learning rate of the new last layer where the others are pretrained.  It has everything to learn: at the paper's
        rate it takes most of a short training to find its direction (docs/numbers.md).
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
    xavier : float, optional
        The new layer begins with normal numbers of variance xavier x 2 / (inputs + outputs) (Glorot and Bengio 2010, scaled);
        by default with small ones if the network is pretrained, else as He et al. 2015.
    adam : bool
        Adam (Kingma and Ba 2015) in place of gradient descent with momentum.
    """

    epochs: int = 100
    learning_rate: float = 5e-5
    new_layer_rate: float = 5e-3
    weight_decay: float = 5e-4
    momentum: float = 0.9
    batch: int = 10
    augmentation: Augmentation = field(default_factory=Augmentation)
    pretrained: bool = True
    frozen: int = 0
    balanced: bool = False
    xavier: float | None = None
    adam: bool = False

    @property
    def averaged_from(self) -> int:
        """The first epoch, from 1, whose weights count in the average: it begins the second half of the training."""
        return self.epochs // 2 + 1


def epochs_for(usual: int, images: int) -> int:
    """A budget of steps as epochs: the usual number of passes over `FEW` to `MANY` training images, as many steps as `FEW`
    images give where there are fewer, and no more than `MANY` give where there are more.

    Parameters
    ----------
    usual : int
        Epochs of a training on `FEW` to `MANY` images.
    images : int
        Training images of the task.

    Returns
    -------
    int
        `FEWEST` at least.
    """
    steps, few, many = (math.ceil(int(count) / Recipe.batch) for count in (images, FEW, MANY))
    return max(FEWEST, min(max(usual, math.ceil(usual * few / steps)), usual * many // steps))


class Start(Protocol):
    """Where the weights of a training come from, if not from a record: what trains them first, see
    `facediag_utils.methods.people.Identification`."""

    @property
    def title(self) -> str:
        """What they were trained on, as the store calls it."""

    @property
    def key(self) -> str:
        """What they follow from, for the name of a checkpoint."""

    def weights(self) -> dict[str, torch.Tensor]:
        """Of the backbone; trained now if they never were."""


@dataclass
class Tuned:
    """What a training has come to: the result of two protocols, which look at the same training.

    Attributes
    ----------
    images : tuple of int
        Number of training and of validation images.
    key : str
        Name of its checkpoint, a digest of all that it depends on; empty without one.
    averaged_from : int
        First of the epochs that were averaged, from 1.
    averaged : torch.nn.Module or None
        The network with the mean of the weights after each epoch of the second half (Izmailov et al. 2018, "Averaging
        weights leads to wider optima"), on the processor.  Nothing was chosen for it by any image.
        `facediag_utils.methods.dtl1.run_all` drops it.
    best_epoch : int
        The paper's protocol: the epoch, from 1, of the lowest validation error (top-1, then objective).  Where the
        validation images are the test images, it was chosen with the answers in view.
    best_logits : numpy.ndarray or None
        What the network said of the validation images after that epoch, float32 (n, classes).
    history : list of dict
        A row an epoch and part ("train", "validation"): objective (mean loss, eq. 7), top1 and top3 error (0..1).
        Training rows are of the images as they were met, before the step that learned from them.
    """

    images: tuple[int, int]
    averaged_from: int = 1
    key: str = ""
    averaged: Any = None
    best_epoch: int = 0
    best_logits: np.ndarray | None = None
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def epochs(self) -> int:
        """How many were trained."""
        return len(self.history) // 2

    def curves(self) -> pd.DataFrame:
        """The history as a table (Figure 3)."""
        return pd.DataFrame(self.history)
