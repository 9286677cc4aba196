"""What a run says of itself to machines, and the zip that goes with a paper."""

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from urllib.parse import unquote

import pytest
from rocrate.rocrate import ROCrate

from facediag_utils.core.errors import ReproduceError
from facediag_utils.core.files import file_digest, write_text
from facediag_utils.core.settings import ROOT
from facediag_utils.run import archive, crate, reproduce, verdict

BEGAN = datetime(2026, 5, 1, 12, 30, 20, tzinfo=timezone.utc)


def described(profile, began=BEGAN):
    path = crate.write(profile, reproduce.notebooks()[:2], began, began + timedelta(minutes=15), "exit status 0")
    return json.loads(path.read_text(encoding="utf-8"))["@graph"]


@pytest.fixture
def mine(own_output, folder):
    """What is left of a run on a folder of one's own: two figures, one of them made of faces, a table, a model, a page."""
    folder.add("ill/jane_doe.png", "ill", "test")
    profile = replace(folder.profile, name="mine", listed=folder.write())
    for name in ("figures/01_chart.png", "figures/01_chart.svg", "figures/01 faces.png", "results/a.csv"):
        write_text(profile.run / name, name)
    for name in ("results/model.skops", "results/.predictions.csv.lock", "pictures/ill/jane_doe.png", "report.html"):
        write_text(profile.run / name, name)
    return profile


def test_every_reference_of_a_crate_has_its_entity_and_every_file_its_checksum(recorded):
    graph = {entity["@id"]: entity for entity in described(recorded)}
    assert len(graph) > 100 and graph["ro-crate-metadata.json"]["conformsTo"]["@id"] == "https://w3id.org/ro/crate/1.1"

    def references(value):
        if isinstance(value, dict):
            return [value["@id"]]
        return [one for item in value for one in references(item)] if isinstance(value, list) else []

    outside = {"https://w3id.org/ro/crate/1.1", "http://schema.org/CompletedActionStatus"}
    named = {
        one for entity in graph.values() for key, value in entity.items() if key[0] != "@" for one in references(value)
    }
    assert named - set(graph) == outside
    files = {unquote(name): entity for name, entity in graph.items() if entity["@type"] == "File"}
    assert set(files) == {path.relative_to(recorded.run).as_posix() for path in crate.made(recorded)}
    assert all(file_digest(recorded.run / name) == entity["sha256"] for name, entity in files.items())


def test_a_crate_is_a_process_run_crate(recorded):
    """The profile's musts: the root conforms to it and mentions the action, which has an instrument; by rocrate itself."""
    described(recorded)
    read = ROCrate(recorded.run)
    [run] = read.root_dataset["mentions"]
    assert read.root_dataset["conformsTo"].id == crate.PROCESS_RUN and run.type == "CreateAction"
    software = run["instrument"]
    assert software.type == "SoftwareApplication" and software["name"] == "facediag" and software["version"]
    assert [author["name"] for author in software["author"]] == ["The facediag authors"]
    needed = {package["name"]: package.get("version") for package in software["softwareRequirements"]}
    assert needed["torch"] and needed["requirements.lock"] is None
    assert (run["startTime"], run["endTime"]) == ("2026-05-01T12:30:20+00:00", "2026-05-01T12:45:20+00:00")
    assert "notebooks 01, 02" in run["description"] and "exit status 0" in run["description"]
    assert [data.id for data in run["object"]] == ["#manifest", "#datasheet"] and len(run["result"]) > 100
    assert read.root_dataset["license"]["name"].startswith("CC0") and "rendered" in read.root_dataset["description"]


def test_what_was_there_before_is_no_result_of_the_run(recorded):
    described(recorded, began=datetime.now(timezone.utc) + timedelta(hours=1))
    assert ROCrate(recorded.run).dereference(crate.RUN)["result"] == []


def test_a_crate_of_ones_own_folder_names_no_picture(mine):
    text = json.dumps(described(mine))
    assert "jane_doe" not in text and "pictures/" not in text and '.lock"' not in text.replace("requirements.lock", "")
    assert "ill 4, well 3" in text and "not stated" in text and "CC0" not in text


def test_a_run_that_begins_removes_the_crate_of_the_last(mine):
    described(mine)
    verdict.begin(mine)
    assert not (mine.run / verdict.CRATE).exists()


def test_an_archive_is_a_crate_with_all_that_a_run_made(recorded):
    for figure in recorded.figures.glob("0[2-9]*"):
        figure.unlink()
    described(recorded)
    path = archive.archive(recorded)
    digest = file_digest(path)
    assert path.parent == recorded.run  # `forget` removes it with the run
    with pytest.raises(ReproduceError, match="is there already"):
        archive.archive(recorded)
    again = "from facediag_utils.core.profiles import profile\nfrom facediag_utils.run import archive\narchive.archive(profile(), True)"
    subprocess.run([sys.executable, "-c", again], cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": "7"}, check=True)
    assert digest == file_digest(path)
    read = ROCrate(path)
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
        assert names == sorted(names) and {info.date_time for info in packed.infolist()} == {(2026, 5, 1, 12, 45, 20)}
        entities = {unquote(entity.id): entity for entity in read.data_entities}
        assert set(names) == {*entities, "README.md", "ro-crate-metadata.json"}
        assert {"inputs/manifest.csv", "requirements.lock", "CITATION.cff", "results/predictions.csv"} < set(names)
        assert packed.read("requirements.lock") == (ROOT / "requirements.lock").read_bytes()
        assert "rendered, not photographed" in packed.read("README.md").decode()


def test_an_archive_of_people_shows_nobody(mine):
    described(mine)
    with zipfile.ZipFile(archive.archive(mine)) as packed:
        assert {name for name in packed.namelist() if "/" in name} == {
            "figures/01_chart.png",
            "figures/01_chart.svg",
            "results/a.csv",
        }
        said = packed.read("README.md").decode()
        assert "trained models" in said and "name the files of the pictures" in said and "make reproduce DATA=" in said
        assert "01%20faces" not in packed.read("ro-crate-metadata.json").decode()


def test_an_archive_with_thumbnails_has_the_figures_of_faces_and_says_so(mine):
    shown = replace(mine, thumbnails=True, salt="hashed")
    described(shown)
    with zipfile.ZipFile(archive.archive(shown)) as packed:
        assert "figures/01 faces.png" in packed.namelist()
        said = packed.read("README.md").decode()
        assert "report show faces" in said and "name the files" not in said


def test_nothing_is_packed_that_the_run_did_not_leave_so(mine):
    with pytest.raises(ReproduceError, match="no run that came to its end"):
        archive.archive(mine)
    described(mine)
    write_text(mine.run / "results" / "a.csv", "changed")
    with pytest.raises(ReproduceError, match=r"changed since the run: results/a\.csv"):
        archive.archive(mine)
