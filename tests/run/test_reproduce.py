"""The runner: what fails is named, and leaves the exit status it should."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from made import picture, recorded_accuracy

from facediag_utils import __main__
from facediag_utils.core.errors import ReproduceError
from facediag_utils.core.profiles import Profile
from facediag_utils.core.settings import ROOT
from facediag_utils.data import folder_import
from facediag_utils.evaluation import claims
from facediag_utils.run import reproduce, summary
from facediag_utils.run.command_line import parser

PARAMETERS = 'profile_name = "bundled"\nseed = 0'


def write(folder, name, *sources, parameters=PARAMETERS):
    book = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "p"}}
    )
    book.metadata["language_info"] = {"name": "python"}
    first = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    book.cells = [first, *(nbformat.v4.new_code_cell(source) for source in sources)]
    folder.mkdir(exist_ok=True)
    nbformat.write(book, folder / name)


@pytest.fixture
def profile(own_output, tmp_path):
    return Profile("mine", "t", tmp_path)


def test_notebooks_run_in_order_with_their_parameters(profile, tmp_path):
    for name in ("02_b.ipynb", "01_a.ipynb", "notes.ipynb"):
        write(
            tmp_path / "nb",
            name,
            f"from pathlib import Path\nwith Path(r'{tmp_path / 'log'}').open('a') as f: print('{name}', profile_name, seed, file=f)",
        )
    done = reproduce.reproduce(profile, seed=7, folder=tmp_path / "nb")
    assert (tmp_path / "log").read_text() == "01_a.ipynb mine 7\n02_b.ipynb mine 7\n"
    assert [path.name for path in done] == ["01_a.ipynb", "02_b.ipynb"] and all(path.is_file() for path in done)


def noted(folder, name, *, after=None, source=""):
    """A notebook that notes when it begins and ends, and what it waits for."""
    stamp = f"from pathlib import Path\nwith Path(r'{folder / 'log'}').open('a') as f: print('{name}', {{!r}}, file=f)"
    write(folder / "nb", name, stamp.format("begins"), source, stamp.format("ends"))
    if after is not None:
        book = nbformat.read(folder / "nb" / name, 4)
        book.metadata["facediag"] = {"after": after}
        nbformat.write(book, folder / "nb" / name)


@pytest.mark.slow
def test_notebooks_run_side_by_side_and_wait_for_those_they_need(profile, tmp_path):
    """01 and 02 meet: each goes on only when the other has begun.  03, which says nothing, waits for both."""
    meet = (
        "import time\nfrom pathlib import Path\nlog = Path(r'{}')\n"
        "until = time.monotonic() + 60\n"
        "while '{} begins' not in log.read_text():\n    assert time.monotonic() < until\n    time.sleep(0.05)"
    )
    noted(tmp_path, "01_a.ipynb", after=[], source=meet.format(tmp_path / "log", "02_b.ipynb"))
    noted(tmp_path, "02_b.ipynb", after=[], source=meet.format(tmp_path / "log", "01_a.ipynb"))
    noted(tmp_path, "03_c.ipynb")
    reproduce.reproduce(profile, folder=tmp_path / "nb")
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines.index("03_c.ipynb begins") > max(lines.index("01_a.ipynb ends"), lines.index("02_b.ipynb ends"))


def test_the_longest_begins_first_and_before_it_whom_many_wait_for(monkeypatch):
    """One at a time: 03, for which two wait, and 02 for one; then by length; 04 only when both of its own have ended."""
    paths = {name: Path(f"{name}.ipynb") for name in ("01", "02", "03", "04", "05")}
    needed = {paths["04"]: {"03.ipynb", "02.ipynb"}, paths["05"]: {"03.ipynb"}}
    waited_for = {path: needed.get(path, set()) for path in paths.values()}
    seconds = dict(zip(paths.values(), (3.0, 5.0, 1.0, 2.0, 9.0), strict=True))
    monkeypatch.setattr(reproduce, "SIDE_BY_SIDE", 1)
    begun = []
    order = reproduce.urgent(waited_for, seconds)
    made = reproduce._side_by_side(lambda path: begun.append(path) or path, waited_for, order)
    assert [path.stem for path in begun] == ["03", "02", "05", "01", "04"] and made == list(paths.values())


def test_how_long_a_notebook_took(tmp_path):
    book = nbformat.v4.new_notebook(metadata={"papermill": {"duration": 12.5}})
    nbformat.write(book, tmp_path / "ended.ipynb")
    nbformat.write(nbformat.v4.new_notebook(metadata={"papermill": {"duration": None}}), tmp_path / "killed.ipynb")
    (tmp_path / "damaged.ipynb").write_text("{")
    taken = [reproduce._seconds(tmp_path / f"{name}.ipynb") for name in ("ended", "killed", "damaged", "nowhere")]
    assert taken == [12.5, 0, 0, 0]


@pytest.mark.slow
def test_a_notebook_that_fails_ends_those_beside_it(profile, tmp_path):
    noted(tmp_path, "01_a.ipynb", after=[], source="import time; time.sleep(600)")
    noted(tmp_path, "02_b.ipynb", after=[], source="1 / 0")
    noted(tmp_path, "03_c.ipynb")
    with pytest.raises(ReproduceError, match="02_b"):
        reproduce.reproduce(profile, folder=tmp_path / "nb")
    assert "01_a.ipynb ends" not in (log := (tmp_path / "log").read_text()) and "03_c" not in log


@pytest.mark.slow
def test_ctrl_c_ends_the_kernels_too(profile, tmp_path):
    noted(tmp_path, "01_a.ipynb", after=[], source="import time; time.sleep(600)")
    noted(tmp_path, "02_b.ipynb", after=[], source="import time; time.sleep(600)")
    program = (  # a shell's background job ignores Ctrl-C, and hands that down: undone first
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from pathlib import Path\nfrom facediag_utils.core.profiles import Profile\nfrom facediag_utils.run import reproduce\n"
        f"reproduce.reproduce(Profile('mine', 't', Path(r'{tmp_path}')), folder=Path(r'{tmp_path / 'nb'}'))"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    log, until = tmp_path / "log", time.monotonic() + 60
    while not log.exists() or log.read_text().count("begins") < 2:
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.1)
    kernels = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    try:
        assert "KeyboardInterrupt" in process.communicate(timeout=60)[1] and process.returncode
    finally:
        process.kill()
    assert len(kernels) >= 2 and psutil.wait_procs(kernels, timeout=10)[1] == []


def test_notebooks_wait_for_all_that_they_read_from_the_store():
    """06 to 08 read what 03 to 05 have stored, 10, 11 and 13 to 16 the rows and features of 05, 12 the trainings of 04; 06 measures times,
    so nothing runs beside it."""
    needed = reproduce.needs({path: nbformat.read(path, 4) for path in reproduce.notebooks()})
    numbers = {path.name[:2]: {name[:2] for name in others} for path, others in needed.items()}
    named = {path.name[:2]: nbformat.read(path, 4).metadata["facediag"]["after"] for path in needed}
    assert all(sorted(numbers[number]) == after for number, after in named.items())  # each is there
    assert all({"03", "04", "05"} <= numbers[reader] for reader in ("06", "07", "08"))
    assert all(numbers[number] == {"05"} for number in ("10", "11", "13", "14", "15", "16"))
    assert numbers["12"] == {"04", "05"}
    assert all(number == "06" or number in numbers["06"] or "06" in numbers[number] for number in numbers)


def test_a_part_of_the_notebooks_waits_for_no_others(profile, tmp_path):
    for name, after in (("01_a.ipynb", []), ("02_b.ipynb", ["01"]), ("03_c.ipynb", ["01", "02"]), ("04_d.ipynb", None)):
        noted(tmp_path, name, after=after)
    done = reproduce.reproduce(profile, folder=tmp_path / "nb", part=("02", "03"))
    assert [path.name for path in done] == ["02_b.ipynb", "03_c.ipynb"]
    assert [line[:2] for line in (tmp_path / "log").read_text().splitlines()] == ["02", "02", "03", "03"]
    with pytest.raises(ReproduceError, match="no notebooks 07 to 09"):
        reproduce.reproduce(profile, folder=tmp_path / "nb", part=("07", "09"))


def test_a_part_is_named_by_numbers(capsys):
    assert parser().parse_args(["reproduce"]).notebooks is None
    for text, part in (("01-09", ("01", "09")), ("12", ("12", "12"))):
        assert parser().parse_args(["reproduce", "--notebooks", text]).notebooks == part
    with pytest.raises(SystemExit):
        parser().parse_args(["reproduce", "--notebooks", "1-9"])
    assert "argument --notebooks: two digits" in capsys.readouterr().err


@pytest.mark.slow
def test_the_number_of_splits_goes_where_it_is_known(profile, tmp_path):
    log = f"from pathlib import Path\nPath(r'{tmp_path}', str(n_splits)).touch()"
    write(tmp_path / "nb", "01_a.ipynb", "x = 1")
    write(tmp_path / "nb", "02_b.ipynb", log, parameters=PARAMETERS + "\nn_splits = 200")
    reproduce.reproduce(profile, folder=tmp_path / "nb", counts={"n_splits": 7})
    reproduce.reproduce(profile, folder=tmp_path / "nb", part=("02", "02"))
    assert (tmp_path / "7").exists() and (tmp_path / "200").exists()


def test_papermill_reads_every_parameter_of_the_notebooks():
    """A comment with "=" behind a parameter hides it from papermill, which only warns: SPLITS= would do nothing."""
    for path in reproduce.notebooks():
        cell = next(c for c in nbformat.read(path, 4).cells if "parameters" in c.metadata.get("tags", []))
        stated = [line.split(" = ")[0] for line in cell.source.splitlines()]
        assert list(papermill.inspect_notebook(str(path))) == stated
    for name, parameter in (("05_dtl2_features", "n_splits"), ("04_dtl1_finetuning", "n_trainings")):
        assert parameter in papermill.inspect_notebook(str(ROOT / "notebooks" / f"{name}.ipynb"))


def test_no_trainings_at_all_are_refused(capsys):
    assert parser().parse_args(["reproduce", "--trainings", "1", "--splits", "20"]).trainings == 1
    for option in ("--trainings", "--splits"):
        with pytest.raises(SystemExit):
            parser().parse_args(["reproduce", option, "0"])
        assert f"argument {option}: 1 or more" in capsys.readouterr().err


def test_splits_that_no_notebook_draws_are_an_error(profile, tmp_path):
    write(tmp_path / "nb", "01_a.ipynb", "x = 1")
    with pytest.raises(ReproduceError, match="no notebook has a parameter n_splits"):
        reproduce.reproduce(profile, folder=tmp_path / "nb", counts={"n_splits": 7})


def test_the_summary_has_accuracies_claims_and_files(recorded):
    text = summary.finish(recorded, 61.0, [])
    wanted = re.escape(f"{recorded_accuracy()}")
    assert re.search(rf"ResNet29 \(dlib\) \(Feature Extractor \+ SVM Linear\) .*{wanted}", text)
    for claim in (*(claim.name for claim in claims.CLAIMS), claims.CLINICIANS):
        assert re.search(rf"{claim}.*(supported|cannot tell)", text)
    assert "say nothing about how well anything diagnoses people" in text
    assert "made in 61 s" in text and "model_card.md" in text and "report.html" in text and "claims.csv" in text


def test_without_predictions_it_says_so_and_ends_well(tmp_path, own_output, own_cache):
    """`make reproduce DATA=folder NOTEBOOKS=01`: there is nothing yet to be reported."""
    for k in range(24):
        picture(tmp_path / "mine" / ("anna", "ben")[k % 2] / f"{k:02d}.png", k)
    mine, _ = folder_import.import_folder(tmp_path / "mine", "mine")
    text = summary.finish(mine, 1.0, [])
    assert "no report and no model card: " in text and "no predictions yet" in text and "no_face.csv" in text


def test_the_failing_cell_is_named(profile, tmp_path):
    write(tmp_path / "nb", "01_a.ipynb", "x = 1", "x / 0")
    with pytest.raises(ReproduceError) as caught:
        reproduce.reproduce(profile, folder=tmp_path / "nb")
    message = str(caught.value)
    assert "01_a.ipynb, cell 4: ZeroDivisionError" in message and "x / 0" in message  # 4: the injected cell counts
    assert caught.value.__suppress_context__


def test_a_dead_kernel_is_named_at_once(profile, tmp_path):
    write(tmp_path / "nb", "01_a.ipynb", "import os; os._exit(9)")
    with pytest.raises(ReproduceError, match=r"01_a\.ipynb, about cell 3: the kernel stopped"):
        reproduce.reproduce(profile, folder=tmp_path / "nb")


def test_a_notebook_without_the_parameter_is_refused_before_anything_runs(profile, tmp_path):
    write(tmp_path / "nb", "01_a.ipynb", f"open(r'{tmp_path / 'ran'}', 'w')")
    write(tmp_path / "nb", "02_b.ipynb", parameters='profile_name = "x"')
    with pytest.raises(ReproduceError, match=r"02_b\.ipynb: no seed"):
        reproduce.reproduce(profile, folder=tmp_path / "nb")
    assert not (tmp_path / "ran").exists()


def test_an_empty_folder_is_refused(profile, tmp_path):
    (tmp_path / "nb").mkdir()
    with pytest.raises(ReproduceError, match="no numbered notebooks"):
        reproduce.reproduce(profile, folder=tmp_path / "nb")


def test_command_line_ends_with_one_message_and_status_1(own_output, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["facediag", "reproduce", "--profile", "nowhere"])
    assert __main__.main() == 1
    said = capsys.readouterr()
    assert said.out == "" and "facediag: profile 'nowhere' is not known" in said.err and "Traceback" not in said.err
