"""Classifiers of grades on a network's features: one that does not know that grades have an order, and three that do.

CORN (Shi, Cao and Raschka 2021, "Deep neural networks for rank-consistent ordinal regression based on conditional probabilities") asks
a question per grade of those who have come so far: do you go further?  The loss is for any network; here it trains a linear layer on
features, where its minimum can be found exactly."""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import make_scorer, mean_squared_error
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from facediag_utils.core import row_cache
from facediag_utils.data import splitting, store
from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.data.grades import numbers
from facediag_utils.data.splitting import cross_validation_folds
from facediag_utils.data.store import Method, Predictions
from facediag_utils.networks import registry

if TYPE_CHECKING:  # notebooks that only read grades do not load torch
    import torch

PENALTIES = tuple(
    10.0**k for k in range(-4, 1)
)  # C of softmax and CORN, on standardised features; ridge's penalty is 1 / C
COMPONENTS = (2, 5, 10, 20)  # principal components that proportional odds may see
IMAGES_EACH = 10  # training images for each of them, at least: the usual rule of ten
YARDSTICK = "squared error of the mean grade"  # by which `searches` chooses
STEPS = 500  # of L-BFGS, at most; it ends earlier, at the minimum


def corn_loss(logits: "torch.Tensor", grades: "torch.Tensor") -> "torch.Tensor":
    """Mean binary cross-entropy of the questions "further than grade k?", each put to those who have come to grade k.

    Parameters
    ----------
    logits : torch.Tensor
        (n, grades - 1), of "yes" given that grade k was reached.
    grades : torch.Tensor
        int, (n,), from 0.

    Returns
    -------
    torch.Tensor
        A number; the mean is over all questions that were put.
    """
    from torch.nn import functional as F

    reached = grades[:, None] >= grades.new_tensor(range(logits.shape[1]))
    further = grades[:, None] > grades.new_tensor(range(logits.shape[1]))
    each = F.binary_cross_entropy_with_logits(logits, further.to(logits.dtype), reduction="none")
    return each[reached].sum() / reached.sum()


def corn_probabilities(logits: np.ndarray) -> np.ndarray:
    """Probability of each grade, (n, grades), from CORN's logits, (n, grades - 1).

    P(further than k) is the product of the answers up to k: it can only fall, so no grade gets a negative probability."""
    beyond = np.cumprod(1 / (1 + np.exp(-logits)), axis=1)
    edge = np.ones((len(logits), 1))
    return -np.diff(np.concatenate([edge, beyond, 0 * edge], axis=1), axis=1)


class Corn(ClassifierMixin, BaseEstimator):
    """A linear layer trained by `corn_loss`; C as scikit-learn's LogisticRegression has it.

    Attributes
    ----------
    classes_ : numpy.ndarray
        Grades seen.
    weight_, bias_ : numpy.ndarray
        (d, grades - 1) and (1, grades - 1), of the logits.
    """

    def __init__(self, C: float = 1.0) -> None:
        self.C = C

    def fit(self, features: np.ndarray, grades: np.ndarray) -> "Corn":
        """Find the minimum, which is the only one, in double precision; by scipy, which reaches it in fewer steps than an optimiser
        of torch."""
        import torch

        from facediag_utils.methods.devices import one_thread

        self.classes_, place = np.unique(grades, return_inverse=True)
        x, y = torch.from_numpy(np.asarray(features, float)), torch.from_numpy(place)
        shape = x.shape[1] + 1, len(self.classes_) - 1  # the last row is the bias
        questions = int((y[:, None] >= torch.arange(shape[1])).sum())

        def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
            layer = torch.tensor(flat.reshape(shape), requires_grad=True)
            weight, bias = layer[:-1], layer[-1]
            loss = corn_loss(x @ weight + bias, y) + (weight**2).sum() / (2 * self.C * questions)
            loss.backward()
            assert layer.grad is not None
            return loss.item(), layer.grad.numpy().ravel()

        with one_thread():
            options = {"maxiter": STEPS, "gtol": 1e-7, "ftol": 1e-12}
            found = minimize(objective, np.zeros(np.prod(shape)), jac=True, method="L-BFGS-B", options=options)
        self.weight_, self.bias_ = np.split(found.x.reshape(shape), [-1])
        return self

    def predict_proba(self, features: np.ndarray) -> np.ndarray:
        """(n, grades)."""
        return corn_probabilities(np.asarray(features, float) @ self.weight_ + self.bias_)


class RidgeGrades(ClassifierMixin, BaseEstimator):
    """Ridge regression of the grade's number, cut half-way between grades; alpha as scikit-learn's Ridge has it."""

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def fit(self, features: np.ndarray, grades: np.ndarray) -> "RidgeGrades":
        """Regress the numbers 0, 1, 2 ... on the features."""
        self.classes_, place = np.unique(grades, return_inverse=True)
        self.ridge_ = Ridge(self.alpha, solver="svd").fit(np.asarray(features, float), place)
        return self

    def predict_proba(self, features: np.ndarray) -> np.ndarray:
        """(n, grades): a value of 1.3 is 0.7 of grade 1 and 0.3 of grade 2, so that the likeliest grade is the nearest."""
        value = self.ridge_.predict(np.asarray(features, float)).clip(0, len(self.classes_) - 1)
        return (1 - np.abs(value[:, None] - np.arange(len(self.classes_)))).clip(min=0)


class ProportionalOdds(ClassifierMixin, BaseEstimator):
    """Proportional odds (McCullagh 1980), by statsmodels' OrderedModel: one direction, and a cut between every two grades."""

    def fit(self, features: np.ndarray, grades: np.ndarray) -> "ProportionalOdds":
        """Greatest likelihood, by BFGS."""
        from statsmodels.miscmodels.ordinal_model import OrderedModel

        self.classes_, place = np.unique(grades, return_inverse=True)
        self.model_ = OrderedModel(place, features, distr="logit")
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # where grades can be told without error, it has no maximum: it stays where it stops
            self.params_ = np.asarray(self.model_.fit(method="bfgs", maxiter=STEPS, disp=0, skip_hessian=True).params)
        return self

    def predict_proba(self, features: np.ndarray) -> np.ndarray:
        """(n, grades)."""
        return np.asarray(self.model_.predict(self.params_, features))


def searches(length: int, grades: np.ndarray, groups: np.ndarray | None, seed: int) -> dict[Method, GridSearchCV]:
    """Each method untrained, with its grid, for features of this length.

    One yardstick chooses for all of them, by cross-validation: the squared error of the mean grade.  On the bundled training images
    log loss would have softmax and CORN give every face nearly the same shares: where little can be seen, that loses least."""
    folds = cross_validation_folds(grades, seed, groups)
    most = min(length, len(grades) // IMAGES_EACH)
    allowed = [count for count in COMPONENTS if count <= most] or list(COMPONENTS[:1])
    steps: dict[Method, tuple[list[tuple[str, Any]], str, list[float] | list[int]]] = {
        Method.GRADE_SOFTMAX: ([("grade", LogisticRegression(max_iter=1000))], "grade__C", list(PENALTIES)),
        Method.GRADE_RIDGE: ([("grade", RidgeGrades())], "grade__alpha", [1 / one for one in reversed(PENALTIES)]),
        Method.GRADE_ODDS: (
            [("few", PCA(whiten=True, svd_solver="full")), ("grade", ProportionalOdds())],
            "few__n_components",
            allowed,
        ),
        Method.GRADE_CORN: ([("grade", Corn())], "grade__C", list(PENALTIES)),
    }
    squared = make_scorer(_squared_error, greater_is_better=False, response_method="predict_proba")
    return {
        method: GridSearchCV(
            Pipeline([("scale", StandardScaler()), *parts]),
            {name: values},
            scoring=squared,
            cv=folds,
        )
        for method, (parts, name, values) in steps.items()
    }


def _squared_error(grades: np.ndarray, shares: np.ndarray) -> float:
    return mean_squared_error(grades, shares @ np.arange(shares.shape[1]))


def answers(
    task: Task, images: Cohort, features: np.ndarray, new: np.ndarray, seed: int = 0
) -> dict[Method, np.ndarray]:
    """Train each of `facediag_utils.data.store.OF_GRADES` on the task's training images, and ask it about other faces.

    Parameters
    ----------
    task : Task
        Of `facediag_utils.data.grades.tasks`.
    images : Cohort
        As `facediag_utils.data.grades.graded` gives it.
    features : numpy.ndarray
        (len(images), d), NaN where no face was found.
    new : numpy.ndarray
        (m, d), of the faces that are asked about.
    seed : int
        Of the folds.

    Returns
    -------
    dict of Method to numpy.ndarray
        (m, grades), shares that add up to 1.  Cached by features, grades and settings.
    """
    split = splitting.task_split(task, images, np.isfinite(features).all(axis=1))
    known, grades = features[split.train], numbers(split.labels[split.train], task.classes)

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        found = searches(known.shape[1], grades, split.groups, seed)
        yield {str(method): search.fit(known, grades).predict_proba(new[missing]) for method, search in found.items()}

    groups = [] if split.groups is None else split.groups.tolist()
    settings = grades.tolist(), groups, seed, PENALTIES, COMPONENTS, IMAGES_EACH, YARDSTICK
    path = row_cache.table_path("grades", row_cache.digest(known), *settings)
    rows = row_cache.complete(path, [row_cache.digest(one) for one in new], compute)
    empty = np.empty((0, len(task.classes)))
    return {method: rows.get(str(method), empty) for method in store.OF_GRADES}


def run(task: Task, images: Cohort, features: np.ndarray, backbone: str, seed: int = 0) -> list[Predictions]:
    """`answers` about the task's test images, as rows of the store.

    CORN answers with the median grade, as its authors do; the others name the likeliest.
    """
    split = splitting.task_split(task, images, np.isfinite(features).all(axis=1))
    seen = split.found[split.test]
    made = []
    for method, given in answers(task, images, features, features[split.test & split.found], seed).items():
        pretraining = registry.get(backbone).pretraining
        said = store.from_scores(task, images, split, given, method, backbone, pretraining)
        if method is Method.GRADE_CORN:
            predicted = said.predicted.astype(object)  # names of any length
            predicted[seen] = np.array(task.classes)[median(given)]
            said = replace(said, predicted=predicted.astype(str))
        made.append(said)
    return made


def likeliest(shares: np.ndarray) -> np.ndarray:
    """The grade with the largest share, int (n,), of shares (n, grades)."""
    return shares.argmax(axis=1)


def median(shares: np.ndarray) -> np.ndarray:
    """The highest grade that is reached with more than half of the probability; parameters and result as `likeliest`."""
    return (1 - np.cumsum(shares, axis=1)[:, :-1] > 0.5).sum(axis=1)


def rounded_mean(shares: np.ndarray) -> np.ndarray:
    """The grade that is nearest to the mean grade; parameters and result as `likeliest`."""
    return np.rint(shares @ np.arange(shares.shape[1])).astype(int)


#: Ways to read one grade from the shares of all; only the last two know the order.
READINGS = {"likeliest": likeliest, "median": median, "rounded mean": rounded_mean}
