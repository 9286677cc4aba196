"""One network with one thing changed at a time (an ablation): what, on the way from picture to features, costs accuracy?"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from facediag_utils.core import row_cache
from facediag_utils.core.progress import progress_bar
from facediag_utils.data.cohort import Cohort
from facediag_utils.data.splitting import stratified_subsample
from facediag_utils.faces.alignment import CROPS, aligned_chips
from facediag_utils.faces.detection import DETECTOR_VERSION, Faces
from facediag_utils.methods import dtl2
from facediag_utils.networks import registry

CROP, PIXELS = "tight", 128  # in place of the record's; a multiple of 32, which the network halves five times
STAGES = (
    5,
    7,
)  # of seven; on the few numbers of earlier ones no SVM tells the classes apart, and it tries for seconds a split
MOST = 700  # training images that batch norms are measured on


def features(backbone: str, cohort: Cohort, faces: Faces) -> dict[str, dict[str, np.ndarray]]:
    """Features of every image with a face, each time with another thing changed; weights are never changed.

    Parameters
    ----------
    backbone : str
        An EfficientNet-Lite of the registry: it has stages and batch norms.
    cohort : Cohort
    faces : Faces
        Of the same cohort.

    Returns
    -------
    dict of str to dict of str to numpy.ndarray
        By what is changed, and by how: float32 (n, d); NaN in the rows of images without a face.
    """
    from facediag_utils.networks.architectures.efficientnet_lite import STAGES as WIDTHS

    record = registry.get(backbone)
    stages = dtl2.extract(record, cohort, faces, "stages")
    of_each = np.split(stages, np.cumsum(WIDTHS[record.options.get("size", 0)])[:-1], axis=1)
    return {
        "crop": {f"{CROP}, not {record.crop}": dtl2.extract(replace(record, crop=CROP), cohort, faces)},
        "resolution": {
            f"{PIXELS} px, not {record.input_size}": dtl2.extract(replace(record, input_size=PIXELS), cohort, faces)
        },
        "layer": {f"stage {k} of {len(of_each)}": of_each[k - 1] for k in STAGES},
        "batch norms": {"measured on faces": measured_anew(backbone, cohort, faces)},
    }


def measured_anew(backbone: str, cohort: Cohort, faces: Faces) -> np.ndarray:
    """Features after the batch norms' means and variances have been measured on the training images, without labels.

    Parameters and result as of `features`: float32 (n, d)."""
    record, found = registry.get(backbone), np.flatnonzero(faces.found)
    learnt = found[(cohort.table["split"].to_numpy() == "train")[found]]
    labels = cohort.table["label"].to_numpy(dtype=str)[learnt]
    # in an order of its own: a batch of one class would have too small a variance
    learnt = np.random.default_rng(0).permutation(learnt[stratified_subsample(labels, MOST)])
    digests = cohort.table["sha256"].to_numpy(dtype=str)

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        import torch

        chips = aligned_chips(cohort, faces, record.input_size, record.crop)
        network = registry.load(backbone).to(memory_format=torch.channels_last)
        parts = dtl2.in_batches(learnt)
        measure(network, (registry.prepare(chips[part], record) for part in parts), record.feature_layer)
        batches = dtl2.in_batches(found[missing])
        for rows in progress_bar(batches, len(batches), record.title, unit="batch"):
            yield {"features": dtl2.features_of(network, record, record.feature_layer, chips[rows])}

    on = hashlib.sha256("".join(digests[learnt]).encode()).hexdigest()
    settings = (record.checksum(), record.input_size, CROPS[record.crop], DETECTOR_VERSION, on)
    path = row_cache.table_path(f"features/{backbone.replace(':', '-')}-measured", *settings)
    result = np.full((len(cohort), record.layers[record.feature_layer]), np.nan, dtype=np.float32)
    if len(found):
        result[found] = row_cache.complete(path, list(digests[found]), compute)["features"]
    return result


def measure(network: Any, batches: Iterable[Any], layer: str) -> None:
    """Give a network's batch norms the means and variances of these batches; nothing else changes.  On one thread."""
    import torch

    from facediag_utils.methods.devices import one_thread

    norms = [part for part in network.modules() if isinstance(part, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over batches
        norm.train()
    with torch.inference_mode(), one_thread():
        for batch in batches:
            network.features(batch, layer)
    network.eval()
