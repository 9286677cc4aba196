"""One person or two?  Features of photographs -> how well they tell, over all pairs, with an interval over people."""

import numpy as np

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
    # Each pair of one person against each of two: right, or a tie.  Leaving a person out leaves out rows and columns, so that
    # the jackknife needs no area anew (roc_auc_score took seconds for 150 people).
    right = (alike[~same, None] < alike[same]) + 0.5 * (alike[~same, None] == alike[same])
    with_person = (number[first, None] == np.arange(len(names))) | (number[second, None] == np.arange(len(names)))
    one, two = (1.0 - with_person[chosen] for chosen in (same, ~same))  # 0 where the person is in the pair
    left_out = ((two.T @ right).T * one).sum(axis=0) / (one.sum(axis=0) * two.sum(axis=0))
    variance = float((len(names) - 1) / len(names) * ((left_out - left_out.mean()) ** 2).sum())
    return area_interval(float(right.mean()), variance, len(names))
