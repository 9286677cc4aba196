"""Architectures that are counted: numbers that others have counted, and once is enough."""

from itertools import pairwise

import pytest
import timm
from torch import nn

from facediag_utils.networks import counting

#: Separable convolutions of Xception, channels in and out, as notebook 14 has them (Chollet 2017, Figure 5).
XCEPTION = [(64, 128), (128, 128), (128, 256), (256, 256), (256, 728)] + 26 * [(728, 728)]
XCEPTION += [(728, 1024), (1024, 1536), (1536, 2048)]


def test_counts_of_known_networks():
    """torchvision's and timm's own tables: ResNet-50 has 25.56M parameters and 4.09G multiply-accumulates at 224 pixels."""
    found = counting.cost("resnet50", 1000, 224)
    assert (found.parameters, found.macs, found.last_map) == (25_557_032, 4_089_184_256, (2048, 7, 7))
    six = counting.cost("resnet50", 6, 300)
    assert six.parameters == 25_557_032 - 994 * (2048 + 1) and six.last_map == (2048, 10, 10)


@pytest.mark.parametrize("wanted", list(counting.counted()), ids=str)
def test_what_is_written_down_is_what_is_counted(wanted):
    assert counting.count(*wanted) == counting.counted()[wanted] == counting.cost(*wanted)


def test_what_is_written_down_is_not_built(monkeypatch):
    monkeypatch.setattr(counting, "build", None)
    assert counting.cost("inception_v4", 26, 299).parameters > 40e6
    with pytest.raises(TypeError):
        counting.cost("inception_v4", 27, 299)  # another one


def test_xceptions_separable_convolutions():
    layers = [layer for layer in counting.build("legacy_xception", 3).modules() if isinstance(layer, nn.Conv2d)]
    pairs = [(deep, mix) for deep, mix in pairwise(layers) if deep.groups > 1]
    assert [(deep.in_channels, mix.out_channels) for deep, mix in pairs] == XCEPTION and len(pairs) == 34
    weights = sum(deep.weight.numel() + mix.weight.numel() for deep, mix in pairs)
    assert weights == sum(9 * one + one * other for one, other in XCEPTION)


def test_the_names_of_the_notebooks_are_timms():
    assert {"inception_v4", "legacy_xception", "resnet50", "inception_v3", "densenet121", "inception_resnet_v2"} <= set(
        timm.list_models()
    )
