"""One set of notebooks for every cohort: a notebook and what a cohort is -> the cells that hold for it.

What holds only for some images is a cell of its own, Markdown or code, tagged with the words of `TRAITS`; all of its words must
hold.  A run of one's own executes what is left."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from facediag_utils.data import cases
from facediag_utils.data.cohort import GROUPS, Cohort, of_the_paper, tasks
from facediag_utils.data.grades import graded

#: rendered faces; the paper's five classes; a task of two classes; groups known (ancestry, sex, age, site, severity);
#: pictures may be shown in notebooks, figures and the report; there are several test photographs of one person; images have grades
#: that have an order
TRAITS = ("rendered", "paper", "two", "groups", "pictures", "cases", "grades")


def traits(cohort: Cohort) -> frozenset[str]:
    """Which of `TRAITS` hold for a cohort."""
    holds = {
        "rendered": cohort.profile.rendered,
        "paper": of_the_paper(cohort),
        "two": any(task.positive for task in tasks(cohort)),
        "groups": any(name in cohort.table for name in GROUPS),
        "pictures": cohort.profile.rendered or cohort.profile.thumbnails,
        "cases": cases.gather(cohort).several,
        "grades": graded(cohort) is not None,
    }
    return frozenset(name for name in TRAITS if holds[name])


def adapted(path: Path, holding: frozenset[str]) -> NotebookNode:
    """A notebook without the cells that do not hold."""
    book = nbformat.read(path, as_version=4)
    book.cells = [cell for cell in book.cells if set(cell.metadata.get("tags", ())) & set(TRAITS) <= holding]
    return book
