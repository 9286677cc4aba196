"""What the page shows, as HTML: the figures and numbers of the other rooms, each picture with a text for who does not see it."""

import html
import io
from collections.abc import Sequence

import numpy as np
import pandas as pd
from PIL import Image

from facediag_utils.core.profiles import Profile
from facediag_utils.data.cohort import Task, load, tasks
from facediag_utils.data.images import read_rgb
from facediag_utils.data.trained import Trained
from facediag_utils.evaluation import metrics, one_against_rest, roc_analysis
from facediag_utils.faces.alignment import face_chip
from facediag_utils.faces.detection import find_faces
from facediag_utils.figures import curves
from facediag_utils.figures.style import as_html, class_title, image_html
from facediag_utils.methods import training_table

CHIP, PER_CLASS, ROWS = 96, 6, 12  # pixels of a small face, faces per class, classes at most
PANELS = 6  # ROC curves at most
CAUTION = "Rendered faces: these numbers say nothing about how well anything diagnoses people."


def png(content: bytes, alt: str) -> str:
    """A PNG file."""
    with Image.open(io.BytesIO(content)) as image:
        return image_html(content, "png", alt, image.width * 2 / 3)


def face(chip: np.ndarray, alt: str, side: int = CHIP) -> str:
    """A face chip, uint8 (size, size, 3)."""
    stream = io.BytesIO()
    Image.fromarray(chip).save(stream, "PNG")
    return image_html(stream.getvalue(), "png", alt, side)


def told(profile: Profile) -> str:
    """What reading the pictures has told, a line each."""
    path = profile.results / "intake.txt"
    if profile.rendered or not path.is_file():
        images = load(profile)
        return f"<p>{html.escape(profile.title)}: {len(images)} pictures in {len(images.classes)} classes.</p>"
    lines = path.read_text(encoding="utf-8").splitlines()
    return "<ul>" + "".join(f"<li>{html.escape(line.strip())}</li>" for line in lines) + "</ul>"


def aligned_faces(profile: Profile) -> str:
    """Some faces of each class as the network will see them."""
    images = load(profile)
    faces, parts = find_faces(images), []
    for name in images.classes[:ROWS]:
        rows = np.flatnonzero(faces.found & (images.table["label"] == name).to_numpy())[:PER_CLASS]
        chips = [face_chip(read_rgb(images.table["path"].iloc[row]), faces.landmarks[row], CHIP) for row in rows]
        pictures = "".join(face(chip, f"aligned face, {class_title(name)}") for chip in chips)
        parts.append(f"<figure>{pictures}<figcaption>{html.escape(class_title(name))}</figcaption></figure>")
    left = len(images.classes) - ROWS
    more = f"<p>{left} more classes are not shown.</p>" if left > 0 else ""
    return f'<h3>Aligned faces</h3><div class="faces">{"".join(parts)}</div>{more}'


def learning(profile: Profile, model: Trained, classes: int, title: str) -> str:
    """The loss and the error of a fine-tuning so far; nothing before its first epoch has ended."""
    tuned = list(training_table.read(model.curves).values())
    if not tuned:
        return ""
    drawn = curves.training_curves({title: tuned}, "held-out training images", classes, profile.title)
    return as_html(drawn, f"Loss and error over {tuned[0].epochs} epochs, on training and on held-out training images")


def results(profile: Profile, model: Trained) -> str:
    """How well a model does on the test images: accuracy, confusion matrix, ROC."""
    task, said = tasks(load(profile))[-1], model.predictions()
    title = metrics.method_title(model.method, model.backbone)[0]
    lines = [*metrics.format_accuracies(said, task), *([CAUTION] if profile.rendered else [])]
    lines += [
        f"{short}: {class_title(name)}"
        for name, short in zip(task.classes, metrics.short_names(task.classes), strict=True)
        if short != name
    ]
    accuracies = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    matrix = curves.confusion_matrices({title: metrics.confusion(said, task.classes)}, profile.title)
    drawn = as_html(matrix, f"Confusion matrix of {len(said)} test images: rows predicted, columns actual")
    curves_drawn, left = _roc_curves(said, task, profile)
    more = f"<p>ROC curves of {left} more classes are not shown.</p>" if left else ""
    return f'<h3>{html.escape(title)}</h3><ul>{accuracies}</ul><div class="figures">{drawn}{curves_drawn}</div>{more}'


def _roc_curves(said: pd.DataFrame, task: Task, profile: Profile) -> tuple[str, int]:
    """Of two classes their ROC; of more that of each but the healthy one against all others; how many are left out."""
    questions = {task.title: (said, task)}
    if task.positive is None:
        asked = [name for name, classes in one_against_rest.questions(task).items() if len(classes) == 1]
        questions = {
            f"{class_title(name)} against all others": one_against_rest.collapsed(said, [name], name) for name in asked
        }
    made = []
    for question, (rows, of) in list(questions.items())[:PANELS]:
        roc = roc_analysis.roc(rows, of)
        drawn = curves.roc_curves({question: {"this model": roc}}, profile.title)
        made.append(as_html(drawn, f"ROC curve, {question}: area {roc.area.plain()}"))
    return "".join(made), max(0, len(questions) - PANELS)


def ranked(answers: Sequence[tuple[str, float]]) -> str:
    """Classes with their calibrated scores, as a table with bars."""
    rows = "".join(
        f"<tr><th scope=row>{html.escape(class_title(name))}</th><td>{100 * score:.0f}%</td>"
        f'<td class="bar"><span style="width: {100 * score:.0f}%"></span></td></tr>'
        for name, score in answers[:ROWS]
    )
    left = len(answers) - ROWS
    more = f"<p>{left} more classes, all less likely.</p>" if left > 0 else ""
    return f'<table class="ranked"><caption>Calibrated scores</caption>{rows}</table>{more}'
