"""MobileFace's identification network, version 3 (becauseofAI/MobileFace), filled from a TensorFlow.js model.

Twelve depthwise and five ordinary convolutions without biases, PReLUs, and a matrix over the last map whose batch norm is a
scale and a shift.  The file's own subtraction and scaling of the picture stand in the registry's record.
"""

import re

import torch
from torch import nn

from facediag_utils.networks.architectures.dlib_resnet29 import Affine
from facediag_utils.networks.formats import PublishedNetwork, Tensors

STAGES = (32, 32, 64, 128)  # channels; each halves the resolution

#: What the file spells out and is code here or in the record.  Lists, because a tensor would be made on the device of whoever
#: imports this first, and `flops` builds networks on torch's "meta" device, which has no values.
CONSTANTS = {
    r"(Maximum|Minimum)(_\d+)?/x": 0.0,
    r"Pad(_\d+)?/paddings": [[0, 1, 1, 0], [0, 1, 1, 0]],  # as matrices are read: turned round
    "minusscalar0_second": [127.5],
    "mulscalar0_second": [0.0078125],
    "flatten/Const": [-1, 2048],
}


class Stage(nn.Module):
    """Channels mixed, resolution halved, then two depthwise convolutions with a shortcut round them."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.conv0_0 = nn.Conv2d(channels, width, 1, bias=False)
        self.conv0_1 = nn.Conv2d(width, width, 3, stride=2, padding=1, groups=width, bias=False)
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False)
        self.prelu0, self.prelu1, self.prelu2 = nn.PReLU(width), nn.PReLU(width), nn.PReLU(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.prelu0(self.conv0_1(self.conv0_0(x)))
        return self.prelu2(self.conv2(self.prelu1(self.conv1(x)))) + x


class MobileFace(PublishedNetwork):
    """From RGB faces, 112x112, normalised by the registry's record, to a 256-D embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, stride=2, padding=1, bias=False)
        self.prelu1 = nn.PReLU(32)
        channels = 32
        for k, width in enumerate(STAGES, 1):
            self.add_module(f"stage{k}_unit1", Stage(channels, width))
            channels = width
        self.dense = nn.Conv2d(channels, 256, 4, bias=False)
        self.batchnorm0 = Affine(256)

    def features(self, x: torch.Tensor, layer: str = "embedding") -> torch.Tensor:
        """Features (batch, 256) of layer "embedding"."""
        if layer != "embedding":
            raise ValueError(f"layer {layer!r}: this network has only 'embedding'")
        x = self.prelu1(self.conv1(x))
        for k in range(1, len(STAGES) + 1):
            x = self.get_submodule(f"stage{k}_unit1")(x)
        return self.batchnorm0(self.dense(x)).flatten(1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.features(x)

    @staticmethod
    def rename(given: Tensors) -> Tensors:
        """From the names of the file to ours; a constant of another value is left, so that `fill` refuses it."""
        return {_ours(name): _shaped(name, value) for name, value in given.items() if not _constant(name, value)}


def _constant(name: str, value: torch.Tensor) -> bool:
    return any(
        re.fullmatch(pattern, name) and torch.equal(value, torch.tensor(known).to(value))
        for pattern, known in CONSTANTS.items()
    )


def _ours(name: str) -> str:
    """``stage2_unit1_conv0_1_df`` -> ``stage2_unit1.conv0_1.weight``."""
    name = {"batchnorm0/mul": "batchnorm0.weight", "batchnorm0/sub": "batchnorm0.bias"}.get(name, name)
    name = re.sub(r"_(weight|gamma|df)$|/kernel$", ".weight", name)
    return re.sub(r"^(stage\d_unit1)_", r"\1.", name)


def _shaped(name: str, value: torch.Tensor) -> torch.Tensor:
    """The matrix reads the last map row by row, the channels of a pixel side by side."""
    if name == "dense/kernel" and value.numel() == 256 * 4 * 4 * STAGES[-1]:
        return value.reshape(256, 4, 4, STAGES[-1]).permute(0, 3, 1, 2).contiguous()
    return value
