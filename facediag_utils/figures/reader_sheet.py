"""The reader study without widgets: a page of numbered faces, and a table to be filled in beside it."""

import html
import io
from pathlib import Path

import pandas as pd
from PIL import Image

from facediag_utils.core.files import write_text
from facediag_utils.core.profiles import from_output
from facediag_utils.data.cohort import Cohort
from facediag_utils.data.images import read_rgb
from facediag_utils.data.store import write_csv
from facediag_utils.evaluation.reader_study import SHEET, Study
from facediag_utils.figures.style import class_title, image_html

MOST, SIDE = 100, 320  # faces of a sheet; pixels
STYLE = "body { font: 1rem/1.5 sans-serif; margin: 1rem auto; max-width: 72rem; padding: 0 1rem } "
STYLE += ".faces { display: flex; flex-wrap: wrap; gap: 1rem } figure { margin: 0; break-inside: avoid } "
STYLE += "figcaption { font-weight: bold; text-align: center } img { max-width: 100% }"


def exchange(study: Study, cohort: Cohort) -> str:
    """Take in what the table holds, then write page and table anew for the faces that are left, at most `MOST`.

    Parameters
    ----------
    study : Study
        As `facediag_utils.evaluation.reader_study.study` gives it.
    cohort : Cohort
        Whose images are shown; labels and file names are not.

    Returns
    -------
    str
        How far the reader is, and what to do next.

    Raises
    ------
    ResultsError
        If the table is wrong; it is left as it is.
    """
    page = cohort.profile.run / "reading" / f"{study.path.stem}.html"
    table = page.with_suffix(".csv")
    taken = study.take_in(table) if table.is_file() else 0
    done = set(study.answers["image"])
    left = {number: image for number, image in study.numbers.items() if image not in done}
    said = f"{taken} answers taken in; {len(done)} of {len(study.order)} faces read."
    if not left:
        for path in (page, table):
            path.unlink(missing_ok=True)
        return said
    now = dict(list(left.items())[:MOST])
    write_csv(table, pd.DataFrame({"number": list(now), "answer": "", "confidence": ""}, columns=SHEET))
    write_text(page, _page(study, cohort, now))
    return f"{said}\nLook at {from_output(page)}, fill in {from_output(table)}, and run this again."


def _page(study: Study, cohort: Cohort, images: dict[str, str]) -> str:
    paths = cohort.table.set_index("image")["path"]
    classes = "".join(
        f"<li><code>{html.escape(name)}</code>: {html.escape(class_title(name))}</li>" for name in study.task.classes
    )
    faces = "".join(
        f"<figure>{_small(paths[image], number)}<figcaption>{number}</figcaption></figure>"
        for number, image in images.items()
    )
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Reader study: {len(images)} faces</title><style>{STYLE}</style></head><body>
<h1>Reader study: {len(images)} faces</h1>
<p>Which class does each face belong to? Write your answers into the table <code>{html.escape(study.path.stem)}.csv</code> beside this
page, in a row per number: one of these words, and how sure you are, from 1 (guess) to 5 (sure). A row that is left empty is asked
again.</p><ul>{classes}</ul>
<p>Research and teaching only. Do not look the faces up while you read.</p>
<div class="faces">{faces}</div></body></html>
"""


def _small(path: Path, number: str) -> str:
    """A picture without whatever else its file says."""
    picture = Image.fromarray(read_rgb(path))
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=90)
    return image_html(stream.getvalue(), "jpeg", f"face {number}", picture.width)
