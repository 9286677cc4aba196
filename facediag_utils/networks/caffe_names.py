"""From the names that published ResNet50 and SE-ResNet50 weights carry to those of `paper_networks.ResNet50`.

Three families exist: S. Albanie's PyTorch conversions keep the names of the VGGFace2 Caffe models, which are ours;
the pickles of the same models use torchvision's names, with ``conv4`` and ``conv5`` for squeeze and excitation; and
MatConvNet's ImageNet ResNet50 uses He et al.'s (``res2a_branch2a``, ``bn2a_branch2a``).
"""

import re

import torch

from facediag_utils.core.errors import WeightsError
from facediag_utils.networks.formats import Tensors

EPSILON = 1e-5  # of PyTorch's batch norm: MatConvNet stores sqrt(variance + its own epsilon)

_TORCHVISION = {
    "conv1": "1x1_reduce",
    "bn1": "1x1_reduce_bn",
    "conv2": "3x3",
    "bn2": "3x3_bn",
    "conv3": "1x1_increase",
    "bn3": "1x1_increase_bn",
    "downsample.0": "1x1_proj",
    "downsample.1": "1x1_proj_bn",
    "conv4": "1x1_down",
    "conv5": "1x1_up",
}
_HE = {"branch2a": "1x1_reduce", "branch2b": "3x3", "branch2c": "1x1_increase", "branch1": "1x1_proj"}


def resnet50(given: Tensors) -> Tensors:
    """Weights of ResNet50 or SE-ResNet50 under our names, whichever of the three families they came in."""
    if "conv1_filter" in given:
        return _from_matconvnet(given)
    if "conv1.weight" in given:
        return {_from_torchvision(name): value for name, value in given.items()}
    return given


def _from_torchvision(name: str) -> str:
    layer, _, kind = name.rpartition(".")
    if layer in ("conv1", "bn1"):
        return f"conv1_7x7_s2{'_bn' if layer == 'bn1' else ''}.{kind}"
    if layer == "fc":
        return f"classifier.{kind}"
    block = re.fullmatch(r"layer([1-4])\.(\d)\.(.+)", layer)
    if block is None or block[3] not in _TORCHVISION:
        return name  # reported as superfluous by `formats.fill`
    return f"conv{int(block[1]) + 1}_{int(block[2]) + 1}_{_TORCHVISION[block[3]]}.{kind}"


def _ours(layer: str) -> str:
    """``2a_branch2a`` -> ``conv2_1_1x1_reduce``."""
    block = re.fullmatch(r"([2-5])([a-f])_(branch\w+)", layer)
    if block is None or block[3] not in _HE:
        raise WeightsError(f"layer {layer!r} is not one of ResNet50's; is the file another network's?")
    return f"conv{block[1]}_{ord(block[2]) - ord('a') + 1}_{_HE[block[3]]}"


def _from_matconvnet(given: Tensors) -> Tensors:
    state: Tensors = {}
    for name, value in given.items():
        layer, _, kind = name.rpartition("_")
        if layer == "fc1000":
            state[f"classifier.{'weight' if kind == 'filter' else kind}"] = value
        elif layer == "conv1":
            if kind == "filter":
                state["conv1_7x7_s2.weight"] = value
        elif layer.startswith("res"):
            state[f"{_ours(layer.removeprefix('res'))}.weight"] = value
        else:
            ours = "conv1_7x7_s2_bn" if layer == "bn_conv1" else f"{_ours(layer.removeprefix('bn'))}_bn"
            state.update(_normalisation(ours, kind, value))
    if "conv1_bias" in given:  # Caffe's first convolution has one; a mean that much lower is the same function
        state["conv1_7x7_s2_bn.running_mean"] = state["conv1_7x7_s2_bn.running_mean"] - given["conv1_bias"]
    return state


def _normalisation(layer: str, kind: str, value: torch.Tensor) -> Tensors:
    if kind == "moments":  # a column of means, a column of standard deviations
        return {f"{layer}.running_mean": value[:, 0], f"{layer}.running_var": value[:, 1] ** 2 - EPSILON}
    return {f"{layer}.{'weight' if kind == 'mult' else 'bias'}": value}
