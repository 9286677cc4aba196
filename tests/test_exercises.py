"""Exercises: each has a hint, perhaps a starter cell below it, and an answer in notebooks/solutions/."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from facediag_utils.core.settings import ROOT
from facediag_utils.run.notebook_variants import TRAITS

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
TITLE = re.compile(r"\*\*([^*]+[.?])\*\* ")
HINT = re.compile(r"\n\n<details><summary>Hint</summary>\n\n(.+?)\n\n</details>\Z", re.DOTALL)
STARTER = "-start"

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@cache
def cells_of(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def text(cell: dict) -> str:
    return "".join(cell["source"])


def tags(cell: dict) -> set[str]:
    return set(cell["metadata"].get("tags", []))


def below_the_heading(path: Path) -> list[dict]:
    cells = cells_of(path)
    return cells[next(k for k, cell in enumerate(cells) if text(cell) == "## Exercises") + 1 :]


def exercises(path: Path) -> list[dict]:
    return [cell for cell in below_the_heading(path) if cell["cell_type"] == "markdown"]


def starters(path: Path) -> dict[str, dict]:
    """By the id of the exercise."""
    return {cell["id"].removesuffix(STARTER): cell for cell in cells_of(path) if cell["id"].endswith(STARTER)}


def solutions(path: Path) -> list[dict]:
    return cells_of(path.parent / "solutions" / path.name)


def answers(path: Path, exercise: str) -> list[dict]:
    return [cell for cell in solutions(path) if re.fullmatch(rf"{exercise}-a\d+", cell["id"])]


def test_each_has_a_title_a_number_and_a_hint(path):
    found = exercises(path)
    assert found and all(re.fullmatch(rf"{path.stem[:2]}-\w+", cell["id"]) for cell in found)
    assert [cell["id"] for cell in found if not TITLE.match(text(cell)) or not HINT.search(text(cell))] == []


def test_a_starter_stands_right_below_its_exercise_and_has_its_traits(path):
    """Below the heading there is nothing else, and nowhere else is a starter."""
    expected = [
        name
        for cell in exercises(path)
        for name in (cell["id"], cell["id"] + STARTER)
        if not name.endswith(STARTER) or cell["id"] in starters(path)
    ]
    assert [cell["id"] for cell in below_the_heading(path)] == expected
    traits = {cell["id"]: tags(cell) & set(TRAITS) for cell in exercises(path)}
    assert {name: tags(cell) - {"starter"} for name, cell in starters(path).items()} == {
        name: traits[name] for name in starters(path)
    }
    assert all("starter" in tags(cell) for cell in starters(path).values())
    assert sum("starter" in tags(cell) for cell in cells_of(path)) == len(starters(path))


def test_a_starter_is_short_leaves_something_to_do_and_pretends_nothing(path):
    for name, cell in starters(path).items():
        assert cell["cell_type"] == "code" and "..." in text(cell), name
        assert len(text(cell).splitlines()) <= 10, name
        assert all(out["output_type"] == "stream" for out in cell["outputs"]), (
            name
        )  # a table or picture would be an answer


def test_each_is_asked_again_and_answered(path):
    """By its title, in the order of the notebook; with code if it has a starter, and with words."""
    asked = [cell for cell in solutions(path) if cell["id"].endswith("-q")]
    assert [cell["id"] for cell in asked] == [f"{cell['id']}-q" for cell in exercises(path)]
    for exercise, question in zip(exercises(path), asked, strict=True):
        assert TITLE.match(text(question)).group(1) == TITLE.match(text(exercise)).group(1), question["id"]
        found = answers(path, exercise["id"])
        assert [cell["id"] for cell in found] == [f"{exercise['id']}-a{k + 1}" for k in range(len(found))]
        kinds = [cell["cell_type"] for cell in found]
        assert "markdown" in kinds and ("code" in kinds or exercise["id"] not in starters(path)), exercise["id"]


def test_solutions_were_run_and_fit_on_a_screen(path):
    code = [cell for cell in solutions(path) if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    kinds = [out["output_type"] for cell in code for out in cell["outputs"]]
    assert kinds and "error" not in kinds
    assert not [out for cell in code for out in cell["outputs"] if out.get("name") == "stderr"]
    assert max(len(text(cell).splitlines()) for cell in code) <= 25
    assert [tags(cell) for cell in code].count({"parameters"}) == 1


def test_solutions_write_nothing(path):
    """No prediction and no figure of theirs may get into a run or its report."""
    assert not [cell["id"] for cell in solutions(path) if re.search(r"\b(store|style)\.(save|write_csv)", text(cell))]
