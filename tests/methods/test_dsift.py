"""Dense SIFT and bag of features: known answers on made pictures, what the training images choose, the record to the digit."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made import rows_of
from sklearn.metrics.pairwise import chi2_kernel

from facediag_utils.core import pin
from facediag_utils.data import cohort, splitting, store
from facediag_utils.faces import alignment
from facediag_utils.methods import dsift, svm


@pytest.fixture(scope="module")
def made(bundled, bundled_faces, one_at_a_time):
    """All SVMs of both tasks."""
    with one_at_a_time:
        return {task.name: dsift.run(task, bundled, bundled_faces) for task in cohort.tasks(bundled)}


def stripes(vertical: bool) -> np.ndarray:
    wave = (127 + 120 * np.sin(np.arange(dsift.SIDE) / 3)).astype(np.uint8)
    grey = np.broadcast_to(wave, (dsift.SIDE, dsift.SIDE))
    return np.repeat((grey if vertical else grey.T)[:, :, None], 3, axis=2)


def test_grid_covers_the_face_at_each_scale():
    points = dsift.grid()
    side = (dsift.SIDE - 2 * dsift.STEP) // dsift.STEP + 1
    assert len(points) == side * side * len(dsift.SCALES)
    assert {point.angle for point in points} == {0.0}


def test_upright_descriptors_see_direction():
    """Vertical and horizontal stripes: energy in SIFT's orientation bins 0 and 4, or 2 and 6 (of 8, 45 degrees each)."""
    for vertical, bins in ((True, (0, 4)), (False, (2, 6))):
        energy = dsift.describe(stripes(vertical)).reshape(-1, 16, 8).astype(float).sum(axis=(0, 1))
        assert energy[list(bins)].sum() > 0.7 * energy.sum()


def test_flat_picture_has_no_gradient():
    assert dsift.describe(np.full((dsift.SIDE, dsift.SIDE, 3), 90, np.uint8)).max() == 0


def test_some_points_are_described_as_with_all_the_others():
    chip = np.random.default_rng(0).integers(0, 256, (dsift.SIDE, dsift.SIDE, 3), dtype=np.uint8)
    points = np.array([1400, 3, 700])
    assert np.array_equal(dsift.describe(chip, points), dsift.describe(chip)[points])


def test_bags_count_words():
    centres = np.array([[0.0] * 128, [200.0] * 128])
    image = np.concatenate([np.zeros((3, 128)), np.full((1, 128), 180)]).astype(np.uint8)
    assert dsift.bag(image, centres).tolist() == [0.75, 0.25]
    rng = np.random.default_rng(0)
    values, centres = rng.integers(0, 256, (500, 128), dtype=np.uint8), rng.uniform(0, 255, (20, 128))
    nearest = ((values[:, None].astype(float) - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
    assert np.array_equal(dsift.bag(values, centres), np.bincount(nearest, minlength=20) / 500)


def test_vocabularies_are_those_of_a_sample_of_all_descriptors(few, own_cache, monkeypatch):
    """A picture at a time gives what all descriptors in memory would give."""
    monkeypatch.setattr(dsift, "SAMPLE", 3000)
    monkeypatch.setattr(dsift, "WORDS", (10, 20))
    rows = np.flatnonzero(few[0].table["split"] == "train")
    every = np.concatenate([dsift.describe(chip) for chip in alignment.chips(*few, dsift.SIDE, dsift.CROP, rows)])
    assert every.shape == (20 * len(dsift.grid()), 128) and every.dtype == np.uint8
    drawn = np.random.default_rng(5).choice(len(every), 3000, replace=False)
    words = dsift.vocabularies(*few, 5)
    assert list(words) == [10, 20]
    for number, centres in words.items():
        assert np.array_equal(centres, dsift.kmeans(every[drawn].astype(float), number, 5))
    bags = dsift.histograms(*few, rows, words)
    for number, centres in words.items():
        assert np.array_equal(bags[number][1], dsift.bag(every[len(dsift.grid()) : 2 * len(dsift.grid())], centres))
        assert bags[number].sum(axis=1) == pytest.approx(np.ones(20))


def test_chi2_kernel_is_the_formula():
    rng = np.random.default_rng(0)
    x = rng.dirichlet(np.ones(6), 5)
    distance = np.array([[((a - b) ** 2 / (a + b)).sum() for b in x] for a in x])
    mean = distance[~np.eye(5, dtype=bool)].mean()
    assert dsift.kernel_of("chi2", x)(x[:2], x) == pytest.approx(np.exp(-distance[:2] / mean))
    assert chi2_kernel(x, gamma=1.0) == pytest.approx(np.exp(-distance))


def test_hellingers_kernel_belongs_to_his_distance():
    """2 - 2 k(x, y) is the squared distance of the roots, and a histogram is as like itself as can be."""
    x = np.random.default_rng(0).dirichlet(np.ones(6), 4)
    kernel = dsift.kernel_of("hellinger", x)(x, x)
    distance = ((np.sqrt(x)[:, None] - np.sqrt(x)[None]) ** 2).sum(axis=2)
    assert 2 - 2 * kernel == pytest.approx(distance) and np.diag(kernel) == pytest.approx(np.ones(4))


def test_c_means_the_same_however_many_words_there_are():
    """The linear kernel by its mean length: more words make a histogram shorter, and would ask for a larger C."""
    x = np.random.default_rng(0).dirichlet(np.ones(6), 4)
    kernel = dsift.kernel_of("linear", x)
    assert np.diag(kernel(x, x)).mean() == pytest.approx(1)
    spread = np.repeat(x / 10, 10, axis=1)  # each word split into ten
    assert dsift.kernel_of("linear", spread)(spread, spread) == pytest.approx(kernel(x, x))


def test_training_images_choose_the_vocabulary():
    """Only the words of 30 tell the classes apart; where two do equally well it is the smaller."""
    rng, labels = np.random.default_rng(0), np.repeat(["ill", "well"], 20)
    blind, seeing = rng.dirichlet(np.ones(10), 40), rng.dirichlet(np.ones(30), 40)
    seeing[:20, 0] += 2
    bags = {10: blind, 30: seeing / seeing.sum(axis=1, keepdims=True)}
    for kind in dsift.METHODS:
        choice = dsift.choose(kind, bags | {40: bags[30]}, labels)
        assert choice.words == 30 and choice.fitted is choice.fits[30] and choice.fitted.accuracy == 1
        assert choice.fits[10].accuracy < 0.8


def test_words_and_choices_see_training_images_only(few, own_cache, monkeypatch):
    """Test images replaced by each other: training side unchanged, so the same words and support vectors."""
    monkeypatch.setattr(dsift, "WORDS", (10, 20))
    monkeypatch.setattr(dsift, "SAMPLE", 3000)
    images, faces = few
    task = cohort.tasks(images)[0]
    order = np.arange(len(images))
    test = np.flatnonzero(splitting.task_split(task, images, faces.found).test)
    order[test] = np.roll(test, 3)
    table = images.table.copy()
    table[["path", "sha256"]] = table[["path", "sha256"]].to_numpy()[order]
    first, one = dsift.run(task, images, faces)["linear"]
    monkeypatch.setenv("FACEDIAG_CACHE", str(own_cache / "another"))
    second, two = dsift.run(task, replace(images, table=table), rows_of(faces, order))["linear"]
    assert not np.array_equal(first.scores, second.scores)
    assert one.words == two.words
    for words, fitted in one.fits.items():
        again = two.fits[words]
        assert fitted.penalty == again.penalty and np.array_equal(fitted.svm.support_, again.svm.support_)
        assert np.array_equal(fitted.svm.dual_coef_, again.svm.dual_coef_)


@pytest.mark.parametrize("kind", dsift.METHODS)
def test_a_row_a_test_image(bundled, made, kind):
    task = cohort.tasks(bundled)[1]
    predictions, choice = made[task.name][kind]
    assert len(predictions.image) == 150 and predictions.method == dsift.METHODS[kind]
    assert (predictions.predicted == predictions.label).mean() > 0.2  # chance
    assert tuple(choice.fits) == dsift.WORDS


@pytest.mark.parametrize("kind", dsift.METHODS)
def test_the_grid_of_c_is_wide_enough(made, kind):
    """From the largest C on nothing changes any more; at the smallest all images still get nearly the same score."""
    for runs in made.values():
        for fitted in runs[kind][1].fits.values():
            means = [mean for _, mean, _ in fitted.searched]
            assert means[-1] == means[-2] and means[0] == means[1]
            assert fitted.penalty < svm.PENALTIES[-1]


def test_operations_are_counted_from_the_grid():
    parts = dsift.operations(300)
    assert parts["nearest words"] == len(dsift.grid()) * 128 * 300
    assert 1e7 < sum(parts.values()) < sum(dsift.operations().values()) < 1e9


@pytest.mark.skipif(not pin.pinned(), reason="not an x86-64 processor with AVX2: other last bits, other words")
@pytest.mark.parametrize("kind", dsift.METHODS)
def test_the_record_is_reproduced_to_the_digit(bundled, made, kind):
    stored = store.load(bundled.profile)
    for task in cohort.tasks(bundled):
        ours = made[task.name][kind][0].frame().sort_values("image", ignore_index=True)
        kept = store.select(stored, task=task.name, method=dsift.METHODS[kind])
        kept = kept.sort_values("image", ignore_index=True)[list(ours)]
        pd.testing.assert_frame_equal(kept, ours, check_dtype=False, rtol=0, atol=1e-9)
