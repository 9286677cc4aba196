"""A model kept, loaded and asked; nothing in a file is executed, and what cannot be judged is refused."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import skops.io
import torch
from made import cohort_of, picture, rows_of
from PIL import Image

from facediag_utils import __main__
from facediag_utils.core.errors import ModelError
from facediag_utils.core.settings import ROOT
from facediag_utils.data import cohort
from facediag_utils.faces import alignment
from facediag_utils.figures import heat_maps
from facediag_utils.methods import dtl1, model_io, trained_model
from facediag_utils.methods.recipe import Recipe
from facediag_utils.methods.training import predict
from facediag_utils.networks import registry

NAME = "dlib_resnet29"


@pytest.fixture(scope="session")
def trained(bundled, bundled_features):
    return trained_model.train(cohort.tasks(bundled)[1], bundled, bundled_features(NAME), NAME, 1.0)


@pytest.fixture
def kept(trained, tmp_path):
    return model_io.save(trained, tmp_path / "model.skops")


@pytest.fixture
def test_images(bundled):
    return bundled.table[bundled.table["split"] == "test"].iloc[::10]


def test_a_model_that_was_kept_says_the_same(trained, kept, test_images):
    loaded = model_io.load(kept.with_suffix(""))
    assert loaded.about == trained.about and np.array_equal(loaded.features, trained.features)
    before, after = (list(trained_model.answers(m, test_images["path"])) for m in (trained, loaded))
    assert [a.ranked for a in before] == [a.ranked for a in after]


def test_answers_are_probabilities_and_mostly_right(trained, test_images):
    answers = list(trained_model.answers(trained, test_images["path"]))
    for answer in answers:
        assert not answer.refusal and answer.distance <= 1 and answer.chip.shape == (150, 150, 3)
        scores = [score for _, score in answer.ranked]
        assert scores == sorted(scores, reverse=True) and sum(scores) == pytest.approx(1) and min(scores) >= 0
    right = [a.ranked[0][0] == label for a, label in zip(answers, test_images["label"], strict=True)]
    assert np.mean(right) > 0.5  # chance is 0.2


def test_training_faces_are_never_refused(trained, bundled):
    train = bundled.table[bundled.table["split"] == "train"].iloc[:4]
    assert [a.distance for a in trained_model.answers(trained, train["path"])] == pytest.approx([0] * 4, abs=1e-3)


def test_refusals(trained, tmp_path, test_images):
    blank, page = tmp_path / "blank.png", tmp_path / "page.jpg"
    Image.new("RGB", (200, 200), "grey").save(blank)
    page.write_text("<html></html>")
    near = replace(trained, about=replace(trained.about, limit=1e-3))
    [far] = trained_model.answers(near, test_images["path"].iloc[:1])
    assert "far from every training face" in far.refusal and far.ranked == [] and far.distance > 1
    given = list(trained_model.answers(trained, [blank, page, tmp_path / "no such.jpg", test_images["path"].iloc[0]]))
    assert [bool(answer.refusal) for answer in given] == [True, True, True, False]
    lines = [trained_model.format_answer(answer) for answer in given]
    assert "no answer: no face was found" in lines[0] and "not a readable picture" in lines[1]
    assert "there is no such file" in lines[2] and lines[3].count("%") == 5


class Evil:
    def __reduce__(self):
        return os.mkdir, ("made-by-a-model",)


@pytest.mark.parametrize("cut", [0, 10, 1000, -40])
def test_damaged_files(kept, cut):
    content = kept.read_bytes()
    kept.write_bytes(content[:cut])
    with pytest.raises(ModelError, match="damaged"):
        model_io.load(kept)


def test_files_of_another_kind(trained, kept, tmp_path, monkeypatch):
    with pytest.raises(ModelError, match="no model here"):
        model_io.load(tmp_path / "nothing")
    skops.io.dump({"about": {}}, kept)
    with pytest.raises(ModelError, match="not a model of this package"):
        model_io.load(kept)
    model_io.save(replace(trained, about=replace(trained.about, format=99)), kept)
    with pytest.raises(ModelError, match="another version"):
        model_io.load(kept)
    model_io.save(replace(trained, about=replace(trained.about, weights="0" * 64)), kept)
    with pytest.raises(ModelError, match="other weights of dlib_resnet29"):
        model_io.load(kept)


@pytest.fixture(scope="module")
def network(few, tmp_path_factory):
    """A network after two short epochs, what it was trained by, and its file."""
    task = cohort.tasks(few[0])[0]
    rows = np.flatnonzero(few[0].table["label"].isin(task.classes))
    images, faces = cohort_of(few[0], rows, task.classes), rows_of(few[1], rows)
    job = dtl1.Job(NAME, task, Recipe(epochs=2, learning_rate=2e-4), aside=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACEDIAG_CACHE", str(tmp_path_factory.mktemp("cache")))
        [(_, tuned)] = dtl1.run_all([job], images, faces, kept=job)
        assert dtl1.run_all([job], images, faces)[0][1].averaged is None
        trained = trained_model.from_network(job, tuned.averaged, images, faces)
        pictures = alignment.aligned_chips(images, faces, 150, "tight")
    test = np.flatnonzero(images.table["split"] == "test")
    logits = predict(tuned.averaged, pictures, test, registry.get(NAME))
    said = [task.classes[k] for k in logits.argmax(dim=1)]
    with pytest.raises(ModelError, match="aside=True"):
        trained_model.from_network(replace(job, aside=False), tuned.averaged, images, faces)
    return trained, said, images, model_io.save(trained, tmp_path_factory.mktemp("model") / "network.any")


def test_a_network_that_was_kept_says_the_same_and_what_the_training_says(network):
    trained, said, images, path = network
    assert path.name == "network.safetensors" and 0.05 <= trained.about.setting <= 20
    loaded = model_io.load(path.with_suffix(""))
    assert loaded.about == trained.about and np.array_equal(loaded.features, trained.features)
    test = images.table[images.table["split"] == "test"].iloc[:6]
    before, after = (
        list(trained_model.answers(replace(m, about=replace(m.about, limit=1e9)), test["path"]))
        for m in (trained, loaded)
    )
    assert [a.ranked for a in before] == [a.ranked for a in after]
    assert [a.ranked[0][0] for a in after] == said
    for answer in after:
        assert sum(score for _, score in answer.ranked) == pytest.approx(1, abs=1e-5)


def test_temperature_is_that_of_the_likeliest_scores():
    """Logits that are three times too sure."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (4000, 3))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    numbers = np.array([rng.choice(3, p=row) for row in chances])
    assert trained_model.temperature(3 * logits, numbers) == pytest.approx(3, rel=0.05)


@pytest.mark.parametrize("damage", [lambda b: b[:100], lambda b: b"", lambda b: b[:-5], lambda b: b"x" * 50])
def test_a_damaged_network(network, tmp_path, damage):
    path = tmp_path / "network.safetensors"
    path.write_bytes(damage(network[3].read_bytes()))
    with pytest.raises(ModelError, match=r"damaged|not those of"):
        model_io.load(path)


def test_tensors_of_something_else(network, tmp_path):
    from safetensors.torch import save_file

    path = tmp_path / "network.safetensors"
    save_file({"x": torch.zeros(3)}, path)
    with pytest.raises(ModelError, match="not a model of this package"):
        model_io.load(path)
    about = json.dumps(vars(network[0].about))
    save_file({"features": torch.zeros(3), "network.x": torch.zeros(3)}, path, metadata={"about": about})
    with pytest.raises(ModelError, match="its tensors are not those of dlib_resnet29"):
        model_io.load(path)


def test_code_in_a_file_is_not_run(trained, kept, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    skops.io.dump({"about": vars(trained.about), "classifier": Evil(), "features": trained.features}, kept)
    with pytest.raises(ModelError, match=r"holds .*Evil.* it was not loaded"):
        model_io.load(kept)
    assert not (tmp_path / "made-by-a-model").exists()


def test_the_command(kept, tmp_path, test_images, monkeypatch, capsys):
    """As a process where it answers, and within this one where it does not; what draws is loaded only to draw."""
    noise = picture(tmp_path / "new\nline.png", 1)
    asked = ["predict", str(noise), str(test_images["path"].iloc[0]), "--model", str(kept)]
    code = "import sys\nfrom facediag_utils.__main__ import main\nstatus = main()\nsys.exit(9 if 'matplotlib' in sys.modules else status)"
    done = subprocess.run([sys.executable, "-c", code, *asked], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0 and "Research and teaching only; not a medical device" in done.stdout
    assert "of a real person it says nothing at all" in done.stdout and "new\\nline.png: no answer" in done.stdout
    monkeypatch.setattr(sys, "argv", ["facediag", "predict", str(noise), "--model", str(kept)])
    assert __main__.main() == 1
    drawn = tmp_path / "why.png"
    asked = ["facediag", "predict", str(test_images["path"].iloc[0]), "--model", str(kept), "--explain"]
    monkeypatch.setattr(sys, "argv", [*asked, str(drawn)])
    assert __main__.main() == 0 and heat_maps.CAUTION in capsys.readouterr().out
    with Image.open(drawn) as image:
        assert image.info["Title"] == heat_maps.CAUTION and min(image.size) > 200
    monkeypatch.setattr(sys, "argv", [*asked[:2], str(noise), *asked[3:], str(tmp_path / "none.png")])
    assert __main__.main() == 1 and "no heat map: no answer" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", [*asked, str(tmp_path / "why.txt")])
    assert __main__.main() == 1 and "a file that ends in .png" in capsys.readouterr().err
    assert not list(tmp_path.glob("none*"))
    monkeypatch.setattr(sys, "argv", ["facediag", "predict", str(noise), "--model", str(kept)])
    kept.unlink()
    assert __main__.main() == 1 and "no model here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("distance", "said"),
    [
        (1.0004, "a little farther than"),
        (1.049, "a little farther than"),
        (1.06, "1.1 times as far as"),
        (12.3, "12.3 times as far as"),
    ],
)
def test_no_face_is_once_as_far_as_itself(distance, said):
    assert trained_model._format_distance(distance) == said
