"""Figures of people with several photographs: the photographs, what each further one adds, whether the answers can be believed."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from facediag_utils.evaluation.case_results import Calibration
from facediag_utils.evaluation.interval import Interval, wilson_interval
from facediag_utils.figures.style import COLOURS, LINES, finished, finished_panels, marker_style, panels
from facediag_utils.figures.uncertainty import errorbars


def rows_of_pictures(rows: Mapping[str, Sequence[tuple[np.ndarray, str]]], title: str, inches: float = 1.6) -> Figure:
    """A row of pictures for each name, and below every picture a few words."""
    across = max(len(row) for row in rows.values())
    size = (inches * across + 0.6, (inches + 0.22) * len(rows) + 0.5)
    figure, axes = plt.subplots(len(rows), across, figsize=size, squeeze=False)
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[], frame_on=False)
    for line, (name, row) in zip(axes, rows.items(), strict=True):
        line[0].set_ylabel(name, fontsize=8)
        for axis, (picture, words) in zip(line, row, strict=False):
            axis.imshow(picture)
            axis.set_xlabel(words, fontsize=7.5)
    return finished_panels(figure, title)


def photographs(count: int) -> str:
    """ "1 photograph", "2 photographs"."""
    return f"{count} photograph{'' if count == 1 else 's'}"


def by_count(
    found: Mapping[str, Mapping[int, Mapping[str, Interval]]], chance: Mapping[str, float], people: int, title: str
) -> Figure:
    """Each measure against the number of photographs, a panel each, with 95% intervals; chance is dotted.

    Parameters
    ----------
    found : mapping
        By network, number of photographs and measure.
    chance : mapping of str to float
        By measure.
    people : int
    title : str
    """
    chance = {
        measure: guessing for measure, guessing in chance.items() if guessing < 1
    }  # of two classes, top 2 are all
    figure, axes = panels(len(chance), (3.3, 3.8))
    for axis, (measure, guessing) in zip(axes.flat, chance.items(), strict=False):
        for k, (network, by_number) in enumerate(found.items()):
            values, reach = errorbars(of[measure] for of in by_number.values())
            place = np.array(list(by_number)) + 0.08 * (k - (len(found) - 1) / 2)  # side by side
            axis.errorbar(
                place, values, yerr=reach, linestyle=LINES[k % 4], capsize=2.5, label=network, **marker_style(k)
            )
        axis.axhline(100 * guessing, color=COLOURS[4], linestyle=":", linewidth=1)
        axis.annotate("random order", (0.54, 100 * guessing), fontsize=8, va="bottom", color=COLOURS[4])
        counts = sorted({count for by_number in found.values() for count in by_number})
        axis.set(xticks=counts, xlim=(0.5, counts[-1] + 0.5), ylim=(0, 102), xlabel="photographs of each person")
        axis.set_title(f"{measure}, n = {people} people", fontsize=9)
    axes[0, 0].set_ylabel("mean over people (%), 95%")
    axes[0, 0].legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.24))
    return finished_panels(figure, title)


def gains(found: Mapping[str, Mapping[str, Interval]], people: int, title: str) -> Figure:
    """What each way gains over one photograph, in points of accuracy with 95% intervals, a panel per network.

    Parameters
    ----------
    found : mapping
        By network and way.
    people : int
    title : str
    """
    figure, axes = plt.subplots(
        len(found), 1, figsize=(7.6, (0.32 * len(next(iter(found.values()))) + 0.55) * len(found) + 0.7), sharex=True
    )
    for k, (axis, (network, ways)) in enumerate(zip(np.atleast_1d(axes), found.items(), strict=True)):
        place = np.arange(len(ways))[::-1]
        values, reach = errorbars(ways.values())
        axis.errorbar(values, place, xerr=reach, linestyle="none", capsize=2.5, **marker_style(k))
        axis.axvline(0, color=COLOURS[4], linestyle=":", linewidth=1)
        for y, gain in zip(place, ways.values(), strict=True):
            axis.annotate(gain.points(), (1.01, y), xycoords=("axes fraction", "data"), va="center", fontsize=8)
        axis.set_yticks(place, list(ways), fontsize=8)
        axis.set_ylim(-0.6, len(ways) - 0.4)
        axis.set_title(f"{network}, n = {people} people", fontsize=9, loc="left")
    axis.set_xlabel("points of top-1 accuracy over one photograph, 95%")
    return finished_panels(figure, title)


def reliability(found: Mapping[int, Mapping[str, Calibration]], title: str) -> Figure:
    """Reliability diagrams by number of photographs: the probability of the answer against the share that was right.

    Parameters
    ----------
    found : mapping
        By number of photographs and by what was done to the probabilities.
    title : str
    """
    figure, axes = panels(len(found), (3.4, 4.3))
    for axis, (count, ways) in zip(axes.flat, found.items(), strict=False):
        axis.plot([0, 100], [0, 100], color=COLOURS[4], linewidth=0.8, linestyle=":")
        for k, (words, one) in enumerate(ways.items()):
            shares, reach = errorbars(wilson_interval(right, n) for _, right, n in one.points)
            said = [100 * probability + 0.8 * (2 * k - 1) for probability, *_ in one.points]  # side by side
            label = f"{words}: error {100 * one.error:.1f}%"
            axis.errorbar(said, shares, yerr=reach, linestyle="none", capsize=2, label=label, **marker_style(k))
        number = sum(n for *_, n in one.points)
        axis.set_title(f"{photographs(count)}\nn = {number} people, {one.points[0][2]} per point", fontsize=9)
        axis.set(xlabel="probability of the answer (%)", aspect="equal", xlim=(-4, 104), ylim=(-4, 104))
        axis.set(xticks=range(0, 101, 25), yticks=range(0, 101, 25))
        axis.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.22))
    for axis in axes[:, 0]:
        axis.set_ylabel("share of right answers (%), 95% Wilson")
    return finished_panels(figure, title)


def risk_coverage(found: Mapping[int, tuple[np.ndarray, Interval]], title: str) -> Figure:
    """Errors among the answers that are given, against how many are: by number of photographs, with the area under the curve;
    at each quarter with the 95% Wilson interval of those who get an answer.

    Parameters
    ----------
    found : mapping of int to (numpy.ndarray, Interval)
        As `facediag_utils.evaluation.case_results.risks` and ``risk_area`` give them.
    title : str
    """
    figure, axis = plt.subplots(figsize=(6.2, 4.4))
    for k, (count, (risk, area)) in enumerate(found.items()):
        answered = 100 * np.arange(1, len(risk) + 1) / len(risk)
        label = f"{photographs(count)}: area {area.plain()}"
        axis.plot(answered, 100 * risk, LINES[k % 4], color=COLOURS[k], label=label)
        axis.axhline(100 * risk[-1], color=COLOURS[k], linestyle=LINES[k % 4], linewidth=0.6)
        given = np.array([max(1, round(share * len(risk))) for share in (0.25, 0.5, 0.75, 1)])
        values, reach = errorbars(wilson_interval(round(risk[n - 1] * n), int(n)) for n in given)
        beside = 100 * given / len(risk) + 1.2 * (k - (len(found) - 1) / 2)  # side by side
        axis.errorbar(beside, values, yerr=reach, linestyle="none", elinewidth=1.2, capsize=2.5, color=COLOURS[k])
    axis.set(xlabel=f"people who get an answer (%), the surest first, n = {len(risk)}", xlim=(0, 103))
    axis.set(ylabel="errors among these answers (%)", ylim=(0, None))
    below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16), "title_fontsize": 9}
    axis.legend(frameon=False, title="bars: 95% Wilson, at each quarter; thin: refusals at random", **below)
    return finished(figure, title, fontsize=10)
