"""Logistic regression on a network's features: an SVM's scores are no probabilities, and only probabilities can be averaged."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, make_scorer
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from facediag_utils.data import splitting

PENALTIES = tuple(10.0**k for k in range(-4, 1))  # C, on standardised features


def search(known: np.ndarray, labels: np.ndarray, seed: int = 0, groups: np.ndarray | None = None) -> GridSearchCV:
    """Fitted on standardised features, its C of `PENALTIES` chosen by cross-validated log loss.

    Parameters
    ----------
    known : numpy.ndarray
        (n, d), features of training images.
    labels : numpy.ndarray
        (n,).
    seed, groups
        Of the folds, see `facediag_utils.data.splitting.cross_validation_folds`.

    Returns
    -------
    sklearn.model_selection.GridSearchCV
        Its ``best_estimator_`` has learned from all of them; ``cv`` has the folds.
    """
    folds = splitting.cross_validation_folds(labels, seed, groups)
    blank = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    grid = {"logisticregression__C": list(PENALTIES)}
    loss = make_scorer(
        log_loss, greater_is_better=False, response_method="predict_proba", labels=np.unique(labels)
    )  # a fold need not have every class
    return GridSearchCV(blank, grid, scoring=loss, cv=folds).fit(known, labels)


def out_of_fold(found: GridSearchCV, known: np.ndarray, labels: np.ndarray, method: str) -> np.ndarray:
    """What ``method`` ("predict_proba", "decision_function") says of training images, each by a classifier that was trained without its
    fold: as scikit-learn gives it, a row an image."""
    return cross_val_predict(found.best_estimator_, known, labels, cv=found.cv, method=method)
