def sub(p,*pairs):
    s=open(p).read()
    for a,b in pairs:
        assert s.count(a)==1,(p,a,s.count(a)); s=s.replace(a,b)
    open(p,"w").write(s)
sub("tests/methods/test_dsift.py",
('''"""Dense SIFT and bag of features: known answers on made pictures, and the paper's design kept."""''',
 '''"""Dense SIFT and bag of features: known answers on made pictures, what the training images choose, the record to the digit."""'''),
('''from sklearn.metrics.pairwise import chi2_kernel

from facediag_utils.data import cohort, splitting
''','''from sklearn.metrics.pairwise import chi2_kernel

from facediag_utils.core import pin
from facediag_utils.data import cohort, splitting, store
'''),
('''    """Both SVMs of both tasks."""''','''    """All SVMs of both tasks."""'''),
('''def test_bags_count_words():''','''def test_some_points_are_described_as_with_all_the_others():
    chip = np.random.default_rng(0).integers(0, 256, (dsift.SIDE, dsift.SIDE, 3), dtype=np.uint8)
    points = np.array([1400, 3, 700])
    assert np.array_equal(dsift.describe(chip, points), dsift.describe(chip)[points])


def test_bags_count_words():'''),
('''def test_vocabulary_is_that_of_a_sample_of_all_descriptors(few, own_cache, monkeypatch):
    """A picture at a time gives what all descriptors in memory would give."""
    monkeypatch.setattr(dsift, "SAMPLE", 3000)
    rows = np.arange(1, 13)
    every = np.concatenate([dsift.describe(chip) for chip in alignment.chips(*few, dsift.SIDE, dsift.CROP, rows)])
    assert every.shape == (12 * len(dsift.grid()), 128) and every.dtype == np.uint8
    drawn = np.random.default_rng(5).choice(len(every), 3000, replace=False)
    centres = dsift.kmeans(every[drawn].astype(float), 20, 5)
    assert np.array_equal(dsift.vocabulary(*few, rows, 20, 5), centres)
    bags = dsift.histograms(*few, rows, centres)
    assert np.array_equal(bags[1], dsift.bag(every[len(dsift.grid()) : 2 * len(dsift.grid())], centres))
    assert bags.sum(axis=1) == pytest.approx(np.ones(12))
''','''def test_vocabularies_are_those_of_a_sample_of_all_descriptors(few, own_cache, monkeypatch):
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
'''),
('''    assert dsift.chi2_of(x)(x[:2], x) == pytest.approx(np.exp(-distance[:2] / mean))
    assert chi2_kernel(x, gamma=1.0) == pytest.approx(np.exp(-distance))


def test_vocabulary_sees_training_images_only(few, own_cache, monkeypatch):
    """Test images replaced by each other: training side unchanged, so the same words and support vectors."""
    monkeypatch.setattr(dsift, "WORDS", 20)
''','''    assert dsift.kernel_of("chi2", x)(x[:2], x) == pytest.approx(np.exp(-distance[:2] / mean))
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
'''),
('''    assert one.penalty == two.penalty and np.array_equal(one.svm.support_, two.svm.support_)
    assert np.array_equal(one.svm.dual_coef_, two.svm.dual_coef_)


@pytest.mark.parametrize("kind", ["linear", "chi2"])
def test_a_row_a_test_image(bundled, made, kind):
    task = cohort.tasks(bundled)[1]
    predictions, fitted = made[task.name][kind]
    assert len(predictions.image) == 150 and predictions.method == dsift.METHODS[kind]
    assert fitted.penalty in svm.PENALTIES
    assert (predictions.predicted == predictions.label).mean() > 0.2  # chance
''','''    assert one.words == two.words
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
            assert means[-1] == means[-2] == means[-3] and means[0] == means[1]
            assert svm.PENALTIES[0] <= fitted.penalty < svm.PENALTIES[-2]
'''),
('''    parts = dsift.operations()
    assert parts["nearest words"] == len(dsift.grid()) * 128 * dsift.WORDS
    assert 1e7 < sum(parts.values()) < 1e9


@pytest.mark.parametrize("kind", list(dsift.METHODS))
def test_committed_predictions_are_about_reproduced(bundled, made, kind):
    """OpenCV's descriptors differ in the last bit between processors and k-means magnifies that: notebook 03 is not
    compared number by number, so accuracy is asserted here to within 9 points (the half width of its interval)."""
    stored = pd.read_csv(bundled.profile.record / "predictions.csv")
    for task in cohort.tasks(bundled):
        kept = stored[(stored["task"] == task.name) & (stored["method"] == dsift.METHODS[kind])]
        ours = made[task.name][kind][0]
        assert sorted(kept["image"]) == sorted(ours.image)
        share = (kept["predicted"] == kept["label"]).mean()
        assert abs((ours.predicted == ours.label).mean() - share) <= 0.09
''','''    parts = dsift.operations(300)
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
'''))
