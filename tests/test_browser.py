"""Notebooks as a reader meets them: JupyterLab in a headless Chromium that playwright drives.

``FACEDIAG_SCREENSHOTS=folder`` keeps a picture of every notebook there, for a person to look at."""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from facediag_utils.core import profiles
from facediag_utils.core.settings import ROOT
from facediag_utils.run import reproduce

api = pytest.importorskip("playwright.sync_api", reason="no playwright: python -m pip install playwright")
from browser import CHROMIUM, FLAGS, PATIENCE

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium"),
    pytest.mark.slow,
]
SETTINGS = {  # every cell stands in the page, scrolled to or not; nothing is asked of the network
    "notebook-extension/tracker": {"windowingMode": "none", "scrollPastEnd": False},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
# One notebook at a time, and a kernel only where one is needed.
OPEN = """async ([path, shouldStart]) => {
    [...jupyterapp.shell.widgets("main")].forEach(widget => widget.dispose());
    const kernelPreference = shouldStart ? undefined : { shouldStart };
    return (await jupyterapp.commands.execute("docmanager:open", { path, kernelPreference })).id;
}"""
VISIBLE = """cells => cells.map(cell => {
    const copy = cell.cloneNode(true);
    copy.querySelectorAll("code").forEach(code => code.remove());
    return copy.textContent;
})"""
RUN = """async names => {
    const { content, sessionContext } = jupyterapp.shell.currentWidget;
    await sessionContext.ready;
    for (const name of names) {
        content.activeCellIndex = content.widgets.findIndex(cell => cell.model.id == name);
        await jupyterapp.commands.execute("notebook:run-cell");
    }
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Address of a JupyterLab on a copy of the notebooks; its kernels write into the folder that is given too."""
    home = tmp_path_factory.mktemp("lab")
    (home / "notebooks").mkdir()
    for path in reproduce.notebooks():
        copy(path, home / "notebooks")
    for name, values in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    folders = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
    folders |= {"JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces", "FACEDIAG_OUT": "out"}
    environment = os.environ | {name: str(home / folder) for name, folder in folders.items()}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0"]
    command += [f"--IdentityProvider.token={secrets.token_hex()}", f"--notebook-dir={home / 'notebooks'}"]
    command += ["--LabApp.expose_app_in_browser=True"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment | {"PYTHONPATH": str(ROOT)}, stdout=log, stderr=log)
    try:
        yield _address(server, home), home / "out"
    finally:
        server.terminate()
        server.wait()


def copy(path: Path, folder: Path) -> None:
    """A notebook, without its outputs where nobody looks at pictures of it: a browser takes seconds to show them."""
    book = nbformat.read(path, as_version=4)
    if "FACEDIAG_SCREENSHOTS" not in os.environ:
        for cell in book.cells:
            if cell.cell_type == "code":
                cell.outputs = []
    nbformat.write(book, folder / path.name)


def _address(server: subprocess.Popen, home: Path) -> str:
    """What JupyterLab has written down of itself, once it answers."""
    for _ in range(10 * PATIENCE):
        for path in home.glob("runtime/jpserver-*.json"):
            if (text := path.read_text()).endswith("}"):  # written to its end
                told = json.loads(text)
                return f"{told['url']}lab?token={told['token']}"
        assert server.poll() is None, (home / "log").read_text()
        time.sleep(0.1)
    raise AssertionError((home / "log").read_text())


@pytest.fixture(scope="module")
def page(lab):
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.set_default_timeout(1000 * PATIENCE)
        api.expect.set_options(timeout=1000 * PATIENCE)
        page.goto(lab[0])
        page.wait_for_function("window.jupyterapp")
        page.evaluate("jupyterapp.restored")
        yield page
        browser.close()


def opened(page, path, kernel=False):
    """A notebook's panel and the sources of its Markdown cells, once all of these are rendered."""
    panel = page.locator(f"#{page.evaluate(OPEN, [path.name, kernel])}")
    source = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    api.expect(panel.locator(".jp-RenderedMarkdown:not(:empty)")).to_have_count(len(source))
    return panel, "\n".join(source)


@pytest.mark.parametrize("path", reproduce.notebooks(), ids=lambda path: path.stem)
def test_markdown_is_rendered(page, path):
    panel, source = opened(page, path)
    keep_picture(page, panel, path.stem)
    cells = panel.locator(".jp-RenderedMarkdown")
    assert not re.findall(r"^.*(?:##|\*\*|<!--|-->).*$", "\n".join(cells.evaluate_all(VISIBLE)), re.MULTILINE)
    headings = cells.locator("h1, h2, h3").evaluate_all("all => all.map(one => [one.tagName, one.textContent])")
    wanted = re.findall("^(#+) (.+)$", source, re.MULTILINE)
    assert [(tag, text.removesuffix("¶")) for tag, text in headings] == [(f"H{len(a)}", text) for a, text in wanted]
    assert cells.locator("strong").all_text_contents() == re.findall(r"\*\*(.+?)\*\*", source, re.DOTALL)


def keep_picture(page, panel, name):
    """The whole notebook, not only what fits into a window."""
    if folder := os.environ.get("FACEDIAG_SCREENSHOTS"):
        size = page.viewport_size
        height = panel.locator(".jp-WindowedPanel-outer").evaluate("all => all.scrollHeight")
        page.set_viewport_size({**size, "height": height + 100})
        panel.screenshot(path=Path(folder, f"{name}.png"))
        page.set_viewport_size(size)


def test_a_click_answers_the_reader_study(page, lab, monkeypatch):
    monkeypatch.setenv("FACEDIAG_OUT", str(lab[1]))
    profile = profiles.profile("bundled")
    profile.results.mkdir(parents=True)
    shutil.copy(profile.record / "predictions.csv", profile.results)
    panel, _ = opened(page, reproduce.NOTEBOOKS / "08_clinician_comparison.ipynb", kernel=True)
    page.evaluate(RUN, ["08-01", "08-02", "08-16"])
    panel.get_by_role("button", name="Control").click()
    panel.get_by_role("button", name="Store, next").click()
    api.expect(panel.get_by_text("1 of 60 read")).to_be_visible()
    keep_picture(page, panel, "08_one_answer")
    assert pd.read_csv(profile.results / "readers" / "binary-me.csv")["answer"].to_list() == ["control"]


def test_an_arrow_key_moves_the_threshold_by_one_image(page):
    panel, _ = opened(page, reproduce.NOTEBOOKS / "07_roc_confusion.ipynb", kernel=True)
    page.evaluate(RUN, ["07-01", "07-02", "07-07", "07-t1", "07-t3"])
    state = panel.get_by_role("status")
    api.expect(state).to_contain_text(" 30 of 60 test images are called Beta-thalassemia")
    panel.locator(".noUi-handle").press("ArrowRight")
    api.expect(state).to_contain_text(" 29 of 60 test images")
    api.expect(panel.get_by_alt_text(state.text_content())).to_have_count(1)
    keep_picture(page, panel, "07_threshold_moved")
