"""Fine-tuning: the paper's recipe, known errors, resumption to the bit, and a clear end when it diverges."""

import numpy as np
import pytest
import torch

from facediag_utils import backbones, dtl1
from facediag_utils.errors import TrainingError

NAME = "dlib_resnet29"


def faces(number: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two classes of noise that differ in brightness: easy to learn."""
    rng = np.random.default_rng(seed)
    labels = np.arange(number) % 2
    pictures = rng.integers(0, 120, (number, 150, 150, 3)) + 110 * labels[:, None, None, None]
    return pictures.astype(np.uint8), labels


def tuned(epochs=2, seed=0, checkpoint=None, **recipe):
    return dtl1.fine_tune(
        NAME, faces(12), faces(6, 1), 2, dtl1.Recipe(epochs=epochs, batch=4, **recipe), seed, checkpoint
    )


def test_defaults_are_the_papers():
    """Section III.C.1: 100 epochs, learning rate 5e-5, weight decay 5e-4, momentum 0.9."""
    recipe = dtl1.Recipe()
    assert (recipe.epochs, recipe.learning_rate, recipe.weight_decay, recipe.momentum) == (100, 5e-5, 5e-4, 0.9)


def test_errors_of_known_logits():
    logits = torch.tensor([[4.0, 3.0, 2.0, 1.0], [4.0, 3.0, 2.0, 1.0], [4.0, 3.0, 2.0, 1.0], [4.0, 3.0, 2.0, 1.0]])
    errors = dtl1._errors(logits, torch.tensor([0, 1, 2, 3]))
    assert errors["top1"] == 0.75 and errors["top3"] == 0.25
    softmax = np.exp([4, 3, 2, 1]) / np.exp([4, 3, 2, 1]).sum()
    assert errors["objective"] == pytest.approx(-np.log(softmax).mean(), rel=1e-6)  # eq. (7)


def test_it_learns_and_every_layer_moves():
    result = tuned(epochs=6, learning_rate=1e-3)
    curves = result.curves()
    train = curves[curves["part"] == "train"]["objective"].to_numpy()
    assert train[-1] < 0.5 * train[0]
    assert curves[curves["part"] == "validation"]["top1"].iloc[-1] == 0
    original = dict(backbones.load(NAME).named_parameters())
    for name, parameter in result.network.body.named_parameters():
        if not name.startswith("fc."):  # the layer that the new one replaces
            assert not torch.equal(parameter, original[name]), name


def test_scores_are_softmax_of_the_validation_images():
    result = tuned()
    assert len(result.scores) == 2 and result.scores[0].shape == (6, 2)
    assert result.scores[1].sum(axis=1) == pytest.approx(np.ones(6), abs=1e-5)


def test_same_seed_same_training():
    assert tuned(seed=3).history == tuned(seed=3).history
    assert tuned(seed=3).history != tuned(seed=4).history


def test_a_stopped_training_goes_on_where_it_was(tmp_path):
    whole = tuned(epochs=4)
    tuned(epochs=2, checkpoint=tmp_path / "c.pt")
    resumed = tuned(epochs=4, checkpoint=tmp_path / "c.pt")
    assert resumed.history == whole.history
    assert all(torch.equal(a, b) for a, b in zip(whole.network.parameters(), resumed.network.parameters(), strict=True))
    assert [path.name for path in tmp_path.iterdir()] == ["c.pt"]


def test_a_checkpoint_that_went_further_is_not_taken_for_a_shorter_training(tmp_path):
    tuned(epochs=3, checkpoint=tmp_path / "c.pt")
    short = tuned(epochs=1, checkpoint=tmp_path / "c.pt")
    assert short.history == tuned(epochs=1).history and len(short.scores) == 1


def test_divergence_stops_with_a_word():
    with pytest.raises(TrainingError, match="learning rate 1e\\+06 is too high"):
        tuned(epochs=3, learning_rate=1e6)


def test_from_scratch_is_another_network():
    scratch = tuned(epochs=1, pretrained=False).network
    assert sum(p.numel() for p in scratch.body.parameters()) == backbones.get(NAME).parameters
    again = tuned(epochs=1, pretrained=False).network
    assert all(torch.equal(a, b) for a, b in zip(scratch.parameters(), again.parameters(), strict=True))


def test_checkpoints_of_other_settings_are_other_files():
    recipe = dtl1.Recipe()
    paths = {
        dtl1.checkpoint_path(NAME, ["a", "b"], ("x", "y"), recipe, 0),
        dtl1.checkpoint_path(NAME, ["a", "c"], ("x", "y"), recipe, 0),
        dtl1.checkpoint_path(NAME, ["a", "b"], ("x", "y"), recipe, 1),
        dtl1.checkpoint_path(NAME, ["a", "b"], ("x", "y"), dtl1.Recipe(batch=8), 0),
    }
    assert len(paths) == 4
    assert dtl1.checkpoint_path(NAME, ["a", "b"], ("x", "y"), dtl1.Recipe(epochs=7), 0) in paths
