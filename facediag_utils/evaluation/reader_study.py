"""A reader study: people (or a simulation) name the blinded test images; their answers beside the models'.

Answers are rows of ``runs/<profile>/results/readers/<reader>.csv``, written at every click, so that a reader can stop and
go on."""

import hashlib
import io
import re
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

from facediag_utils.core.errors import ResultsError
from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.data.paper import TITLES
from facediag_utils.data.store import write_csv
from facediag_utils.evaluation.interval import Interval, wilson_interval, wilson_share
from facediag_utils.evaluation.metrics import DRAWS, short_names
from facediag_utils.evaluation.paired_tests import holm, paired_test

COLUMNS = ["image", "answer", "confidence"]
SHEET = ["number", "answer", "confidence"]  # of a table that is filled in by hand: a number stands for an image
CONFIDENCE = (1, 2, 3, 4, 5)  # guess .. sure
SIMULATED = "simulated"  # readers whose name begins so are none


@dataclass
class Study:
    """One reader and the images still to be read, in an order of the reader's own.

    Attributes
    ----------
    task : Task
    order : list of str
        Test images, shuffled by the reader's name.
    path : Path
        Where the answers are.
    """

    task: Task
    order: list[str]
    path: Path

    @property
    def answers(self) -> pd.DataFrame:
        """What has been answered."""
        return read_answers(self.path) if self.path.exists() else pd.DataFrame(columns=COLUMNS)

    def next(self) -> str | None:
        """The image to be shown, or None at the end."""
        done = set(self.answers["image"])
        return next((image for image in self.order if image not in done), None)

    def answer(self, image: str, answer: str, confidence: int) -> None:
        """Store an answer at once.

        Raises
        ------
        ResultsError
            If the class is none of the task's, the confidence not 1 to 5, or the image is not to be read (any more).
        """
        if answer not in self.task.classes:
            raise ResultsError(f"{answer!r} is none of: {', '.join(self.task.classes)}")
        if confidence not in CONFIDENCE:
            raise ResultsError(f"confidence {confidence!r}: give one of {CONFIDENCE}")
        if image not in self.order or image in set(self.answers["image"]):
            raise ResultsError(f"{image!r} is not among the images this reader still has to read")
        self._add([[image, answer, confidence]])

    def _add(self, rows: list[list[object]]) -> None:
        new = pd.DataFrame(rows, columns=COLUMNS)
        write_csv(self.path, pd.concat([self.answers, new]) if len(self.answers) else new)

    def take_in(self, path: Path) -> int:
        """Store what a sheet holds that was filled in by hand, all of it or nothing; rows without an answer wait.

        Parameters
        ----------
        path : Path
            A CSV file with the columns of `SHEET`; a number is the image's place in `order`, from 1.

        Returns
        -------
        int
            How many answers it held.

        Raises
        ------
        ResultsError
            With every faulty line and what is wrong with it.
        """
        rows, problems, done, numbers = [], [], set(self.answers["image"]), self.numbers
        for line, row in enumerate(_read_sheet(path).itertuples(index=False), start=2):  # line 1 is the header
            if not row.answer and not row.confidence:
                continue
            image = numbers.get(row.number)
            said = self.spellings.get(row.answer.casefold())
            if image is None:
                problems.append(f"line {line}: number {row.number!r} is none of 1 to {len(self.order)}")
            elif image in done:
                problems.append(f"line {line}: face {row.number} has been answered already; empty this row")
            elif said is None:
                problems.append(f"line {line}: answer {row.answer!r} is none of {', '.join(self.task.classes)}")
            elif row.confidence not in map(str, CONFIDENCE):
                problems.append(f"line {line}: confidence {row.confidence!r} is none of 1 (guess) to 5 (sure)")
            else:
                done.add(image)
                rows.append([image, said, int(row.confidence)])
        if problems:
            raise ResultsError(f"{path}: nothing was stored; correct these lines:\n  " + "\n  ".join(problems))
        if rows:
            self._add(rows)
        return len(rows)

    @property
    def numbers(self) -> dict[str, str]:
        """All images by the numbers that stand for them on a sheet."""
        return {str(k): image for k, image in enumerate(self.order, start=1)}

    @property
    def spellings(self) -> dict[str, str]:
        """Classes by what a reader may write, in small letters: their name, their title, their short name."""
        names = self.task.classes
        titles = [TITLES.get(name, name.replace("_", " ")) for name in names]
        return {
            word.casefold(): name
            for words in (short_names(names), titles, names)
            for word, name in zip(words, names, strict=True)
        }


def study(cohort: Cohort, task: Task, reader: str) -> Study:
    """Begin, or go on with, a reader's study of a task's test images."""
    if not re.fullmatch(r"[\w-]{1,40}", reader):
        raise ResultsError(f"reader {reader!r}: letters, digits, - and _ only, at most 40")
    table = cohort.table[(cohort.table["split"] == "test") & cohort.table["label"].isin(task.classes)]
    seed = int(hashlib.sha256(f"{reader}/{task.name}".encode()).hexdigest()[:8], 16)
    order = np.random.default_rng(seed).permutation(sorted(table["image"])).tolist()
    return Study(task, order, cohort.profile.results / "readers" / f"{task.name}-{reader}.csv")


def read_answers(path: Path) -> pd.DataFrame:
    """A reader's answers, checked."""
    table = pd.read_csv(path, dtype={"image": str, "answer": str}, keep_default_na=False)
    if list(table.columns) != COLUMNS or table.isna().any(axis=None) or table["image"].duplicated().any():
        raise ResultsError(f"{path}: not a reader's answers (columns {', '.join(COLUMNS)}, each image once)")
    return table


def _read_sheet(path: Path) -> pd.DataFrame:
    """A filled-in sheet, all cells as text; a spreadsheet may have put semicolons between them."""
    try:
        lines = path.read_text(encoding="utf-8-sig")
        comma = ";" if ";" in lines.partition("\n")[0] else ","
        table = pd.read_csv(io.StringIO(lines), sep=comma, dtype=str, keep_default_na=False)
        table = table.fillna("").apply(lambda column: column.str.strip())
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ResultsError(f"{path}: not a readable table ({error}); save it as CSV in UTF-8") from None
    missing = [name for name in SHEET if name not in table]
    if missing:
        raise ResultsError(f"{path}: no column {', '.join(missing)}; needed are {', '.join(SHEET)}")
    return table


def panel(cohort: Cohort, task: Task) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """All stored readers of a task: those that come with the data, and those of ``runs/<profile>/results/readers``.

    Returns
    -------
    dict of str to pandas.DataFrame
        Answers of those who have read every image.
    dict of str to int
        How many images the others have read.
    """
    folders = (cohort.profile.data / "readers", cohort.profile.results / "readers")
    paths = [path for folder in folders for path in sorted(folder.glob(f"{task.name}-*.csv"))]
    found = {path.stem.removeprefix(f"{task.name}-"): read_answers(path) for path in paths}
    number = len(study(cohort, task, "all").order)
    whole = {name: answers for name, answers in found.items() if len(answers) == number}
    return whole, {name: len(answers) for name, answers in found.items() if name not in whole}


def compare_with_model(readers: dict[str, pd.DataFrame], model: pd.DataFrame) -> pd.DataFrame:
    """Each reader against a model on the same images: McNemar's exact test, Holm's correction over the readers.

    Parameters
    ----------
    readers : dict of str to pandas.DataFrame
        Answers to all of the model's test images.
    model : pandas.DataFrame
        Predictions of one method.

    Returns
    -------
    pandas.DataFrame
        A row per reader: accuracy (`Interval`), then as `facediag_utils.evaluation.paired_tests.Paired` (first the reader).
    """
    truth = model.set_index("image")
    machine = (truth["label"] == truth["predicted"]).to_numpy()
    rows = {}
    for name, answers in readers.items():
        right = (answers.set_index("image")["answer"].reindex(truth.index) == truth["label"]).to_numpy()
        rows[name] = {"accuracy": wilson_interval(int(right.sum()), len(right)), **vars(paired_test(right, machine))}
    columns = ["accuracy", "n", "only_first", "only_second", "difference", "p"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns if not rows else None).rename_axis("reader")
    return table.assign(p_holm=holm(table["p"]) if rows else [])


def operating_points(
    readers: dict[str, pd.DataFrame], labels: pd.Series, positive: str
) -> dict[str, tuple[Interval, Interval]]:
    """Readers as points of the ROC plane: share of the others called positive, and of the positive, with Wilson intervals.

    Parameters
    ----------
    labels : pandas.Series
        True class by image.
    """
    found = {}
    for name, answers in readers.items():
        ill = (labels[answers["image"]] == positive).to_numpy()
        said = (answers["answer"] == positive).to_numpy()
        found[name] = wilson_share(said, ~ill), wilson_share(said, ill)
    return found


def kappas(answers: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, Interval]:
    """Cohen's kappa of every two readers, and Fleiss' kappa of all, on the images that all have read.

    Returns
    -------
    pandas.DataFrame
        A row per pair: first, second, kappa (`Interval`, 95%, from the asymptotic variance).
    Interval
        Fleiss' kappa with its 95% interval (percentiles of a bootstrap over images); NaN for fewer than two readers.
    """
    wide = pd.DataFrame({name: table.set_index("image")["answer"] for name, table in answers.items()}).dropna()
    if wide.shape[1] < 2:
        return pd.DataFrame(columns=["first", "second", "kappa"]), Interval(np.nan)
    classes = sorted(set(wide.to_numpy().ravel()))
    rows = []
    for one, other in combinations(wide.columns, 2):
        counts = pd.crosstab(wide[one], wide[other]).reindex(index=classes, columns=classes, fill_value=0)
        found = cohens_kappa(counts.to_numpy())
        kappa = Interval(found.kappa, found.kappa_low, found.kappa_upp)
        rows.append({"first": one, "second": other, "kappa": kappa})
    table = np.stack([(wide == name).sum(axis=1) for name in classes], axis=1)
    rng = np.random.default_rng(0)
    draws = [fleiss_kappa(table[rng.integers(len(table), size=len(table))]) for _ in range(DRAWS)]
    low, high = np.nanquantile(draws, [0.025, 0.975])
    return pd.DataFrame(rows), Interval(float(fleiss_kappa(table)), float(low), float(high))
