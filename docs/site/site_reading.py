"""What differs between a page on GitHub and on the site, done to its text when Sphinx reads it.

Exercises of a notebook become boxes, with their solutions folded below them; folders lose their links; the first page gets the site's
contents, and each page of `docs/api/` the modules of its room.
"""

import json
import re
import shutil
from pathlib import Path

SETUP = 4  # a cell with as many lines of imports is folded
ROOMS = ["core", "networks", "data", "faces", "methods", "evaluation", "figures", "run", "app"]  # as they import
LINK = re.compile(r"(?<!!)\[([^]]+)\]\(([^)\s:#]+)\)")
FOLD, UNFOLD = (
    "<details><summary>Show the solution</summary>\n\n*To run it, first run the first cells of the page of solutions.*\n",
    "</details>\n\n```{solution-end}\n```",
)
HIDDEN = "\n\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{pages}\n```\n"


def with_solutions(book: dict, solutions: dict[str, list[dict]]) -> dict:
    """The notebook with its exercises as boxes of sphinx-exercise, and below each its solution, folded.

    Parameters
    ----------
    book : dict
        A notebook, as in its JSON.
    solutions : dict
        For the id of an exercise, the cells that answer it.

    Returns
    -------
    dict
        A notebook with more cells; those that it shares with `book` are changed in place.
    """
    cells, waiting, exercises = [], None, False
    for cell in book["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            cells += _folded(waiting, solutions)
            waiting, title = None, re.match(r"\*\*(.+?)\.?\*\*\s*", text)
            if exercises and title:
                waiting = cell["id"]
                text = f"{title[1]}\n:label: {waiting}\n:nonumber:\n\n{text[title.end() :]}"
                cell["source"] = f"`````{{exercise}} {text}\n`````"
            exercises = exercises or text.startswith("## Exercises")
        elif len(re.findall("^(?:import|from) ", text, re.M)) >= SETUP:
            cell["metadata"]["tags"] = [*cell["metadata"].get("tags", []), "hide-input"]
        cells.append(cell)
    return {**book, "cells": cells + _folded(waiting, solutions)}


def _folded(exercise: str | None, solutions: dict[str, list[dict]]) -> list[dict]:
    """The cells of a solution between two directives, folded without any script; none if there is no solution."""
    if exercise not in solutions:
        return []
    begin = f"```{{solution-start}} {exercise}\n:label: {exercise}-solution\n```\n\n{FOLD}"
    inside = [{**cell, "source": _without_headings(cell)} for cell in solutions[exercise]]
    return [_markdown(f"{exercise}-begin", begin), *inside, _markdown(f"{exercise}-end", UNFOLD)]


def _without_headings(cell: dict) -> str:
    """A heading would end the box."""
    text = "".join(cell["source"])
    return re.sub(r"^#+ (.+)$", r"**\1**", text, flags=re.M) if cell["cell_type"] == "markdown" else text


def _markdown(name: str, text: str) -> dict:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


def answers(book: dict) -> dict[str, list[dict]]:
    """The cells `<exercise>-a1`, `<exercise>-a2`, ... of a notebook of solutions, by exercise."""
    found: dict[str, list[dict]] = {}
    for cell in book["cells"]:
        name = re.fullmatch(r"(.+)-a\d+", cell.get("id", ""))
        if name:
            found.setdefault(name[1], []).append(cell)
    return found


def without_folders(text: str, folder: Path) -> str:
    """A page whose links to folders are plain text: a folder has no page."""
    return LINK.sub(lambda link: link[1] if (folder / link[2]).is_dir() else link[0], text)


def contents(root: Path) -> str:
    """The site's contents; pages of `docs/` in the order in which docs/README.md lists them."""
    listed = re.findall(r"^\| \[[^]]+\]\(([\w-]+)\.md\)", (root / "docs" / "README.md").read_text("utf-8"), re.M)
    parts = {
        "Notebooks": sorted((f"notebooks/{path.stem}" for path in root.glob("notebooks/[0-9]*.ipynb")), key=_as_read),
        "Pages": ["docs/README", *(f"docs/{name}" for name in listed)],
        "Behind it": ["results/model_card", "data/bundled/DATASHEET", "portraits/README", "CONTRIBUTING", "CHANGELOG"],
        "Reference": [f"docs/api/{room}" for room in ROOMS],
    }
    return "".join(HIDDEN.format(caption=caption, pages="\n".join(pages)) for caption, pages in parts.items())


def _as_read(page: str) -> str:
    """The paper's second method, 05, is read before its first."""
    return page.replace("/05_", "/03_z")


def modules(room: Path) -> str:
    """Directives that describe every public module of a room."""
    names = [".".join(path.with_suffix("").parts[-2:]) for path in sorted(room.glob("[!_]*.py"))]
    blocks = [f"## {name}\n\n```{{eval-rst}}\n.. automodule:: facediag_utils.{name}\n```" for name in names]
    return "\n\n".join(["", *blocks, ""])


def source_read(app, docname: str, source: list[str]) -> None:
    """Sphinx's event: `source` holds the text of one page, which is read again when a file that it needs has changed."""
    path, root = Path(app.env.doc2path(docname)), Path(app.srcdir)
    needs = [Path(__file__)]
    if path.suffix == ".ipynb":
        answered = path.parent / "solutions" / path.name
        needs.append(answered)
        source[0] = json.dumps(_notebook(json.loads(source[0]), answered))
    else:
        source[0] = without_folders(source[0], path.parent)
    if docname == app.config.root_doc:
        needs.append(root / "docs" / "README.md")
        source[0] += contents(root)
    if docname.startswith("docs/api/"):
        room = root / "facediag_utils" / path.stem
        needs.append(room)
        source[0] += modules(room)
    for need in filter(Path.exists, needs):
        app.env.note_dependency(str(need))


def _notebook(book: dict, answered: Path) -> dict:
    """The notebook with its solutions, which are also a page of their own, below it in the contents."""
    if not answered.is_file():
        return with_solutions(book, {})
    book = with_solutions(book, answers(json.loads(answered.read_text("utf-8"))))
    book["cells"].append(_markdown("solutions", f"```{{toctree}}\n:hidden:\n\nsolutions/{answered.stem}\n```"))
    return book


def neighbours(app, page: str, _template: str, context: dict, _doctree) -> None:
    """Sphinx's event: before and after a notebook come other notebooks; its solutions, which the contents have between, are in it."""
    for side, place in (("prev", 1), ("next", 2)):
        other = app.builder.relations.get(page, [None] * 3)[place]
        if other and other.startswith("notebooks/solutions/"):
            other = app.builder.relations[other][place]
            title = app.env.titles[other].astext()
            context[side] = {"link": app.builder.get_relative_uri(page, other), "title": title}


def first_page(app, failed: Exception | None) -> None:
    """Browsers and servers look for index.html."""
    page = Path(app.outdir) / f"{app.config.root_doc}.html"
    if failed is None and page.is_file():
        shutil.copy(page, page.with_name("index.html"))


def signature(_app, _what, _name, _object, _options, arguments: str | None, returns: str | None) -> tuple | None:
    """A dataclass's `<factory>` is no Python, and Sphinx links the types of a signature only if it is."""
    return (arguments.replace("<factory>", "..."), returns) if arguments else None


def setup(app) -> dict[str, bool]:
    """Sphinx calls this."""
    app.connect("source-read", source_read)
    app.connect("html-page-context", neighbours)
    app.connect("build-finished", first_page)
    app.connect("autodoc-process-signature", signature)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
