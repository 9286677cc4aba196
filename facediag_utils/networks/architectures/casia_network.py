"""The ten convolutions that CASIA-WebFace was published with (Yi et al. 2014, Table 2), as DeepGestalt took them over (Gurovich
et al. 2019): a batch norm and a ReLU after each but the last, dropout of a half before the last layer.  Nobody published weights.
"""

import torch
from torch import nn
from torch.nn import functional as F

from facediag_utils.networks.formats import PublishedNetwork


class CasiaNetwork(PublishedNetwork):
    """From grey faces (batch, 1, 100, 100) to logits; of RGB pictures the mean of the channels is taken.

    The table counts 5,015K weights, K being 1,024, with its 10,575 people: no biases, and no batch norms (2,240 more)."""

    PAIRS = ((32, 64), (64, 128), (96, 192), (128, 256), (160, 320))  # channels, a pooling after each pair
    DROPOUT = 0.5  # the table has 0.4

    def __init__(self, classes: int = 10_575) -> None:
        super().__init__()
        channels = 1
        for pair, widths in enumerate(self.PAIRS, 1):
            for k, width in enumerate(widths, 1):
                self.add_module(f"conv{pair}{k}", nn.Conv2d(channels, width, 3, padding=1, bias=False))
                if (pair, k) != (len(self.PAIRS), 2):
                    self.add_module(f"norm{pair}{k}", nn.BatchNorm2d(width))
                channels = width
        self.fc6 = nn.Linear(channels, classes, bias=False)

    def features(self, x: torch.Tensor, layer: str = "pool5") -> torch.Tensor:
        """Average-pooled activations (batch, 320) of layer "pool5", after dropout while training."""
        if layer != "pool5":
            raise ValueError(f"layer {layer!r}: this network has only 'pool5'")
        x = x.mean(dim=1, keepdim=True)
        for pair in range(1, 5):
            x = F.relu(self.get_submodule(f"norm{pair}1")(self.get_submodule(f"conv{pair}1")(x)))
            x = F.relu(self.get_submodule(f"norm{pair}2")(self.get_submodule(f"conv{pair}2")(x)))
            x = F.max_pool2d(x, 2, ceil_mode=True)
        x = self.get_submodule("conv52")(F.relu(self.get_submodule("norm51")(self.get_submodule("conv51")(x))))
        return F.dropout(x.mean(dim=(2, 3)), self.DROPOUT, self.training)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc6(self.features(x))
