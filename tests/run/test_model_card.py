"""The model card and its checklist: what they say of a rendered cohort and of one's own."""

import re

import mistune
import numpy as np
import pandas as pd
import pytest
from jinja2 import UndefinedError
from made import made, recorded_accuracy

from facediag_utils.core import profiles
from facediag_utils.data.cohort import NO_FACE
from facediag_utils.data.store import write_csv
from facediag_utils.run import model_card
from facediag_utils.run.rendering import escape_cell, render

OWNER = "Not known to this package; whoever provides the images has to answer."
FACTS = {"images": 100, "tested": 40, "lost": 1, "splits": 200}


def rows_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")]


def test_the_card_says_what_it_must(recorded, own_output):
    path = model_card.write(recorded)
    assert path == own_output / "runs" / "bundled" / "model_card.md"
    text = path.read_text(encoding="utf-8")
    for heading in ("Model details", "Intended use", "Factors", "Metrics", "Data", "Results", "Ethical considerations"):
        assert f"\n## {heading}\n" in text
    assert "Not a medical device" in text and "says nothing about how well anything diagnoses people" in text
    assert "this run (bundled, rendered)" in text and not re.search("[{}]", text)
    assert "350 rendered portraits, no photographs of people: 200 to train, 150 to test, 5 classes." in text
    assert "Known about each image, besides its class: ancestry, sex, age, severity." in text
    assert (
        f"| Detection of four diseases, 5 classes | DTL2, ResNet29 (dlib), 3M faces (dlib) | {recorded_accuracy()} |"
        in text
    )
    assert text.count("| DTL2 over DTL1 |") == 2 and "(0 of 150 test images)" in text and "redrawn 200 times" in text
    assert all(row.endswith("|") for row in rows_of(text)) and "\n\n\n" not in text


def test_a_cohort_of_ones_own_is_not_said_to_be_rendered(folder, own_output):
    """Its classes may have names that mean something in Markdown or HTML."""
    names = {"ill": "a|b*", "well": "<i>well"}
    for row in folder.rows:
        row["label"] = names[row["label"]]
    folder.write()
    label = np.resize(list(names.values()), 6)
    stored = made(np.arange(6) > 0, label).assign(task="all", predicted=np.r_[[NO_FACE], label[1:]])
    write_csv(folder.profile.results / "predictions.csv", stored)
    text = model_card.markdown(folder.profile)
    assert "rendered" not in text.lower() and "6 images: 4 to train, 2 to test, 2 classes." in text
    assert "Nothing is known about an image but its class." in text and OWNER in text
    html = mistune.create_markdown(plugins=["table"])(text)
    assert "<td>&lt;i&gt;well or a|b*, 2 classes</td>" in html
    assert html.count("<table>") == 3 and "<i>" not in html


def test_the_checklist_is_answered_for_both_kinds_of_cohort():
    own, rendered = (model_card.checklist(kind, FACTS) for kind in (False, True))
    assert len(own) == len(rendered) == 28 and list(own) == ["tripod", "claim", "topic", "met", "how"]
    assert not own["how"].str.lower().str.contains("rendered").any() and not (rendered["how"] == OWNER).any()
    assert (own["how"] == OWNER).sum() >= 3 and set(own.loc[own["how"] == OWNER, "met"]) == {"no"}
    for table in (own, rendered):
        assert set(table["met"]) == {"yes", "partly", "no"} and (table["how"] != "").all()
        assert not table.map(lambda cell: bool(re.search("[{}]|nan", cell))).any(axis=None)
    assert own["how"].str.contains("What was given: 100 images").any()
    assert rendered["how"].str.contains("(1 of 40 test images)", regex=False).any()


def test_cells_are_escaped_and_a_value_that_is_not_given_is_an_error():
    assert escape_cell("a|b <i> `*` [x] 1 < 2") == r"a\|b \<i> \`\*\` \[x] 1 < 2"
    with pytest.raises(UndefinedError, match="'networks' is undefined"):
        render("model_card.md", profile=profiles.profile())


def test_an_answer_names_only_facts_that_are_known():
    table = pd.read_csv(model_card.CHECKLIST, dtype=str, keep_default_na=False)
    named = {fact for cell in table.to_numpy().ravel() for fact in re.findall(r"{(\w*)}", cell)}
    assert named == set(FACTS)
