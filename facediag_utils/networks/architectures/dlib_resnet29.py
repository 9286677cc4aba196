"""dlib's face-recognition network (D. King 2017) as a PyTorch module, filled from dlib's own file.

ResNet-29 in the manner of He et al. 2016 with half the filters; 99.38% on LFW by its author's account.  The file
holds, in forward order, 29 times (convolution, affine) and a 256x128 matrix.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from facediag_utils.core.errors import WeightsError

TENSOR_VERSION = 2
#: Output channels of the residual blocks; a True block halves the resolution.
BLOCKS = (
    *((32, False),) * 3,
    (64, True),
    *((64, False),) * 3,
    (128, True),
    *((128, False),) * 2,
    (256, True),
    *((256, False),) * 2,
    (256, True),
)


class Affine(nn.Module):
    """Scale and shift a channel: a batch norm frozen at the end of training."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weight[:, None, None] + self.bias[:, None, None]


class Block(nn.Module):
    """relu(affine(conv(relu(affine(conv x)))) + shortcut x); what differs in size is padded with zeros."""

    def __init__(self, channels_in: int, channels: int, down: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride=2 if down else 1, padding=0 if down else 1)
        self.affine1 = Affine(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.affine2 = Affine(channels)
        self.down = down

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.affine2(self.conv2(F.relu(self.affine1(self.conv1(x)))))
        shortcut = F.avg_pool2d(x, 2, stride=2) if self.down else x
        size = [max(a, b) for a, b in zip(y.shape, shortcut.shape, strict=True)]
        return F.relu(_padded(y, size) + _padded(shortcut, size))


def _padded(x: torch.Tensor, size: list[int]) -> torch.Tensor:
    """Zeros added after the last channel, row and column, as dlib's ``add_prev`` does."""
    if list(x.shape) == size:
        return x
    return F.pad(x, (0, size[3] - x.shape[3], 0, size[2] - x.shape[2], 0, size[1] - x.shape[1]))


class DlibResNet29(nn.Module):
    """From RGB faces, 150x150, normalised by the registry's record, to 256 pooled features and a 128-D descriptor."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 32, 7, stride=2)
        self.affine = Affine(32)
        channels, blocks = 32, []
        for width, down in BLOCKS:
            blocks.append(Block(channels, width, down))
            channels = width
        self.blocks = nn.Sequential(*blocks)
        self.fc = nn.Linear(256, 128, bias=False)

    def features(self, x: torch.Tensor, layer: str = "pooled") -> torch.Tensor:
        """Features (batch, 256) of layer "pooled", or (batch, 128) of layer "descriptor"."""
        x = F.max_pool2d(F.relu(self.affine(self.conv(x))), 3, stride=2)
        pooled = self.blocks(x).mean(dim=(2, 3))
        return self.fc(pooled) if layer == "descriptor" else pooled

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.features(x, "descriptor")

    def fill(self, path: Path) -> None:
        """Take the weights of dlib's file.  Raises WeightsError if it does not hold exactly these parameters."""
        layers = [m for m in self.modules() if isinstance(m, (nn.Conv2d, Affine, nn.Linear))]
        tensors = list(read_tensors(path))
        if len(tensors) != len(layers):
            raise WeightsError(
                f"{path}: {len(tensors)} parameter tensors, {len(layers)} expected; not dlib's ResNet-29 or damaged"
            )
        with torch.no_grad():
            for number, (layer, values) in enumerate(zip(layers, tensors, strict=True)):
                _fill(layer, torch.from_numpy(values.copy()), f"{path}: tensor {number}")


class _Reader:
    """dlib's serialization: an integer is a head byte (bit 7 the sign, low 4 bits a count) and that many bytes,
    little-endian; a tensor is a version, four sizes and float32 values."""

    def __init__(self, data: bytes, where: Path) -> None:
        self.data, self.where, self.position = data, where, 0

    def integer(self, at: int) -> tuple[int, int]:
        """Value at a position, and the position after it; raises ValueError if there is none."""
        if at >= len(self.data):
            raise ValueError("the file ends early")
        head = self.data[at]
        count = head & 0x0F
        body = self.data[at + 1 : at + 1 + count]
        if head & 0x70 or not 0 < count <= 8 or len(body) < count:
            raise ValueError("no integer here")
        value = int.from_bytes(body, "little")
        return (-value if head & 0x80 else value), at + 1 + count

    def tensor(self, at: int) -> tuple[np.ndarray, int] | None:
        """Parameter tensor that starts at a position, or None.

        dlib stores a layer's parameters flat, with two last sizes of 1; that tells them from chance matches in the
        text between them."""
        try:
            version, position = self.integer(at)
            if version != TENSOR_VERSION:
                return None
            sizes = []
            for _ in range(4):
                size, position = self.integer(position)
                sizes.append(size)
        except ValueError:
            return None
        length = sizes[0] * sizes[1]
        if min(sizes) < 1 or sizes[2:] != [1, 1] or length < 64 or position + 4 * length > len(self.data):
            return None
        values = np.frombuffer(self.data, "<f4", length, position)
        if not np.isfinite(values).all() or np.abs(values).max() > 1e3:
            return None
        return values.reshape(sizes), position + 4 * length


def read_tensors(path: Path) -> Iterator[np.ndarray]:
    """The parameter tensors of a dlib network file, front to back."""
    reader, at = _Reader(path.read_bytes(), path), 0
    while at < len(reader.data):
        found = reader.tensor(at)
        if found is None:
            at += 1
        else:
            yield found[0]
            at = found[1]


def _fill(layer: nn.Conv2d | Affine | nn.Linear, values: torch.Tensor, where: str) -> None:
    weight = layer.weight
    bias: torch.Tensor | None = layer.bias
    expected = weight.numel() + (bias.numel() if bias is not None else 0)
    if values.numel() != expected:
        raise WeightsError(f"{where} has {values.numel()} values, {expected} expected; not dlib's ResNet-29 or damaged")
    flat = values.flatten()
    if isinstance(layer, nn.Linear):  # stored as (inputs, outputs)
        layer.weight.copy_(flat.reshape(layer.in_features, layer.out_features).T)
        return
    weight.copy_(flat[: weight.numel()].reshape(weight.shape))
    if bias is not None:
        bias.copy_(flat[weight.numel() :])
