"""The same bits on this processor, on others that it is taken for, and on emulated ones."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache

import elsewhere
import pytest
import torch
from torch import nn

from facediag_utils.core import memory, pin
from facediag_utils.core.settings import ROOT
from facediag_utils.methods import fingerprint
from facediag_utils.methods.devices import one_thread
from facediag_utils.methods.training import Classifier
from facediag_utils.networks import registry

pytestmark = pytest.mark.slow
QEMU = shutil.which("qemu-x86_64")
SMALLEST = [fingerprint.DENSE_SIFT]
EVERYTHING = [fingerprint.DENSE_SIFT, fingerprint.ADAM, *registry.installed()]
PATIENCE = 600  # seconds; an emulator takes a hundred times as long as the processor, and may hang


def printed(*before: str, names: Sequence[str] = SMALLEST, **others: str) -> list[str]:
    """What ``facediag fingerprint`` prints of some things, in a process of its own."""
    command = [*before, sys.executable, "-m", "facediag_utils", "fingerprint", *names]
    kept = {
        name: value for name, value in os.environ.items() if name not in memory.VARIABLES
    }  # the emulator reads them too
    environment = kept | {"OMP_NUM_THREADS": "1"} | others
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"{' '.join(before)} did not end within {PATIENCE // 60} minutes")
    return done.stdout.splitlines()


def test_a_checksum_of_each_thing():
    lines = list(fingerprint.lines([fingerprint.DENSE_SIFT, "dlib_resnet29"]))
    assert [line.split()[:2] for line in lines[1:]] == [
        [fingerprint.DENSE_SIFT, "descriptors"],
        [fingerprint.DENSE_SIFT, "means"],
        [fingerprint.DENSE_SIFT, "bags"],
        ["dlib_resnet29", "training"],
        ["dlib_resnet29", "features"],
    ]
    digests = [line.split()[2] for line in lines[1:]]
    assert len(set(digests)) == 5 and all(len(digest) == 64 for digest in digests)


def test_a_rounding_error_is_seen(monkeypatch):
    """The smallest change of the learning rate is another checksum of the training, and none of the features."""
    one = dict(fingerprint.network("dlib_resnet29"))
    recipe = fingerprint.Recipe
    monkeypatch.setattr(fingerprint, "Recipe", lambda **given: recipe(learning_rate=5.001e-5, **given))
    other = dict(fingerprint.network("dlib_resnet29"))
    assert one["training"] != other["training"] and one["features"] == other["features"]


@pytest.mark.parametrize("name", registry.installed())
def test_every_convolution_of_a_training_is_onednns(name):
    """On one thread torch gives 1x1 convolutions of a pair of images to MKL, unless they are dilated, which changes nothing."""
    side, backends = registry.get(name).input_size, set()
    network = Classifier(name, 5, True, torch.Generator().manual_seed(0)).to(memory_format=torch.channels_last)

    def look(layer, inputs, _):
        given = layer.stride, layer.padding, layer.dilation, False, (0, 0), layer.groups
        backends.add(torch._C._select_conv_backend(inputs[0], layer.weight, layer.bias, *given))

    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            layer.register_forward_hook(look)
    x = torch.ones(2, 3, side, side).contiguous(memory_format=torch.channels_last)
    with one_thread():
        features = network.body.features(x, network.layer)
    assert backends == {torch._C._ConvBackend.Mkldnn}
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            layer.dilation = (1, 1)
    torch.testing.assert_close(network.body.features(x, network.layer), features, rtol=1e-3, atol=1e-4)


@cache
def here(*names: str) -> list[str]:
    return printed(names=names)


@pytest.mark.skipif(not elsewhere.able(), reason=elsewhere.NEEDS)
def test_dense_sift_is_the_same_if_this_processor_is_taken_for_another():
    """Libraries choose by a processor's maker, vector units and caches."""
    assert printed(*elsewhere.wrapped("zen3", [])) == here(*SMALLEST)


@pytest.mark.exhaustive
@pytest.mark.skipif(not elsewhere.able(), reason=elsewhere.NEEDS)
@pytest.mark.parametrize("processor", elsewhere.NAMES)
def test_all_networks_are_the_same_if_this_processor_is_taken_for_another(processor):
    assert printed(*elsewhere.wrapped(processor, []), names=EVERYTHING) == here(*EVERYTHING)


@pytest.mark.exhaustive
@pytest.mark.skipif(not elsewhere.able(), reason=elsewhere.NEEDS)
def test_without_the_pin_a_training_tells_makers_apart():
    """So the libraries do believe what they are told, and the pin is needed."""
    one, other = (
        printed(*elsewhere.wrapped(processor, []), names=["dlib_resnet29"], FACEDIAG_FAST="1")[1]
        for processor in ("haswell", "zen3")
    )
    assert one.split()[1] == "training" and one != other


@pytest.mark.exhaustive
@pytest.mark.skipif(not QEMU, reason="no qemu-x86_64 here: apt-get install qemu-user")
@pytest.mark.skipif(not pin.able(), reason="not an x86-64 processor with AVX2")
@pytest.mark.parametrize("model", ["Haswell", "EPYC"])
def test_emulated_processors_compute_the_same(model):
    assert printed(str(QEMU), "-cpu", model) == here(*SMALLEST)
