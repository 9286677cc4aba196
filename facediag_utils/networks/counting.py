"""Architectures that are counted and not run: what a network of timm costs, whose weights are not here."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd


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

    Those of the notebooks stand in ``counted.csv``, which a test counts again: timm takes two seconds to import."""
    return counted().get((name, classes, side)) or count(name, classes, side)


@cache
def counted() -> dict[tuple[str, int, int], Cost]:
    """The costs of ``counted.csv``, by name, classes and side."""
    table = pd.read_csv(Path(__file__).with_name("counted.csv"))
    return {
        (row.name, row.classes, row.side): Cost(row.parameters, row.macs, (row.channels, row.height, row.width))
        for row in table.itertuples(index=False)
    }


def count(name: str, classes: int, side: int) -> Cost:
    """`cost`, counted now."""
    import torch

    from facediag_utils.networks import flops

    network = build(name, classes)
    with torch.device("meta"):
        last = network.forward_features(torch.zeros(1, 3, side, side))[0]
    weights = sum(values.numel() for values in network.parameters())
    return Cost(weights, int(flops.macs(network, side)), tuple(last.shape))
