"""Images rendered again and compared with the files."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from portraits.plan import SETS
from portraits.rendering import render_all

CLOSE = 2.0  # of 255: a mean difference that another machine may make


def compare(folder: Path, count: int) -> None:
    """Print the mean absolute difference (of 255) between some files of each set and what their rows render to now.

    Raises
    ------
    SystemExit
        If one is further off than `CLOSE`.
    """
    worst = 0.0
    for name, kind in SETS.items():
        rows = kind.rows()
        chosen = np.unique(np.linspace(0, len(rows) - 1, count).astype(int)).tolist()
        with tempfile.TemporaryDirectory() as again:
            render_all(Path(again), name, rows, chosen)
            for row in (rows[index] for index in chosen):
                new, old = (np.asarray(Image.open(root / name / row.image), float) for root in (Path(again), folder))
                worst = max(worst, float(np.abs(new - old).mean()))
                print(f"{name}/{row.image}: mean difference {np.abs(new - old).mean():.3f} of 255", flush=True)
    if worst > CLOSE:
        raise SystemExit(f"portraits: an image differs by {worst:.1f} of 255; at most {CLOSE:g} is expected")
