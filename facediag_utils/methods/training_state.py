"""A training between two epochs, kept in a checkpoint so that a stopped one goes on where it was."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel, update_bn

from facediag_utils.core.files import atomic_write
from facediag_utils.methods.recipe import Recipe, Tuned


class TrainingState:
    """A training between two epochs: all that a checkpoint holds."""

    def __init__(self, network: Any, tuned: Tuned, recipe: Recipe, generator: torch.Generator) -> None:
        self.network, self.tuned, self.recipe, self.generator = network, tuned, recipe, generator
        # `Classifier.head` has everything to learn, the layers below next to nothing
        trained = [(name, parameter) for name, parameter in network.named_parameters() if parameter.requires_grad]
        new, body = ([p for name, p in trained if name.startswith("head.") == wanted] for wanted in (True, False))
        rate, decay = recipe.learning_rate, recipe.weight_decay
        of_new = recipe.new_layer_rate if recipe.pretrained else rate
        groups: list[dict[str, Any]] = [{"params": body}, {"params": new, "lr": of_new}]
        self.optimizer: torch.optim.Optimizer
        if recipe.adam:
            # Fused, because the other takes square roots by MKL, whose last bits depend on the processor and not on its pins.
            self.optimizer = torch.optim.Adam(groups, lr=rate, weight_decay=decay, fused=True)
        else:
            self.optimizer = torch.optim.SGD(groups, lr=rate, momentum=recipe.momentum, weight_decay=decay)
        self.average: AveragedModel | None = None  # from the second half on
        self.lowest = (math.inf, math.inf)
        self.ended = False

    def finish_epoch(self, train: dict[str, float], validation: dict[str, float], logits: np.ndarray) -> None:
        """Note an epoch's errors; ``logits`` are those of the validation images, float32 (n, classes)."""
        tuned = self.tuned
        epoch = tuned.epochs + 1
        parts = {"train": train, "validation": validation}
        tuned.history += [{"epoch": epoch, "part": part, **row} for part, row in parts.items()]
        reached = (validation["top1"], validation["objective"])
        if reached < self.lowest:
            self.lowest, tuned.best_epoch, tuned.best_logits = reached, epoch, logits
        if epoch >= tuned.averaged_from:
            self.average = self.average or AveragedModel(self.network)
            self.average.update_parameters(self.network)

    def finish(self, batches: Iterable[torch.Tensor], checkpoint: Path | None) -> None:
        """The averaged network, on the processor; what only further training needs leaves the checkpoint.

        A pretrained network's batch norms keep their pretrained statistics while it is trained, so these are the averaged
        network's too.  From random weights they are measured anew, in one pass over the training images (``batches``,
        as the network takes them): no epoch's own are those of the averaged weights.
        """
        assert self.average is not None  # the last epoch is always in the second half
        if not self.recipe.pretrained:
            with torch.random.fork_rng(devices=[]):  # dropout draws from the global generator
                torch.manual_seed(int(torch.randint(2**31, (1,), generator=self.generator)))
                update_bn(batches, self.average)
        self.network.load_state_dict(self.average.module.state_dict())
        self.average = None
        self.optimizer.state.clear()
        self._end()
        self.save(checkpoint)

    def so_far(self) -> Tuned:
        """What a training that stops early has come to: the mean of the weights if its second half has begun, else the last
        ones.  Nothing is written: the next one with these settings goes on from the checkpoint."""
        averaged = self.network if self.average is None else self.average.module
        self.tuned.averaged = averaged.cpu().eval()
        return self.tuned

    def _end(self) -> None:
        self.ended, self.tuned.averaged = True, self.network.cpu().eval()

    def save(self, path: Path | None) -> None:
        if path is None:
            return
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict() if self.average else {},
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            "history": self.tuned.history,
            "best_epoch": self.tuned.best_epoch,
            "best_logits": torch.from_numpy(self.tuned.best_logits),
            "lowest": self.lowest,
            "ended": self.ended,
        }
        with atomic_write(path) as partial:
            torch.save(state, partial)

    def resume(self, path: Path | None) -> None:
        if path is None or not path.exists():
            return
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.network.load_state_dict(state["network"])
        if state["average"]:
            self.average = AveragedModel(self.network)
            self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"])
        self.lowest = tuple(state["lowest"])
        _fill(self.tuned, state)
        if state["ended"]:
            self._end()


def has_ended(path: Path, tuned: Tuned) -> bool:
    """Whether the training of a checkpoint has ended; then ``tuned`` is told what it came to, without the network, which
    takes a hundred times as long to read and to build."""
    if not path.exists():
        return False
    state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    if state["ended"]:
        _fill(tuned, state)
    return state["ended"]


def _fill(tuned: Tuned, state: dict[str, Any]) -> None:
    tuned.history, tuned.best_epoch = state["history"], state["best_epoch"]
    tuned.best_logits = state["best_logits"].numpy().copy()  # not of a file that stays mapped
