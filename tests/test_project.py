"""Files that must agree: requirements and environment, notebooks and their rules, README and Makefile."""

import json
import re
import subprocess
import sys

import pandas as pd
import pytest

from facediag_utils import backbones, evaluation
from facediag_utils.profiles import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def pins(text: str) -> dict[str, str]:
    return dict(re.findall(r"^\s*(?:- )?([A-Za-z][\w-]*)==(\S+)$", text, re.MULTILINE))


def test_environment_yml_has_the_versions_of_requirements_txt():
    wanted = pins((ROOT / "requirements.txt").read_text())
    assert pins((ROOT / "environment.yml").read_text()) == wanted and len(wanted) > 20


def test_every_requirement_is_pinned():
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if "==" not in line] == []


def test_installed_versions_are_the_pinned_ones():
    from importlib.metadata import version

    wanted = pins((ROOT / "requirements.txt").read_text())
    assert {name: version(name).split("+")[0] for name in wanted} == wanted


def test_make_help_lists_every_target():
    makefile = (ROOT / "Makefile").read_text()
    phony = set(re.search(r"^\.PHONY:(.*)$", makefile, re.MULTILINE).group(1).split())
    shown = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[1] for line in shown.splitlines()} == phony
    assert all(len(line.split()) > 3 for line in shown.splitlines())


def test_importing_the_package_is_light():
    """A run's first process only starts notebooks: torch would be 0.3 GB of it."""
    parts = ", ".join(f"facediag_utils.{name}" for name in ("cohort", "backbones", "reproduce"))
    code = f"import {parts}, sys; print([m for m in ('torch', 'dlib', 'cv2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestNotebooks:
    def cells(self, path):
        return [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]

    def test_every_cell_was_run_in_order_without_error(self, path):
        """nbval passes a cell without an execution count unseen; this does not."""
        assert [cell["execution_count"] for cell in self.cells(path)] == list(range(1, len(self.cells(path)) + 1))
        assert not [out for cell in self.cells(path) for out in cell["outputs"] if out["output_type"] == "error"]

    def test_has_outputs_and_pictures(self, path):
        kinds = [kind for cell in self.cells(path) for out in cell["outputs"] for kind in out.get("data", {})]
        assert "image/png" in kinds and "text/html" in kinds

    def test_one_cell_holds_the_parameters(self, path):
        tagged = [cell for cell in self.cells(path) if "parameters" in cell["metadata"].get("tags", [])]
        assert len(tagged) == 1
        assert {"profile_name", "seed"} <= set(re.findall(r"^(\w+) =", "".join(tagged[0]["source"]), re.MULTILINE))

    def test_cells_fit_on_a_screen(self, path):
        assert max(len("".join(cell["source"]).splitlines()) for cell in self.cells(path)) <= 25

    def test_no_path_of_a_machine(self, path):
        assert not re.search(r"/(?:home|root|tmp|work|Users)/", path.read_text())

    def test_begins_with_a_question_and_ends_with_exercises(self, path):
        texts = [
            "".join(cell["source"]) for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "markdown"
        ]
        first = texts.index("## Exercises") + 1  # each is a cell of its own: their number differs between cohorts
        assert "?" in texts[0] and re.match("# .+\n", texts[0]) and len(texts) > first
        assert all(re.match(r"\*\*[^*]+[.?]\*\* ", text) for text in texts[first:])


def test_numbers_in_the_readme_are_the_stored_ones():
    """Accuracies that the README states for this run, with their intervals, stand in results/bundled."""
    readme = (ROOT / "README.md").read_text()
    assert "rendered" in readme and re.search(r"^\d{4}-\d\d-\d\d, data: \*\*this run", readme, re.MULTILINE)
    for task in ("binary", "multiclass"):
        for _, row in pd.read_csv(ROOT / "results" / "bundled" / f"measured_{task}.csv").iterrows():
            value, low, high = (100 * x for x in evaluation.proportion(row["correct"], row["n"]))
            wanted = [f"{value:.1f}% ({low:.0f}-{high:.0f})", f"| {row['correct']} |"]
            if row["backbone"] != "dsift":
                wanted.append(backbones.get(row["backbone"]).title)
            assert any(all(part in line for part in wanted) for line in readme.splitlines()), wanted


def test_verdicts_in_the_readme_are_the_stored_ones():
    kept = pd.read_csv(ROOT / "results" / "bundled" / "claims.csv").set_index(["claim", "task"])["verdict"]
    said = {"DTL2 over DTL1": "DTL2 over DTL1", "pretraining on faces over objects": "faces over objects"}
    said |= {"deep features over dense SIFT": "deep over dense SIFT", "pretraining over none": "pretraining over none"}
    readme = (ROOT / "README.md").read_text()
    for words, claim in said.items():
        assert f"| {words} | {kept[claim, 'binary']} | {kept[claim, 'multiclass']} |" in readme


def test_nothing_in_git_is_large():
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [name for name in files.split("\0") if name and (ROOT / name).stat().st_size > 4 << 20] == []
