"""Files that must agree: dependencies, lock and environment, notebooks and their rules, README and Makefile."""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import readme_tables
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from facediag_utils.core.settings import ROOT
from facediag_utils.data.store import Method
from facediag_utils.evaluation import localisation
from facediag_utils.networks import registry

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
RECORD = ROOT / "results"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "portraits" / "README.md"]
PAGES += [ROOT / "data" / "bundled" / "DATASHEET.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.fixture(scope="module")
def lock() -> dict[str, tuple[Requirement, list[str]]]:
    """requirements.lock: each package's name, its requirement and its hashes."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE)
    rows = [row.split("--hash=") for row in text.replace("\\\n", " ").splitlines()]
    entries = [(Requirement(row[0].strip()), [part.strip() for part in row[1:]]) for row in rows]
    assert len({entry.name for entry, _ in entries}) == len(entries) > 100
    return {entry.name: (entry, hashes) for entry, hashes in entries}


def version(locked: Requirement) -> str:
    """The one version of an entry of the lock; it may say nothing else."""
    assert re.fullmatch(r"==[^*,]+", str(locked.specifier)) and not locked.url, locked
    return str(locked.specifier).removeprefix("==")


def holds(requirement: Requirement) -> bool:
    """Whether it is for this Python and this machine."""
    return requirement.marker is None or requirement.marker.evaluate()


def test_the_lock_has_every_dependency_at_an_allowed_version(lock):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    texts = sum(project["optional-dependencies"].values(), project["dependencies"])
    wanted = [Requirement(text) for text in texts]
    assert len(wanted) > 30
    for one in filter(holds, wanted):
        locked = lock[canonicalize_name(one.name)][0]
        assert holds(locked) and one.specifier.contains(version(locked)), one


def test_every_entry_of_the_lock_has_a_version_and_a_hash(lock):
    for entry, hashes in lock.values():
        assert version(entry) and hashes, entry
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), entry


def test_the_lock_names_the_extras_that_its_packages_want(lock):
    """Without them pip takes the newest version for the extra, and refuses it because the lock has no hash for it."""
    wanted = [
        Requirement(text) for name, (entry, _) in lock.items() if holds(entry) for text in metadata.requires(name) or ()
    ]
    wanted = [one for one in wanted if one.extras and (one.marker is None or one.marker.evaluate({"extra": ""}))]
    assert {canonicalize_name(one.name) for one in wanted} >= {"etils", "jsonschema"}
    assert all(one.extras <= lock[canonicalize_name(one.name)][0].extras for one in wanted)


def test_installed_versions_are_the_locked_ones(lock):
    here = {name: entry for name, (entry, _) in lock.items() if holds(entry)}
    cuda = re.compile("triton|(nvidia|cuda)-.*")  # not there beside PyTorch's own CPU build
    if "+cpu" in metadata.version("torch"):
        here = {name: entry for name, entry in here.items() if not cuda.fullmatch(name)}
    assert {name: metadata.version(name).split("+")[0] for name in here} == {n: version(e) for n, e in here.items()}


def test_conda_takes_the_lock():
    lines = (ROOT / "environment.yml").read_text().splitlines()
    assert lines[-2:] == ["  - pip:", "      - -r requirements.lock"]


def test_the_command_is_installed():
    """Its entry point, as pip wrote it beside this Python."""
    command = Path(sysconfig.get_path("scripts")) / "facediag"
    done = subprocess.run([command, "--help"], cwd="/", capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: facediag ") and "reproduce" in done.stdout


def test_torch_cpu_leaves_out_torch_and_cuda_only(lock, tmp_path):
    """The filter of `make setup TORCH=cpu`, taken from what make would run."""
    shown = subprocess.run(
        ["make", "-n", "setup", "TORCH=cpu", f"VENV={tmp_path}"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    script = next(line for line in shown.splitlines() if line.startswith("awk"))
    subprocess.run(script, shell=True, cwd=ROOT, check=True)
    kept = re.findall(r"^([\w-]+)(?:\[.+\])?==", (tmp_path / "requirements.lock").read_text(), re.MULTILINE)
    gone = set(lock) - set(kept)
    assert {"torch", "torchvision", "triton", "nvidia-cublas", "cuda-toolkit"} <= gone
    assert all(re.match("torch|triton|nvidia-|cuda-", name) for name in gone) and "timm" in kept


def test_make_help_lists_every_target():
    makefile = (ROOT / "Makefile").read_text()
    phony = {name for line in re.findall(r"^\.PHONY:(.*)$", makefile, re.MULTILINE) for name in line.split()}
    shown = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    headings, *groups = zip(*(part.split("\n", 1) for part in shown.strip().split("\n\n")), strict=True)
    assert set(headings) >= {"To begin with", "A student", "A researcher", "An engineer"}
    lines = [line for group in groups[0] for line in group.splitlines()]
    assert {line.split()[1] for line in lines} == phony and all(len(line.split()) > 3 for line in lines)


def test_importing_the_package_is_light():
    """A run's first process only starts notebooks: torch would be 0.3 GB of it."""
    parts = ", ".join(f"facediag_utils.{name}" for name in ("data.cohort", "networks.registry", "run.reproduce"))
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


@pytest.mark.slow
@pytest.mark.parametrize("page", readme_tables.PAGES, ids=lambda page: page.name)
def test_tables_in_pages_are_made_from_the_record(page):
    assert readme_tables.filled(page) == page.read_text(encoding="utf-8"), "run python tests/readme_tables.py"


def test_the_considerations_are_where_the_page_says():
    """All 25 of the notes, each with sections of notebooks that are there."""
    page = readme_tables.NEIGHBOURS.read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d+) \|", page, flags=re.M) == [str(k) for k in range(1, 26)]
    sections = re.findall(r"\[(\d\d) · ([^]]+)\]\(\.\./notebooks/(\1_\w+\.ipynb)\)", page)
    assert len(sections) > 30
    for _, heading, name in sections:
        cells = json.loads((ROOT / "notebooks" / name).read_text(encoding="utf-8"))["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        assert any(re.search(rf"^##+ {re.escape(heading)}$", text, flags=re.M) for text in texts), (name, heading)


@pytest.mark.slow
def test_another_record_makes_another_readme(tmp_path, monkeypatch):
    """Dense SIFT right on every image, as is the epoch chosen on these, which is never bold; all verdicts other ones."""
    shutil.copytree(RECORD, tmp_path, dirs_exist_ok=True)
    table = pd.read_csv(tmp_path / "measured_binary.csv")
    rows = table["method"].isin([Method.DSIFT_LINEAR, Method.DTL1_TEST_EPOCH])
    table.loc[rows, ["correct", "accuracy_count", "accuracy"]] = 60, "60/60", 1.0
    table.to_csv(tmp_path / "measured_binary.csv", index=False)
    pd.read_csv(tmp_path / "claims.csv").assign(verdict="unheard of").to_csv(tmp_path / "claims.csv", index=False)
    made = readme_tables.filled(readme_tables.README, tmp_path)
    assert [line.split(" | ")[0] for line in made.splitlines() if "| 60: 100.0% (" in line.replace("**", "")] == [
        "| ResNet29 (dlib), fine-tuned, epoch chosen on test",
        "| dense SIFT + linear SVM",
    ]
    assert [
        line.split(" | ")[0] for line in made.splitlines() if line.split(" | ")[2:] and "**" in line.split(" | ")[2]
    ] == ["| dense SIFT + linear SVM"]
    assert made.count("| unheard of") == len(pd.read_csv(RECORD / "claims.csv"))
    with pytest.raises(ValueError, match="0 places <!-- table: accuracies -->"):
        monkeypatch.setattr(
            readme_tables, "PAGES", {tmp_path / "claims.csv": readme_tables.PAGES[readme_tables.README]}
        )
        readme_tables.filled(tmp_path / "claims.csv", tmp_path)


@pytest.mark.slow
def test_another_record_makes_another_page_of_neighbours(tmp_path):
    shutil.copytree(RECORD, tmp_path, dirs_exist_ok=True)
    changed = {
        "cases.csv": ({"measure": "top-1 gain", "photographs": 3}, ["value", "low", "high"]),
        "grades_differences.csv": ({"whom": "everybody", "statistic": "kappa"}, ["value", "low", "high"]),
        "imbalance.csv": ({"way": "focal loss"}, ["difference", "difference_low", "difference_high"]),
        "strangers.csv": ({"own": "left out", "gallery": 10, "features": "raw"}, ["top1", "top1_low", "top1_high"]),
        "normal_reference.csv": ({"group": "all ill"}, ["area", "area_low", "area_high"]),
    }
    for name, (wanted, columns) in changed.items():
        table = pd.read_csv(tmp_path / name)
        rows = np.logical_and.reduce([table[column] == value for column, value in wanted.items()])
        table.loc[rows, columns] = [0.5, 0.4, 0.6]
        table.to_csv(tmp_path / name, index=False)
    cases, grades, ways, found, normal = readme_tables.measured(tmp_path).splitlines()
    assert (
        cases.count("+50 (+40 to +60)") == 2
        and grades.count("+0.50 (+0.40 to +0.60), both read by the median +0.50 (+0.40 to +0.60), among") == 3
    )
    assert "focal loss +50 (+40 to +60)" in ways and ways.count("+50") == 1
    assert found.count("raw 50.0% (40-60)") == 2 and normal.count("0.50 (0.40 to 0.60), and") == 2


def test_no_module_has_more_than_300_lines():
    """CONTRIBUTING.md says so."""
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "facediag_utils").rglob("*.py")
    }
    assert len(lengths) > 100 and {path.name: n for path, n in lengths.items() if n > 300} == {}


@pytest.mark.slow
def test_the_neighbours_questions_are_answered_by_differences(tmp_path):
    spans = {"difference": [0.02, -0.2, -0.1], "low": [-0.01, -0.3, -0.2], "high": [0.05, -0.1, 0.0], "n": 150}
    by_network = {"network": ["casia_32px", "dlib_resnet29", "mobileface"], "best": ["full", "upper", "lower"]}
    shares = {"accuracy": [0.21, 0.6, 0.7], "accuracy_low": [0.15, 0.5, 0.6]}
    pd.DataFrame({**by_network, **shares, **spans}).to_csv(tmp_path / "regions.csv")
    pairs = {"first": [f"{name} landmarks" for name in ("A, detected", "A, true", "B, detected")], "second": "DTL2, N"}
    pd.DataFrame({**pairs, **spans, "p_holm": [1.0, 0.04, 0.004]}).to_csv(tmp_path / "pairs_landmarks_multiclass.csv")
    record = registry.get("dlib_resnet29")
    maps = [(f"DTL2, {record.title}", "CAM", 0.5), (f"none, {record.crop} crop", "mean training mask", 0.6)]
    maps += [("DTL1, other", "CAM", 0.9), (f"DTL2, {record.title}", "random blobs", 0.9)]
    rows = [(f"{k}", *one[:2], "AUC", one[2] + k / 100) for one in maps for k in range(5)]
    pd.DataFrame(rows, columns=localisation.COLUMNS).to_csv(tmp_path / "explanations.csv", index=False)
    regions, rulers, signs = readme_tables.neighbours(tmp_path).splitlines()
    assert (
        "px, from scratch 21%, no better than guessing; ResNet29 (dlib) 60%, -20 (-30 to -10) over the upper half; "
        in regions
    )
    assert regions.count("; ") == 2
    assert "over DTL2, N, n = 150: A +2 (-1 to +5), p 1.00; B -10 (-20 to +0), p 0.00" in rulers
    assert signs.endswith("ResNet29 (dlib), n = 5 faces: CAM -0.10 (-0.10 to -0.10)")


def test_numbers_in_the_readme_are_the_stored_ones():
    """Each accuracy of the record is on the line of its method, with its count and interval; of one training Wilson's."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "Data: **rendered faces**" in readme
    for task in ("binary", "multiclass"):
        for _, row in pd.read_csv(RECORD / f"measured_{task}.csv").iterrows():
            value, low, high = (100 * x for x in readme_tables.accuracy(row.to_dict()))
            wanted = [f"{value:.1f}% ({low:.0f}-{high:.0f})", f"| {row['accuracy_count'].partition('/')[0]}: "]
            if row["backbone"] != "dsift":
                wanted.append(registry.get(row["backbone"]).title)
            assert any(all(part in line for part in wanted) for line in readme.splitlines()), wanted


def test_verdicts_in_the_readme_are_the_stored_ones():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    kept = pd.read_csv(RECORD / "claims.csv")
    for says, rows in kept.groupby("says"):
        [line] = [line for line in readme.splitlines() if line.startswith(f"| {says} (")]
        cells = [cell.strip().partition(":")[0] for cell in line.split("|")[2:-1]]
        assert cells[-len(rows) :] == rows.sort_values("task")["verdict"].tolist(), says


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_every_page_is_listed():
    pages = {page.name for page in PAGES if page.parent == ROOT / "docs"} - {"README.md"}
    assert pages and pages <= set(
        re.findall(r"\]\(([^)]+)\)", (ROOT / "docs" / "README.md").read_text(encoding="utf-8"))
    )


def test_contributing_names_every_module():
    """The rows below **room** name the modules of that room: all of them, and no others."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    parts = re.split(r"^\| \*\*(\w+)\*\* \| \|$", text.partition("\n## Where")[0], flags=re.MULTILINE)[1:]
    named = {
        room: {n for row in re.findall(r"^\| (`.+?) \|", rows, re.MULTILINE) for n in re.findall(r"`(\w+)`", row)}
        for room, rows in zip(parts[::2], parts[1::2], strict=True)
    }
    rooms = [path for path in (ROOT / "facediag_utils").iterdir() if (path / "__init__.py").is_file()]
    assert named == {room.name: {path.stem for path in room.glob("[!_]*.py")} for room in rooms}


def test_nothing_in_git_is_large():
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [name for name in files.split("\0") if name and (ROOT / name).stat().st_size > 4 << 20] == []
