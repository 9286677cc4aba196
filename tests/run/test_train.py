"""One network trained from the command line: what is kept, and what a stop leaves."""

import os
import signal

import numpy as np
import pytest
from PIL import Image

from facediag_utils.core import profiles, settings
from facediag_utils.core.errors import ResultsError, TrainingError
from facediag_utils.core.profiles import from_output
from facediag_utils.data import cohort, folder_import, store, trained
from facediag_utils.data.store import Method
from facediag_utils.methods import model_io, training_table
from facediag_utils.run import quick, train

pytestmark = pytest.mark.slow
NETWORK = "dlib_resnet29"


@pytest.fixture(scope="module")
def mine(tmp_path_factory, bundled):
    """A folder of two classes with nine rendered faces each, taken in."""
    home = tmp_path_factory.mktemp("train")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACEDIAG_OUT", str(home / "out"))
        patch.setenv("FACEDIAG_CACHE", str(home / "cache"))
        for label in ("control", "down_syndrome"):
            (home / "faces" / label).mkdir(parents=True)
            for path in bundled.table.loc[bundled.table["label"] == label, "path"][:10]:
                (home / "faces" / label / path.name).write_bytes(path.read_bytes())
        profile, _ = folder_import.import_folder(home / "faces", "mine")
        yield profile


def test_features_and_svm(mine):
    made = train.train(mine, NETWORK)
    assert trained.models(mine) == [made] and made.method == Method.DTL2 and not made.stopped
    said = made.predictions()
    images = cohort.load(mine).table
    assert sorted(said["image"]) == sorted(images["image"][images["split"] == "test"])
    model = model_io.load(made.model)
    assert model.about.classes == ["down_syndrome", "control"] and model.about.method == Method.DTL2
    told = train.format_trained(made, mine)
    assert f"{(said['label'] == said['predicted']).sum()}/{len(said)}" in told and "runs/mine/trained" in told


def test_a_stop_keeps_what_was_learned_and_the_next_goes_on(mine, monkeypatch):
    usual, handler = training_table.write, signal.getsignal(signal.SIGINT)

    def interrupted(path, trainings):
        os.kill(os.getpid(), signal.SIGINT)  # Ctrl-C in the first epoch
        return usual(path, trainings)

    monkeypatch.setattr(training_table, "write", interrupted)
    stopped = train.train(mine, NETWORK, Method.DTL1, epochs=3)
    assert stopped.stopped and (stopped.epochs, stopped.planned) == (1, 3)
    assert stopped.format_epochs() == ", stopped after 1 of 3 epochs"
    first = model_io.load(stopped.model)
    assert first.about.method == Method.DTL1
    assert set(stopped.predictions()["method"]) == {"DTL1"}
    monkeypatch.setattr(training_table, "write", usual)
    assert signal.getsignal(signal.SIGINT) is handler
    whole = train.train(mine, NETWORK, Method.DTL1, epochs=3)
    [tuned] = training_table.read(whole.curves).values()
    assert not whole.stopped and tuned.epochs == 3 and trained.models(mine).count(whole) == 1
    assert not np.array_equal(model_io.load(whole.model).features, first.features)


def test_a_training_that_was_stopped_ends_as_one_that_was_not(mine, monkeypatch):
    """The same bits, whether it was stopped on the way or not."""
    made = train.train(mine, NETWORK, Method.DTL1, epochs=3)
    features = model_io.load(made.model).features
    for path in (profiles.cache_root() / "dtl1" / "mine").glob("*.pt"):
        path.unlink()
    again = train.train(mine, NETWORK, Method.DTL1, epochs=3)
    np.testing.assert_array_equal(model_io.load(again.model).features, features)


def test_other_methods_are_not_trained_here(mine):
    with pytest.raises(TrainingError, match="this command trains DTL2 or DTL1"):
        train.train(mine, NETWORK, Method.LOGISTIC)


def test_a_damaged_note_is_named(mine):
    path = trained.place(mine, "x", Method.DTL2).folder / trained.ABOUT
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"method": "none of them"}')
    with pytest.raises(ResultsError, match=r"about\.json: not readable"):
        trained.models(mine)
    path.unlink()


def test_other_pictures_under_the_name_remove_its_models(mine):
    train.train(mine, NETWORK)
    assert trained.models(mine)
    next((mine.data / "control").glob("*.jpg")).unlink()
    profile, _ = folder_import.import_folder(mine.data, "mine")
    assert trained.models(profile) == []


def test_a_first_table_is_written_where_no_run_looks(mine):
    text, folder = quick.quick(mine), mine.run / "quick"
    assert sorted(path.name for path in folder.iterdir()) == ["confusion_all.png", "predictions.csv"]
    assert not (mine.results / store.TEST).exists() and not mine.figures.exists()
    with Image.open(folder / "confusion_all.png") as picture:
        assert picture.width > 500
    said = store.read(folder / store.TEST)
    n, right = said["image"].nunique(), (said["label"] == said["predicted"]).groupby(said["backbone"]).sum()
    assert set(right.index) == set(quick.NETWORKS) and all(f" {count}/{n} (" in text for count in right)
    assert (
        f"2 classes, n = {n}" in text and quick.OWN in text and "paper" not in text and str(from_output(folder)) in text
    )
    assert not (settings.cache_root() / "chips" / "mine").exists()
