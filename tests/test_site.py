"""What is done to the text of a page before Sphinx reads it; `make site` builds the site itself."""

import copy
import re
import sys

import nbformat
import site_reading
import slides

from facediag_utils.core.settings import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def cell(kind: str, name: str, text: str) -> dict:
    return {"cell_type": kind, "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}


BOOK = {
    "cells": [
        cell("markdown", "a", "**Bold.** Not an exercise."),
        cell("code", "b", "import a\nimport b\n\nfrom c import d\nfrom e import f\n"),
        cell("code", "c", "import a\nimport b\nfrom c import d\na.run()"),
        cell("markdown", "d", "## Exercises"),
        cell(
            "markdown", "05-ex1", "**Another layer.** Try it.\n\n<details><summary>Hint</summary>\n\nOne.\n\n</details>"
        ),
        cell("code", "05-ex1-start", "x = ..."),
        cell("markdown", "05-ex2", "**Why?** Think."),
    ],
    "metadata": {"kept": 1},
}
SOLUTIONS = {
    "cells": [
        cell("markdown", "05-s00", "# Solutions"),
        cell("markdown", "05-ex1-q", "**Another layer.** Try it."),
        cell("code", "05-ex1-a1", "# x\nx = 1"),
        cell("markdown", "05-ex1-a2", "### Seen\n\nIt is 1."),
    ]
}


def made() -> list[dict]:
    book = site_reading.with_solutions(copy.deepcopy(BOOK), site_reading.answers(SOLUTIONS))
    assert book["metadata"] == BOOK["metadata"]
    return book["cells"]


def test_answers_are_found_by_exercise():
    found = site_reading.answers(SOLUTIONS)
    assert {name: [cell["id"] for cell in cells] for name, cells in found.items()} == {
        "05-ex1": ["05-ex1-a1", "05-ex1-a2"]
    }


def test_a_solution_follows_the_starter_of_its_exercise():
    names = "a b c d 05-ex1 05-ex1-start 05-ex1-begin 05-ex1-a1 05-ex1-a2 05-ex1-end 05-ex2"
    assert [cell["id"] for cell in made()] == names.split()


def test_the_last_exercise_gets_its_solution_too():
    known = {"05-ex2": [cell("markdown", "05-ex2-a1", "Because.")]}
    cells = site_reading.with_solutions(copy.deepcopy(BOOK), known)["cells"]
    assert [cell["id"] for cell in cells[-4:]] == ["05-ex2", "05-ex2-begin", "05-ex2-a1", "05-ex2-end"]
    longer = {"cells": [*copy.deepcopy(BOOK)["cells"], cell("markdown", "z", "Words.")]}
    cells = site_reading.with_solutions(longer, known)["cells"]
    assert [cell["id"] for cell in cells[-3:]] == ["05-ex2-a1", "05-ex2-end", "z"]


def test_an_exercise_becomes_a_box_with_its_title():
    text = {cell["id"]: "".join(cell["source"]) for cell in made()}
    first = "`````{exercise} Another layer\n:label: 05-ex1\n:nonumber:\n\nTry it."
    assert text["05-ex1"].startswith(first) and text["05-ex1"].endswith("</details>\n`````")
    assert text["05-ex2"].startswith("`````{exercise} Why?\n")
    assert text["a"] == "**Bold.** Not an exercise."


def test_a_solution_is_folded_and_its_headings_do_not_end_the_box():
    text = {cell["id"]: "".join(cell["source"]) for cell in made()}
    assert text["05-ex1-begin"].count("<details>") == text["05-ex1-end"].count("</details>") == 1
    assert text["05-ex1-a2"] == "**Seen**\n\nIt is 1." and text["05-ex1-a1"] == "# x\nx = 1"


def test_only_long_imports_are_folded():
    assert [cell["id"] for cell in made() if cell["metadata"].get("tags") == ["hide-input"]] == ["b"]


def test_a_notebook_without_solutions_keeps_its_cells():
    book = site_reading.with_solutions(copy.deepcopy(BOOK), {})
    assert [cell["id"] for cell in book["cells"]] == [cell["id"] for cell in BOOK["cells"]]


def test_links_to_folders_become_text(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "page.md").touch()
    text = "[results/](results), [a page](page.md), ![a picture](results), [far](https://example.org)"
    assert site_reading.without_folders(text, tmp_path) == "results/" + text.removeprefix("[results/](results)")


def test_the_contents_name_pages_that_are_there_and_every_page_of_docs():
    text = site_reading.contents(ROOT)
    pages = re.findall(r"^(?![`:])(\S+)$", text, re.M)
    assert len(pages) == len(set(pages))
    assert all(any((ROOT / f"{page}.{end}").is_file() for end in ("md", "ipynb")) for page in pages)
    assert {f"docs/{path.stem}" for path in (ROOT / "docs").glob("*.md")} <= set(pages)
    assert sum(page.startswith("notebooks/") for page in pages) == 16


def test_the_reference_has_every_room_in_the_order_of_their_imports():
    layers = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
    assert ["__main__", *reversed(site_reading.ROOMS)] == layers
    assert sorted(path.stem for path in (ROOT / "docs" / "api").glob("*.md")) == sorted(site_reading.ROOMS)


def test_the_page_of_a_room_has_all_its_public_modules(tmp_path):
    for name in ("b.py", "a.py", "_private.py", "__init__.py", "table.csv"):
        (tmp_path / name).touch()
    found = re.findall(r"automodule:: (.+)", site_reading.modules(tmp_path))
    assert found == [f"facediag_utils.{tmp_path.name}.{name}" for name in ("a", "b")]


def test_slides_show_cells_of_the_notebook_and_keep_its_words_as_notes():
    book = nbformat.read(ROOT / "notebooks" / f"{slides.NOTEBOOK}.ipynb", as_version=4)
    deck = slides.slides(book).cells
    kinds = [cell.metadata.get("slideshow", {}).get("slide_type") for cell in deck]
    assert kinds.count("slide") == len(slides.SLIDES) + 1 and kinds[0] == kinds[1] == "slide"
    assert len(deck) == 1 + sum(1 + len(names) for names in slides.SLIDES.values())
    assert all(
        kind in ("slide", "notes") for cell, kind in zip(deck, kinds, strict=True) if cell.cell_type == "markdown"
    )
    shown = [cell for cell in deck if cell.cell_type == "code"]
    assert all(cell.outputs for cell in shown) and "Rendered faces" in deck[0].source
