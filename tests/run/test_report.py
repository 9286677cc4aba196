"""The report: one page that needs no other file, with every table and figure of the run."""

import base64
import os
import re
import shutil
import subprocess
import sys

import pytest

from facediag_utils.core import profiles
from facediag_utils.core.errors import ResultsError
from facediag_utils.core.settings import ROOT
from facediag_utils.run import report


def test_all_tables_and_figures_are_on_the_page(recorded):
    page = report.write(recorded).read_text(encoding="utf-8")
    for number in (3, 4, 5, 6):
        assert f"Table {number}. Detection of" in page
    drawn = {path.stem for path in recorded.figures.glob("*.*")}
    assert page.count("<img ") == len(drawn) and drawn <= set(report.CAPTIONS)
    assert "weights not installed (make weights WEIGHTS=vgg16_vggface)" in page
    assert "rendered, not photographed" in page and "not a medical device" in page


def test_it_needs_no_other_file_and_names_no_machine(recorded):
    page = report.write(recorded).read_text(encoding="utf-8")
    sources = re.findall(r'src="([^"]{0,40})', page)
    assert sources and all(
        source.startswith(("data:image/svg+xml;base64,", "data:image/jpeg;base64,")) for source in sources
    )
    text = re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)
    assert not re.search(r"https?://|<script|<link|/(?:home|root|tmp|Users)/", text)
    for content in re.findall(r"jpeg;base64,([A-Za-z0-9+/=]+)", page):
        assert base64.b64decode(content)[:3] == b"\xff\xd8\xff"


def test_equal_results_equal_page(recorded):
    assert report.write(recorded).read_bytes() == report.write(recorded).read_bytes()


def test_nothing_to_report_is_said(own_output):
    with pytest.raises(ResultsError, match="no predictions yet"):
        report.write(profiles.profile("bundled"))


def test_results_without_figures(recorded):
    shutil.rmtree(recorded.figures)
    with pytest.raises(ResultsError, match="no figures yet; run `make reproduce` first"):
        report.write(recorded)


def test_the_command_writes_it_and_says_where(recorded, own_output):
    environment = {**os.environ, "BROWSER": "true", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "facediag_utils", "report"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(own_output / "results" / "bundled" / "report.html")
    assert (own_output / "results" / "bundled" / "report.html").stat().st_size > 100_000
