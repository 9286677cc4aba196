"""One thing changed at a time: that thing, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from made import cohort_of, rows_of
from torch import nn

from facediag_utils.methods import ablation, dtl2
from facediag_utils.networks import registry

NETWORK = "efficientnet_lite0"


class Plain(nn.Module):
    """A batch norm between two layers of which neither may change."""

    def __init__(self):
        super().__init__()
        self.first, self.norm, self.drop = nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.Dropout(0.5)

    def features(self, x, layer):
        return self.drop(self.norm(self.first(x)))


def test_batch_norms_get_the_batches_means_and_nothing_else_changes():
    network = Plain().eval()
    kept = {name: value.clone() for name, value in network.state_dict().items()}
    batches = torch.randn(3, 8, 3, 5, 5, generator=torch.Generator().manual_seed(0)) * 2 + 7
    ablation.measure(network, batches, "pooled")
    with torch.inference_mode():
        made = network.first(batches.flatten(0, 1))
        through = network.features(batches.flatten(0, 1), "pooled")
        assert torch.equal(through, network.norm(made))  # nothing is dropped
    assert torch.allclose(network.norm.running_mean, made.mean(dim=(0, 2, 3)), atol=1e-4)
    assert not network.training and through.mean().abs() < 1e-3 and abs(through.std() - 1) < 0.05
    unchanged = {name for name, value in network.state_dict().items() if torch.equal(value, kept[name])}
    assert unchanged == {"first.weight", "first.bias", "norm.weight", "norm.bias"}


@pytest.fixture(scope="module")
def six(few):
    """Three training images and three test images."""
    split = few[0].table["split"].to_numpy()
    rows = np.concatenate([np.flatnonzero(split == name)[:3] for name in ("train", "test")])
    return cohort_of(few[0], rows), rows_of(few[1], rows)


def test_each_change_is_what_it_says(six):
    found, record = ablation.features(NETWORK, *six), registry.get(NETWORK)
    assert {kind: list(named) for kind, named in found.items()} == {
        "crop": ["tight, not loose"],
        "resolution": ["128 px, not 224"],
        "layer": ["stage 5 of 7", "stage 7 of 7"],
        "batch norms": ["measured on faces"],
    }
    assert [values.shape for values in found["layer"].values()] == [(6, 112), (6, 320)]
    plain = dtl2.extract(NETWORK, *six)
    same = [found["crop"]["tight, not loose"], found["resolution"]["128 px, not 224"]]
    wanted = [dtl2.extract(replace(record, crop="tight"), *six), dtl2.extract(replace(record, input_size=128), *six)]
    for values, other in zip(same, wanted, strict=True):
        assert values.shape == plain.shape and np.array_equal(values, other) and np.abs(values - plain).max() > 0.1


def test_batch_norms_are_measured_on_training_images_without_labels(six):
    """Neither labels nor test images reach them."""
    images, faces = six
    whole = ablation.measured_anew(NETWORK, images, faces)
    assert np.isfinite(whole).all() and np.abs(whole - dtl2.extract(NETWORK, images, faces)).max() > 0.1
    rows = np.arange(4)  # one test image of three
    less = cohort_of(images, rows)
    less = replace(less, table=less.table.assign(label="x"))
    assert np.abs(ablation.measured_anew(NETWORK, less, rows_of(faces, rows)) - whole[:4]).max() < 1e-4
