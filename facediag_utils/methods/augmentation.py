"""Random changes of training images: rotation, shift, shear, zoom and flip, as DeepGestalt did (Gurovich et al. 2019).

All of a batch at once and from a generator of one's own; torchvision's transforms draw from the global one.
"""

import math

import torch
from torch.nn import functional as F

from facediag_utils.methods.recipe import Augmentation


def augmented(pictures: torch.Tensor, by: Augmentation, generator: torch.Generator) -> torch.Tensor:
    """Pictures, each changed by its own random affine transformation; what comes from outside repeats the border.

    Parameters
    ----------
    pictures : torch.Tensor
        float32, (n, channels, side, side).
    by : Augmentation
    generator : torch.Generator
        On the processor.

    Returns
    -------
    torch.Tensor
        Same shape, memory order and device.
    """
    count = len(pictures)
    if by.warps:
        transforms = matrices(count, by, generator).to(pictures.device)
        grid = F.affine_grid(transforms, list(pictures.shape), align_corners=False)
        pictures = F.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
    if by.flip:
        mirrored = (torch.rand(count, generator=generator) < 0.5).to(pictures.device)
        pictures = torch.where(mirrored[:, None, None, None], pictures.flip(3), pictures)
    return pictures.contiguous(memory_format=torch.channels_last)


def matrices(count: int, by: Augmentation, generator: torch.Generator) -> torch.Tensor:
    """Random affine transformations (count, 2, 3) from a place in the result to its place in the picture, in -1..1."""
    angle, shear, zoom, right, down = (2 * torch.rand(5, count, generator=generator) - 1).unbind()
    angle, shear = angle * math.radians(by.rotation), torch.tan(shear * math.radians(by.shear))
    scale = 1 / (1 + zoom * by.zoom)
    turned = torch.stack([torch.cos(angle), -torch.sin(angle), torch.sin(angle), torch.cos(angle)], 1).reshape(-1, 2, 2)
    sheared = torch.eye(2).repeat(count, 1, 1)
    sheared[:, 0, 1] = shear
    shifts = 2 * by.shift * torch.stack([right, down], dim=1)[:, :, None]  # the side is 2 in these coordinates
    return torch.cat([turned @ sheared * scale[:, None, None], shifts], dim=2)
