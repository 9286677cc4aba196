"""A training between two epochs, kept in a checkpoint so that a stopped one goes on where it was."""

import math
from copy import deepcopy
from pathlib import Path

import torch

from facediag_utils.core.files import atomic_write
from facediag_utils.methods.recipe import Recipe, Tuned


class TrainingState:
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
        parts = {"train": train, "validation": validation}
        tuned.history += [{"epoch": epoch, "part": part, **row} for part, row in parts.items()]
        reached = (validation["top1"], validation["objective"])
        if reached < self.lowest:
            self.lowest, tuned.kept_epoch = reached, epoch
            self.best = deepcopy(tuned.network.state_dict()) if self.recipe.best else {}

    def ended(self) -> bool:
        waited = self.tuned.epochs - self.tuned.kept_epoch
        return self.tuned.epochs >= self.recipe.epochs or waited >= (self.recipe.patience or math.inf)

    def keep(self, checkpoint: Path | None) -> None:
        """The network of the epoch to be kept, on the processor; what only further training needs leaves the checkpoint."""
        network = self.tuned.network
        if self.best:
            network.load_state_dict(self.best)
        if not self.recipe.best:
            self.tuned.kept_epoch = self.tuned.epochs
        network.cpu().eval()
        if self.optimizer.state:
            self.optimizer.state.clear()
            self.best = {}
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
            "kept_epoch": self.tuned.kept_epoch,
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
        self.tuned.history, self.tuned.kept_epoch = state["history"], state["kept_epoch"]
        self.lowest = tuple(state["lowest"])
