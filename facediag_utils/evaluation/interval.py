"""A number with its 95% interval: one type for all of them, which unpacks into (value, low, high) and writes itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isnan, nan

import numpy as np
import pandas as pd
from scipy.stats import binomtest, bootstrap

DRAWS = 2000  # of a bootstrap


def written_p(p: float, equals: str = "") -> str:
    """A p value to three decimals: "0.023", or "< 0.001", which no rounding makes 0; in a sentence f"p {written_p(p, '= ')}"."""
    return "< 0.001" if p < 0.001 else f"{equals}{p:.3f}"


def written(value: float, digits: int) -> str:
    """A number to so many significant digits, never as 1e+02: "0.43", "41", "100"."""
    return np.format_float_positional(value, digits, fractional=False, trim="-")


@dataclass(frozen=True)
class Interval:
    """A value and the bounds of its 95% interval.

    Attributes
    ----------
    value, low, high : float
        Shares are 0..1; NaN where undefined.
    count : str
        What a share is a share of, "57/60"; empty for other numbers.
    """

    value: float
    low: float = nan
    high: float = nan
    count: str = ""

    def __iter__(self) -> Iterator[float]:
        return iter((self.value, self.low, self.high))

    def columns(self, name: str) -> dict[str, float]:
        """Value and bounds as a table of numbers names them: ``name``, ``name_low``, ``name_high``; the bounds of a column "value" are
        ``low`` and ``high``."""
        bounds = ("low", "high") if name == "value" else (f"{name}_low", f"{name}_high")
        return dict(zip((name, *bounds), self, strict=True))

    def __str__(self) -> str:
        """In per cent, with count and bounds: "95.0% 57/60 (86-98)"."""
        if isnan(self.value):
            return "undefined"
        text = f"{100 * self.value:.1f}%" + (f" {self.count}" if self.count else "")
        return text + ("" if isnan(self.low) else f" ({100 * self.low:.0f}-{100 * self.high:.0f})")

    def scaled(self, by: float) -> Interval:
        """The same in another unit."""
        return Interval(self.value * by, self.low * by, self.high * by, self.count)

    def percent(self, digits: int | None = None) -> str:
        """In per cent without the count: "95.0% (86-98)"; with so many significant digits, for very small shares."""
        if digits is None:
            return str(Interval(*self))
        if isnan(self.value):
            return "undefined"
        value, low, high = (written(100 * x, digits) for x in self)
        return f"{value}% ({low}-{high})"

    def points(self) -> str:
        """As a difference of shares in points: "+3 (-2 to +8)"."""
        value, low, high = (f"{round(100 * x):+d}" for x in self)
        return f"{value} ({low} to {high})"

    def plain(self, decimals: int = 2, sign: str = "") -> str:
        """As it is: "0.90 (0.82 to 0.95)"; with ``sign="+"`` the sign is always shown."""
        value, low, high = (f"{x:{sign}.{decimals}f}" for x in self)
        return f"{value} ({low} to {high})"


def flat(rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Rows with intervals as a table of plain numbers, three columns an interval (`Interval.columns`): what is written down."""
    made = []
    for row in rows:
        plain: dict[str, object] = {}
        for name, value in row.items():
            plain |= value.columns(name) if isinstance(value, Interval) else {name: value}
        made.append(plain)
    return pd.DataFrame(made)


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval:
    """A proportion and its Wilson score interval (Wilson 1927); NaN for no trials.

    >>> print(wilson_interval(57, 60))
    95.0% 57/60 (86-98)
    """
    if trials == 0:
        return Interval(nan, nan, nan, "0/0")
    bounds = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    return Interval(successes / trials, float(bounds.low), float(bounds.high), f"{successes}/{trials}")


def wilson_share(hits: np.ndarray, among: np.ndarray) -> Interval:
    """How many of the images of one mask are in another too, with Wilson's interval; both bool, (n,)."""
    return wilson_interval(int((hits & among).sum()), int(among.sum()))


def over_people(values: pd.Series, people: pd.Series | None = None) -> Interval:
    """A mean with its 95% interval by bootstrap over people (percentiles of `DRAWS` draws).

    Parameters
    ----------
    values : pandas.Series
        By face: a score, or the difference of two.
    people : pandas.Series, optional
        By face, who it is; each face another person if it is not given.
    """
    of_each = values.dropna()
    if people is not None:
        of_each = of_each.groupby(people.reindex(of_each.index)).mean()
    if len(of_each) < 2:
        return Interval(float(of_each.mean()) if len(of_each) else nan)
    found = bootstrap((of_each.to_numpy(),), np.mean, n_resamples=DRAWS, method="percentile", rng=0)
    low, high = found.confidence_interval
    return Interval(float(of_each.mean()), float(low), float(high))
