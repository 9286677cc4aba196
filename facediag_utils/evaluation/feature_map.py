"""Features in two dimensions, by t-SNE (van der Maaten and Hinton 2008)."""

from collections.abc import Iterator

import numpy as np
from sklearn.manifold import TSNE

from facediag_utils.core import parallel, row_cache

NEIGHBOURS = 20  # t-SNE's perplexity, at most


def feature_maps(features: dict[str, np.ndarray], seed: int = 0) -> dict[str, np.ndarray]:
    """A map of each network's features, kept by their content.

    Parameters
    ----------
    features : dict of str to numpy.ndarray
        (n, d) of the same n images, by network.
    seed : int

    Returns
    -------
    dict of str to numpy.ndarray
        float32, (n, 2); neither axis has a unit, and only who is near to whom has a meaning.
    """
    values = list(features.values())
    number = len(values[0])

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        work = [(values[k], seed) for k in missing]
        for points in parallel.parallel_map(_points, work, "t-SNE", unit="map"):
            yield {"points": points[None]}

    path = row_cache.table_path("feature_maps", seed, number, NEIGHBOURS)
    points = row_cache.complete(path, [row_cache.digest(v) for v in values], compute)["points"]
    return dict(zip(features, points, strict=True))


def _points(features: np.ndarray, seed: int) -> np.ndarray:
    perplexity = min(NEIGHBOURS, len(features) // 5)
    return TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(features)
