"""The tables of README.md and docs/neighbours.md, made from the record: ``python tests/readme_tables.py`` (part of ``make record``)
writes them anew."""

from __future__ import annotations

import facediag_utils  # noqa: F401 - pins the libraries before they are loaded

# isort: split
import re
from pathlib import Path

import pandas as pd

from facediag_utils.core.files import atomic_write
from facediag_utils.core.settings import ROOT
from facediag_utils.data.paper import BINARY_ROWS, MULTICLASS_ROWS
from facediag_utils.data.store import DETECTED, Method
from facediag_utils.evaluation import grades, localisation, metrics, normal_reference, paper_audit
from facediag_utils.evaluation.claims import format_pairs
from facediag_utils.evaluation.interval import Interval, wilson_interval
from facediag_utils.networks import registry
from facediag_utils.networks.records import REGIONS

GUESSING = 1 / 5  # of five classes
README, NEIGHBOURS, RECORD = ROOT / "README.md", ROOT / "docs" / "neighbours.md", ROOT / "results"
TASKS = {"binary": "two classes, n = 60", "multiclass": "five classes, n = 150"}
#: What follows a network's name, in the order of the table.
WORDS = {
    Method.DTL1: ", fine-tuned (DTL1)",
    Method.DTL1_TEST_EPOCH: ", fine-tuned, epoch chosen on test",
    Method.DTL2: " + linear SVM (DTL2)",
    Method.FROM_SCRATCH: ", trained from scratch",
    Method.DSIFT_LINEAR: "dense SIFT + linear SVM",
    Method.DSIFT_HELLINGER: "dense SIFT + SVM, Hellinger kernel",
    Method.DSIFT_CHI2: "dense SIFT + chi² SVM",
}


def accuracies(record: Path = RECORD) -> str:
    """A row per method, a column per task; the best in bold, an epoch chosen on test images out of the contest."""
    networks = [*registry.names(), "dsift"]
    cells: dict[tuple[str, Method], dict[str, str]] = {}
    pretraining = {}
    for task in TASKS:
        rows = pd.read_csv(record / f"measured_{task}.csv").to_dict("records")
        fair = [row for row in rows if row["method"] != Method.DTL1_TEST_EPOCH]
        best = max(row["correct"] for row in fair)
        for row in rows:
            key = row["backbone"], Method(row["method"])
            pretraining[key] = row["pretraining"]
            bold = row in fair and row["correct"] == best
            cells.setdefault(key, {})[task] = _cell(accuracy(row), bold)
    lines = []
    for backbone, method in sorted(cells, key=lambda key: (networks.index(key[0]), list(WORDS).index(key[1]))):
        title = ("" if backbone == "dsift" else registry.get(backbone).title) + WORDS[method]
        of_tasks = [cells[backbone, method].get(task, "–") for task in TASKS]
        lines.append([title, pretraining[backbone, method], *of_tasks])
    return _table(["method", "pretraining", *TASKS.values()], [*lines, _paper()])


def accuracy(row: dict) -> Interval:
    """Of one row of ``measured_*.csv``; of one training from its count, as four decimals may round otherwise."""
    if row.get("trainings", 1) > 1:
        return metrics.interval_of(row, "accuracy")
    return wilson_interval(int(row["correct"]), row["n"])


def _cell(accuracy: Interval, bold: bool = False) -> str:
    """ "42: 70.0% (57-80)"; the head of the column says of how many."""
    return f"{accuracy.count.partition('/')[0]}: " + (f"**{accuracy.percent()}**" if bold else accuracy.percent())


def _paper() -> list[str]:
    """The paper's best row: the same method in both tasks."""
    best = [max(rows, key=lambda row: row.accuracy) for rows in (BINARY_ROWS, MULTICLASS_ROWS)]
    cells = [_cell(paper_audit.intervals_of(row)["accuracy"]) for row in best]
    texts = [f"the paper, on photographs: {best[0].architecture}{WORDS[Method.DTL2]}", best[0].pretraining, *cells]
    return [f"*{text}*" for text in texts]


def claims(record: Path = RECORD) -> str:
    """A row per claim of the paper, a verdict per task."""
    table = pd.read_csv(record / "claims.csv", keep_default_na=False)
    lines = []
    for (says, where), rows in table.groupby(["says", "where"], sort=False):
        texts = {row["task"]: _verdict(row) for row in rows.to_dict("records")}
        lines.append([f"{says} ({where})", *(texts.get(task, "–") for task in TASKS)])
    return _table(["claim (section of the paper)", *TASKS.values()], lines)


def _verdict(row: dict) -> str:
    """ "supported: 10 for it, of 10 pairs"."""
    remarks = "; ".join(filter(None, (row["why"], format_pairs(row))))
    return row["verdict"] + (f": {remarks}" if remarks else "")


def neighbours(record: Path = RECORD) -> str:
    """A line for each of notebooks 10 to 12: its answer on five classes, by differences with their 95% intervals."""
    regions, rulers, maps = (
        pd.read_csv(record / name) for name in ("regions.csv", "pairs_landmarks_multiclass.csv", "explanations.csv")
    )
    answers = {
        "10, the mean of four regions, and points over the region that did best on the training images": _regions(
            regions
        ),
        "11, a ruler on the detector's landmarks, less a network": _rulers(rulers),
        "12, a heat map less the mean training mask": _maps(maps),
    }
    return "\n".join(f"- {question}: {answer}" for question, answer in answers.items())


def _regions(table: pd.DataFrame) -> str:
    """ "n = 150: ResNet29 (dlib) 65%, +2 (-1 to +5) over the upper half": a network each."""
    parts = []
    for row in table.to_dict("records"):
        record = registry.get(row["network"])
        guesses = row["accuracy_low"] <= GUESSING
        more = "no better than guessing" if guesses else f"{_points(row)} over the {REGIONS[row['best']]}"
        parts.append(f"{record.title}{'' if record.files else ', from scratch'} {100 * row['accuracy']:.0f}%, {more}")
    return f"n = {table['n'].iloc[0]}: {'; '.join(parts)}"


def _rulers(table: pd.DataFrame) -> str:
    """ "points of accuracy over DTL2, ResNet29 (dlib), 3M faces, n = 150: Measures + LDA -20 (-30 to -10), p 0.01": what sees the detector's landmarks."""
    source = f", {DETECTED}"
    found = [row for row in table.to_dict("records") if row["first"].endswith(source)]
    parts = [f"{row['first'].removesuffix(source)} {_points(row)}, p {row['p_holm']:.2f}" for row in found]
    return f"points of accuracy over {found[0]['second']}, n = {found[0]['n']}: {'; '.join(parts)}"


def _points(row: dict) -> str:
    return Interval(row["difference"], row["low"], row["high"]).points()


def _maps(table: pd.DataFrame) -> str:
    """ "area under the ROC curve of the signs' places, DTL2, ResNet29 (dlib), n = 48 faces: CAM -0.10 (-0.12 to -0.08)"; one face per person."""
    from facediag_utils.methods import explanations  # and torch, which `make test-fast` does without

    named = list(dict.fromkeys(table["network"]))  # DTL2's network and the baselines of its crop stand before DTL1's
    network, blind = (next(name for name in named if name.startswith(kind)) for kind in ("DTL2, ", "none, "))
    maps, base = (table[table["network"] == name] for name in (network, blind))
    less = localisation.differences(maps[maps["method"].isin(explanations.METHODS)], base)
    chosen = less[(less["measure"] == "AUC") & (less["baseline"] == "mean training mask")]
    parts = [f"{row.method} {row.difference.plain(2, '+')}" for row in chosen.itertuples()]
    n = chosen["n"].iloc[0]
    return f"area under the ROC curve of the signs' places, {network}, n = {n} faces: {'; '.join(parts)}"


def measured(record: Path = RECORD) -> str:
    """A line for each of notebooks 13 to 16, two for the last."""

    def table(name: str) -> pd.DataFrame:
        return pd.read_csv(record / f"{name}.csv")

    [tested] = table("measured_multiclass")["n"].unique()
    kappa, over = (
        "weighted kappa of CORN, read by its median, less that of softmax",
        "doing nothing, corrected for the number of rows",
    )
    lines = [
        f"13, a case: points of top-1 accuracy that three photographs of a person gain over one: {_cases(table('cases'))}",
        f"14, grades: {kappa}, read by its likeliest grade: {_grades(table('grades_differences'), table('grades'))}",
        f"15, unequally frequent classes: points of mean recall over {over}: {_ways(table('imbalance'), tested)}",
        "16, a disease that nobody trained on: found first among five classes by the mean of ten pictures of each: "
        + _found(table("strangers")),
        f"16, ill against well by the distance from healthy training faces: {_normal(table('normal_reference'))}",
    ]
    return "\n".join(f"- {line}" for line in lines)


def _cases(table: pd.DataFrame) -> str:
    """ "n = 150 people: ResNet29 (dlib) +5 (+1 to +9)": the mean logit."""
    rows = table[(table["way"] == "mean logit") & (table["measure"] == "top-1 gain") & (table["photographs"] == 3)]
    parts = [f"{registry.get(row['network']).title} {_span(row).points()}" for _, row in rows.iterrows()]
    return f"n = {rows['n'].iloc[0]:.0f} people: {'; '.join(parts)}"


def _grades(table: pd.DataFrame, every: pd.DataFrame) -> str:
    """ "MobileFace +0.02 (-0.05 to +0.09), both read by the median +0.03 (-0.04 to +0.10), among the ill +0.01 (-0.06 to +0.08), ..."."""
    kappa = table[table["statistic"] == "kappa"]
    parts = []
    for network, rows in kappa.groupby("network", sort=False):
        spans = {key: _span(row).plain(2, "+") for key, row in rows.set_index(["whom", "reading"]).iterrows()}
        of_whom = [
            f"{words}{spans[whom, grades.OWN]}, both read by the median {spans[whom, 'median']}"
            for whom, words in {"everybody": "", "the ill among them": "among the ill "}.items()
        ]
        parts.append(f"{registry.get(network).title} {', '.join(of_whom)}")
    n = every[every["disease"] == "all"].groupby("whom")["n"].first()
    return f"n = {n['everybody']} and {n['the ill among them']}: {'; '.join(parts)}"


def _ways(table: pd.DataFrame, tested: int) -> str:
    """ "focal loss +1 (-1 to +3)", of the ways that learn from the same images."""
    rows = table[
        (table["measure"] == "macro recall") & table["difference"].notna() & ~table["way"].str.startswith("none")
    ]
    spans = rows[["difference", "difference_low", "difference_high"]].to_numpy()
    parts = [f"{way} {Interval(*span).points()}" for way, span in zip(rows["way"], spans, strict=True)]
    [network] = table["network"].unique()
    return f"{registry.get(network).title}, n = {tested}: {'; '.join(parts)}"


def _found(table: pd.DataFrame) -> str:
    """ "n = 120, chance 20%: MobileFace 40% (36 to 44) by raw features, ...": the mean of a class's pictures."""
    rows = table[(table["class"] == "all") & (table["rule"] == "prototype") & (table["gallery"] == 10)]
    fitted = rows[rows["own"] == "fitted"].set_index(["network", "features"])
    rows = rows[rows["own"] == "left out"]
    parts = []
    for network, of_network in rows.groupby("network", sort=False):
        spans = []
        for row in of_network.to_dict("records"):
            key = network, row["features"]
            once = f", once fitted {100 * fitted.loc[key, 'top1']:.0f}%" if key in fitted.index else ""
            spans.append(f"{row['features']} {_top(row).percent()}{once}")
        parts.append(f"{registry.get(network).title}, features: {' / '.join(spans)}")
    return f"n = {rows['n'].iloc[0]}, chance {GUESSING:.0%}: {'; '.join(parts)}"


def _normal(table: pd.DataFrame) -> str:
    """ "area under the ROC curve, n = 120 ill: MobileFace 0.70 (0.58 to 0.79)": of all ill by `normal_reference.MAHALANOBIS`."""
    rows = table[(table["group"] == normal_reference.ALL) & (table["score"] == normal_reference.MAHALANOBIS)].to_dict(
        "records"
    )
    parts = []
    for row in rows:
        area, called = (
            Interval(*(row[name + end] for end in ("", "_low", "_high"))) for name in ("area", "called_ill")
        )
        title = registry.get(row["network"]).title
        parts.append(f"{title} {area.plain()}, and {called.percent()} of the ill are called ill at 95% specificity")
    return f"area under the ROC curve, n = {rows[0]['n']} ill: {'; '.join(parts)}"


def _span(row: pd.Series) -> Interval:
    return Interval(row["value"], row["low"], row["high"])


def _top(row: dict) -> Interval:
    return Interval(row["top1"], row["top1_low"], row["top1_high"])


def _table(head: list[str], lines: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *lines))


PAGES = {
    README: {"accuracies": accuracies, "claims": claims, "neighbours": neighbours},
    NEIGHBOURS: {"measured": measured},
}


def filled(page: Path, record: Path = RECORD) -> str:
    """A page with its tables, each between ``<!-- table: NAME -->`` and ``<!-- end -->``, made anew."""
    text = page.read_text(encoding="utf-8")
    for name, make in PAGES[page].items():
        begin = f"<!-- table: {name} -->"
        text, found = re.subn(
            rf"{begin}\n.*?<!-- end -->",
            lambda _, b=begin, m=make: f"{b}\n\n{m(record)}\n\n<!-- end -->",
            text,
            flags=re.S,
        )
        if found != 1:
            raise ValueError(f"{page.name}: {found} places {begin} ... <!-- end -->, one is needed")
    return text


if __name__ == "__main__":
    for place in PAGES:
        made = filled(place)
        with atomic_write(place) as partial:
            partial.write_text(made, encoding="utf-8")
