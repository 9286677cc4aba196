"""Heat maps of networks whose explanation is known."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from sklearn.svm import SVC
from torch import nn

from facediag_utils.core.errors import ExplanationError
from facediag_utils.faces import alignment
from facediag_utils.methods import contrast, dtl2, explanations
from facediag_utils.methods.training import Classifier
from facediag_utils.networks import registry

NAME, SIZE = "dlib_resnet29", 150  # only its record is used by the planted network


class Planted(nn.Module):
    """Features are how much red and how much blue there is, seen in a map of 10 x 10 places."""

    def __init__(self):
        super().__init__()
        self.look, self.pool = nn.Conv2d(3, 2, 1), nn.AvgPool2d(15)
        with torch.no_grad():  # red or blue above green
            self.look.weight.copy_(torch.tensor([[1.0, -1, 0], [0, -1, 1]])[:, :, None, None])
            red, green, blue = registry.get(NAME).mean  # grey is nothing to it
            self.look.bias.copy_(torch.tensor([red - green, blue - green]) / registry.get(NAME).std[0])

    def features(self, x, layer):
        return self.pool(torch.relu(self.look(x))).mean(dim=(2, 3))


@pytest.fixture
def planted():
    return contrast.Contrast(Planted(), NAME, np.array([1.0, -1.0]), 0.0)  # red less blue


@pytest.fixture
def chip():
    """Grey with a red square at the upper left and a blue one at the lower right."""
    made = np.full((1, SIZE, SIZE, 3), 120, np.uint8)
    made[0, 30:60, 30:60] = (220, 120, 120)
    made[0, 84:122, 84:122] = (120, 120, 220)
    return made


@pytest.mark.parametrize("method", explanations.METHODS)
def test_every_method_finds_what_the_planted_network_looks_at(planted, chip, method):
    grey = np.full((SIZE, SIZE, 3), 120, np.uint8)
    [found] = explanations.heat_maps(method, planted, chip, grey)
    assert found.shape == (explanations.SIDE, explanations.SIDE) and found.dtype == np.float32
    centre = (np.arange(explanations.SIDE) + 0.5) * SIZE / explanations.SIDE
    for place, (low, high) in ((found.argmax(), (30, 60)), (found.argmin(), (84, 122))):
        row, column = np.unravel_index(place, found.shape)
        assert low <= centre[row] <= high and low <= centre[column] <= high
    assert abs(found[-5:, :5]).max() < 0.05 * found.max()  # a corner with neither


def test_a_window_by_hand(planted, chip):
    grey = np.full((SIZE, SIZE, 3), 120, np.uint8)
    [whole], [blue] = planted.margins(chip), planted.margins(np.where(chip[..., :1] > 120, 120, chip).astype(np.uint8))
    over_red = contrast.cover(planted, chip[0], grey, 0.2, 0.2, 0.25)
    assert over_red.window == (30, 30, 38) and over_red.margin == pytest.approx(blue, abs=1e-6) and blue < whole
    beside = contrast.cover(planted, chip[0], grey, 0.0, 0.9, 0.25)  # it stays within the picture
    assert beside.window == (0, 112, 38) and beside.margin == pytest.approx(whole, abs=1e-6)
    changed = (over_red.chip != chip[0]).any(axis=2)
    assert changed[30:60, 30:60].all() and changed.sum() == 900 and (chip[0, 30, 30] == (220, 120, 120)).all()


def test_class_activation_maps_are_exact(planted, chip):
    x = registry.prepare(chip, planted.record)
    found = explanations.cam(planted, x, x[0])
    assert found.shape == (1, 1, 10, 10)
    assert float(found.mean()) == pytest.approx(planted.margins(chip)[0], rel=1e-5)
    assert torch.allclose(explanations.grad_cam(planted, x, x[0]) * 100, found, rtol=1e-4, atol=1e-5)  # 100 places


def test_integrated_gradients_sum_to_the_difference(planted, chip):
    grey = np.full((1, SIZE, SIZE, 3), 120, np.uint8)
    x, reference = (registry.prepare(part, planted.record) for part in (chip, grey))
    total = float(explanations.integrated_gradients(planted, x, reference[0]).sum())
    assert total == pytest.approx(float(planted.margins(chip)[0] - planted.margins(grey)[0]), rel=1e-4)


def test_a_1x1_convolution_commutes_with_pooling(planted, chip):
    x = registry.prepare(chip, planted.record)
    weight, bias = torch.randn(5, 2), torch.randn(5)
    maps = explanations.class_maps(planted, x, weight, bias)
    assert maps.shape == (1, 5, 10, 10)
    after = planted.body.features(x, "") @ weight.T + bias
    assert torch.allclose(maps.mean(dim=(2, 3)), after, rtol=1e-4, atol=1e-5)


def test_a_network_whose_features_are_no_mean_has_no_class_map(chip, own_cache, monkeypatch):
    class Highest(Planted):
        def features(self, x, layer):
            return self.pool(torch.relu(self.look(x))).amax(dim=(2, 3))

    highest = contrast.Contrast(Highest(), NAME, np.ones(2), 0.0)
    with pytest.raises(ExplanationError, match="not the mean of its last map"):
        explanations.heat_maps("CAM", highest, chip, chip[0])
    with pytest.raises(ExplanationError, match="no layer gives a map of 200 places"):
        explanations.map_layer(highest, 200)
    small = {name: replace(registry.get(name), layers={"pooled": 2}) for name in (NAME, "mobileface")}
    monkeypatch.setattr(registry, "get", small.get)
    monkeypatch.setattr(registry, "load", lambda name: Highest() if name == "mobileface" else Planted())
    # as a VGG would stand before the others and has none
    assert explanations.class_map_sides(["mobileface", NAME]) == {NAME: 10}
    monkeypatch.setattr(registry, "load", None)  # not asked again
    assert explanations.class_map_sides([NAME, "mobileface"]) == {NAME: 10}
    with pytest.raises(ExplanationError, match=r"no installed network .* `make setup` brings some"):
        explanations.class_map_sides(["mobileface"])


@pytest.mark.parametrize("classes", [("ill", "well"), ("a", "b", "c", "control")])
def test_the_contrast_is_the_svms_own_decision(classes):
    rng = np.random.default_rng(0)
    labels = np.repeat(classes, 12)
    features = rng.normal(size=(len(labels), 8)) + 2 * np.eye(8)[np.repeat(range(len(classes)), 12)]
    svm = SVC(kernel="linear", decision_function_shape="ovo").fit(features, labels)
    decisions = svm.decision_function(features).reshape(len(labels), -1)
    place = 0
    for i, one in enumerate(classes):
        for other in classes[i + 1 :]:
            sign = -1 if len(classes) == 2 else 1  # of two classes scikit-learn's is towards the second
            for first, second, turned in ((one, other, sign), (other, one, -sign)):
                head = contrast.of_svm(svm, Planted(), NAME, first, second).head
                found = head(torch.from_numpy(features).float()).squeeze(1).numpy()
                assert found == pytest.approx(turned * decisions[:, place], abs=1e-4)
                mine = np.isin(labels, (first, second))
                assert np.mean((found[mine] > 0) == (labels[mine] == first)) > 0.9
            place += 1


def test_randomised_layers_forget_and_the_others_do_not(planted):
    head, whole = contrast.randomised(planted, 0), contrast.randomised(planted, 1)
    assert torch.equal(head.body.look.weight, planted.body.look.weight)
    assert not torch.equal(whole.body.look.weight, planted.body.look.weight)
    for one, other in zip(whole.parameters(), planted.parameters(), strict=True):
        assert torch.equal(one.flatten().sort().values, other.flatten().sort().values)
    assert torch.equal(planted.head.weight, torch.tensor([[1.0, -1.0]]))  # the original is as it was


def test_what_the_others_are_compared_with():
    assert contrast.healthy(("a", "Control", "b")) == "Control" and contrast.healthy(("anna", "ben")) == "ben"
    ranked = [("control", 0.6), ("leprosy", 0.3), ("other", 0.1)]
    assert contrast.pair(ranked) == ("leprosy", "control")
    assert contrast.pair(ranked[1:]) == ("leprosy", "other")
    assert contrast.pair([ranked[1], ranked[2], ranked[0]]) == ("leprosy", "control")


@pytest.mark.slow
def test_the_contrast_of_a_fine_tuned_network_is_a_difference_of_logits():
    network = Classifier(NAME, 3, True, torch.Generator().manual_seed(0)).eval()
    chips = np.random.default_rng(0).integers(0, 256, (2, SIZE, SIZE, 3), dtype=np.uint8)
    with torch.inference_mode():
        logits = network(registry.prepare(chips, registry.get(NAME))).numpy()
    found = contrast.of_network(network, NAME, ("a", "b", "c"), "c", "a").margins(chips)
    assert found == pytest.approx(logits[:, 2] - logits[:, 0], abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "places"), [("dlib_resnet29", 2), ("efficientnet_lite0", 7)])
def test_maps_of_real_networks(name, places):
    """CAM of both is exact; Grad-CAM of a network whose last map is large enough is CAM."""
    record = registry.get(name)
    rng = np.random.default_rng(0)
    whole = contrast.Contrast(registry.load(name), name, rng.normal(size=record.layers["pooled"]), 0.5)
    chips = rng.integers(0, 256, (2, record.input_size, record.input_size, 3), dtype=np.uint8)
    x = registry.prepare(chips, record)
    found = explanations.cam(whole, x, x[0])
    assert found.shape == (2, 1, places, places)
    assert found.mean(dim=(1, 2, 3)).numpy() == pytest.approx(whole.margins(chips), rel=1e-3, abs=1e-4)
    other = explanations.grad_cam(whole, x, x[0])
    assert other.shape[2] >= explanations.LEAST
    if places >= explanations.LEAST:  # Grad-CAM has no bias and no division by the number of places
        assert torch.allclose(other * places**2 + 0.5, found, rtol=1e-3, atol=1e-3)


@pytest.mark.slow
def test_maps_are_kept_by_image_and_network(few, own_cache, monkeypatch):
    images, faces = few
    rows = np.flatnonzero(images.table["label"] == "leprosy")[:2]
    rng = np.random.default_rng(0)
    body, reference = registry.load(NAME), contrast.average_face(images, faces, NAME, "control")
    one, other = (contrast.Contrast(body, NAME, rng.normal(size=256), 0.0) for _ in range(2))
    found = explanations.explained("Grad-CAM", one, images, faces, rows, reference)
    assert found.shape == (2, explanations.SIDE, explanations.SIDE)
    different = explanations.explained("Grad-CAM", other, images, faces, rows, reference)
    assert abs(spearmanr(found[0].ravel(), different[0].ravel()).statistic) < 0.99
    monkeypatch.setattr(explanations, "heat_maps", None)  # not computed again
    assert np.array_equal(explanations.explained("Grad-CAM", one, images, faces, rows[::-1], reference), found[::-1])


def test_the_average_face_of_a_class(few, own_cache, monkeypatch):
    images, faces = few
    rows = np.flatnonzero((images.table["label"] == "control") & (images.table["split"] == "train") & faces.found)
    taken = np.stack(list(alignment.chips(images, faces, 150, "tight", rows)))
    found = contrast.average_face(images, faces, NAME, "control")
    assert found.dtype == np.uint8 and np.array_equal(found, taken.mean(axis=0).round())
    assert not np.array_equal(found, contrast.average_face(images, faces, NAME, "leprosy"))
    monkeypatch.setattr(contrast, "chips", None)  # not cut again
    assert np.array_equal(contrast.average_face(images, faces, NAME, "control"), found)
    with pytest.raises(ExplanationError, match="no training face of nobody"):
        contrast.average_face(images, faces, NAME, "nobody")


def test_the_features_are_the_mean_of_the_last_map(few, own_cache):
    images, faces = few
    rows = np.array([0, 3, 20])
    maps = explanations.last_maps("efficientnet_lite0", images, faces, rows)
    assert maps.shape == (3, 1280, 7, 7)
    wanted = dtl2.extract("efficientnet_lite0", images, faces)[rows]
    assert maps.mean(axis=(2, 3)) == pytest.approx(wanted, abs=1e-4)
    again = explanations.last_maps("efficientnet_lite0", images, faces, rows[::-1])
    assert np.array_equal(again, maps[::-1])
