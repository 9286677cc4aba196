from pathlib import Path
def edit(path, *pairs):
    p=Path(path); t=p.read_text()
    for a,b in pairs:
        assert t.count(a)==1,(path,t.count(a),a); t=t.replace(a,b)
    p.write_text(t)
edit("facediag_utils/methods/devices.py",
('''"""On what a network is trained: the processor, or the accelerator if there is one."""

import torch
''','''"""On what a network is trained: the processor, or the accelerator if there is one."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
'''))
p=Path("facediag_utils/methods/devices.py"); p.write_text(p.read_text()+'''

@contextmanager
def one_thread() -> Iterator[None]:
    """Torch on one thread: several share sums out by their number, and the last bits of these would depend on it."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
''')
edit("facediag_utils/methods/dtl1.py",
('''    parallel.exit_with_parent(starter)  # a training may have an hour to go
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        predictions, tuned = run(job, cohort, faces, seed)
        return predictions, tuned if keep else replace(tuned, averaged=None)  # it would be sent, and held, for nothing
    finally:
        torch.set_num_threads(threads)
''','''    parallel.exit_with_parent(starter)  # a training may have an hour to go
    with devices.one_thread():
        predictions, tuned = run(job, cohort, faces, seed)
    return predictions, tuned if keep else replace(tuned, averaged=None)  # it would be sent, and held, for nothing
'''))
edit("facediag_utils/methods/fingerprint.py",
('''    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as in a run
    try:
        tuned = fine_tune(name, lambda: chips, training, looked_at, CLASSES, recipe)
        yield "training", state_digest(tuned.averaged)
        body = registry.load(name).to(memory_format=torch.channels_last)
        yield "features", _digest(dtl2.features_of(body, record, record.feature_layer, chips[:LOOKED_AT]))
    finally:
        torch.set_num_threads(threads)
''','''    with one_thread():  # as in a run
        tuned = fine_tune(name, lambda: chips, training, looked_at, CLASSES, recipe)
    yield "training", state_digest(tuned.averaged)
    body = registry.load(name).to(memory_format=torch.channels_last)
    yield "features", _digest(dtl2.features_of(body, record, record.feature_layer, chips[: dtl2.BATCH]))
'''),
("of its features; on one thread.","of its features."),
("from facediag_utils.methods import dsift, dtl2\n","from facediag_utils.methods import dsift, dtl2\nfrom facediag_utils.methods.devices import one_thread\n"),
("import numpy as np\nimport torch\n","import numpy as np\nimport torch\n"),
)
edit("facediag_utils/methods/dtl2.py",
("BATCH = 32  # images: what is in memory at once\n","BATCH = 16  # images, at most: what each core has in memory at once\n"),
('''        batches = [rows[missing[k : k + BATCH]] for k in range(0, len(missing), BATCH)]
        work = ((backbone, layer, pictures[batch]) for batch in batches)
        if parallel.on_cluster():
            made = parallel.parallel_map(_features, list(work), record.title, unit="batch")
        else:  # torch uses all cores by itself
            made = progress_bar((_features(*item) for item in work), len(batches), record.title, unit="batch")
''','''        batches = in_batches(rows[missing])
        work = ((backbone, layer, pictures[batch]) for batch in batches)
        if parallel.on_cluster():
            made = parallel.parallel_map(_features, list(work), record.title, unit="batch")
        else:  # threads of one process share the network; torch lets Python go on while it computes
            team = Parallel(n_jobs=-1, prefer="threads", return_as="generator")
            made = progress_bar(team(delayed(_features)(*item) for item in work), len(batches), record.title, unit="batch")
'''),
('''def _features(backbone: str, layer: str''','''def in_batches(rows: np.ndarray) -> list[np.ndarray]:
    """Rows in parts of nearly equal size, at most `BATCH`: none of a single image, which torch treats in another way."""
    return np.array_split(rows, math.ceil(len(rows) / BATCH))


def _features(backbone: str, layer: str'''),
('''    """Features of face chips, uint8 (n, size, size, 3), by a network of this record: float32 (n, d)."""
    import torch

    device = next(network.parameters()).device
    with torch.inference_mode():
''','''    """Features of face chips, uint8 (n, size, size, 3), by a network of this record, on one thread: float32 (n, d)."""
    import torch

    from facediag_utils.methods.devices import one_thread

    device = next(network.parameters()).device
    with torch.inference_mode(), one_thread():
'''),
('''from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
''','''import math
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from joblib import Parallel, delayed
'''),
)
edit("facediag_utils/methods/trained_model.py",
('''        batches = [train[missing[k : k + dtl2.BATCH]] for k in range(0, len(missing), dtl2.BATCH)]
''','''        batches = dtl2.in_batches(train[missing])
'''))
edit("facediag_utils/core/pin.py",
('''    "OPENBLAS_CORETYPE": "Haswell",  # numpy's and scipy's matrix products
''','''    "OPENBLAS_CORETYPE": "Haswell",  # numpy's and scipy's matrix products
    "OPENBLAS_NUM_THREADS": "1",  # several share sums out by their number; products are small here
'''),
('''The libraries add numbers up in an order that depends on the maker, the model and the vector unit of the processor, and a
training magnifies the last bits of these sums.''','''The libraries add numbers up in an order that depends on the maker, the model, the vector unit and the cores of the processor,
and a training magnifies the last bits of these sums.'''),
)
edit("facediag_utils/methods/training.py",
('''        for layer in self.body.modules():
            if isinstance(layer, nn.Conv2d) and layer.kernel_size == (1, 1):
                # One pixel has nothing to dilate, but torch then takes oneDNN.  On one thread it gives 1x1 convolutions of few
                # images to MKL, whose code for all processors is slow: EfficientNet-Lite0 took half as long again.
                layer.dilation = (2, 2)
''',''))
edit("facediag_utils/networks/registry.py",
('''    network = build(record)
    network.fill(record.file.path)
    return network.eval()


def _seeded''','''    network = build(record)
    network.fill(record.file.path)
    return _by_onednn(network).eval()


def _by_onednn(network: torch.nn.Module) -> torch.nn.Module:
    """On one thread torch gives 1x1 convolutions of few images to MKL, whose code for all processors (`core.pin`) is slow:
    EfficientNet-Lite0 trained half as long again.  If they are dilated it does not, and a single pixel has nothing to dilate."""
    import torch

    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d) and layer.kernel_size == (1, 1):
            layer.dilation = (2, 2)
    return network


def _seeded'''),
('''                layer.reset_parameters()
    return network.eval()
''','''                layer.reset_parameters()
    return _by_onednn(network).eval()
'''))
