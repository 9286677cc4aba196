"""torchvision's AlexNet, VGG16 and ResNet50 with their own ImageNet weights, offered beside the paper's variants.

They differ: AlexNet is the one-tower version of Krizhevsky 2014 without normalisation, ResNet50 halves the resolution in
its 3x3 convolutions; all were trained by torchvision.
"""

import re
from typing import Any

import torch
from torch import nn

from facediag_utils.networks.formats import PublishedNetwork, Tensors


class TorchvisionNetwork(PublishedNetwork):
    """From (batch, 3, 224, 224) to logits; ``name`` is "alexnet", "vgg16" or "resnet50"."""

    def __init__(self, name: str) -> None:
        super().__init__()
        import torchvision

        self.network: Any = torchvision.models.get_model(name)
        self.last: nn.Linear = self.network.fc if name == "resnet50" else self.network.classifier[-1]
        if name == "resnet50":
            self.network.fc = nn.Identity()
        else:
            self.network.classifier[-1] = nn.Identity()

    def features(self, x: torch.Tensor, layer: str = "") -> torch.Tensor:
        """Activations of the one layer before the last: 4096 rectified, or 2048 average-pooled."""
        if layer not in ("", "fc7", "pool5"):
            raise ValueError(f"layer {layer!r}: this network has only the one before the last")
        return self.network(x)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.features(x))

    @staticmethod
    def rename(given: Tensors) -> Tensors:
        return {re.sub(r"^network\.(fc|classifier\.6)\.", "last.", f"network.{name}"): given[name] for name in given}
