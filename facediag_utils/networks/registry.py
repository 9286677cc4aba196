"""The registry of pretrained networks, and one way to load any of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, replace
from fnmatch import fnmatch
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from facediag_utils.core.errors import WeightsError
from facediag_utils.networks.records import (
    AVERAGED,
    NOTHING,
    REGIONS,
    UNTRAINED,
    Backbone,
    UntrainedBackbone,
    read_records,
)

if TYPE_CHECKING:
    import torch

__all__ = [
    "Backbone",
    "absent",
    "build",
    "fine_tuned",
    "get",
    "installed",
    "load",
    "names",
    "prepare",
    "titles",
    "untrained",
]


@cache
def published() -> dict[str, Backbone]:
    """The records of ``published.toml``, by name."""
    return {record.name: record for record in read_records(Path(__file__).with_name("published.toml"))}


def names(pattern: str = "*") -> list[str]:
    """Registered networks whose name matches a shell pattern, in the registry's order."""
    return [name for name in published() if fnmatch(name, pattern)]


def installed(pattern: str = "*") -> list[str]:
    """Those of `names` whose weights are there."""
    return [name for name in names(pattern) if published()[name].installed]


def fine_tuned() -> list[str]:
    """Those of `installed` that are fine-tuned by default; of the others only the features are used."""
    return [name for name in installed() if not published()[name].features_only]


def absent(shown: Iterable[str]) -> str:
    """In a line: how many registered networks are not among those shown, and how to get their weights; empty if none is."""
    there = set(shown)
    records = [record for name, record in published().items() if name not in there]
    if not records:
        return ""
    lost = sum(not record.files for record in records)
    line = f"Not shown: {len(records)} registered networks without weights here. "
    line += f"make weights fetches those of {len(records) - lost} (docs/weights.md)"
    return line + (f"; those of {lost} were never published." if lost else ".")


def titles(networks: Iterable[str]) -> dict[str, str]:
    """By name, a title that no other of these networks has: where two have one architecture, with their training data."""
    records = {name: get(name) for name in networks}
    count = Counter(record.title for record in records.values())
    return {
        name: record.title if count[record.title] == 1 else f"{record.title}, {record.pretraining}"
        for name, record in records.items()
    }


def get(name: str) -> Backbone:
    """The record of a network; ``timm:<name>`` asks timm, ``untrained:<name>`` is one with random weights, ``lower:<name>`` one
    that sees the lower half of the face (`REGIONS`), ``regions:<name>`` four of these whose answers are averaged.

    Raises WeightsError for an unknown name."""
    region, _, whole = name.partition(":")
    if region in (*REGIONS, AVERAGED):
        return _of_region(region, get(whole))
    if name.startswith(UNTRAINED):
        return _untrained(get(name.removeprefix(UNTRAINED)))
    if name.startswith("timm:"):
        return _from_timm(name)
    if name not in published():
        raise WeightsError(f"network {name!r} is not registered; known are: {', '.join(published())}, timm:<name>")
    return published()[name]


@cache
def _from_timm(name: str) -> Backbone:
    from facediag_utils.networks.architectures import timm_networks

    return timm_networks.record(name)


def _untrained(record: Backbone) -> UntrainedBackbone:
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    changes = {
        "name": UNTRAINED + record.name,
        "pretraining": "none",
        "task": NOTHING,
        "files": (),
        "features_only": True,
        "face_pictures": 0,
    }
    changes |= {"source": "random weights (He et al. 2015)", "licence": "none needed", "note": ""}
    return UntrainedBackbone(**values | changes)


def _of_region(region: str, record: Backbone) -> Backbone:
    name = f"{region}:{record.name}"
    if region == AVERAGED:
        return replace(
            record, name=name, title=f"{record.title}, mean of {len(REGIONS)} regions", macs=len(REGIONS) * record.macs
        )
    return replace(record, name=name, title=f"{record.title}, {REGIONS[region]}", crop=region)


def build(record: Backbone) -> Any:
    """The architecture of a record, with whatever weights its class begins with."""
    module, _, kind = record.architecture.partition(".")
    return getattr(import_module(f"facediag_utils.networks.architectures.{module}"), kind)(**record.options)


def load(name: str) -> torch.nn.Module:
    """The network in evaluation mode, with ``features(x, layer)``; x as `prepare` makes it.

    Raises
    ------
    WeightsError
        If its weights are missing, altered, or do not fit.
    """
    record = get(name)
    if isinstance(record, UntrainedBackbone):
        return _seeded(name.removeprefix(UNTRAINED))
    record.checksum()  # a file that has changed is told of before it is read
    assert record.file is not None
    network = build(record)
    network.fill(record.file.path)
    return _by_onednn(network).eval()


def _by_onednn(network: torch.nn.Module) -> torch.nn.Module:
    """On one thread torch gives 1x1 convolutions of few images to MKL, whose code for all processors (`core.pin`) is slow:
    EfficientNet-Lite0 trained half as long again.  If they are dilated it does not, and a single pixel has nothing to dilate."""
    import torch

    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d) and layer.kernel_size == (1, 1):
            layer.dilation = (2, 2)
    return network


def _seeded(name: str) -> torch.nn.Module:
    import torch

    return untrained(name, torch.Generator().manual_seed(0))


def untrained(name: str, generator: torch.Generator) -> torch.nn.Module:
    """The network with random weights (He et al. 2015) in place of its pretrained ones: the from-scratch example.

    dlib's file holds batch norms frozen to scales and shifts; to be trained anew it gets batch norms again, as its
    author had them."""
    import torch

    from facediag_utils.networks.architectures.dlib_resnet29 import Affine

    network = build(get(name))
    for layer in list(network.modules()):
        for key, child in layer.named_children():
            if isinstance(child, Affine):
                setattr(layer, key, torch.nn.BatchNorm2d(len(child.weight)))
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
                torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
                if layer.bias is not None:
                    layer.bias.zero_()
            elif isinstance(layer, torch.nn.BatchNorm2d):
                layer.reset_parameters()
    return _by_onednn(network).eval()


def prepare(chips: np.ndarray, record: Backbone) -> torch.Tensor:
    """Face chips as a network's input.

    Parameters
    ----------
    chips : numpy.ndarray
        uint8 RGB, (n, size, size, 3), size as in the record.
    record : Backbone

    Returns
    -------
    torch.Tensor
        float32, (n, 3, size, size), normalised by the record, in channels-last memory order, which is faster.
    """
    import torch

    if chips.shape[1:] != (record.input_size, record.input_size, 3):
        raise ValueError(f"{record.name} takes chips of side {record.input_size}, got shape {chips.shape}")
    pixels = torch.from_numpy(np.array(chips)).permute(0, 3, 1, 2).float()
    mean = torch.tensor(record.mean)[:, None, None]
    return ((pixels - mean) / torch.tensor(record.std)[:, None, None]).contiguous(memory_format=torch.channels_last)
