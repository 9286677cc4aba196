"""A training that has ended is read: nothing is cropped, trained or predicted again; its network is on the processor."""

import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from joblib.externals.loky import get_reusable_executor
from made import portraits

from facediag_utils.core import settings
from facediag_utils.core.profiles import Profile
from facediag_utils.core.settings import cache_root
from facediag_utils.data import cohort, folder_import, store
from facediag_utils.faces import alignment, detection
from facediag_utils.methods import dtl1, dtl2, trained_model, training
from facediag_utils.methods.recipe import Recipe, Tuned
from facediag_utils.methods.training import Classifier
from facediag_utils.methods.training_state import TrainingState
from facediag_utils.networks import registry

NAME = "dlib_resnet29"


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """Three trainings of one epoch, and a cohort to train on; of the first, which leaves images aside, the network is kept."""
    get_reusable_executor().shutdown(kill_workers=True)  # those of other tests know another cache
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("finished")
        patch.setenv("FACEDIAG_CACHE", str(root / "cache"))
        patch.setenv("FACEDIAG_OUT", str(root))
        images = cohort.load(folder_import.import_folder(portraits(root / "faces", 9), "mine", "ill")[0])
        faces, task = detection.find_faces(images), cohort.tasks(images)[0]
        fine, scratch = Recipe(epochs=1), Recipe(epochs=1, pretrained=False)
        jobs = [dtl1.Job(NAME, task, fine, aside=True), dtl1.Job(NAME, task, fine), dtl1.Job(NAME, task, scratch)]
        patch.setenv("LOKY_MAX_CPU_COUNT", "2")  # in processes beside this one
        yield images, faces, jobs, dtl1.run_all(jobs, images, faces, kept=jobs[0])


def equal(some, others):
    return all(a.method == b.method and np.array_equal(a.scores, b.scores) for a, b in zip(some, others, strict=True))


def test_nothing_is_cropped_again(once, monkeypatch):
    images, faces, jobs, first = once
    network = first[0][1].averaged
    features = trained_model.from_network(jobs[0], network, images, faces).features
    assert list((cache_root() / "chips" / "mine").glob("*.npy"))
    alignment.remove_chips("mine")
    monkeypatch.setattr(alignment, "read_rgb", None)  # who opens a picture fails
    again = dtl1.run_all(jobs, images, faces, kept=jobs[0])
    assert [len(said) for said, _ in again] == [0, 2, 1]
    for (one, tuned), (other, trained) in zip(first, again, strict=True):
        assert equal(one, other) and tuned.history == trained.history
        assert tuned.best_epoch == trained.best_epoch == 1
    model = trained_model.from_network(jobs[0], again[0][1].averaged, images, faces)
    assert np.array_equal(model.features, features)
    assert not (cache_root() / "chips" / "mine").exists()


def test_of_a_training_that_has_ended_no_network_is_built(once, monkeypatch):
    """33 of them take seconds then, and not a quarter of a minute.  Lost scores are found again by its network."""
    images, faces, jobs, first = once
    with monkeypatch.context() as patch:
        patch.setattr(training, "Classifier", None)  # who builds one fails
        again = dtl1.run_all(jobs, images, faces)
    for (one, tuned), (other, read) in zip(first, again, strict=True):
        assert equal(one, other) and read.history == tuned.history and read.averaged is None
        assert (read.images, read.averaged_from, read.key) == (tuned.images, tuned.averaged_from, tuned.key)
    table = dtl1._scores_table(dtl1._plan(jobs[1], images, faces, 0).checkpoint)
    shutil.rmtree(table)
    table.mkdir()
    assert equal(dtl1.run(jobs[1], images, faces, keep=False)[0], first[1][0])


def test_side_by_side_is_the_same_as_one_by_one(once, own_cache):
    """In processes with a core each, whatever number of threads this one has."""
    images, faces, jobs, together = once
    alone = [dtl1.run_all([job], images, faces)[0] for job in jobs]
    for (one, tuned), (other, again) in zip(together, alone, strict=True):
        assert equal(one, other) and tuned.history == again.history


def test_an_unfinished_one_is_not_taken_for_finished(once):
    images, faces, jobs, _ = once
    longer = [dtl1.Job(NAME, jobs[0].task, Recipe(epochs=2))]
    assert dtl1.run_all(longer, images, faces)[0][1].epochs == 2


def test_a_training_of_the_record_is_read_where_that_is_asked_for(once, own_output, tmp_path, monkeypatch):
    """As in `make test`.  The record says 7, so that one can tell; what was trained here comes first."""
    images, faces, jobs, first = once
    store.save(images.profile, *(said for predictions, _ in first for said in predictions))
    path = dtl1.save_curves(images.profile, jobs, first)
    path.write_text(path.read_text().replace(",1,1,1,train,", ",1,7,1,train,"))
    monkeypatch.setattr(Profile, "record", property(lambda _: images.profile.results))
    monkeypatch.setenv(settings.RECORDED, "1")
    assert [tuned.best_epoch for _, tuned in dtl1.run_all(jobs, images, faces)] == [1, 1, 1]
    monkeypatch.setenv(settings.CACHE, str(tmp_path / "another"))
    monkeypatch.setattr(alignment, "read_rgb", None)  # who opens a picture fails
    again = dtl1.run_all(jobs, images, faces)
    assert [tuned.best_epoch for _, tuned in again] == [7, 7, 7]
    for (said, tuned), (recorded, read) in zip(first, again, strict=True):
        assert (read.images, read.key, read.epochs) == (tuned.images, tuned.key, 1)
        numbers = tuned.curves().drop(columns="part")
        assert read.curves().drop(columns="part").to_numpy() == pytest.approx(numbers.to_numpy(), abs=1e-4)
        for one, other in zip(said, recorded, strict=True):
            pd.testing.assert_frame_equal(by_image(one), by_image(other))
    changed = [dtl1.Job(NAME, jobs[0].task, Recipe(epochs=1, learning_rate=1e-4)), jobs[1]]
    assert list(dtl1._recorded(changed, images, faces, 0)) == jobs[1:2]
    assert dtl1._recorded(jobs, images, faces, 1) == {}
    monkeypatch.delenv(settings.RECORDED)
    assert dtl1._recorded(jobs, images, faces, 0) == {}


def by_image(predictions):
    return predictions.frame().sort_values("image", ignore_index=True).astype({"method": str})


def test_the_network_that_is_kept_is_trained_whatever_the_record_holds(once, own_output, own_cache, monkeypatch):
    images, faces, jobs, first = once
    store.save(images.profile, *first[1][0])
    dtl1.save_curves(images.profile, jobs[:1], first[:1])
    monkeypatch.setattr(Profile, "record", property(lambda _: images.profile.results))
    monkeypatch.setenv(settings.RECORDED, "1")
    assert dtl1.run_all(jobs[:1], images, faces)[0][1].averaged is None
    [(_, kept)] = dtl1.run_all(jobs[:1], images, faces, kept=jobs[0])
    assert kept.averaged is not None and kept.history == first[0][1].history


def test_a_tuned_network_is_brought_back_to_the_processor():
    """Wherever it was trained: notebook 04 gives it to `trained_model`.  From "meta" nothing can come back, and it says so."""
    network = Classifier(NAME, 2, True, torch.Generator()).to("meta")
    state = TrainingState(network, Tuned((1, 1)), Recipe(epochs=1), torch.Generator())
    errors = {"objective": 1.0, "top1": 0.5, "top3": 0.0}
    state.finish_epoch(errors, errors, np.zeros((1, 2), np.float32))
    with pytest.raises(NotImplementedError, match="meta"):
        state.finish((), None)


def test_features_are_asked_for_on_the_networks_device():
    """torch's "meta" device has no values: what comes from the processor by mistake is refused there."""
    network, seen = registry.load(NAME).to("meta"), []
    forward = network.features
    network.features = lambda x, layer: seen.append(x.device.type) or forward(x, layer)
    with pytest.raises(NotImplementedError, match="meta"):  # its values cannot come back
        dtl2.features_of(network, registry.get(NAME), "pooled", np.zeros((2, 150, 150, 3), np.uint8))
    assert seen == ["meta"]
