"""Fine-tuning: the paper's recipe, known errors, resumption to the bit, and a clear end when it diverges."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from made import cohort_of, rows_of

from facediag_utils.core.errors import TrainingError
from facediag_utils.data import cohort, paper, splitting
from facediag_utils.data.store import Method
from facediag_utils.evaluation import metrics
from facediag_utils.faces import alignment, detection
from facediag_utils.methods import devices, dtl1, training
from facediag_utils.methods.augmentation import Augmentation, augmented, matrices
from facediag_utils.methods.recipe import Recipe
from facediag_utils.networks import registry

NAME = "dlib_resnet29"


def faces(number: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two classes of noise that differ in brightness: easy to learn."""
    rng = np.random.default_rng(seed)
    labels = np.arange(number) % 2
    pictures = rng.integers(0, 120, (number, 150, 150, 3)) + 110 * labels[:, None, None, None]
    return pictures.astype(np.uint8), labels


PICTURES, LABELS = (np.concatenate(parts) for parts in zip(faces(12), faces(6, 1), strict=True))
TRAIN, HELD = np.arange(12), np.arange(12, 18)


def tuned(epochs=2, seed=0, checkpoint=None, train=TRAIN, labels=LABELS, **recipe):
    recipe = Recipe(epochs=epochs, **{"batch": 4, **recipe})
    given = (train, labels[train]), (HELD, labels[HELD])
    return training.fine_tune(NAME, lambda: PICTURES, *given, 2, recipe, seed, checkpoint)


def test_defaults_are_the_papers():
    """Section III.C.1: 100 epochs, learning rate 5e-5, weight decay 5e-4, momentum 0.9."""
    recipe = Recipe()
    assert (recipe.epochs, recipe.learning_rate, recipe.weight_decay, recipe.momentum) == (100, 5e-5, 5e-4, 0.9)


def test_errors_of_known_logits():
    logits = torch.tensor([[4.0, 3.0, 2.0, 1.0], [4.0, 3.0, 2.0, 1.0], [4.0, 3.0, 2.0, 1.0], [4.0, 3.0, 2.0, 1.0]])
    errors = training.errors(logits, torch.tensor([0, 1, 2, 3]))
    assert errors["top1"] == 0.75 and errors["top3"] == 0.25
    softmax = np.exp([4, 3, 2, 1]) / np.exp([4, 3, 2, 1]).sum()
    assert errors["objective"] == pytest.approx(-np.log(softmax).mean(), rel=1e-6)  # eq. (7)


def test_it_learns_and_every_layer_moves():
    result = tuned(epochs=6, learning_rate=1e-3)
    curves = result.curves()
    train = curves[curves["part"] == "train"]["objective"].to_numpy()
    assert train[-1] < 0.5 * train[0]
    assert curves[curves["part"] == "validation"]["top1"].iloc[-1] == 0
    original = dict(registry.load(NAME).named_parameters())
    for name, parameter in result.network.body.named_parameters():
        if not name.startswith("fc."):  # the layer that the new one replaces
            assert not torch.equal(parameter, original[name]), name


def test_same_seed_same_training():
    first, again, other = (tuned(epochs=1, seed=seed).history for seed in (3, 3, 4))
    assert first == again != other


def same(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


@pytest.mark.parametrize("best", [True, False])
def test_a_stopped_training_goes_on_where_it_was(tmp_path, monkeypatch, best):
    """Killed in the second epoch and started again: every number as if it had never been stopped."""
    whole = tuned(epochs=3, best=best)
    original, calls = training._epoch, []

    def killed(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(*arguments)

    monkeypatch.setattr(training, "_epoch", killed)
    with pytest.raises(KeyboardInterrupt):
        tuned(epochs=3, best=best, checkpoint=tmp_path / "c.pt")
    resumed = tuned(epochs=3, best=best, checkpoint=tmp_path / "c.pt")
    assert len(calls) == 4  # an epoch, the one killed, two more
    assert (
        resumed.history == whole.history
        and resumed.kept_epoch == whole.kept_epoch
        and same(resumed.network, whole.network)
    )
    finished = tuned(epochs=3, best=best, checkpoint=tmp_path / "c.pt")
    assert len(calls) == 4 and finished.history == whole.history and same(finished.network, whole.network)
    assert [path.name for path in tmp_path.iterdir()] == ["c.pt"]


def test_the_kept_network_is_that_of_the_lowest_validation_error():
    result = tuned(epochs=5, learning_rate=2e-4)
    rows = result.curves().query("part == 'validation'")
    reached = list(zip(rows["top1"], rows["objective"], strict=True))
    assert result.kept_epoch == 1 + reached.index(min(reached))
    logits = training.predict(result.network, PICTURES, HELD, registry.get(NAME))
    again = training.errors(logits, torch.from_numpy(LABELS[HELD]))
    assert again["objective"] == pytest.approx(reached[result.kept_epoch - 1][1], abs=1e-6)
    assert tuned(epochs=2, learning_rate=2e-4, best=False).kept_epoch == 2


@pytest.mark.parametrize("balanced", [False, True])
def test_a_batch_in_pairs_is_the_same_step(monkeypatch, balanced):
    recipe = {"batch": 5, "augmentation": Augmentation(flip=False), "balanced": balanced, "learning_rate": 2e-4}
    whole = tuned(epochs=2, **recipe)
    monkeypatch.setattr(training, "AT_ONCE", 60_000)
    pairs = tuned(epochs=2, **recipe)
    for one, other in zip(whole.history, pairs.history, strict=True):
        assert one["objective"] == pytest.approx(other["objective"], rel=1e-4)
    assert whole.history != pairs.history  # the last digits tell that it went another way


def test_patience_ends_a_training_that_no_longer_gets_better():
    result = tuned(epochs=30, learning_rate=1e-12, patience=2)
    assert result.epochs == result.kept_epoch + 2 < 30


def test_divergence_stops_with_a_word():
    with pytest.raises(
        TrainingError, match=r"the loss (is not a number|has grown to .*) in epoch \d; the learning rate 1e\+06"
    ):
        tuned(epochs=3, learning_rate=1e6)
    with pytest.raises(TrainingError, match=r"has grown to 6\.94 in epoch 7"):
        training._check({"objective": 6.94}, NAME, 7, Recipe(), 2)
    training._check({"objective": 6.94}, NAME, 1, Recipe(), 2)  # where it began
    training._check({"objective": 6.92}, NAME, 7, Recipe(), 2)  # ten times ln 2 is 6.93


def test_from_scratch_is_another_network():
    scratch = tuned(epochs=1, pretrained=False).network
    assert sum(p.numel() for p in scratch.body.parameters()) == registry.get(NAME).parameters
    again = tuned(epochs=1, pretrained=False).network
    assert same(scratch, again)


def test_from_scratch_of_a_network_with_dropped_paths_is_repeatable():
    """EfficientNet drops paths while it trains: from the training's seed, not from whatever was drawn before."""
    pictures = np.random.default_rng(0).integers(0, 256, (4, 224, 224, 3)).astype(np.uint8)
    given = (np.arange(4), np.arange(4) % 2), (np.arange(2), np.arange(2))
    recipe, histories = Recipe(epochs=1, batch=4, pretrained=False), []
    for drawn_before in (1, 2):
        torch.manual_seed(drawn_before)
        histories.append(training.fine_tune("efficientnet_lite0", lambda: pictures, *given, 2, recipe).history)
    assert histories[0] == histories[1]


def test_frozen_layers_stay_and_the_others_move():
    network = tuned(epochs=2, learning_rate=1e-3, frozen=5).network
    original = dict(registry.load(NAME).named_parameters())
    moved = {name for name, value in network.body.named_parameters() if not torch.equal(value, original[name])}
    frozen = [n for n in original if n.startswith(("conv.", "affine.", "blocks.0.", "blocks.1."))]  # 1 + 2 + 2 layers
    assert moved == set(original) - set(frozen) - {"fc.weight"}  # which the new layer replaces
    with pytest.raises(TrainingError, match="the network has 30"):
        tuned(frozen=31)


def test_class_weights_are_even_for_even_classes_and_inverse_to_counts():
    assert training.class_weights(torch.tensor([0, 1, 2, 0, 1, 2]), 3).tolist() == [1, 1, 1]
    weights = training.class_weights(torch.tensor([0, 0, 0, 1]), 2)
    assert weights.tolist() == pytest.approx([4 / 6, 2])
    assert (weights * torch.tensor([3, 1])).sum() == 4  # the loss keeps its size
    assert tuned(1, balanced=True).history == tuned(1).history  # 6 of each
    uneven = np.array([0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, *LABELS[HELD]])
    runs = [tuned(1, train=TRAIN[:9], labels=uneven, batch=10, balanced=balanced).history for balanced in (True, False)]
    assert runs[0] != runs[1]


def test_device_can_be_set_and_a_missing_one_is_named(monkeypatch):
    monkeypatch.setenv("FACEDIAG_DEVICE", "cpu")
    assert devices.found() == torch.device("cpu")
    monkeypatch.setenv("FACEDIAG_DEVICE", "abacus")
    with pytest.raises(TrainingError, match="FACEDIAG_DEVICE is 'abacus'; here is only: cpu"):
        devices.found()


class TestAugmentation:
    def picture(self) -> torch.Tensor:
        """One bright spot left of the middle and above it."""
        x = torch.zeros(1, 1, 64, 64)
        x[..., 16:20, 24:28] = 1
        return x

    def place(self, x: torch.Tensor) -> tuple[float, float]:
        """Centre of brightness, right and down, in pixels."""
        total, ticks = x.sum(), torch.arange(64) + 0.5
        return float((x[0, 0].sum(0) * ticks).sum() / total), float((x[0, 0].sum(1) * ticks).sum() / total)

    def test_nothing_asked_nothing_changed(self):
        x = torch.rand(3, 3, 8, 8)
        assert torch.equal(augmented(x, Augmentation(flip=False), torch.Generator()), x)

    def test_flip_mirrors_about_half(self):
        x = torch.rand(400, 1, 2, 2)
        out = augmented(x, Augmentation(), torch.Generator().manual_seed(0))
        mirrored = (out == x.flip(3)).all(dim=(1, 2, 3))
        assert 160 < mirrored.sum() < 240 and bool((mirrored | (out == x).all(dim=(1, 2, 3))).all())

    @pytest.mark.parametrize("kind, size", [("rotation", 30.0), ("shift", 0.1), ("shear", 20.0), ("zoom", 0.2)])
    def test_each_change_is_what_its_name_says(self, kind, size):
        by = Augmentation(flip=False, **{kind: size})
        for seed in range(5):
            matrix = matrices(1, by, torch.Generator().manual_seed(seed))[0].double()
            square, shift = matrix[:, :2], matrix[:, 2]
            if kind == "rotation":
                assert torch.allclose(square @ square.T, torch.eye(2).double(), atol=1e-6)
                assert abs(torch.atan2(square[1, 0], square[0, 0])) <= np.radians(size)
            if kind == "shear":
                assert torch.det(square) == pytest.approx(1) and abs(square[0, 1]) <= np.tan(np.radians(size))
            if kind == "zoom":
                assert 1 / (1 + size) <= square[0, 0] <= 1 / (1 - size) and square[0, 0] == square[1, 1]
            assert (shift.abs().max() > 0) == (kind == "shift") and shift.abs().max() <= 2 * size

    def test_a_shift_moves_the_picture_by_its_share_of_the_side(self):
        by, seed = Augmentation(flip=False, shift=0.2), 3
        moved = augmented(self.picture(), by, torch.Generator().manual_seed(seed))
        right, down = (-32 * matrices(1, by, torch.Generator().manual_seed(seed))[0, :, 2]).tolist()
        before, after = self.place(self.picture()), self.place(moved)
        assert after[0] - before[0] == pytest.approx(right, abs=0.1)
        assert after[1] - before[1] == pytest.approx(down, abs=0.1)

    def test_same_seed_same_changes(self):
        by = Augmentation(rotation=10, shift=0.1, shear=5, zoom=0.1)
        x = torch.rand(4, 3, 16, 16)
        one, again, other = (augmented(x, by, torch.Generator().manual_seed(s)) for s in (5, 5, 6))
        assert torch.equal(one, again) and not torch.equal(one, other)


class TestRun:
    """On a few of the bundled faces, for two epochs: the protocols differ in what they look at."""

    @pytest.fixture
    def two(self, few):
        """Two classes, four images of each to train and three to test."""
        rows = np.flatnonzero(few[0].table["label"].isin(paper.BINARY))
        return cohort_of(few[0], rows, paper.BINARY), rows_of(few[1], rows)

    @pytest.mark.parametrize("method", [Method.DTL1, Method.DTL1_TEST_EPOCH, Method.FROM_SCRATCH])
    def test_protocols(self, two, own_cache, method, monkeypatch):
        images, found = two
        task, seen = cohort.tasks(images)[0], {}
        original = dtl1.fine_tune
        monkeypatch.setattr(
            dtl1, "fine_tune", lambda *a: seen.update(train=a[2][0], validation=a[3][0], recipe=a[5]) or original(*a)
        )
        given, tuned = dtl1.run(dtl1.Job(NAME, task, Recipe(epochs=2), method), images, found)
        assert (given.method, given.backbone, len(given.label)) == (method, NAME, 6)
        assert given.scores.sum(axis=1) == pytest.approx(np.ones(6), abs=1e-5)
        assert tuned.epochs == 2
        test = np.flatnonzero(images.table["split"] == "test")
        if method == Method.DTL1:  # the test images are not looked at
            assert (len(seen["train"]), len(seen["validation"])) == (6, 2)
            assert not set(test) & {*seen["train"], *seen["validation"]}
        else:
            assert len(seen["train"]) == 8 and np.array_equal(seen["validation"], test)
        assert seen["recipe"].pretrained == (method != Method.FROM_SCRATCH)

    def test_a_test_image_without_a_face_is_an_error(self, two, own_cache):
        images, found = two
        lost = int(np.flatnonzero(images.table["split"] == "test")[0])
        outcome = found.outcome.copy()
        outcome[lost] = detection.NO_FACE
        found = replace(found, outcome=outcome)
        pictures = alignment.aligned_chips(images, found, 150, "tight")
        assert pictures[lost].max() == 0 and pictures[lost + 1].max() > 0
        task = cohort.tasks(images)[0]
        given, _ = dtl1.run(dtl1.Job(NAME, task, Recipe(epochs=1)), images, found)
        frame = given.frame()
        assert len(frame) == 6 and (frame["predicted"] == cohort.NO_FACE).sum() == 1
        assert metrics.accuracy(frame).value <= 5 / 6

    def test_large_cohorts_have_fewer_epochs(self):
        assert [dtl1.epochs(24, n) for n in (60, 200, 1000, 2000, 5714, 10**6)] == [24, 24, 24, 12, 4, 2]
        assert [dtl1.epochs(8, n) for n in (200, 2000, 5714)] == [8, 4, 2]
        assert type(dtl1.epochs(24, np.int64(5714))) is int  # it goes into keys and journals

    def test_held_out_rows_are_a_fifth_of_each_class(self):
        numbers = np.repeat([0, 1, 2], [40, 10, 3])
        fit, held = splitting.held_out(np.arange(53), numbers)
        assert np.bincount(numbers[held]).tolist() == [8, 2, 1] and sorted([*fit, *held]) == list(range(53))

    def test_nobody_is_held_out_and_trained_on(self):
        rows, numbers, people = np.arange(100, 200), np.repeat([0, 1], 100), np.arange(100) // 4
        fit, held = splitting.held_out(rows, numbers, groups=people)
        assert len(held) == 20 and sorted([*fit, *held]) == rows.tolist()
        assert not set(people[fit - 100]) & set(people[held - 100])


def test_checkpoints_of_other_settings_are_other_files():
    recipe = Recipe()
    others = [Recipe(batch=8), Recipe(augmentation=Augmentation(zoom=0.1)), Recipe(epochs=7)]
    paths = {
        dtl1.checkpoint_path("bundled", NAME, ["a", "b"], ("x", "y"), recipe, 0),
        dtl1.checkpoint_path("bundled", NAME, ["a", "c"], ("x", "y"), recipe, 0),
        dtl1.checkpoint_path("bundled", NAME, ["a", "b"], ("x", "y"), recipe, 1),
        *(dtl1.checkpoint_path("bundled", NAME, ["a", "b"], ("x", "y"), other, 0) for other in others),
    }
    assert len(paths) == 6
