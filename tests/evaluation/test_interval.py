"""Intervals: what they are and how they write themselves."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facediag_utils.evaluation.interval import Interval, flat, wilson_interval, written, written_p


def test_wilson_of_newcombe_1998():
    """Table I of Newcombe (1998), method 3: 81/263, 15/148, 0/20, 1/29."""
    for (right, n), bounds in {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0000, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }.items():
        found = wilson_interval(right, n)
        assert (found.low, found.high) == pytest.approx(bounds, abs=5e-5) and found.count == f"{right}/{n}"


def test_it_writes_itself():
    share = wilson_interval(57, 60)
    assert str(share) == "95.0% 57/60 (86-98)" and share.percent() == "95.0% (86-98)"
    assert Interval(0.03, -0.02, 0.08).points() == "+3 (-2 to +8)"
    assert Interval(0.9, 0.82, 0.95).plain() == "0.90 (0.82 to 0.95)"
    assert Interval(0.1, -0.02, 0.2).plain(3, "+") == "+0.100 (-0.020 to +0.200)"
    assert Interval(0.1, 0.0, 0.2).scaled(100).plain(1) == "10.0 (0.0 to 20.0)"


def test_its_columns():
    assert Interval(0.5, 0.4, 0.7, "1/2").columns("share") == {"share": 0.5, "share_low": 0.4, "share_high": 0.7}
    assert list(Interval(0.5, 0.4, 0.7).columns("value")) == ["value", "low", "high"]


def test_intervals_become_three_columns():
    rows = [
        {"x": 1, "area": Interval(0.5, 0.4, 0.6), "value": Interval(2)},
        {"x": 2, "area": Interval(0.1), "value": Interval(3, 2, 4)},
    ]
    table = flat(rows)
    assert list(table) == ["x", "area", "area_low", "area_high", "value", "low", "high"]
    assert table.iloc[0, :5].tolist() == [1, 0.5, 0.4, 0.6, 2] and table.iloc[1, 4:].tolist() == [3, 2, 4]
    assert table.iloc[0, 5:].isna().all() and flat([]).empty


def test_no_p_value_is_written_as_0():
    given = (1, 0.0234, 0.001, 0.0009, 0)
    assert [written_p(p) for p in given] == ["1.000", "0.023", "0.001", "< 0.001", "< 0.001"]
    assert [f"p {written_p(p, '= ')}" for p in (0.5, 1e-9)] == ["p = 0.500", "p < 0.001"]


def test_small_and_large_shares_have_no_exponents():
    """Notebook 07 printed 1e+02% (99-1e+02)."""
    assert Interval(0.9996, 0.99, 1.0).percent(digits=2) == "100% (99-100)"
    assert Interval(0.0000123, 0.0000045, 0.00021).percent(digits=2) == "0.0012% (0.00045-0.021)"


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.integers(1, 17))
def test_no_share_is_ever_written_with_an_exponent(values, digits):
    share = Interval(*sorted(values), count="41/42")
    for text in (
        str(share),
        share.percent(),
        share.percent(digits),
        share.points(),
        share.plain(),
        share.scaled(100).plain(),
    ):
        assert not re.search(r"\de[+-]?\d|nan|inf", text)


@given(st.floats(0, 1e6), st.integers(1, 17))
def test_a_number_to_some_digits(value, digits):
    """As Python's own format writes it, but never as 1e+02."""
    text = written(value, digits)
    assert "e" not in text and float(text) == pytest.approx(float(f"{value:.{digits}g}"), rel=1e-12, abs=1e-300)


def test_what_is_undefined_says_so():
    assert str(wilson_interval(0, 0)) == "undefined" and Interval(math.nan).percent(digits=2) == "undefined"
    assert str(Interval(0.5)) == "50.0%"


@given(st.integers(0, 80), st.integers(1, 80))
def test_it_unpacks_and_holds_its_value(right, n):
    value, low, high = wilson_interval(min(right, n), n)
    assert 0 <= low <= value <= high <= 1
    assert np.array([tuple(wilson_interval(min(right, n), n))]).shape == (1, 3)
