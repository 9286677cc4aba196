"""A run that is killed, a disk that is full, two runs at once: nothing lost, nothing stale, and the next one goes on.

`tests/kill.py` (``make kill``) does the same to all of ``make reproduce``, which takes too long for here."""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pandas as pd
import psutil
import pytest
from filelock import FileLock
from made import portraits

from facediag_utils.core import files, run_log
from facediag_utils.core.errors import ReproduceError
from facediag_utils.core.settings import ROOT

#: Intake, faces, dense SIFT and two stores, saving after every second row; it tells what it computed.
PROGRAM = """
import sys
from pathlib import Path
from facediag_utils.faces import alignment, detection
from facediag_utils.core import row_cache, run_log
from facediag_utils.data import cohort, folder_import, store
from facediag_utils.methods import dsift
row_cache.SAVE_EVERY = 2
dsift.WORDS, dsift.SAMPLE = 20, 3000
with run_log.run_lock("mine"):
    profile, _ = folder_import.import_folder(Path(sys.argv[1]), "mine", positive="ill")
    images = cohort.load(profile)
    faces = detection.find_faces(images)
    for task in cohort.tasks(images):
        for predictions, _ in dsift.run(task, images, faces).values():
            store.save(profile, predictions)
    print("|".join(run_log.format_log(run_log.read(profile.run / run_log.LOG))))
"""

#: Two trainings side by side, for much longer than the test waits.
TRAINING = """
import sys
from pathlib import Path
from facediag_utils.faces import alignment, detection
from facediag_utils.data import cohort, folder_import
from facediag_utils.methods import dtl1
from facediag_utils.methods.training import Recipe
images = cohort.load(folder_import.import_folder(Path(sys.argv[1]), "mine", positive="ill")[0])
job = dtl1.Job("dlib_resnet29", cohort.tasks(images)[0], Recipe(epochs=1000))
dtl1.run_all([job, job], images, detection.find_faces(images))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two classes of twelve portraits."""
    return portraits(tmp_path_factory.mktemp("stopped") / "faces")


def started(folder, home, program=PROGRAM, **options):
    environment = os.environ | {
        "FACEDIAG_CACHE": f"{home}/cache",
        "FACEDIAG_OUT": f"{home}/out",
        "FACEDIAG_BARS": f"{home}/bars",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, "-c", program, str(folder)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **options,
    )


def ended(process):
    printed, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert "damaged" not in errors and "Traceback" not in errors
    return printed


def made(home):
    found = {path.name: path.read_bytes() for path in (home / "out" / "results" / "mine").glob("[!.]*.csv")}
    assert "predictions.csv" in found
    return found


@pytest.fixture(scope="module")
def undisturbed(folder, tmp_path_factory):
    """Its results, what it told, and the seconds it took."""
    home, begun = tmp_path_factory.mktemp("undisturbed"), time.monotonic()
    told = ended(started(folder, home))
    return made(home), told, time.monotonic() - begun


def test_killed_at_random_moments_it_goes_on_and_ends_alike(folder, undisturbed, tmp_path):
    """SIGKILL to all its processes, eight times, at moments that are drawn anew in every test run."""
    seed = random.randrange(10**6)
    chance, killed = random.Random(seed), 0
    for _ in range(8):
        process = started(folder, tmp_path)
        time.sleep(chance.uniform(0.1, 0.7) * undisturbed[2])
        killed += process.poll() is None
        with suppress(ProcessLookupError):  # it had ended
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    told = ended(started(folder, tmp_path))
    assert killed >= 2, f"seed {seed}: too quick to be killed"
    assert made(tmp_path) == undisturbed[0], f"seed {seed}"
    assert "pictures: 24 computed, 0 from before" in undisturbed[1]
    assert "pictures: 0 computed, 24 from before" in told, f"seed {seed}: {told}"
    assert not list((tmp_path / "out").rglob(f"{files.PARTIAL}*"))


def test_orphans_of_a_killed_run_do_no_harm(folder, undisturbed, tmp_path):
    """Only the first process is killed: its workers may go on for a while beside the next run."""
    for share in (0.6, 0.9):
        process = started(folder, tmp_path)
        time.sleep(share * undisturbed[2])
        process.kill()
        process.stdout.close(), process.stderr.close()
        process.wait()
    ended(started(folder, tmp_path))
    assert made(tmp_path) == undisturbed[0]


@pytest.mark.skipif(os.cpu_count() == 1, reason="one core: trainings run in the process itself")
def test_trainings_end_with_the_process_that_started_them(folder, tmp_path):
    """Left alone they would go on, each for up to an hour, on the cores of the next run."""
    process = started(folder, tmp_path, TRAINING)
    bars = tmp_path / "bars"
    while not bars.exists() or bars.read_text().count("/1000") < 4:  # both have begun
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.1)
    trainings = [one for one in psutil.Process(process.pid).children() if "LokyProcess" in " ".join(one.cmdline())]
    assert len(trainings) == 2
    process.kill()
    process.stdout.close(), process.stderr.close()
    process.wait()
    left = [one for one in psutil.wait_procs(trainings, timeout=10)[1] if one.status() != psutil.STATUS_ZOMBIE]
    for one in left:
        one.kill()
    assert left == []


def test_two_profiles_at_once_on_one_cache(folder, undisturbed, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / "cache").mkdir()
    (other / "cache").symlink_to(tmp_path / "cache")
    both = [started(folder, home) for home in (tmp_path, other)]
    for process in both:
        ended(process)
    assert made(tmp_path) == made(other) == undisturbed[0]


def test_two_runs_of_one_profile_are_one_too_many(own_output):
    with run_log.run_lock("mine"):
        command = "from facediag_utils import journal\nwith journal.alone('mine'): pass"
        done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, cwd=ROOT)
        assert "another run of 'mine' is going on" in done.stderr
        assert os.environ[run_log.VARIABLE].startswith(str(own_output))
    assert run_log.VARIABLE not in os.environ
    with FileLock(own_output / "runs" / "mine" / ".lock"):
        with pytest.raises(ReproduceError), run_log.run_lock("mine"):
            pass
        for command in ("prepare", "reproduce"):
            given = [sys.executable, "-m", "facediag_utils", command, "--data", str(own_output)]
            done = subprocess.run(given, capture_output=True, text=True, cwd=ROOT)
            assert done.returncode == 1 and "another run of 'mine' is going on" in done.stderr


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))  # stands for a full disk: writing ends with an OSError


def test_a_full_disk_is_one_message_and_the_next_run_goes_on(folder, undisturbed, tmp_path):
    environment = os.environ | {"FACEDIAG_CACHE": f"{tmp_path}/cache", "FACEDIAG_OUT": f"{tmp_path}/out"}
    command = [sys.executable, "-m", "facediag_utils", "reproduce", "--data", str(folder), "--positive", "ill"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, preexec_fn=small_files, cwd=ROOT)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "File too large" in done.stderr and "run again: it goes on where it stopped" in done.stderr
    told = ended(started(folder, tmp_path))
    assert made(tmp_path) == undisturbed[0] and "pictures: 0 computed, 24 from before" in told


def test_a_changed_image_under_an_old_name_is_computed_again(undisturbed, tmp_path):
    own = portraits(tmp_path / "faces")
    ended(started(own, tmp_path))
    one, *_ = sorted((own / "ill").iterdir())
    table = pd.read_csv(ROOT / "data" / "bundled" / "manifest.csv")
    one.write_bytes(
        (ROOT / "data" / "bundled" / table["image"][table["label"] == "beta_thalassemia"].iloc[30]).read_bytes()
    )
    told = ended(started(own, tmp_path))
    assert "faces: 1 computed, 23 from before" in told and "are not those of the last run" in told
    assert made(tmp_path)["predictions.csv"] != undisturbed[0]["predictions.csv"]


def test_young_files_in_the_making_are_left(tmp_path):
    for name, age in ((".part-old.npz", 100), (".part-new.npz", 0), ("kept.npz", 100)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    files.remove_partial_files(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".part-new.npz", "kept.npz"]
