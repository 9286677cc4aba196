"""Classifiers of grades: CORN against its authors' code, and each method on grades that are known."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.linear_model import LogisticRegression

from facediag_utils.core.profiles import Profile
from facediag_utils.data import store
from facediag_utils.data.cohort import NO_FACE, Cohort, Task
from facediag_utils.data.store import Method
from facediag_utils.methods import grading

pytestmark = pytest.mark.slow  # torch
LOGITS = torch.tensor(
    [[0.5, -1.0, 0.25], [2.0, 1.5, -0.5], [-0.75, 0.0, 1.0], [1.25, 0.75, 0.5], [3.0, -2.0, 0.125]], dtype=torch.float64
)
TASK = Task("grades", "t", ("none", "low", "much, much higher"))


@pytest.mark.parametrize(
    ("grades", "loss"), [([0, 3, 1, 2, 3], 0.7106254094695871), ([0, 0, 1, 0, 0], 1.5802566024695066)]
)
def test_the_loss_is_that_of_corns_authors(grades, loss):
    """coral-pytorch 1.4.0, `losses.corn_loss`; nobody of the second list is asked the last question."""
    assert float(grading.corn_loss(LOGITS, torch.tensor(grades))) == pytest.approx(loss, abs=1e-12)


def test_answers_are_those_of_corns_authors():
    """coral-pytorch 1.4.0, `dataset.corn_label_from_logits`."""
    assert grading.median(grading.corn_probabilities(LOGITS.numpy())).tolist() == [1, 2, 0, 2, 1]


@given(arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 6)), elements=st.floats(-30, 30)))
def test_corn_never_contradicts_itself(logits):
    shares = grading.corn_probabilities(logits)
    assert shares.shape == (len(logits), logits.shape[1] + 1)
    assert (shares >= 0).all() and np.allclose(shares.sum(axis=1), 1)
    assert np.allclose(1 - shares[:, 0], 1 / (1 + np.exp(-logits[:, 0])))


def noisy(n: int = 240, noise: float = 0.5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Eight features that follow one number, and grades 0 to 3 that do."""
    rng = np.random.default_rng(seed)
    number = rng.normal(size=n)
    x = number[:, None] + rng.normal(size=(n, 8))
    return x, np.digitize(number + noise * rng.normal(size=n), [-1, 0, 1])


def test_a_linear_corn_is_a_logistic_regression_for_each_question():
    x, grades = noisy()
    corn = grading.Corn(C=0.3).fit(x, grades)
    for k in range(3):
        reached = grades >= k
        alone = LogisticRegression(C=0.3, tol=1e-9, max_iter=5000).fit(x[reached], grades[reached] > k)
        assert np.allclose(alone.coef_[0], corn.weight_[:, k], atol=1e-4)
        assert alone.intercept_[0] == pytest.approx(corn.bias_[0, k], abs=1e-4)


def test_ridge_shares_lie_between_the_two_nearest_grades():
    x, grades = noisy()
    ridge = grading.RidgeGrades(alpha=1.0).fit(x, grades)
    value, shares = ridge.ridge_.predict(x).clip(0, 3), ridge.predict_proba(x)
    assert np.allclose(shares.sum(axis=1), 1) and ((shares > 0).sum(axis=1) <= 2).all()
    assert np.allclose(shares @ np.arange(4), value)
    for read in grading.READINGS.values():
        assert (np.abs(read(shares) - value) <= 0.5 + 1e-9).all()


def test_proportional_odds_finds_the_model_that_made_the_grades():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4000, 2))
    grades = np.digitize(x @ [1.0, -2.0] + rng.logistic(size=4000), [-1.0, 1.0])
    odds = grading.ProportionalOdds().fit(x, grades)
    assert odds.params_[:2] == pytest.approx([1, -2], abs=0.15)
    truth = np.array([1 / (1 + np.exp(1)), 1 / (1 + np.exp(-1))])  # cumulative, of a face at 0
    assert odds.predict_proba(np.zeros((1, 2)))[0].cumsum()[:2] == pytest.approx(truth, abs=0.03)


def test_readings_of_one_row():
    shares = np.array([[0.4, 0.15, 0.0, 0.45], [0.5, 0.1, 0.1, 0.3], [0.1, 0.6, 0.2, 0.1]])
    read = {name: reading(shares).tolist() for name, reading in grading.READINGS.items()}
    assert read == {"likeliest": [3, 0, 1], "median": [1, 0, 1], "rounded mean": [2, 1, 1]}


@pytest.mark.parametrize("method", store.OF_GRADES)
def test_every_method_learns_grades_that_can_be_told(method):
    x, grades = noisy(noise=0.1)
    search = grading.searches(8, grades[:160], None, 0)[method].fit(x[:160], grades[:160])
    shares = search.predict_proba(x[160:])
    assert np.allclose(shares.sum(axis=1), 1)
    wrong = np.abs(grading.median(shares) - grades[160:])
    assert wrong.mean() < 0.35 and wrong.max() <= 1  # always 1 or 2: 0.8


@pytest.mark.parametrize(("images", "length", "most"), [(15, 99, 2), (60, 99, 5), (200, 99, 20), (200, 7, 5)])
def test_proportional_odds_sees_a_component_for_every_ten_images(images, length, most):
    grades = np.arange(images) % 3
    assert max(grading.searches(length, grades, None, 0)[Method.GRADE_ODDS].param_grid["few__n_components"]) == most


@pytest.fixture
def asked(own_cache) -> tuple[Cohort, np.ndarray]:
    """Sixty images of three grades, a third of them tested, of which the first has no face."""
    x, grades = noisy(60, seed=1)
    grades = grades.clip(max=2)
    table = pd.DataFrame(
        {"image": [f"{k}.jpg" for k in range(60)], "split": np.where(np.arange(60) % 3, "train", "test")}
    ).assign(label=np.array(TASK.classes)[grades])
    x[0] = np.nan
    return Cohort(Profile("mine", "t", own_cache), TASK.classes, table), x


def test_a_run_answers_for_every_test_image(asked, monkeypatch):
    images, x = asked
    made = {said.method: said for said in grading.run(TASK, images, x, "dlib_resnet29")}
    assert tuple(made) == store.OF_GRADES
    for said in made.values():
        assert len(said.image) == 20 and said.predicted[0] == NO_FACE and np.isnan(said.scores[0]).all()
    corn, softmax = (made[method] for method in (Method.GRADE_CORN, Method.GRADE_SOFTMAX))
    names = np.array(TASK.classes)
    assert corn.predicted[1:].tolist() == names[grading.median(corn.scores[1:])].tolist()
    assert softmax.predicted[1:].tolist() == names[softmax.scores[1:].argmax(axis=1)].tolist()
    assert TASK.classes[2] in corn.predicted  # a long name is not cut

    monkeypatch.setattr(grading, "searches", None)  # what is known is not fitted again
    again = grading.run(TASK, images, x, "dlib_resnet29")
    assert all(np.array_equal(said.scores, made[said.method].scores, equal_nan=True) for said in again)
