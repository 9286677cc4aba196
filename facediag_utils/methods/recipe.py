"""How a network is fine-tuned, and what a training has come to."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd


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
        After the epoch that was kept, on the processor; `facediag_utils.methods.dtl1.run_all` drops it.
    kept_epoch : int
        That epoch, from 1.
    history : list of dict
        A row an epoch and part ("train", "validation"): objective (mean loss, eq. 7), top1 and top3 error (0..1).
        Training rows are of the images as they were met, before the step that learned from them.
    images : tuple of int
        Number of training and of validation images.
    """

    network: Any
    images: tuple[int, int]
    kept_epoch: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def epochs(self) -> int:
        """How many were trained."""
        return len(self.history) // 2

    def curves(self) -> pd.DataFrame:
        """The history as a table (Figure 3)."""
        return pd.DataFrame(self.history)
