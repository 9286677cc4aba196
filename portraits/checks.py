"""What can be seen with the renderer at hand: images rendered again, and a page of every phenotype."""

from __future__ import annotations

import io
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from portraits import cohort
from portraits.develop import develop
from portraits.phenotypes import PHENOTYPES
from portraits.scene import render

SHOWN = ((1, "caucasian"), (2, "asian"), (3, "african"))  # seed and ancestry of the people on the page
LEVELS = (0.0, 0.5, 1.0)
SIDE = 200  # pixels a picture of the page


def compare(folder: Path, count: int) -> None:
    """Print the mean absolute difference (of 255) between some files and what their rows render to now."""
    rows = cohort.plan()
    for index in np.linspace(0, len(rows) - 1, count).astype(int):
        with tempfile.TemporaryDirectory() as again:
            cohort.render_row(rows[index], Path(again))
            new, old = (np.asarray(Image.open(root / rows[index].image), float) for root in (Path(again), folder))
        print(f"{rows[index].image}: mean difference {np.abs(new - old).mean():.3f} of 255", flush=True)


def phenotype_sheet(path: Path) -> None:
    """Three people, each with the four phenotypes at three severities, in one frontal light."""
    diseases = [name for name in PHENOTYPES if name != "control"]
    page = Image.new("RGB", (SIDE * len(LEVELS) * len(SHOWN), (SIDE + 20) * len(diseases)), "white")
    draw = ImageDraw.Draw(page)
    for column, (seed, ancestry) in enumerate(SHOWN):
        person, _, photo = cohort.drawn_from(seed, seed, "control", ancestry)
        photo = replace(photo, yaw=0.0, pitch=0.0, roll=0.0, expression={}, resolution=1.0, blur_px=0.3, frame=1.25)
        photo = replace(photo, motion_px=(0.0, 0.0), shift=(0.0, 0.0), backdrop="studio", jpeg_quality=92)
        for row, name in enumerate(diseases):
            for k, severity in enumerate(LEVELS):
                picture = develop(render(person, PHENOTYPES[name], severity, photo).image, photo)
                place = (SIDE * (len(LEVELS) * column + k), (SIDE + 20) * row)
                page.paste(Image.open(io.BytesIO(picture)).resize((SIDE, SIDE)), (place[0], place[1] + 20))
                draw.text(
                    (place[0] + 4, place[1] + 4), f"{name.replace('_', ' ')}, severity {severity:g}", fill="black"
                )
    page.save(path, quality=88)
