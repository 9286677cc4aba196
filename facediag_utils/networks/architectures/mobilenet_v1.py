"""MobileNet v1 (Howard et al. 2017) as A. Savchenko trained it on faces, filled from a TensorFlow.js model.

The file's batch norms are scales and shifts, the scale of an ordinary convolution multiplied into its weights.  Behind the
pooled features it has two small networks for age and gender, which are not used here.
"""

import re

import torch
from torch import nn
from torch.nn import functional as F

from facediag_utils.networks.architectures.dlib_resnet29 import Affine
from facediag_utils.networks.formats import PublishedNetwork, Tensors

#: Output channels of the blocks; a True block halves the resolution.
BLOCKS = (
    (64, False),
    (128, True),
    (128, False),
    (256, True),
    (256, False),
    (512, True),
    *((512, False),) * 5,
    (1024, True),
    (1024, False),
)

_UNUSED = re.compile(r"(age_pred|gender_pred|feats)/(kernel|bias)|global_pooling/Mean/reduction_indices")
_CLIPPED = re.compile(r"conv\w+_relu/(Cast|Const_1)")  # at 6 and 0


class MobileNetV1(PublishedNetwork):
    """From RGB faces, 224x224, normalised by the registry's record, to 1024 pooled features."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, stride=2, bias=False)
        self.conv1_bn = Affine(32)
        channels = 32
        for k, (width, down) in enumerate(BLOCKS, 1):
            stride, padding = (2, 0) if down else (1, 1)
            depthwise = nn.Conv2d(channels, channels, 3, stride, padding, groups=channels, bias=False)
            self.add_module(f"conv_dw_{k}", depthwise)
            self.add_module(f"conv_dw_{k}_bn", Affine(channels))
            self.add_module(f"conv_pw_{k}", nn.Conv2d(channels, width, 1, bias=False))
            self.add_module(f"conv_pw_{k}_bn", Affine(width))
            channels = width

    def _layer(self, name: str, x: torch.Tensor) -> torch.Tensor:
        convolution = self.get_submodule(name)
        if convolution.stride == (2, 2):  # TensorFlow's padding of an even side: nothing before, one after
            x = F.pad(x, (0, 1, 0, 1))
        return F.relu6(self.get_submodule(f"{name}_bn")(convolution(x)))

    def features(self, x: torch.Tensor, layer: str = "pooled") -> torch.Tensor:
        """Features (batch, 1024) of layer "pooled"."""
        if layer != "pooled":
            raise ValueError(f"layer {layer!r}: this network has only 'pooled'")
        x = self._layer("conv1", x)
        for k in range(1, len(BLOCKS) + 1):
            x = self._layer(f"conv_pw_{k}", self._layer(f"conv_dw_{k}", x))
        return x.mean(dim=(2, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.features(x)

    @staticmethod
    def rename(given: Tensors) -> Tensors:
        """From the names of the file to ours; a clip at other values than 6 and 0 is left, so that `fill` refuses it."""
        ours: Tensors = {}
        for name, value in given.items():
            if _UNUSED.fullmatch(name):
                continue
            if _CLIPPED.fullmatch(name) and torch.equal(value, torch.tensor(6.0 if name.endswith("Cast") else 0.0)):
                continue
            layer, _, kind = name.partition("/")
            if kind in ("convolution/merged_input", "depthwise_kernel"):
                # the file reads the colours as blue, green, red
                ours[f"{layer}.weight"] = value.flip(1) if layer == "conv1" else value
                if kind != "depthwise_kernel":
                    ours[f"{layer}_bn.weight"] = torch.ones(len(value))
            elif kind in ("batchnorm_1/mul", "batchnorm_1/sub"):
                ours[f"{layer}.{'weight' if kind.endswith('mul') else 'bias'}"] = value
            else:
                ours[name] = value
        return ours
