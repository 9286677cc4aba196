"""The shapes that hooks see in a network, and their diagram."""

import matplotlib.pyplot as plt
import pytest
import torch
from overlaps import faults

from facediag_utils.figures import style, tensor_shapes
from facediag_utils.networks import registry

pytestmark = pytest.mark.slow


def stages_of(name, batch=10):
    record = registry.get(name)
    with torch.device("meta"):  # shapes without values
        network, x = registry.build(record).eval(), torch.zeros(batch, 3, record.input_size, record.input_size)
        return record, tensor_shapes.stages(network, x, record.feature_layer)


def test_shapes_of_dlibs_network():
    _, found = stages_of("dlib_resnet29")
    sides = [(3, 150), (32, 72), (32, 35), (64, 17), (128, 8), (256, 4), (256, 2)]
    assert [stage.shape for stage in found] == [*((10, width, side, side) for width, side in sides), (10, 256)]
    assert [stage.convolutions for stage in found] == [0, 1, 6, 8, 6, 6, 2, 0]  # ResNet-29


@pytest.mark.parametrize(("name", "convolutions"), [("vgg16_vggface", 13), ("senet50_vggface2", 53), ("casia", 10)])
def test_every_convolution_is_counted_once(name, convolutions):
    _, found = stages_of(name)
    assert sum(stage.convolutions for stage in found) == convolutions


def architectures():
    """A registered network of each architecture."""
    return {(record.architecture, str(record.options)): name for name, record in registry.published().items()}.values()


@pytest.mark.parametrize("name", architectures())
def test_every_architecture_narrows_from_faces_to_features(name):
    record, found = stages_of(name, batch=2)
    assert found[0].shape == (2, 3, record.input_size, record.input_size)
    assert found[-1].shape == (2, record.layers[record.feature_layer])
    sides = [stage.shape[2] for stage in found[:-1]]
    assert sides == sorted(sides, reverse=True)


@pytest.mark.parametrize("name", ["dlib_resnet29", "vgg16_torchvision"])  # the latter has most stages
def test_all_shapes_can_be_read_in_the_diagram(name):
    record, found = stages_of(name)
    style.set_style()
    figure = tensor_shapes.diagram(found, 50, "linear SVM", f"DTL2, {record.title}: {record.pretraining}")
    written = {text.get_text().replace("\n", " ") for text in figure.axes[0].texts}
    assert {" × ".join(map(str, stage.shape)) for stage in found} | {"10 × 50"} <= written
    assert not faults(figure)
    plt.close(figure)
