"""Architectures that are counted and not run: what a network of timm costs, whose weights are not here."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from facediag_utils.core import row_cache


@dataclass(frozen=True)
class Cost:
    """What an architecture costs.

    Attributes
    ----------
    parameters : int
        With a last layer for the classes asked for.
    macs : int
        Multiply-accumulates for one picture (the paper's FLOPs).
    last_map : tuple of int
        Channels, height and width of what is pooled.
    """

    parameters: int
    macs: int
    last_map: tuple[int, int, int]


def build(name: str, classes: int) -> Any:
    """A network of timm by its name there, on torch's "meta" device: shapes without values."""
    import timm
    import torch

    with torch.device("meta"):
        return timm.create_model(name, pretrained=False, num_classes=classes).eval()


def cost(name: str, classes: int, side: int) -> Cost:
    """What a network of timm costs with a last layer for so many classes, for a picture of ``side`` pixels.

    Kept by the version of timm: timm takes two seconds to import."""

    def compute(_: list[int]) -> Iterator[row_cache.Rows]:
        import torch

        from facediag_utils.networks import flops

        network = build(name, classes)
        with torch.device("meta"):
            last = network.forward_features(torch.zeros(1, 3, side, side))[0]
        weights = sum(values.numel() for values in network.parameters())
        yield {"counts": np.array([[weights, flops.macs(network, side), *last.shape]])}

    path = row_cache.table_path("counted", version("timm"))
    [row] = row_cache.complete(path, [f"{name} {classes} {side}"], compute)["counts"].tolist()
    return Cost(row[0], row[1], (row[2], row[3], row[4]))
