from pathlib import Path
p=Path("facediag_utils/figures/curves.py"); s=p.read_text()
s=s.replace('''def confusion_matrices(matrices: dict[str, pd.DataFrame], data: str) -> Figure:
    """Confusion matrices side by side, rows predicted and columns actual as in the paper's Figures 4 and 6.

    Above each stands its accuracy with the 95% Wilson interval."""
''','''def confusion_matrices(
    matrices: dict[str, pd.DataFrame], data: str, accuracies: dict[str, Interval] | None = None
) -> Figure:
    """Confusion matrices side by side, rows predicted and columns actual as in the paper's Figures 4 and 6.

    Above each stands its accuracy: as given, or from its counts with the 95% Wilson interval.  Mean counts of several
    trainings have a decimal."""
''')
s=s.replace('''        text = matrix.astype(str).where((matrix > 0) | (not many), "")
''','''        text = matrix.map(lambda count: f"{count:.1f}".removesuffix(".0")).where((matrix > 0) | (not many), "")
''')
s=s.replace('''        right = int(sum(matrix.loc[label, label] for label in matrix.columns))
        axis.set(xlabel="actual", ylabel="predicted")
        axis.set_title(f"{name}\\n{wilson_interval(right, int(totals.sum()))}", fontsize=10)
''','''        right = int(sum(matrix.loc[label, label] for label in matrix.columns))
        share = (accuracies or {}).get(name) or wilson_interval(right, int(totals.sum()))
        axis.set(xlabel="actual", ylabel="predicted")
        axis.set_title(f"{name}\\n{share}", fontsize=10)
''')
s=s.replace('''        names = zip(short_names(matrix.columns), totals, strict=True)
''','''        names = zip(short_names(matrix.columns), totals.round().astype(int), strict=True)
''')
s=s.replace('''    figure, axes = plt.subplots(1, len(curves), figsize=(4.6 * len(curves), 4.9), squeeze=False)
    for axis, (network, methods) in zip(axes[0], curves.items(), strict=True):
''','''    figure, axes = panels(len(curves), (4.6, 4.9), across=2)
    for axis, (network, methods) in zip(axes.flat, curves.items(), strict=False):
''')
s=s.replace('''"""ROC curves (Figure 5), a panel a network, a line a method; the area''','''"""ROC curves (Figure 5), a panel per network, a line per method; the area''')
a=s.index('    """Proxy A-distances, a row a pair'); b=s.index("def table_bars(")
s=s[:a]+'''    """Proxy A-distances, rows of markers for each pair of sets, one per network; hollow: the same images mixed at random.

    ``counts`` are the rows' labels, with the numbers of images."""
    room = len(values) + 1  # rows of markers, and one left free
    figure, axis = plt.subplots(figsize=(6.8, 0.19 * room * len(counts) + 1.1))
    for k, (network, found) in enumerate(values.items()):
        heights = np.arange(len(found)) + (k - (len(values) - 1) / 2) / room
        style: dict[str, Any] = {"linestyle": "none", "markersize": 5, **marker_style(k)}
        means = [distance.value for distance in found.values()]
        axis.errorbar(means, heights, xerr=[d.spread for d in found.values()], capsize=2, label=network, **style)
        mixed = [distance.shuffled for distance in found.values()]
        axis.plot(mixed, heights, markerfacecolor="none", **style)
    axis.plot([], [], "o", color=COLOURS[4], markerfacecolor="none", label="hollow: mixed at random")
    for between in np.arange(1, len(counts)) - 0.5:
        axis.axhline(between, color="0.85", linewidth=0.8, zorder=0)
    axis.set(yticks=range(len(counts)), yticklabels=counts, xlim=(-0.05, 2.05), ylim=(-0.5, len(counts) - 0.5))
    meaning = "proxy A-distance (0: alike, 2: always told apart)"
    axis.set_xlabel(f"{meaning},\\nmean and s.d. over repeats of cross-validation")
    axis.invert_yaxis()
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return finished(figure, title, fontsize=10)


'''+s[b:]
s=s.replace("from facediag_utils.evaluation.interval import wilson_interval\n","from facediag_utils.evaluation.interval import Interval, wilson_interval\n")
s=s.replace("    named_class,\n)","    named_class,\n    panels,\n)")
# the variable called panels in training_curves
s=s.replace('''    panels = {"objective"''','''    shown = {"objective"''').replace('''        panels["top3"] =''','''        shown["top3"] =''').replace('''    size = (3.4 * len(panels) + 2.2''','''    size = (3.4 * len(shown) + 2.2''').replace('''plt.subplots(len(runs), len(panels),''','''plt.subplots(len(runs), len(shown),''').replace('''zip(axes[line], panels.items()''','''zip(axes[line], shown.items()''')
p.write_text(s)
p=Path("facediag_utils/figures/style.py"); s=p.read_text()
s=s.replace('''def save(
    figure''','''def panels(count: int, each: tuple[float, float], across: int = 3) -> tuple[Figure, np.ndarray]:
    """A figure and its axes, (rows, across), for so many panels of a size, (width, height) in inches; what is left over is empty.

    Figures wider than some ten inches are scaled down on a page until their letters cannot be read."""
    across = min(count, across)
    rows = -(-count // across)
    figure, axes = plt.subplots(rows, across, figsize=(each[0] * across, each[1] * rows), squeeze=False)
    for axis in axes.flat[count:]:
        axis.set_axis_off()
    return figure, axes


def save(
    figure''',1)
s=s.replace('''import matplotlib as mpl
import pandas''','''import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas''')
p.write_text(s)
p=Path("facediag_utils/figures/uncertainty.py"); s=p.read_text()
s=s.replace('''    figure, axes = plt.subplots(1, len(curves), figsize=(3.4 * len(curves), 3.9), squeeze=False, sharey=True)
    for k, (axis, (name, bins)) in enumerate(zip(axes[0], curves.items(), strict=True)):
''','''    figure, axes = panels(len(curves), (3.4, 3.9), across=2 if len(curves) == 4 else 3)
    for k, (axis, (name, bins)) in enumerate(zip(axes.flat, curves.items(), strict=False)):
''')
s=s.replace('''    axes[0][0].set_ylabel("share that was ill (%), 95% Wilson")
''','''    for axis in axes[:, 0]:
        axis.set_ylabel("share that was ill (%), 95% Wilson")
''')
s=s.replace('''from facediag_utils.figures.style import COLOURS, LINES, MARKERS, class_title, finished, finished_panels, marker_style
''','''from facediag_utils.figures.style import (
    COLOURS,
    LINES,
    MARKERS,
    class_title,
    finished,
    finished_panels,
    marker_style,
    panels,
)
''')
p.write_text(s)
