"""Fine-tuning: the paper's recipe, known errors, averaged weights, resumption to the bit, a clear end when it diverges."""

import math
from copy import deepcopy
from dataclasses import replace
from functools import cache

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
from facediag_utils.methods.recipe import Recipe, Tuned, epochs_for
from facediag_utils.methods.training_state import TrainingState
from facediag_utils.networks import registry

NAME = "dlib_resnet29"
#: What holds for any network is asked of this one, whose pictures have a twentieth of the pixels; it has batch norms and dropout.
SMALL = "untrained:casia_32px"


@cache
def faces(side: int) -> np.ndarray:
    """Two classes of noise that differ in brightness: easy to learn."""
    noise = np.random.default_rng(0).integers(0, 120, (18, side, side, 3))
    return (noise + 110 * LABELS[:, None, None, None]).astype(np.uint8)


LABELS, TRAIN, HELD = np.arange(18) % 2, np.arange(12), np.arange(12, 18)


def tuned(epochs=2, seed=0, checkpoint=None, train=TRAIN, labels=LABELS, held=HELD, network=SMALL, **recipe):
    recipe = Recipe(epochs=epochs, **{"batch": 4, **recipe})
    given = (train, labels[train]), (held, labels[held])
    pictures = faces(registry.get(network).input_size)
    return training.fine_tune(network, lambda: pictures, *given, 2, recipe, seed, checkpoint)


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
    result = tuned(epochs=6, learning_rate=1e-3, network=NAME)
    curves = result.curves()
    train = curves[curves["part"] == "train"]["objective"].to_numpy()
    assert train[-1] < 0.5 * train[0]
    assert curves[curves["part"] == "validation"]["top1"].iloc[-1] == 0
    original = dict(registry.load(NAME).named_parameters())
    for name, parameter in result.averaged.body.named_parameters():
        if not name.startswith("fc."):  # the layer that the new one replaces
            assert not torch.equal(parameter, original[name]), name


def test_same_seed_same_training():
    first, again, other = (tuned(epochs=1, seed=seed).history for seed in (3, 3, 4))
    assert first == again != other


def same(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


@pytest.mark.parametrize("pretrained", [True, False])
@pytest.mark.parametrize("last", [2, 3])
def test_a_stopped_training_goes_on_where_it_was(tmp_path, monkeypatch, last, pretrained):
    """Killed before its weights are averaged or after, and started again: all as if it had never been stopped."""
    whole = tuned(epochs=3, pretrained=pretrained)
    original, calls = training._epoch, []

    def killed(*arguments):
        calls.append(1)
        if len(calls) == last:
            raise KeyboardInterrupt
        return original(*arguments)

    monkeypatch.setattr(training, "_epoch", killed)
    with pytest.raises(KeyboardInterrupt):
        tuned(epochs=3, pretrained=pretrained, checkpoint=tmp_path / "c.pt")
    for _ in ("resumed", "finished"):
        again = tuned(epochs=3, pretrained=pretrained, checkpoint=tmp_path / "c.pt")
        assert len(calls) == 4  # three epochs and the one killed; none when it has ended
        assert again.history == whole.history and again.best_epoch == whole.best_epoch
        assert np.array_equal(again.best_logits, whole.best_logits) and same(again.averaged, whole.averaged)
    assert [path.name for path in tmp_path.iterdir()] == ["c.pt"]


def test_stopped_after_the_last_epoch(tmp_path, monkeypatch):
    """Batch norms of the averaged network were not measured yet."""
    whole = tuned(epochs=2, pretrained=False)
    with monkeypatch.context() as patch:
        patch.setattr(TrainingState, "finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            tuned(epochs=2, pretrained=False, checkpoint=tmp_path / "c.pt")
    assert same(tuned(epochs=2, pretrained=False, checkpoint=tmp_path / "c.pt").averaged, whole.averaged)


@pytest.mark.parametrize("epochs, mean", [(1, 4.0), (2, 6.0), (4, 5.0), (5, 14 / 3)])
def test_weights_of_the_second_half_are_averaged(epochs, mean):
    """A weight that jumps about 5, as in a valley that is too narrow for its steps: 4, 6, 4, 6, 4."""
    network, recipe = torch.nn.Linear(1, 1), Recipe(epochs=epochs)
    state = TrainingState(network, Tuned((1, 1), recipe.averaged_from), recipe, torch.Generator())
    for epoch in range(epochs):
        with torch.no_grad():
            network.weight.fill_((4.0, 6.0)[epoch % 2])
        state.finish_epoch(ERRORS, ERRORS, np.zeros((1, 2), np.float32))
    state.finish((), None)
    assert state.tuned.averaged.weight.item() == pytest.approx(mean)


ERRORS = {"objective": 1.0, "top1": 0.5, "top3": 0.0}


@pytest.mark.parametrize("pretrained", [True, False])
def test_statistics_of_batch_norms_are_those_of_the_averaged_weights(pretrained):
    """Pretrained ones are kept; others are measured on the training images, here 0, 1, 2 and 3 times the mean weight 2."""
    network, recipe = torch.nn.Sequential(torch.nn.Linear(1, 1, False), torch.nn.BatchNorm1d(1)), Recipe(3)
    recipe = replace(recipe, pretrained=pretrained)
    state = TrainingState(network, Tuned((4, 1), recipe.averaged_from), recipe, torch.Generator())
    for weight in (9.0, 1.0, 3.0):
        with torch.no_grad():
            network[0].weight.fill_(weight)
            network[1].running_mean.fill_(7.0)
        state.finish_epoch(ERRORS, ERRORS, np.zeros((1, 2), np.float32))
    state.finish((torch.tensor([[0.0], [1.0]]), torch.tensor([[2.0], [3.0]])), None)
    averaged = state.tuned.averaged
    assert averaged[0].weight.item() == 2 and not averaged.training
    assert float(averaged[1].running_mean) == pytest.approx(7 if pretrained else 3)  # the mean of 0, 2, 4 and 6
    assert averaged[1].momentum == 0.1


def test_a_trainings_averaged_network_is_the_mean_of_its_epochs(monkeypatch):
    original, after = TrainingState.finish_epoch, []
    monkeypatch.setattr(
        TrainingState,
        "finish_epoch",
        lambda state, *a: after.append(deepcopy(state.network.state_dict())) or original(state, *a),
    )
    averaged = tuned(epochs=5, learning_rate=1e-3).averaged.state_dict()
    assert len(after) == 5 and not all(torch.equal(after[-1][name], value) for name, value in averaged.items())
    for name, value in averaged.items():
        mean = torch.stack([epoch[name].double() for epoch in after[2:]]).mean(dim=0)
        assert torch.allclose(value.double(), mean, rtol=1e-5, atol=1e-7), name


def test_the_papers_protocol_is_read_from_the_same_training():
    """The epoch of the lowest validation error, and what the network said then; the averaged network has no part in it."""
    turned = np.r_[LABELS[:12], 1 - LABELS[12:]]
    result = tuned(epochs=5, learning_rate=2e-4)
    other = tuned(epochs=5, learning_rate=2e-4, held=HELD[:2], labels=turned)
    for one, actual in ((result, LABELS[HELD]), (other, turned[HELD[:2]])):
        rows = one.curves().query("part == 'validation'")
        reached = list(zip(rows["top1"], rows["objective"], strict=True))
        assert one.best_epoch == 1 + reached.index(min(reached))
        again = training.errors(torch.from_numpy(one.best_logits), torch.from_numpy(actual))
        assert (again["top1"], again["objective"]) == reached[one.best_epoch - 1]
    assert same(result.averaged, other.averaged) and result.best_epoch != other.best_epoch


@pytest.mark.parametrize("balanced", [False, True])
def test_a_batch_in_pairs_is_the_same_step(monkeypatch, balanced):
    recipe = {"batch": 5, "augmentation": Augmentation(flip=False), "balanced": balanced}
    recipe |= {"learning_rate": 2e-4, "new_layer_rate": 2e-4}  # small steps: large ones would magnify the last digits
    whole = tuned(epochs=1, network=NAME, **recipe)
    monkeypatch.setattr(training, "AT_ONCE", 60_000)
    pairs = tuned(epochs=1, network=NAME, **recipe)
    for one, other in zip(whole.history, pairs.history, strict=True):
        assert one["objective"] == pytest.approx(other["objective"], rel=1e-4)
    assert whole.history != pairs.history  # the last digits tell that it went another way


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
    scratch = tuned(epochs=2, pretrained=False, network=NAME).averaged
    assert sum(p.numel() for p in scratch.body.parameters()) == registry.get(NAME).parameters
    record = registry.get(NAME)
    with torch.no_grad():  # its first batch norm expects what its own first layer makes of the training images
        seen = scratch.body.conv(registry.prepare(faces(150)[TRAIN], record)).mean(dim=(0, 2, 3))
    assert torch.allclose(scratch.body.affine.running_mean, seen, rtol=1e-3, atol=1e-4)
    assert same(scratch, tuned(epochs=2, pretrained=False, network=NAME).averaged)


def test_no_step_is_of_a_single_image():
    """Batch norms cannot be trained on one: five images in batches of four are three and two."""
    assert tuned(1, train=TRAIN[:5], batch=4, pretrained=False).epochs == 1


def test_from_scratch_of_a_network_with_dropped_paths_is_repeatable():
    """EfficientNet drops paths while it trains: from the training's seed, not from whatever was drawn before."""
    pictures = np.random.default_rng(0).integers(0, 256, (4, 224, 224, 3)).astype(np.uint8)
    given = (np.arange(4), np.arange(4) % 2), (np.arange(2), np.arange(2))
    recipe, histories = Recipe(epochs=1, batch=4, pretrained=False), []
    for drawn_before in (1, 2):
        torch.manual_seed(drawn_before)
        histories.append(training.fine_tune("efficientnet_lite0", lambda: pictures, *given, 2, recipe).history)
    assert histories[0] == histories[1]


def test_the_new_layer_learns_at_its_own_rate_where_the_others_are_pretrained():
    """One step without momentum: a layer moves by its rate times its gradient, and the gradients are the same."""

    def moved(**settings):
        state = TrainingState(
            network := training.Classifier(NAME, 2, settings.get("pretrained", True), torch.Generator().manual_seed(0)),
            Tuned((1, 1)),
            Recipe(weight_decay=0, momentum=0, learning_rate=1e-3, **settings),
            torch.Generator(),
        )
        before = [network.head.bias.clone(), network.body.fc.weight.clone()]
        for parameter in network.parameters():
            parameter.grad = torch.ones_like(parameter)
        state.optimizer.step()
        after = [network.head.bias, network.body.fc.weight]
        return [float((a - b).mean().detach()) for a, b in zip(before, after, strict=True)]

    assert moved(new_layer_rate=0.1) == pytest.approx([0.1, 1e-3], rel=1e-3)
    assert moved(new_layer_rate=0.1, pretrained=False) == pytest.approx([1e-3, 1e-3], rel=1e-3)


def test_frozen_layers_stay_and_the_others_move():
    network = tuned(epochs=2, learning_rate=1e-3, frozen=5, network=NAME).averaged
    original = dict(registry.load(NAME).named_parameters())
    moved = {name for name, value in network.body.named_parameters() if not torch.equal(value, original[name])}
    frozen = [n for n in original if n.startswith(("conv.", "affine.", "blocks.0.", "blocks.1."))]  # 1 + 2 + 2 layers
    assert moved == set(original) - set(frozen) - {"fc.weight"}  # which the new layer replaces
    with pytest.raises(TrainingError, match="the network has 30"):
        tuned(frozen=31, network=NAME)


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

    @pytest.mark.parametrize("kind", ["pretrained", "from scratch", "aside"])
    def test_protocols(self, two, own_cache, kind, monkeypatch):
        images, found = two
        task, seen = cohort.tasks(images)[0], []
        original = dtl1.fine_tune
        monkeypatch.setattr(dtl1, "fine_tune", lambda *a: seen.append(a) or original(*a))
        recipe = Recipe(epochs=3, learning_rate=1e-3, pretrained=kind != "from scratch")
        job = dtl1.Job(NAME, task, recipe, training=2, aside=kind == "aside")
        given, tuned = dtl1.run(job, images, found, seed=5)
        [(_, _, train, looked_at, _, _, seed, *_)] = seen  # one training, whatever is read from it
        assert tuned.epochs == 3 and seed == 2005
        test = np.flatnonzero(images.table["split"] == "test")
        if kind == "aside":  # the test images are not looked at
            assert given == [] and (len(train[0]), len(looked_at[0])) == (6, 2)
            assert not set(test) & {*train[0], *looked_at[0]}
            return
        assert len(train[0]) == 8 and np.array_equal(looked_at[0], test)
        wanted = [Method.FROM_SCRATCH] if kind == "from scratch" else [Method.DTL1, Method.DTL1_TEST_EPOCH]
        assert [predictions.method for predictions in given] == wanted
        for predictions in given:
            assert (predictions.backbone, predictions.training, len(predictions.label)) == (NAME, 2, 6)
            assert predictions.scores.sum(axis=1) == pytest.approx(np.ones(6), abs=1e-5)
        record = registry.get(NAME)
        pictures = alignment.aligned_chips(images, found, record.input_size, record.crop)
        averaged = training.predict(tuned.averaged, pictures, test, record).softmax(dim=1).numpy()
        assert given[0].scores == pytest.approx(averaged, abs=1e-6)
        assert given[0].pretraining == ("none" if kind == "from scratch" else record.pretraining)
        if kind == "pretrained":
            best = torch.from_numpy(tuned.best_logits).softmax(dim=1).numpy()
            assert given[1].scores == pytest.approx(best, abs=1e-6) and not np.allclose(best, averaged, atol=1e-4)

    def test_trainings_of_a_job_differ_by_their_seed(self, two, own_cache):
        images, found = two
        jobs = [dtl1.Job(NAME, cohort.tasks(images)[0], Recipe(epochs=1), training=k) for k in (0, 1, 2)]
        assert [job.seed(3) for job in jobs] == [3, 1003, 2003]
        outcomes = [dtl1.run(job, images, found, seed=3) for job in jobs]
        assert len({tuned.history[0]["objective"] for _, tuned in outcomes}) == 3
        assert [said[0].training for said, _ in outcomes] == [0, 1, 2]
        assert len(list(dtl1.folder(images.profile.name).glob("*.pt"))) == 3

    def test_a_test_image_without_a_face_is_an_error(self, two, own_cache):
        images, found = two
        lost = int(np.flatnonzero(images.table["split"] == "test")[0])
        outcome = found.outcome.copy()
        outcome[lost] = detection.NO_FACE
        found = replace(found, outcome=outcome)
        pictures = alignment.aligned_chips(images, found, 150, "tight")
        assert pictures[lost].max() == 0 and pictures[lost + 1].max() > 0
        task = cohort.tasks(images)[0]
        said, _ = dtl1.run(dtl1.Job(NAME, task, Recipe(epochs=1)), images, found)
        frame = said[0].frame()
        assert len(frame) == 6 and (frame["predicted"] == cohort.NO_FACE).sum() == 1
        assert metrics.accuracy(frame).value <= 5 / 6

    @pytest.mark.parametrize("change", ["label", "split"])
    def test_a_corrected_manifest_is_another_training(self, two, change):
        """The same images in the same order: two have changed their labels, or the last to train is now the first to test."""
        images, found = two
        table = images.table.copy()
        train = np.flatnonzero(table["split"] == "train")
        if change == "label":
            first, last = train[[0, -1]]
            table.loc[[first, last], "label"] = table.loc[[last, first], "label"].to_numpy()
            assert table["label"].tolist() != images.table["label"].tolist()
        else:
            table.loc[train[-1], "split"] = "test"
        given = [dtl1.Job(NAME, cohort.tasks(images)[0], Recipe()), found]
        paths = {dtl1._plan(given[0], made, given[1], 0).checkpoint for made in (images, replace(images, table=table))}
        assert len(paths) == 2

    def test_large_cohorts_have_fewer_epochs(self):
        assert dtl1.recipe(NAME, 200).epochs == registry.get(NAME).epochs == epochs_for(12, 200)
        assert [epochs_for(24, n) for n in (200, 1000, 2000, 5714, 10**6)] == [24, 24, 12, 4, 2]
        assert [epochs_for(8, n) for n in (200, 2000, 5714)] == [8, 4, 2]
        assert type(epochs_for(24, np.int64(5714))) is int  # it goes into keys and journals

    @pytest.mark.parametrize("images", [6, 20, 67, 80, 150, 160])
    def test_a_small_folder_is_trained_for_as_many_steps_as_a_large_one(self, images):
        """12 epochs of 160 images, ten a step: 192 steps; the last epoch is trained to its end."""
        steps = math.ceil(images / 10)
        assert 192 <= epochs_for(12, images) * steps < 192 + steps

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
