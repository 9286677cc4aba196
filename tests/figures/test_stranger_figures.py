"""Figures of strangers: what they draw is what they were given."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.stranger_results import ALL, BESIDE, FITTED, LEFT_OUT
from facediag_utils.figures import strangers as figures
from facediag_utils.methods.strangers import RAW, RULES, SUPERVISED


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture
def table():
    """Top-1 by network, rule, features, size and whose queries: 120 shares that are all different."""
    rows = []
    for network in ("n1", "n2"):
        for rule in RULES:
            for kind in (RAW, SUPERVISED):
                for size in (1, 3):
                    for own in (LEFT_OUT, BESIDE) if kind == RAW else (LEFT_OUT, FITTED, BESIDE):
                        for name in (ALL,) if own == BESIDE else (ALL, "ill"):
                            key = {"network": network, "rule": rule, "features": kind, "gallery": size}
                            rows.append(key | {"own": own, "class": name, "n": 50 if own == BESIDE else 30})
    frame = pd.DataFrame(rows)
    top = 0.2 + 0.5 * np.arange(len(frame)) / len(frame)
    return frame.assign(top1=top, top1_low=top - 0.1, top1_high=top + 0.1)


def points(axis):
    """Drawn points of each errorbar, by its legend."""
    return {bar.get_label(): bar.lines[0].get_xydata() for bar in axis.containers}


def test_by_gallery_draws_the_strangers_alone(table):
    figure = figures.by_gallery(table, {"n1": "N1", "n2": "N2"}, 0.2, "title")
    assert [axis.get_title() for axis in figure.axes] == [
        f"{network}, {figures.RULES[rule]}" for network in ("N1", "N2") for rule in RULES
    ]
    wanted = table[(table["own"] == LEFT_OUT) & (table["class"] == ALL)]
    for axis, (network, rule) in zip(figure.axes, [(n, r) for n in ("n1", "n2") for r in RULES], strict=True):
        for kind in (RAW, SUPERVISED):
            rows = wanted[(wanted["network"] == network) & (wanted["rule"] == rule) & (wanted["features"] == kind)]
            assert points(axis)[figures.KINDS[kind]][:, 1] == pytest.approx(100 * rows["top1"].to_numpy())


def test_each_class_with_what_became_of_it(table):
    rows = table[(table["network"] == "n1") & (table["rule"] == "nearest") & (table["gallery"] == 3)]
    figure = figures.by_class(rows, 0.2, "title")
    first, second = figure.axes
    assert first.get_title() == "all of them (n = 30, triangles 50)" and second.get_title() == "ill (n = 30)"
    assert set(points(first)) == {f"own class {own}" for own in (LEFT_OUT, FITTED, BESIDE)}
    assert set(points(second)) == {f"own class {own}" for own in (LEFT_OUT, FITTED)}
    found = points(second)[f"own class {LEFT_OUT}"]
    wanted = rows[(rows["class"] == "ill") & (rows["own"] == LEFT_OUT)]["top1"].to_numpy()
    assert found[:, 0] == pytest.approx(100 * wanted) and found[0, 1] > found[1, 1]


def test_matches_stand_beside_chance_and_p():
    rows = [("class", RAW, 0.4, 0.25, 0.0002), ("class", SUPERVISED, 0.3, 0.26, 0.2), ("sex", RAW, 0.9, 0.5, 0.01)]
    found = pd.DataFrame(rows, columns=["alike", "features", "match", "chance", "p"]).assign(n=12)
    found["match"] = [Interval(value, value - 0.1, value + 0.1) for value in found["match"]]
    figure = figures.match_rates(found, "title")
    assert [axis.get_title() for axis in figure.axes] == ["of the same class (n = 12)", "of the same sex (n = 12)"]
    assert [text.get_text() for text in figure.axes[0].texts] == ["p < 0.001", "p = 0.200"]
    [chance] = [line for line in figure.axes[0].lines if line.get_marker() == "|" and line.get_markersize() == 18]
    assert chance.get_xdata() == pytest.approx([25, 26])


def test_everybody_with_a_distance_is_drawn():
    scores = {"well": np.array([1.0, 2, 3]), "ill": np.array([2.0, np.nan, 5, 6])}
    called = {"well": Interval(0, 0, 0.5, "0/3"), "ill": Interval(0.5, 0.2, 0.8, "2/4")}
    figure = figures.far_from_normal(scores, called, 4.0, "far", "title")
    [axis] = figure.axes
    assert [sorted(part.get_offsets()[:, 0]) for part in axis.collections] == [[1, 2, 3], [2, 5, 6]]
    assert [text.get_text() for text in axis.texts][:2] == [str(called["well"]), str(called["ill"])]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["well", "ill"]
    assert axis.get_yticks()[0] > axis.get_yticks()[1]


def test_areas_by_score_and_network():
    rows = [(score, title, group) for score in ("s", "t") for title in ("N1", "N2") for group in ("all", "a")]
    found = pd.DataFrame(rows, columns=["score", "title", "group"]).iloc[:-1]
    found["area"] = [Interval(0.5 + k / 20, 0.4, 0.95) for k in range(len(found))]
    figure = figures.areas(found, ["all", "a"], "title")
    assert [axis.get_title() for axis in figure.axes] == ["s", "t"]
    assert points(figure.axes[0])["N2"][:, 0] == pytest.approx([0.6, 0.65])
    assert points(figure.axes[1])["N2"][:, 0] == pytest.approx([0.8])
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["a", "all"]
    assert not figure.axes[0].texts and not figure.axes[1].texts


def test_a_group_without_an_area_says_so():
    found = pd.DataFrame({"score": ["s", "s", "t"], "title": "N1", "group": ["all", "a", "a"]})
    figure = figures.areas(found.assign(area=[Interval(0.6, 0.5, 0.7)] * 3), ["all", "a"], "title")
    assert not figure.axes[0].texts
    [said] = figure.axes[1].texts
    assert said.get_text() == "not computed" and said.xy[1] == 1  # the upper row


def test_pictures_of_the_same_class_are_framed(few):
    images, faces = few
    nearest = {RAW: [1, 20, 2]}
    figure = figures.neighbours(images, faces, 0, nearest, "title")
    labels = images.table["label"]
    framed = [axis.spines["left"].get_linewidth() > 0 for axis in figure.axes]
    assert framed == [False, *(labels.iloc[row] == labels.iloc[0] for row in nearest[RAW])] and any(framed)
    assert "female" in figure.axes[0].get_title() or "male" in figure.axes[0].get_title()
