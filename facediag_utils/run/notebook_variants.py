"""One set of notebooks for every cohort: what holds for some images only is marked, and left out where it does not hold.

In Markdown a paragraph or list item that begins with ``<!-- rendered -->`` is for rendered faces only; one written as
``<!-- not-rendered: text -->`` is invisible in the notebook as committed and takes its place elsewhere.  `TRAITS` are the words;
several must all hold.  Code cells carry the same words as tags.  A run of one's own executes what is left."""

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from facediag_utils.data.cohort import GROUPS, Cohort, of_the_paper, tasks

#: rendered faces; the paper's five classes; a task of two classes; groups known (ancestry, sex, age, site, severity);
#: pictures may be shown in notebooks, figures and the report
TRAITS = ("rendered", "paper", "two", "groups", "pictures")
_TERMS = rf"(?:not-)?(?:{'|'.join(TRAITS)})"
_MARK = re.compile(rf"^(\s*(?:\d+\. )?)<!-- ({_TERMS}(?: {_TERMS})*)(?: -->\s*(.*)|: (.*?) -->\s*)$", re.DOTALL)


def traits(cohort: Cohort) -> frozenset[str]:
    """Which of `TRAITS` hold for a cohort."""
    holds = {
        "rendered": cohort.profile.rendered,
        "paper": of_the_paper(cohort),
        "two": any(task.positive for task in tasks(cohort)),
        "groups": any(name in cohort.table for name in GROUPS),
        "pictures": cohort.profile.rendered or cohort.profile.thumbnails,
    }
    return frozenset(name for name in TRAITS if holds[name])


def adapted(path: Path, holding: frozenset[str]) -> NotebookNode:
    """A notebook without what does not hold."""
    book = nbformat.read(path, as_version=4)
    cells = []
    for cell in book.cells:
        tags = set(cell.metadata.get("tags", ())) & set(TRAITS)
        if cell.cell_type == "markdown":
            cell.source = text_for(cell.source, holding)
        if tags <= holding and cell.source.strip():
            cells.append(cell)
    book.cells = cells
    return book


def text_for(source: str, holding: frozenset[str]) -> str:
    """Markdown with the paragraphs and list items that hold."""
    kept = [part for block in re.split(r"\n{2,}", source) if (part := _block(block, holding))]
    return "\n\n".join(kept)


def _block(block: str, holding: frozenset[str]) -> str:
    items = re.split(r"\n(?=\d+\. )", block)
    return "\n".join(text for item in items if (text := _item(item, holding)) is not None)


def _item(item: str, holding: frozenset[str]) -> str | None:
    found = _MARK.match(item)
    if not found:
        return item
    holds = all((term.removeprefix("not-") in holding) != term.startswith("not-") for term in found[2].split())
    return found[1] + (found[3] if found[4] is None else found[4]) if holds else None
