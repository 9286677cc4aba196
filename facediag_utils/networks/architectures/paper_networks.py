"""The paper's architectures as its MatConvNet/Caffe models have them: AlexNet, VGG16, ResNet50, SE-ResNet50.

They differ from torchvision's: AlexNet is the original with two groups, local response normalisation and 227-pixel
input (Krizhevsky et al. 2012); ResNet50 halves the resolution in its first 1x1 convolution and pools with ceiling
rounding (He et al. 2016, Caffe release); SE-ResNet50 adds squeeze-and-excitation with biases (Hu et al. 2018).

Parameters carry the names of the published Caffe models (``conv1_1``, ``conv2_1_1x1_reduce`` ...), which S. Albanie's
PyTorch conversions keep, so that a published file's keys are a network's keys.
"""

import torch
from torch import nn
from torch.nn import functional as F

from facediag_utils.networks import caffe_names
from facediag_utils.networks.formats import PublishedNetwork

UNITS = 4096  # of the fully connected layers of AlexNet and VGG16


class AlexNet(PublishedNetwork):
    """From (batch, 3, 227, 227) to logits; 60,965,224 parameters with 1000 classes."""

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 96, 11, stride=4)
        self.conv2 = nn.Conv2d(96, 256, 5, padding=2, groups=2)
        self.conv3 = nn.Conv2d(256, 384, 3, padding=1)
        self.conv4 = nn.Conv2d(384, 384, 3, padding=1, groups=2)
        self.conv5 = nn.Conv2d(384, 256, 3, padding=1, groups=2)
        self.fc6 = nn.Linear(256 * 6 * 6, UNITS)
        self.fc7 = nn.Linear(UNITS, UNITS)
        self.fc8 = nn.Linear(UNITS, classes)

    def features(self, x: torch.Tensor, layer: str = "fc7") -> torch.Tensor:
        """Rectified activations (batch, `UNITS`) of layer "fc6" or "fc7"."""
        x = F.max_pool2d(_normalised(F.relu(self.conv1(x))), 3, stride=2)
        x = F.max_pool2d(_normalised(F.relu(self.conv2(x))), 3, stride=2)
        x = F.relu(self.conv4(F.relu(self.conv3(x))))
        x = F.max_pool2d(F.relu(self.conv5(x)), 3, stride=2)
        x = F.relu(self.fc6(x.flatten(1)))
        return x if layer == "fc6" else F.relu(self.fc7(F.dropout(x, training=self.training)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc8(F.dropout(self.features(x), training=self.training))


def _normalised(x: torch.Tensor) -> torch.Tensor:
    """Local response normalisation over five channels (Krizhevsky et al. 2012, section 3.3; Caffe's alpha and k)."""
    return F.local_response_norm(x, 5, alpha=1e-4, beta=0.75, k=1.0)


class VGG16(PublishedNetwork):
    """From (batch, 3, 224, 224) to logits; configuration D of Simonyan and Zisserman 2014."""

    STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        channels = 3
        for stage, (width, depth) in enumerate(self.STAGES, 1):
            for k in range(1, depth + 1):
                self.add_module(f"conv{stage}_{k}", nn.Conv2d(channels, width, 3, padding=1))
                channels = width
        self.fc6 = nn.Linear(512 * 7 * 7, UNITS)
        self.fc7 = nn.Linear(UNITS, UNITS)
        self.fc8 = nn.Linear(UNITS, classes)

    def features(self, x: torch.Tensor, layer: str = "fc7") -> torch.Tensor:
        """Rectified activations (batch, `UNITS`) of layer "fc6" or "fc7"."""
        for stage, (_, depth) in enumerate(self.STAGES, 1):
            for k in range(1, depth + 1):
                x = F.relu(self.get_submodule(f"conv{stage}_{k}")(x))
            x = F.max_pool2d(x, 2)
        x = F.relu(self.fc6(x.flatten(1)))
        return x if layer == "fc6" else F.relu(self.fc7(F.dropout(x, training=self.training)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc8(F.dropout(self.features(x), training=self.training))


class ResNet50(PublishedNetwork):
    """From (batch, 3, 224, 224) to logits; ``excitation`` makes it SE-ResNet50."""

    STAGES = ((64, 3), (128, 4), (256, 6), (512, 3))
    rename = staticmethod(caffe_names.resnet50)

    def __init__(self, classes: int = 1000, excitation: bool = False) -> None:
        super().__init__()
        self.excitation = excitation
        self.conv1_7x7_s2 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.conv1_7x7_s2_bn = nn.BatchNorm2d(64)
        channels = 64
        for stage, (width, depth) in enumerate(self.STAGES, 2):
            for k in range(1, depth + 1):
                self._add_block(f"conv{stage}_{k}", channels, width, stride=2 if k == 1 and stage > 2 else 1)
                channels = 4 * width
        self.classifier = nn.Conv2d(channels, classes, 1)

    def _add_block(self, name: str, channels: int, width: int, stride: int) -> None:
        self._add(f"{name}_1x1_reduce", nn.Conv2d(channels, width, 1, stride=stride, bias=False))
        self._add(f"{name}_3x3", nn.Conv2d(width, width, 3, padding=1, bias=False))
        self._add(f"{name}_1x1_increase", nn.Conv2d(width, 4 * width, 1, bias=False))
        if channels != 4 * width:
            self._add(f"{name}_1x1_proj", nn.Conv2d(channels, 4 * width, 1, stride=stride, bias=False))
        if self.excitation:
            self.add_module(f"{name}_1x1_down", nn.Conv2d(4 * width, width // 4, 1))
            self.add_module(f"{name}_1x1_up", nn.Conv2d(width // 4, 4 * width, 1))

    def _add(self, name: str, convolution: nn.Conv2d) -> None:
        self.add_module(name, convolution)
        self.add_module(f"{name}_bn", nn.BatchNorm2d(convolution.out_channels))

    def _apply_normed(self, name: str, x: torch.Tensor) -> torch.Tensor:
        return self.get_submodule(f"{name}_bn")(self.get_submodule(name)(x))

    def _block(self, name: str, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self._apply_normed(f"{name}_1x1_reduce", x))
        y = F.relu(self._apply_normed(f"{name}_3x3", y))
        y = self._apply_normed(f"{name}_1x1_increase", y)
        if self.excitation:
            squeezed = F.relu(self.get_submodule(f"{name}_1x1_down")(F.adaptive_avg_pool2d(y, 1)))
            y = y * torch.sigmoid(self.get_submodule(f"{name}_1x1_up")(squeezed))
        shortcut = self._apply_normed(f"{name}_1x1_proj", x) if hasattr(self, f"{name}_1x1_proj") else x
        return F.relu(y + shortcut)

    def features(self, x: torch.Tensor, layer: str = "pool5") -> torch.Tensor:
        """Average-pooled activations (batch, 2048) of layer "pool5"."""
        if layer != "pool5":
            raise ValueError(f"layer {layer!r}: this network has only 'pool5'")
        x = F.relu(self._apply_normed("conv1_7x7_s2", x))
        x = F.max_pool2d(x, 3, stride=2, ceil_mode=True)
        for stage, (_, depth) in enumerate(self.STAGES, 2):
            for k in range(1, depth + 1):
                x = self._block(f"conv{stage}_{k}", x)
        return x.mean(dim=(2, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.features(x)[:, :, None, None]).flatten(1)
