"""``results/<profile>/report.html``: all tables and figures of a run on one page that needs no other file."""

from __future__ import annotations

import base64
import io
import webbrowser
from html import escape
from pathlib import Path

import pandas as pd
from PIL import Image

from facediag_utils.core.errors import ResultsError
from facediag_utils.core.files import atomic_write
from facediag_utils.core.profiles import Profile
from facediag_utils.data import store
from facediag_utils.data.cohort import Cohort, Task, load, tasks
from facediag_utils.evaluation import metrics
from facediag_utils.figures import tables
from facediag_utils.run import model_card

WIDTH, QUALITY = 1400, 82  # pixels and JPEG quality of pictures of faces; charts go in as drawn

#: What a figure shows, by the name of its file; those not named here are shown under that name.
CAPTIONS = {
    "01_faces": "Ten images of each class, drawn at random",
    "01_contact_sheet": "Every image",
    "01_severity": "From the mildest to the most marked of each disease",
    "01_truth": "True landmarks, and where the signs changed the head",
    "01_accuracy_by_severity": "DTL2 by severity of the signs, five-fold cross-validation",
    "01_ancestry": "Images by class and ancestry (Table 2)",
    "02_alignment": "Detection, landmarks and the two crops",
    "02_mean_faces": "Mean aligned face of each class",
    "03_words": "Dense SIFT: a face, its words, its bag of features",
    "03_confusion_all": "Dense SIFT: confusion matrices",
    "03_confusion_multiclass": "Dense SIFT: confusion matrices",
    "04_figure_3": "Fine-tuning by the paper's protocol (its Figure 3), where the test images choose the epoch",
    "04_clean": "Fine-tuning where held-out training images choose the epoch",
    "04_from_scratch": "Pretrained weights and random ones",
    "04_learning_rates": "A learning rate belongs to its weights (training images only)",
    "05_feature_map": "t-SNE of the features",
    "05_splits": "The split of training and test images drawn again",
    "05_penalty": "Choosing C on the training images",
    "05_confusion_all": "Features and SVM: confusion matrices",
    "05_confusion_binary": "Features and SVM: confusion matrices, two classes",
    "05_confusion_multiclass": "Features and SVM: confusion matrices, five classes",
    "06_distances": "Proxy A-distance from the controls to each disease",
    "07_figure_4": "Confusion matrices of the first task (the paper's Figure 4)",
    "07_figure_5": "Figure 5: ROC curves",
    "07_figure_6": "Figure 6: confusion matrices of the five classes",
    "07_pairs_all": "Every two methods on the same test images (McNemar, Holm)",
    "07_pairs_binary": "Every two methods on the same test images, two classes (McNemar, Holm)",
    "07_pairs_multiclass": "Every two methods on the same test images, five classes (McNemar, Holm)",
    "07_predictive_values": "A screening test at the prevalences of the world",
    "07_reliability": "Can a score be read as a probability?",
    "08_against_clinicians": "Every method beside the 84.5% of the paper's clinicians",
    "08_groups": "DTL2 within ancestry, sex, age and severity",
    "08_paper_intervals": "The paper's own Tables 3 to 6 with their intervals",
    "09_answers": "What the model says of six test images",
    "08_readers": "Readers (of the bundled cohort: simulated) beside the ROC curve of DTL2",
}

STYLE = """
pre { white-space: pre-wrap }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 88rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #bbb } .note { border-left: 4px solid #D55E00; padding-left: 1rem }
table { border-collapse: collapse; font-size: 12px; margin: 1rem 0 } td, th { border: 1px solid #ccc; padding: 2px 8px }
caption { padding: 4px 0 } .wide { overflow-x: auto } img { max-width: 100% } figcaption { color: #555 } figure { margin: 2rem 0 }
"""


def write(profile: Profile) -> Path:
    """Make the page from the store and the figures as they are.

    Raises
    ------
    ResultsError
        If there are no predictions yet.
    """
    stored, cohort = store.load(profile), load(profile)
    of = {task.name: task for task in tasks(cohort)}
    parts = [
        f"<h1>Deep facial diagnosis: {escape(profile.title)}</h1>",
        f'<p class="note">{_what_it_is(profile, cohort)}</p>',
        *_taken_in(profile),
        "<h2>Accuracy on the test images</h2>",
        *(_accuracies(stored, task, profile) for task in of.values()),
        *_tables(stored, of, profile),
        "<h2>Figures</h2>",
        *(_figure(path) for path in figures(profile)),
        "<h2>Model card and checklist</h2>",
        *_card(profile),
    ]
    page = f'<title>facediag: {escape(profile.title)}</title><meta name="viewport" content="width=device-width">'
    page = f'<!doctype html><html lang="en"><meta charset="utf-8">{page}<style>{STYLE}</style>' + "\n".join(parts)
    path = profile.results / "report.html"
    with atomic_write(path) as partial:
        partial.write_text(f"{page}</html>\n", encoding="utf-8")
    return path


def show(profile: Profile) -> Path:
    """Make the page and the model card, and open the page in a browser, if there is one."""
    model_card.write(profile)
    path = write(profile)
    webbrowser.open(path.as_uri())
    return path


def _what_it_is(profile: Profile, cohort: Cohort) -> str:
    counts = f"{len(cohort)} images, {len(cohort.classes)} classes."
    rendered = (
        " The faces are rendered, not photographed: these numbers say nothing of how well anything diagnoses people."
        if profile.rendered
        else ""
    )
    return f"Research and teaching only; not a medical device. {counts}{rendered} Brackets hold 95% intervals."


def _taken_in(profile: Profile) -> list[str]:
    """What was found in a folder of one's own, without names of files."""
    path = profile.results / "intake.txt"
    return ["<h2>The images</h2>", f"<pre>{escape(path.read_text(encoding='utf-8'))}</pre>"] if path.is_file() else []


def _accuracies(stored: pd.DataFrame, task: Task, profile: Profile) -> str:
    lines = []
    for run in metrics.summarize(stored, task).to_dict("records"):
        method, pretraining, _ = metrics.method_title(run["method"], run["backbone"])
        lines.append((method, pretraining, str(metrics.interval_of(run, "accuracy"))))
    frame = pd.DataFrame(lines, columns=["Method", "Pretrain", "Accuracy"])
    return _wide(tables.styled(frame, f"{task.title}, {len(task.classes)} classes, {profile.title}").to_html())


def _tables(stored: pd.DataFrame, of: dict[str, Task], profile: Profile) -> list[str]:
    """The paper's tables with the run's numbers; for other tasks `_accuracies` has said all."""
    paper = [task for task in of.values() if task.name in tables.TEST_IMAGES]
    made = ["<h2>Tables 3-6 of the paper, and this run</h2>"] if paper else []
    for caption, table in tables.of_run(stored, paper, profile).values():
        made.append(_wide(tables.styled(table, caption).to_html()))
    return made


def _wide(html: str) -> str:
    return f'<div class="wide">{html}</div>'


def _card(profile: Profile) -> list[str]:
    parts = []
    for heading, paragraphs, table in model_card.sections(profile):
        parts.append(f"<h3>{escape(heading)}</h3>")
        parts += [f"<p>{escape(text)}</p>" for text in paragraphs]
        if table:
            rows = pd.DataFrame(table[1:], columns=pd.Index(table[0]))
            parts.append(_wide(rows.to_html(index=False, border=0)))
    return parts


def figures(profile: Profile) -> list[Path]:
    """One file a figure: the SVG where there is one."""
    drawn = {path.stem: path for path in sorted(profile.figures.glob("[!.]*.png"))}
    drawn |= {path.stem: path for path in profile.figures.glob("[!.]*.svg")}
    if not drawn:
        raise ResultsError(f"{profile.figures}: no figures yet; run `make reproduce` first")
    return [drawn[name] for name in sorted(drawn)]


def _figure(path: Path) -> str:
    if path.suffix == ".svg":
        kind, content = "svg+xml", path.read_bytes()
    else:
        kind, content = "jpeg", _small(path)
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    caption = escape(CAPTIONS.get(path.stem, path.stem))
    return f'<figure><img src="{source}" alt="{caption}"><figcaption>{caption}</figcaption></figure>'


def _small(path: Path) -> bytes:
    with Image.open(path) as image:
        picture = image.convert("RGB")
    picture.thumbnail((WIDTH, 10 * WIDTH), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=QUALITY)
    return stream.getvalue()
