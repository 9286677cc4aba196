"""The report: one page that needs no other file, with every table and figure of the run."""

import base64
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from made import made

from facediag_utils import __main__
from facediag_utils.core.errors import ResultsError
from facediag_utils.core.settings import ROOT
from facediag_utils.data.store import write_csv
from facediag_utils.figures import style
from facediag_utils.networks import registry
from facediag_utils.run import report, report_figures


@pytest.fixture
def page(record_page):
    return record_page.read_text(encoding="utf-8")


@pytest.fixture
def own(folder, own_output):
    """A small run on a folder of one's own: predictions and a figure."""
    label = np.resize(["ill", "well"], 6)
    write_csv(folder.profile.results / "predictions.csv", made(np.arange(6) > 0, label=label).assign(task="all"))
    style.set_style()
    style.save(plt.figure(), folder.profile, "x", "Ill & <well>")
    plt.close("all")
    return folder.profile


def page_of(profile) -> str:
    return report.write(profile).read_text(encoding="utf-8")


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def table_after(page: str, words: str) -> list[list[str]]:
    """Cells of the first table behind some words."""
    table = page[page.index(words) :].split("<table>")[1].split("</table>")[0]
    return [re.findall(r"<t[dh](?: [^>]*)?>(.*?)</t[dh]>", row) for row in table.split("</tr>")[:-1]]


def test_all_tables_and_figures_are_on_the_page(page):
    for number in (3, 4, 5, 6):
        assert f"Table {number}. Detection of" in page
    assert (
        page.count("<img ") == len({path.stem for path in (ROOT / "figures").iterdir()}) + 2
    )  # and who is right, by task
    assert "rendered, not photographed" in page and "not a medical device" in page
    assert "<h2>Model card: this run (bundled, rendered)</h2>" in page and '<h3 id="checklist">Checklist</h3>' in page
    assert not set(re.findall("<h2>(.*?)</h2>", page)) & {
        "This run and the record",
        "The images",
        "Pictures without a face",
    }


def test_rows_without_weights_are_one_line_below_the_tables(page):
    assert "not installed" not in page and "AlexNet" not in page
    line = registry.absent(pd.read_csv(ROOT / "results" / "predictions.csv")["backbone"])
    assert line.startswith("Not shown: ") and page.count(line) == 1


def test_figures_are_shown_under_their_captions(own):
    style.save(plt.figure(), own, "y", formats=["png"])
    style.save(plt.figure(), own, "z", "Is it? Data: the paper's", formats=["png"])
    plt.close("all")
    page = page_of(own)
    captions = re.findall("<figcaption>(.*?)</figcaption>", page)
    assert captions == [
        "Ill &amp; &lt;well&gt;. Data: this run (test).",
        "y. Data: this run (test).",
        "Is it? Data: the paper&#39;s.",
    ]
    assert "Other figures" in page and "rendered" not in page.lower() and "Tables 3-6" not in page


def luminance(colour: str) -> float:
    """Of WCAG 2.2, of "#rrggbb"."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def test_letters_stand_out_from_their_ground(page):
    """By day, in the dark, in print: a contrast of 4.5 or more (WCAG 2.2, level AA)."""
    palettes = [
        dict(re.findall(r"--(\w+): (#\w{6});", block)) for block in re.findall(r":root \{(.*?)\}", page, re.DOTALL)
    ]
    assert len(palettes) == 3
    for colours in palettes:
        for ground in ("ground", "head"):
            for letters in ("text", "quiet", "link", "note"):
                one, other = sorted(luminance(colours[name]) + 0.05 for name in (ground, letters))
                assert other / one >= 4.5, (letters, ground, colours)


def test_figures_stand_under_their_notebooks(page):
    headings = re.findall(r'<section id="figures-(\d\d)">\s*<h3>(\d\d) · ', page)
    assert headings and all(one == other for one, other in headings)
    assert [number for number, _ in headings] == sorted({path.name[:2] for path in (ROOT / "figures").iterdir()})
    alts = re.findall(r'<img [^>]*alt="(.*?)"', page, re.DOTALL)
    of_others = [alt for alt in alts if "this run (bundled, rendered)" not in alt]
    assert (
        len(of_others) == 1
        and "Tables 3 to 6" in of_others[0]
        and "Data: the paper&#39;s photographs (DSF)" in of_others[0]
    )
    assert not {path.stem for path in (ROOT / "figures").iterdir()} & set(alts)


def test_no_percentage_has_an_exponent(page):
    text = re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)
    assert not re.search(r"\de\+\d", text)


def test_a_chart_that_is_too_large_goes_in_as_pixels(own, monkeypatch):
    assert page_of(own).count('src="data:image/svg+xml') == 2  # who is right, and the figure
    monkeypatch.setattr(report_figures, "LARGEST", 10)
    page = page_of(own)
    assert page.count('src="data:image/png') == 1 and "Chart: Ill &amp; &lt;well&gt;." in page


def test_it_needs_no_other_file_and_names_no_machine(page):
    sources = re.findall(r'src="([^"]{0,40})', page)
    assert sources and all(
        source.startswith(("data:image/svg+xml;base64,", "data:image/jpeg;base64,")) for source in sources
    )
    text = re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)
    assert not re.search(r"https?://|<script |<link|@import|url\(|/(?:home|root|tmp|Users)/", text)
    for content in re.findall(r"jpeg;base64,([A-Za-z0-9+/=]+)", page):
        assert base64.b64decode(content)[:3] == b"\xff\xd8\xff"


def test_equal_results_equal_page(own):
    style.save(plt.figure(), own, "y", formats=["png"])
    plt.close("all")
    assert report.write(own).read_bytes() == report.write(own).read_bytes()


RECORD = pd.DataFrame(
    [
        *(("a.csv", f"r{k}", "accuracy", "0.7", f"{0.7 - k / 100:.2f}", "0.05", "not reproduced", "seeds") for k in range(10, 22)),
        ("b.csv", "NA", "verdict", "supported", "cannot tell", "", "not reproduced", "words are equal or not"),
        ("b.csv", "small", "p", "0.5000", "0.5001", "0.001", "within tolerance", "rounding"),
        ("b.csv", "large", "p", "0.5000", "0.5009", "0.001", "within tolerance", "rounding"),
        ("c.csv", "r", "n", "1", "1", "0", "same", ""),
        ("c.csv", "<i>", "n", "1", "", "0", "missing", "no such row"),
    ],
    columns=["file", "row", "column", "recorded", "found", "tolerance", "outcome", "why"],
)  # fmt: skip


def test_the_verdict_against_the_record(own):
    write_csv(own.run / "reproduced.csv", RECORD)
    page = page_of(own)
    assert "Of its 17 values, this run found 1 the same and 2 that differ within" in text_of(page)
    assert "<strong>Not reproduced: 13; missing: 1.</strong>" in page
    assert (
        "Not reproduced: of 17 values of the record, 13 differ by more than their tolerance and 1 are missing"
        in text_of(page)
    )
    assert table_after(page, "<h2>This run and the record") == [
        ["file", "same", "within tolerance", "not reproduced", "missing"],
        ["a.csv", "0", "0", "12", "0"],
        ["b.csv", "0", "2", "1", "0"],
        ["c.csv", "1", "0", "0", "1"],
    ]
    worst = table_after(page, "measured in tolerances (the first 10)")
    assert [row[1] for row in worst[1:]] == ["NA", *(f"r{k}" for k in range(21, 12, -1))]
    within = table_after(page, "Within tolerance, the largest")
    assert within[1:] == [["b.csv", "large", "p", "0.5000", "0.5009", "0.001", "rounding"]]


def test_a_record_that_is_reproduced(own):
    write_csv(own.run / "reproduced.csv", RECORD[RECORD["outcome"].isin(["same", "within tolerance"])])
    page = page_of(own)
    assert "<strong>The record is reproduced:</strong> of its 3 values, 1 are the same and 2 differ within" in re.sub(
        r"\s+", " ", page
    )
    assert "Not reproduced" not in page
    assert table_after(page, "<h2>This run and the record")[0] == ["file", "same", "within tolerance"]


@pytest.mark.parametrize(
    ("lost", "counted"),
    [
        (["ill/0.png", "ill/2.png", "well/2.png"], [["ill", "1 of 2", "1 of 1"], ["well", "0 of 2", "1 of 1"]]),
        (["well/0.png", "well/1.png"], [["well", "2 of 2", "0 of 1"]]),
    ],
)
def test_pictures_without_a_face_are_counted_by_class_and_split(lost, counted, own):
    images = pd.read_csv(own.manifest)[["image", "label", "split"]]
    no_face = images[images["image"].isin(lost)].assign(outcome="no face", reason="")
    write_csv(own.results / "no_face.csv", no_face)
    page = page_of(own)
    assert table_after(page, "<h2>Pictures without a face") == [["class", "train", "test"], *counted]
    assert "Masks, hands and hair over the face" in page and not re.search(r"\d\.png", page)


def test_files_left_out_are_counted_by_kind(own):
    kinds = ["truncated"] * 8 + ["copy <of> another"] * 9
    left_out = pd.DataFrame({"file": [f"secret{k}" for k in range(17)], "label": "NA", "kind": kinds})
    write_csv(own.results / "left_out.csv", left_out.assign(reason=[f"{k} bytes" for k in range(17)]))
    page = page_of(own)
    assert table_after(page, "<h2>The images</h2>") == [
        ["reason", "files"],
        ["copy &lt;of&gt; another", "9"],
        ["truncated", "8"],
    ]
    assert "secret" not in page and "bytes" not in page


def test_tables_without_rows_are_not_shown(own):
    write_csv(own.results / "left_out.csv", pd.DataFrame(columns=["file", "label", "kind", "reason"]))
    write_csv(own.results / "no_face.csv", pd.DataFrame(columns=["image", "label", "split", "outcome", "reason"]))
    page = page_of(own)
    assert re.findall("<h2>(.*?)</h2>", page)[:4] == ["In short", "Contents", "Accuracy on the test images", "Figures"]
    assert set(re.findall('href="#(.*?)"', page)) <= set(re.findall('id="(.*?)"', page))


def test_nothing_to_report_is_said(folder, own_output):
    with pytest.raises(ResultsError, match="no predictions yet"):
        report.write(folder.profile)


def test_results_without_figures(recorded):
    shutil.rmtree(recorded.figures)
    with pytest.raises(ResultsError, match="no figures yet; run `make reproduce` first"):
        report.write(recorded)


def test_the_command_writes_it_shows_it_and_says_where(recorded, record_page, monkeypatch, capsys):
    shown = []
    monkeypatch.setattr(report.webbrowser, "open", shown.append)
    monkeypatch.setattr(sys, "argv", ["facediag", "report"])
    assert __main__.main() == 0
    [path] = capsys.readouterr().out.splitlines()
    assert path == str(recorded.run / "report.html") and shown == [recorded.run.joinpath("report.html").as_uri()]
    assert Path(path).read_bytes() == record_page.read_bytes()
    assert (recorded.run / "model_card.md").is_file()


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("report", 'report --profile "bundled"'),
        ("report NAME=mine", 'report --profile "mine"'),
        ("report PROFILE=dsf", 'report --profile "dsf"'),
        ("forget", 'forget "mine"'),
        ("forget NAME=other", 'forget "other"'),
    ],
)
def test_make_takes_the_run_that_was_named(said, command):
    """Also where the environment has a NAME, that of the computer."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "PROFILE"))}
    shown = subprocess.run(
        ["make", "-n", "VENV=", *said.split()],
        cwd=ROOT,
        env=environment | {"NAME": "host"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip().endswith(f"python -m facediag_utils {command}")


def test_the_page_says_when_nothing_is_pinned(own, monkeypatch):
    assert "numbers depend on this processor" not in page_of(own)
    monkeypatch.setenv("FACEDIAG_FAST", "1")
    assert page_of(own).count("FACEDIAG_FAST is set: numbers depend on this processor") == 1
