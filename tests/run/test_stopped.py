"""A run that is killed, a disk that is full, two runs at once: nothing lost, nothing stale, and the next one goes on.

`tests/kill.py` (``make kill``) does the same to all of ``make reproduce``, which takes too long for here."""

import hashlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time

import pandas as pd
import psutil
import pytest
from filelock import FileLock
from made import BUNDLED, portraits

from facediag_utils import __main__
from facediag_utils.core import files, run_log, settings
from facediag_utils.core.errors import ReproduceError
from facediag_utils.core.settings import ROOT

pytestmark = pytest.mark.slow

#: Intake, faces, dense SIFT and two stores, saving after every second row; it tells what it computed.  It counts how often it
#: turns to a file of its own, and ends, with all its processes or alone, when it has done so for the given time.
PROGRAM = """
import os, signal, sys
folder, home, last, alone = sys.argv[1:]
moments = 0

def look(event, about):
    global moments
    if event in ("open", "os.rename", "os.remove", "os.mkdir") and str(about[0]).startswith(home):
        moments += 1
        if moments == int(last):
            os.kill(os.getpid(), signal.SIGKILL) if alone else os.killpg(0, signal.SIGKILL)

sys.addaudithook(look)
from pathlib import Path
from facediag_utils.core import row_cache, run_log
from facediag_utils.data import cohort, folder_import, store
from facediag_utils.faces import detection
from facediag_utils.methods import dsift, svm
row_cache.SAVE_EVERY = 2
dsift.WORDS, dsift.SAMPLE = (10, 20), 3000
svm.PENALTIES = (1000.0,)  # with a small one all pictures get the same score
with run_log.run_lock("mine"):
    profile, _ = folder_import.import_folder(Path(folder), "mine", positive="ill")
    images = cohort.load(profile)
    faces = detection.find_faces(images)
    for task in cohort.tasks(images):
        for predictions, _ in dsift.run(task, images, faces).values():
            store.save(profile, predictions)
    print("|".join(run_log.format_log(run_log.read(profile.run / run_log.LOG))))
print(moments)
"""

#: Two trainings side by side, for much longer than the test waits.
TRAINING = """
import sys
from pathlib import Path
from facediag_utils.data import cohort, folder_import
from facediag_utils.faces import detection
from facediag_utils.methods import dtl1
from facediag_utils.methods.recipe import Recipe
images = cohort.load(folder_import.import_folder(Path(sys.argv[1]), "mine", positive="ill")[0])
job = dtl1.Job("dlib_resnet29", cohort.tasks(images)[0], Recipe(epochs=1000))
dtl1.run_all([job, job], images, detection.find_faces(images))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two classes of ten portraits."""
    return portraits(tmp_path_factory.mktemp("stopped") / "faces", 10)


def environment(home, **others):
    own = {"FACEDIAG_CACHE": f"{home}/cache", "FACEDIAG_OUT": f"{home}/out", "FACEDIAG_BARS": f"{home}/bars"}
    return os.environ | own | {"PYTHONPATH": str(ROOT), "LOKY_MAX_CPU_COUNT": "1"} | others


def started(folder, home, program=PROGRAM, last=0, alone="", **others):
    return subprocess.Popen(
        [sys.executable, "-c", program, str(folder), str(home), str(last), alone],
        env=environment(home, **others),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(process):
    """What it told, and how often it turned to its files."""
    printed, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert "damaged" not in errors and "Traceback" not in errors
    told, moments = printed.strip().rsplit("\n", 1)
    return told, int(moments)


def killed(process):
    """Whether it was killed before it had ended."""
    process.stdout.close(), process.stderr.close()  # workers that live on hold the other ends
    return process.wait(timeout=300) == -signal.SIGKILL


def made(home):
    found = {path.name: path.read_bytes() for path in (home / "out" / "runs" / "mine" / "results").glob("[!.]*.csv")}
    assert "predictions.csv" in found
    return found


@pytest.fixture(scope="module")
def undisturbed(folder, tmp_path_factory):
    """Its home, its results, what it told, and how often it turned to its files."""
    home = tmp_path_factory.mktemp("undisturbed")
    told, moments = ended(started(folder, home))
    assert len(set(pd.read_csv(home / "out" / "runs" / "mine" / "results" / "predictions.csv")["score_ill"])) > 12
    return home, made(home), told, moments


@pytest.mark.exhaustive
def test_killed_at_random_moments_it_goes_on_and_ends_alike(folder, undisturbed, tmp_path):
    """SIGKILL to all its processes, six times, whenever it is about to open, rename or remove a file."""
    chance, count = random.Random(0), 0
    for _ in range(6):
        count += killed(started(folder, tmp_path, last=chance.randint(1, undisturbed[3] * 6 // 10)))
    told, _ = ended(started(folder, tmp_path))
    assert count >= 4
    assert made(tmp_path) == undisturbed[1]
    assert "pictures: 20 computed, 0 from before" in undisturbed[2]
    assert "pictures: 0 computed, 20 from before" in told
    assert not list((tmp_path / "out").rglob(f"{files.PARTIAL}*"))


def test_orphans_of_a_killed_run_do_no_harm(folder, undisturbed, tmp_path):
    """Only the first process is killed: its workers may go on for a while beside the next run."""
    for share in (0.3, 0.5):
        last = round(share * undisturbed[3])
        assert killed(started(folder, tmp_path, last=last, alone="alone", LOKY_MAX_CPU_COUNT="2"))
    ended(started(folder, tmp_path))
    assert made(tmp_path) == undisturbed[1]


@pytest.mark.skipif(os.cpu_count() == 1, reason="one core: trainings run in the process itself")
def test_trainings_end_with_the_process_that_started_them(folder, tmp_path):
    """Left alone they would go on, each for up to an hour, on the cores of the next run."""
    process = started(folder, tmp_path, TRAINING, LOKY_MAX_CPU_COUNT="2")
    bars = tmp_path / "bars"
    while not bars.exists() or bars.read_text().count("/1000") < 4:  # both have begun
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.1)
    trainings = [one for one in psutil.Process(process.pid).children() if "LokyProcess" in " ".join(one.cmdline())]
    assert len(trainings) == 2
    process.kill()
    assert killed(process)
    left = [one for one in psutil.wait_procs(trainings, timeout=120)[1] if one.status() != psutil.STATUS_ZOMBIE]
    for one in left:
        one.kill()
    assert left == []


@pytest.mark.exhaustive
def test_two_profiles_at_once_on_one_cache(folder, undisturbed, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / "cache").mkdir()
    (other / "cache").symlink_to(tmp_path / "cache")
    both = [started(folder, home) for home in (tmp_path, other)]
    for process in both:
        ended(process)
    assert made(tmp_path) == made(other) == undisturbed[1]


def test_two_runs_of_one_profile_are_one_too_many(own_output, monkeypatch, capsys):
    with run_log.run_lock("mine"):
        command = "from facediag_utils.core import run_log\nwith run_log.run_lock('mine'): pass"
        done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, cwd=ROOT)
        assert "another run of 'mine' is going on" in done.stderr
        assert os.environ[settings.RUN_LOG].startswith(str(own_output))
    assert settings.RUN_LOG not in os.environ
    with FileLock(own_output / "runs" / "mine" / ".lock"):
        with pytest.raises(ReproduceError), run_log.run_lock("mine"):
            pass
        for command in ("prepare", "reproduce"):
            monkeypatch.setattr(sys, "argv", ["facediag", command, "--data", str(own_output)])
            assert __main__.main() == 1 and "another run of 'mine' is going on" in capsys.readouterr().err


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))  # stands for a full disk: writing ends with an OSError


def test_a_full_disk_is_one_message_and_the_next_run_goes_on(folder, undisturbed, tmp_path):
    command = [sys.executable, "-m", "facediag_utils", "reproduce", "--data", str(folder), "--positive", "ill"]
    given = {"env": environment(tmp_path), "cwd": ROOT, "preexec_fn": small_files}
    done = subprocess.run(command, capture_output=True, text=True, **given)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "File too large" in done.stderr and "run again: it goes on where it stopped" in done.stderr
    told, _ = ended(started(folder, tmp_path))
    assert made(tmp_path) == undisturbed[1] and "pictures: 0 computed, 20 from before" in told


def test_a_changed_image_under_an_old_name_is_computed_again(folder, undisturbed, tmp_path):
    home = shutil.copytree(undisturbed[0], tmp_path / "home")
    stored = pd.read_csv(home / "out" / "runs" / "mine" / "results" / "predictions.csv")
    one = folder / stored["image"][stored["label"] == "ill"].iloc[0]  # one that is tested
    table = pd.read_csv(BUNDLED / "manifest.csv")
    before, after = one.read_bytes(), BUNDLED / table["image"][table["label"] == "beta_thalassemia"].iloc[30]
    try:
        one.write_bytes(after.read_bytes())
        told, _ = ended(started(folder, home))
    finally:
        one.write_bytes(before)
    assert "faces: 1 computed, 19 from before" in told and "are not those of the last run" in told
    assert "bags: 1 computed" in told
    digest = hashlib.sha256(after.read_bytes()).hexdigest()
    assert digest in (home / "cache" / "profiles" / "mine" / "manifest.csv").read_text()


def test_young_files_in_the_making_are_left(tmp_path):
    for name, age in ((".part-old.npz", 100), (".part-new.npz", 0), ("kept.npz", 100)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    files.remove_partial_files(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".part-new.npz", "kept.npz"]
