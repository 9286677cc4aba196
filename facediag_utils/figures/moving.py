"""What a slider moves, drawn for one of its positions or for several below one another: a threshold, a prevalence, the severity
of one person's signs, a window over a face.  And the same in words."""

from collections.abc import Callable, Sequence
from textwrap import fill, wrap
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from facediag_utils.data.cohort import Task
from facediag_utils.evaluation.roc_analysis import Roc
from facediag_utils.evaluation.screening import Counts, Point, among, count, predictive_values
from facediag_utils.figures.curves import draw_matrix
from facediag_utils.figures.style import COLOURS, class_title, finished_panels, legend_below, marker_style, short_class
from facediag_utils.figures.uncertainty import errorbars

if TYPE_CHECKING:  # torch is not loaded for a name
    from facediag_utils.methods.contrast import Covered
    from facediag_utils.methods.trained_model import Answer

PEOPLE, ROW = 1000, 40  # of the picture of natural frequencies: how many people, and how many in a row
PREVALENCES = np.geomspace(1 / PEOPLE, 0.5, 60)
#: Kinds of people: as `Counts` has them, in words, and how they are drawn.
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "found": ("ill, found", {"marker": "o", "s": 26, "color": COLOURS[0]}),
    "missed": ("ill, missed", {"marker": "o", "s": 22, "color": "white", "edgecolor": COLOURS[0], "linewidth": 1.2}),
    "false_alarms": ("not ill, false alarm", {"marker": "s", "s": 18, "color": COLOURS[1]}),
    "cleared": ("not ill, cleared", {"marker": ".", "s": 18, "color": "0.6"}),
}


def threshold(roc: Roc, at: dict[float, Counts], task: Task, title: str) -> Figure:
    """A row per threshold: its point on the ROC curve, the confusion matrix, and the shares that come of it.

    Parameters
    ----------
    roc : Roc
    at : dict of float to Counts
        By threshold, as `facediag_utils.evaluation.screening.count` gives it.
    task : Task
        Of two classes.
    title : str
    """
    figure, axes = plt.subplots(len(at), 3, figsize=(10.5, 2.9 * len(at) + 0.4), squeeze=False, layout="constrained")
    for (curve, matrix, bars), (value, counts) in zip(axes, at.items(), strict=True):
        shares = counts.shares()
        curve.plot(100 * roc.false_positive, 100 * roc.true_positive, color=COLOURS[0])
        curve.plot([0, 100], [0, 100], color=COLOURS[4], linewidth=0.8, linestyle=(0, (1, 3)))
        here = 100 - 100 * shares["specificity"].value, 100 * shares["sensitivity"].value
        curve.plot(*here, "o", markersize=11, color=COLOURS[6], markeredgecolor="black")
        curve.set(xlabel="false positive rate (%)", ylabel="sensitivity (%)", xlim=(-4, 104), ylim=(-4, 104))
        curve.set_title(f"threshold {value:.3f}", fontsize=10)
        _draw_counts(matrix, counts, task)
        values, reach = errorbars(shares.values())
        bars.errorbar(values, range(4), xerr=reach, fmt="o", color=COLOURS[0], capsize=3)
        named = [f"{name}\n{share.count}" for name, share in shares.items()]
        bars.set_yticks(range(4), named, fontsize=9)
        bars.set(xlim=(-4, 104), ylim=(3.5, -0.5), xlabel="% of these test images, 95% Wilson")
    return _finished(figure, title)


def at_threshold(
    value: float, roc: Roc, scores: np.ndarray, actual: np.ndarray, task: Task, title: str
) -> tuple[Figure, str]:
    """`threshold` at one position, and the same in words; ``scores`` and ``actual`` (n,) are of the positive class."""
    counts = count(scores, actual, value)
    shares, called = counts.shares(), counts.found + counts.false_alarms
    words = (
        f"Threshold {value:.3f}: {called} of {len(scores)} test images are called {class_title(str(task.positive))}. "
        f"Sensitivity {shares['sensitivity']}, specificity {shares['specificity']}, PPV {shares['PPV']}, NPV {shares['NPV']}."
    )
    return threshold(roc, {value: counts}, task, title), words


def _draw_counts(axis: Axes, counts: Counts, task: Task) -> None:
    names = list(task.classes)  # the positive one first
    rows = [[counts.found, counts.false_alarms], [counts.missed, counts.cleared]]
    matrix = pd.DataFrame(rows, index=names, columns=names, dtype=float)
    draw_matrix(axis, matrix, False, 11)
    short = [fill(short_class(name), 12) for name in names]
    totals = [f"{name}\n(n={total:.0f})" for name, total in zip(short, matrix.sum(), strict=True)]
    axis.set_xticks([0.5, 1.5], totals, fontsize=9)
    axis.set_yticks([0.5, 1.5], short, rotation=0, fontsize=9)


def prevalence(at: Point, prevalences: Sequence[float], title: str) -> Figure:
    """A row per prevalence: what becomes of 1,000 people, one mark each, and the predictive values at all prevalences."""
    figure, axes = plt.subplots(
        len(prevalences), 2, figsize=(10.5, 3.1 * len(prevalences) + 0.6), width_ratios=[1.5, 1], squeeze=False
    )
    for (people, curve), value in zip(axes, prevalences, strict=True):
        _draw_people(people, among(PEOPLE, at, value))
        people.set_title(
            f"prevalence {_percent(value)}: of {PEOPLE:,} people {round(PEOPLE * value)} are ill", fontsize=10
        )
        for k, name in enumerate(("PPV", "NPV")):
            line = 100 * np.array([tuple(predictive_values(at, each)[name]) for each in PREVALENCES])
            colour = marker_style(k)["color"]
            curve.fill_between(100 * PREVALENCES, line[:, 1], line[:, 2], color=colour, alpha=0.15, linewidth=0)
            curve.plot(100 * PREVALENCES, line[:, 0], "-" if name == "PPV" else "--", color=colour)
            share = 100 * predictive_values(at, value)[name].value
            label = {"label": f"{name} {_percent(share / 100)}", "markersize": 9, "markeredgecolor": "black"}
            curve.plot(100 * value, share, linestyle="none", **marker_style(k), **label)
        curve.axvline(100 * value, color=COLOURS[4], linewidth=0.8, linestyle=":", zorder=0)
        curve.set(xscale="log", xlim=(0.09, 55), ylim=(-4, 104), xlabel="prevalence (%)", ylabel="predictive value (%)")
        curve.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        curve.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5))
    finished_panels(figure, title)
    handles = [axes[-1, 0].scatter([], [], **look) for _, look in KINDS.values()]
    legend_below(figure, handles, [words for words, _ in KINDS.values()])
    return figure


def _draw_people(axis: Axes, counts: Counts) -> None:
    """One mark per person, kind after kind, row after row."""
    places, start = np.arange(PEOPLE), 0
    for kind, (_, look) in KINDS.items():
        own = places[start : start + getattr(counts, kind)]
        start += len(own)
        axis.scatter(own % ROW, own // ROW, **look)
    axis.set(xlim=(-1, ROW), ylim=(PEOPLE // ROW, -1), aspect="equal")
    axis.set_axis_off()


def at_prevalence(share: float, at: Point, title: str) -> tuple[Figure, str]:
    """`prevalence` at one position, and the same in words."""
    counts, values = among(PEOPLE, at, share), predictive_values(at, share)
    words = (
        f"Prevalence {_percent(share)}: of {PEOPLE:,} people {counts.found + counts.missed} are ill. "
        f"The test calls {counts.found + counts.false_alarms} ill: {counts.found} of them are, {counts.false_alarms} are not. "
        f"It misses {counts.missed}. PPV {_percent(values['PPV'].value)}, NPV {_percent(values['NPV'].value)}."
    )
    return prevalence(at, [share], title), words


def _percent(share: float) -> str:
    """A share in per cent, with a decimal where it is small or nearly all, and only where it is not a whole number."""
    return f"{100 * share:.1f}".removesuffix(".0") + "%"


def severity(people: "dict[str, dict[float, Answer]]", classes: Sequence[str], title: str) -> Figure:
    """A row per person: the aligned face at each severity of the signs, and below it what a model says.

    Parameters
    ----------
    people : dict of str to dict of float to Answer
        By what stands at the left: the answers by severity.
    classes : sequence of str
        Of the model, in the order of the bars.
    title : str
    """
    across = max(len(said) for said in people.values())
    size = (1.5 * across + 2.2 if across > 1 else 4.6, (2.55 if across > 1 else 5.2) * len(people) + 0.5)
    ratios = [1.5, 1] * len(people)
    figure, axes = plt.subplots(
        2 * len(people), across, figsize=size, height_ratios=ratios, squeeze=False, layout="constrained"
    )
    for k, (name, said) in enumerate(people.items()):
        for above, below, (level, answer) in zip(axes[2 * k], axes[2 * k + 1], said.items(), strict=True):
            above.set_title(f"severity {level:g}", fontsize=9)
            if answer.chip is not None:
                above.imshow(answer.chip)
            above.set(xticks=[], yticks=[])
            _draw_scores(below, answer, classes, first=below is axes[2 * k + 1, 0], last=k == len(people) - 1)
        axes[2 * k, 0].set_ylabel(fill(name, 18), fontsize=9)
    return _finished(figure, title)


def _draw_scores(axis: Axes, answer: "Answer", classes: Sequence[str], first: bool, last: bool) -> None:
    """Bars of the classes' scores in an order that stays; the largest is dark."""
    if answer.refusal:
        axis.text(0.5, 0.5, "\n".join(["no answer:", *wrap(answer.refusal, 20)]), ha="center", va="center", fontsize=8)
        axis.set_axis_off()
        return
    scores = [100 * dict(answer.ranked)[name] for name in classes]
    colours = [COLOURS[0] if score == max(scores) else COLOURS[5] for score in scores]
    axis.barh(range(len(classes)), scores, color=colours)
    axis.set(xlim=(0, 100), ylim=(len(classes) - 0.4, -0.6), xticks=[0, 50, 100])
    axis.set_yticks(range(len(classes)), [class_title(name) for name in classes] if first else [""] * len(classes))
    axis.tick_params(labelsize=8)
    axis.set_xlabel("score (%)" if last else "", fontsize=8)


def at_severity(
    person: str, level: float, people: "dict[str, dict[float, Answer]]", classes: Sequence[str], title: str
) -> tuple[Figure, str]:
    """`severity` at one position, and the same in words."""
    answer = people[person][level]
    said = ", ".join(f"{class_title(label)} {score:.0%}" for label, score in answer.ranked)
    words = f"{person}, severity {level:g}: " + (f"the model says {said}." if said else f"no answer, {answer.refusal}.")
    return severity({person: {level: answer}}, classes, title), words


def covered(rows: "dict[str, dict[str, Covered]]", whole: float, title: str) -> Figure:
    """A row per way to cover: the face with its window at each place, and the margin that is left.

    Parameters
    ----------
    rows : dict of str to dict of str to Covered
        By what covers, and by where the window is.
    whole : float
        The margin of the face as it is.
    title : str
    """
    across = max(len(row) for row in rows.values())
    size = (1.9 * across + 0.6 if across > 1 else 4.4, (2.5 if across > 1 else 4.6) * len(rows) + 0.5)
    figure, axes = plt.subplots(len(rows), across, figsize=size, squeeze=False, layout="constrained")
    for line, (by, row) in zip(axes, rows.items(), strict=True):
        for axis, (place, face) in zip(line, row.items(), strict=True):
            axis.imshow(face.chip)
            x, y, side = face.window
            for colour, width in (("white", 2.4), ("black", 1.2)):
                axis.add_patch(plt.Rectangle((x, y), side, side, fill=False, edgecolor=colour, linewidth=width))
            axis.set(xticks=[], yticks=[])
            axis.set_title(place, fontsize=9)
            axis.set_xlabel(f"margin {face.margin:+.2f}\nchange {face.margin - whole:+.2f}", fontsize=9)
        line[0].set_ylabel(by, fontsize=9)
    return _finished(figure, f"{title}\nmargin of the whole face {whole:+.2f}")


def at_window(
    by: str, left: float, top: float, cover: Callable[[str, float, float], "Covered"], whole: float, title: str
) -> tuple[Figure, str]:
    """`covered` at one position, and the same in words; ``cover`` gives the face covered by something at a place."""
    face, place = cover(by, left, top), f"window {left:.0%} from the left, {top:.0%} from the top"
    change = face.margin - whole
    words = (
        f"Covered by {by}, {place}: margin {face.margin:+.2f}; of the whole face {whole:+.2f}, "
        f"so it {'falls' if change < 0 else 'rises'} by {abs(change):.2f}."
    )
    return covered({by: {place: face}}, whole, title), words


def _finished(figure: Figure, title: str) -> Figure:
    """With its title, in as many lines as a narrow figure needs."""
    room = int(12 * figure.get_figwidth())  # letters of 10 points
    figure.suptitle("\n".join(fill(line, room) for line in title.split("\n")), fontsize=10)
    return figure
