"""The page of ``make app`` as somebody meets it who writes no code: Voilà, and a headless Chromium that playwright drives.

``FACEDIAG_SCREENSHOTS=folder`` keeps pictures of it there, for a person to look at."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from facediag_utils.app import uploads
from facediag_utils.core.settings import ROOT

api = pytest.importorskip("playwright.sync_api", reason="no playwright: python -m pip install playwright")
from browser import CHROMIUM, FLAGS, PATIENCE

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium"),
    pytest.mark.slow,
]
CLASSES, EACH = ("control", "down_syndrome", "leprosy"), 20


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="module")
def server(home):
    """Address of the page with its token; whatever it makes goes below ``home``."""
    folders = {"FACEDIAG_OUT": "out", "FACEDIAG_CACHE": "cache", "JUPYTER_CONFIG_DIR": "config"}
    folders |= {"JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime", "TMPDIR": "tmp"}
    (home / "tmp").mkdir()
    environment = os.environ | {name: str(home / folder) for name, folder in folders.items()}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "facediag_utils", "app", "--", f"--port={port}", "--no-browser"]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield _address(process, home / "log")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def _address(process, log):
    for _ in range(10 * PATIENCE):
        if found := re.search(r"http://\S+\?token=\w+", log.read_text()):
            return found[0]
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def browser():
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        api.expect.set_options(timeout=1000 * PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, server):
    """A page that was opened just now."""
    page = opened(browser, server)
    yield page
    page.close()


def opened(browser, server, width=1280, height=900):
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(server)
    api.expect(page.get_by_role("button", name="Begin")).to_be_visible()
    return page


def keep_picture(page, name):
    if folder := os.environ.get("FACEDIAG_SCREENSHOTS"):
        page.screenshot(path=Path(folder, f"app_{name}.png"), full_page=True)


def choose(page, name):
    page.get_by_label("Data set").select_option(label=name)
    page.get_by_role("button", name="Begin").click()


def begin(page, name):
    page.get_by_label("Its name").fill(name)
    page.get_by_role("button", name="Begin").click()


def files_of(table, label, count=EACH):
    return list(table.loc[table["label"] == label, "path"][:count])


def upload(page, label, paths):
    """Give pictures to a class as the browser's own dialogue would."""
    page.get_by_label("Class", exact=True).fill(label)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add pictures").click()
    chooser.value.set_files(paths)
    api.expect(page.get_by_text(f"of {len(paths)} pictures of '{label}' kept")).to_be_visible()


def ask(page, path):
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a picture").click()
    chooser.value.set_files([path])


@pytest.mark.exhaustive
def test_the_whole_way(page, browser, server, home, bundled, tmp_path):
    keep_picture(page, "1_home")
    begin(page, "three")
    table = bundled.table
    for label in CLASSES:
        upload(page, label, files_of(table, label))
    hostile = tmp_path / "cut.jpg"
    hostile.write_bytes(table["path"].iloc[0].read_bytes()[:3000])
    words = tmp_path / "words.png"
    words.write_text("<script>alert(1)</script>")
    upload(page, "control", [hostile, words])
    page.get_by_role("button", name="Read the pictures").click()
    api.expect(page.get_by_text("60 pictures in 3 classes")).to_be_visible()
    for name in ("cut.jpg", "words.png"):  # named, and why
        row = page.locator("tr", has_text=name)
        api.expect(row).to_have_count(1)
        assert row.locator("td").nth(2).inner_text()
    api.expect(page.get_by_alt_text("aligned face, Down syndrome")).to_have_count(6)
    keep_picture(page, "2_pictures")

    page.get_by_role("button", name="Train", exact=True).click()
    api.expect(page.get_by_text("classified correctly, of all test images")).to_be_visible()
    api.expect(page.get_by_alt_text("Confusion matrix")).to_have_count(1)
    api.expect(page.get_by_alt_text("ROC curve,")).to_have_count(2)
    keep_picture(page, "3_svm")

    page.get_by_label("Method").select_option(label="fine-tuning (DTL1)")
    api.expect(page.get_by_label("Epochs")).to_have_value(re.compile("^[2-9]"))  # what the network's record says
    page.get_by_label("Epochs").fill("500")
    page.get_by_label("Epochs").press("Tab")
    page.get_by_role("button", name="Train", exact=True).click()
    api.expect(page.get_by_alt_text(re.compile("over [2-9] epochs"))).to_be_visible()
    other = opened(browser, server)  # a second page sees it, and the first may be closed
    page.close()
    choose(other, "three")
    api.expect(other.get_by_text("training ...")).to_be_visible()
    other.get_by_role("button", name="Stop").last.click()
    api.expect(other.get_by_text(re.compile("trained, stopped after [0-9]+ of 500 epochs"))).to_be_visible()
    api.expect(other.get_by_alt_text("Confusion matrix")).to_have_count(2)
    keep_picture(other, "4_stopped")

    manifest = pd.read_csv(home / "cache" / "profiles" / "three" / "manifest.csv")
    own = home / "out" / "runs" / "three" / "pictures" / manifest.loc[manifest["split"] == "train", "image"].iloc[0]
    _, svm = other.get_by_label("Model").locator("option").all_inner_texts()
    ask(other, own)  # of the model that is chosen by itself; a picture that it knows is never too far
    api.expect(other.get_by_text(re.compile("answered by .*, right in"))).to_be_visible()
    api.expect(other.get_by_text("of the test pictures. The picture is in the data set (training)")).to_be_visible()
    other.get_by_label("Model").select_option(label=svm)
    stranger = sorted((bundled.profile.data / "cases").rglob("*.jpg"))[0]
    ask(other, stranger)
    api.expect(other.get_by_text(f"{stranger.name}, answered by {svm}, right in")).to_be_visible()
    api.expect(other.get_by_text("Calibrated scores")).to_be_visible()
    api.expect(other.get_by_alt_text("Heat map.")).to_be_visible()
    keep_picture(other, "5_answer")
    other.set_viewport_size({"width": 400, "height": 800})
    keep_picture(other, "6_narrow")
    wide = other.evaluate("document.documentElement.scrollWidth")
    assert wide <= 400, wide
    other.set_viewport_size({"width": 1600, "height": 900})
    keep_picture(other, "7_wide")
    blank = tmp_path / "blank.png"
    Image.new("RGB", (300, 300), "grey").save(blank)
    ask(other, blank)
    api.expect(other.get_by_text("no answer: no face was found")).to_be_visible()
    keep_picture(other, "8_refused")

    other.get_by_role("button", name="Forget it").click()
    other.get_by_role("button", name="Yes, remove all of it").click()
    api.expect(other.get_by_text("removed: all pictures")).to_be_visible()
    assert not (home / "out" / "runs" / "three").exists()
    other.close()


def test_who_does_not_know_the_token_sees_nothing(browser, server):
    page = browser.new_context().new_page()
    page.goto(server.split("?")[0])
    api.expect(page.get_by_text("token", exact=False).first).to_be_visible()
    assert page.get_by_role("button", name="Begin").count() == 0
    page.close()


def test_an_archive_and_a_bad_name(page, bundled, tmp_path):
    begin(page, "../out")
    api.expect(page.get_by_role("alert")).to_contain_text("a name has letters, digits")
    begin(page, "packed")
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for label in CLASSES[:2]:
            for path in files_of(bundled.table, label, 9):
                packed.write(path, f"all/{label}/{path.name}")
        packed.writestr("../outside.jpg", b"no")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add an archive").click()
    chooser.value.set_files([archive])
    api.expect(page.get_by_text("18 files of all.zip unpacked")).to_be_visible()
    page.get_by_role("button", name="Read the pictures").click()
    api.expect(page.get_by_text("18 pictures in 2 classes")).to_be_visible()
    api.expect(page.locator("tr", has_text="../outside.jpg")).to_contain_text("leads out of the archive")
    api.expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    upload(page, "control", files_of(bundled.table, "control", 10)[9:])  # what was read is no longer all
    api.expect(page.get_by_text("read the pictures next")).to_be_visible()
    api.expect(page.get_by_role("button", name="Train", exact=True)).to_be_hidden()
    assert page.get_by_role("alert").count() == 0


def test_files_that_are_too_large_are_not_sent(page, tmp_path):
    begin(page, "large")
    large, said = tmp_path / "large.zip", []
    with large.open("wb") as stream:
        stream.truncate(uploads.MOST_BYTES + 1)
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.accept()))
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add an archive").click()
    chooser.value.set_files([large])
    choose(page, "bundled: 350 rendered portraits")  # the page lives
    api.expect(page.get_by_text("350 pictures in 5 classes")).to_be_visible()
    assert "at most 256 MiB can be uploaded at once" in said[0]
