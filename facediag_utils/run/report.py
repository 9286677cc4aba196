"""``runs/<profile>/report.html``: all tables and figures of a run on one page that needs no other file.

What notebooks and verdict have written goes in, a page comes out.  Its words stand in ``templates/report.html``."""

import base64
import io
import re
import webbrowser
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mistune
import numpy as np
import pandas as pd
from PIL import Image

from facediag_utils.core import pin
from facediag_utils.core.errors import ResultsError
from facediag_utils.core.files import write_text
from facediag_utils.core.profiles import Profile
from facediag_utils.data import store
from facediag_utils.data.cohort import Cohort, Task, load, tasks
from facediag_utils.evaluation import metrics
from facediag_utils.figures import style, tables
from facediag_utils.networks import registry
from facediag_utils.run import model_card
from facediag_utils.run.rendering import render

WIDTH, QUALITY = 1400, 82  # pixels and JPEG quality of pictures of faces; charts go in as drawn
OUTCOMES = ["same", "within tolerance", "not reproduced", "missing"]  # of the comparison with the record
WORST = 10  # values that the page names at most


def write(profile: Profile) -> Path:
    """Make the page and the model card from the results and the figures as they are.

    Raises
    ------
    ResultsError
        If there are no predictions or no figures yet.
    """
    stored, cohort = store.load(profile), load(profile)
    paper = [task for task in tasks(cohort) if task.name in tables.TEST_IMAGES]
    drawn = figures(profile)
    with ThreadPoolExecutor() as pool:  # pictures are decoded and encoded side by side
        sources = list(pool.map(_source, drawn))
    notes = profile.results / "intake.txt"  # what was found in a folder of one's own, without names of files
    page = render(
        "report.html",
        profile=profile,
        cohort=cohort,
        differs=pin.word(),
        verdict=_verdict(profile),
        notes=notes.read_text(encoding="utf-8") if notes.is_file() else "",
        left_out=_left_out(profile),
        no_face=_no_face(profile, cohort),
        accuracies=[_accuracies(stored, task, profile) for task in tasks(cohort)],
        paper_tables=_paper_tables(stored, paper, profile),
        absent=registry.absent(stored["backbone"]),
        figures=[(source, style.read_caption(path)) for source, path in zip(sources, drawn, strict=True)],
        card=_card(profile),
    )
    return write_text(profile.run / "report.html", page)


def show(profile: Profile) -> Path:
    """Make the page and open it in a browser, if there is one."""
    path = write(profile)
    webbrowser.open(path.as_uri())
    return path


def _read(path: Path) -> pd.DataFrame | None:
    """A table as it stands, all text: a class may be called NA.  None if it was not written."""
    return pd.read_csv(path, dtype=str, keep_default_na=False) if path.is_file() else None


def _verdict(profile: Profile) -> dict[str, object] | None:
    """This run against the record: counts by file and outcome, what differs most, and what came close to its tolerance."""
    table = _read(profile.run / "reproduced.csv")
    if table is None:
        return None
    recorded, found, tolerance = (
        pd.to_numeric(table[column], errors="coerce") for column in ("recorded", "found", "tolerance")
    )
    share = (found - recorded).abs() / tolerance.fillna(0)  # of the tolerance
    table = table.assign(share=share.fillna(np.inf)).sort_values("share", ascending=False, kind="stable")
    failed = table[table["outcome"] == "not reproduced"]
    within = table[table["outcome"] == "within tolerance"].drop_duplicates("file")
    shown = ["file", "row", "column", "recorded", "found", "tolerance", "why"]
    by_file = pd.crosstab(table["file"], table["outcome"]).reindex(columns=OUTCOMES, fill_value=0)
    return {
        "counts": by_file.sum(),
        "by_file": by_file.reset_index(),
        "worst": failed[shown].head(WORST),
        "within": within[shown].sort_values("file"),
    }


def _left_out(profile: Profile) -> pd.DataFrame | None:
    """How many files of a folder of one's own were left out, by kind of reason, the most frequent first."""
    table = _read(profile.results / "left_out.csv")
    if table is None or table.empty:
        return None
    return table["kind"].value_counts().rename_axis("reason").reset_index(name="files")


def _no_face(profile: Profile, cohort: Cohort) -> pd.DataFrame | None:
    """In how many pictures of each class and split no face was found: "2 of 40"."""
    table = _read(profile.results / "no_face.csv")
    if table is None or table.empty:
        return None
    lost, images = (pd.crosstab(frame["label"], frame["split"]) for frame in (table, cohort.table))
    lost = lost.reindex(index=[name for name in cohort.classes if name in lost.index], columns=images.columns)
    counts = lost.fillna(0).astype(int).astype(str) + " of " + images.loc[lost.index].astype(str)
    return counts[["train", "test"]].rename_axis("class", axis="index").reset_index()


def _accuracies(stored: pd.DataFrame, task: Task, profile: Profile) -> str:
    lines = []
    for run in metrics.summarize(stored, task).to_dict("records"):
        method, pretraining, _ = metrics.method_title(run["method"], run["backbone"])
        lines.append((method, pretraining, metrics.interval_of(run, "accuracy")))
    frame = pd.DataFrame(lines, columns=["Method", "Pretrain", "Accuracy"])
    return tables.styled(frame, f"{task.title}, {len(task.classes)} classes, {profile.title}").to_html()


def _paper_tables(stored: pd.DataFrame, paper: list[Task], profile: Profile) -> list[str]:
    made = tables.of_run(stored, paper, profile).values()
    return [tables.styled(table, caption).to_html() for caption, table in made if len(table)]


def figures(profile: Profile) -> list[Path]:
    """One file per figure: the SVG where there is one."""
    drawn = {path.stem: path for path in style.figure_paths(profile)}  # "svg" comes after "png"
    if not drawn:
        raise ResultsError(f"{profile.figures}: no figures yet; run `make reproduce` first")
    return [drawn[name] for name in sorted(drawn)]


def _source(path: Path) -> str:
    """A figure as the source of an image; pictures of faces as JPEG, which is smaller."""
    if path.suffix == ".svg":
        kind, content = "svg+xml", path.read_bytes()
    else:
        with Image.open(path) as image:
            picture = image.convert("RGB")
        picture.thumbnail((WIDTH, 10 * WIDTH), Image.Resampling.LANCZOS)
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=QUALITY)
        kind, content = "jpeg", stream.getvalue()
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _card(profile: Profile) -> str:
    """Write the model card, and give it as HTML with its headings one level lower."""
    text = model_card.write(profile).read_text(encoding="utf-8")
    lower = re.sub("^#", "##", text, flags=re.MULTILINE)
    return str(mistune.create_markdown(plugins=["table"])(lower))
