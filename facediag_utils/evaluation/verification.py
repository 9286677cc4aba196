"""One person or two?  Features of photographs -> how well they tell, over all pairs, with an interval over people."""

import numpy as np
from sklearn.metrics import roc_auc_score

from facediag_utils.core.errors import ResultsError
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.roc_analysis import area_interval


def verification_area(features: np.ndarray, person: np.ndarray) -> Interval:
    """Area under the ROC curve of all pairs of photographs, by the cosine of their features: 0.5 tells nothing, 1 everything.

    Parameters
    ----------
    features : numpy.ndarray
        (n, d).
    person : numpy.ndarray
        (n,), whose photograph each is.

    Returns
    -------
    Interval
        The pairs of a person are not independent, so its variance is the jackknife's over people (Efron and Stein 1981).

    Raises
    ------
    ResultsError
        If fewer than three people have two photographs.
    """
    names, number = np.unique(person, return_inverse=True)
    if (np.bincount(number) > 1).sum() < 3:
        raise ResultsError("verification needs three people at least who have two photographs each")
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    directions = features / np.maximum(lengths, np.finfo(features.dtype).tiny)
    first, second = np.triu_indices(len(number), 1)
    alike = np.einsum("ij,ij->i", directions[first], directions[second])
    same = number[first] == number[second]

    def area(kept: np.ndarray) -> float:
        return float(roc_auc_score(same[kept], alike[kept]))

    whole = area(np.ones(len(same), bool))
    left_out = np.array([area((number[first] != k) & (number[second] != k)) for k in range(len(names))])
    variance = float((len(names) - 1) / len(names) * ((left_out - left_out.mean()) ** 2).sum())
    return area_interval(whole, variance, len(names))
