"""Heat maps scored where the truth is known: does what a map calls important lie on the signs?

The measures are those of CLEVR-XAI (Arras et al. 2022).  Each is 1 for a map that equals the mask and falls to the mask's share of
the picture (the area to 0.5) for a map that says nothing."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from facediag_utils.core.errors import ExplanationError
from facediag_utils.data.store import DECIMALS
from facediag_utils.evaluation.interval import over_people
from facediag_utils.evaluation.true_signs import Truth

PRIMARY = ("relevance rank", "AUC")  # the measures that methods are compared by
RIVALS = ("centred Gaussian", "mean training mask")  # and with what
COLUMNS = ["face", "network", "method", "measure", "value"]


def pointing_game(maps: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Whether the highest place lies on the mask; of several that are equally high, the share that does.

    Parameters
    ----------
    maps : numpy.ndarray
        (n, height, width), higher is more important; the sign matters.
    masks : numpy.ndarray
        bool, the same shape.

    Returns
    -------
    numpy.ndarray
        (n,), 0 to 1; NaN where the mask is empty, as for all measures here.
    """
    flat, on = _flat(maps, masks)
    best = flat == flat.max(axis=1, keepdims=True)
    return _known((best & on).sum(axis=1) / best.sum(axis=1), on)


def relevance_mass(maps: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Share of all positive values that lies on the mask; 0 if nothing is positive.  Parameters and result as `pointing_game`."""
    flat, on = _flat(maps, masks)
    positive = flat.clip(min=0)
    total = positive.sum(axis=1)
    share = np.divide((positive * on).sum(axis=1), total, out=np.zeros(len(total)), where=total > 0)
    return _known(share, on)


def relevance_rank(maps: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Of the K highest places, K being the size of the mask, the share that lies on it; places that tie count by their share.

    Parameters and result as `pointing_game`."""
    flat, on = _flat(maps, masks)
    size = on.sum(axis=1)
    last = np.take_along_axis(-np.sort(-flat, axis=1), (size - 1).clip(min=0)[:, None], axis=1)
    above, level = flat > last, flat == last
    left = size - above.sum(axis=1)  # places to be given to those that tie for the last
    hits = (above & on).sum(axis=1) + left * (level & on).sum(axis=1) / level.sum(axis=1)
    return _known(np.divide(hits, size, out=np.zeros(len(size)), where=size > 0), on)


def area(maps: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Area under the ROC curve of the map's values as a detector of the mask's places.  Parameters and result as `pointing_game`."""
    flat, on = _flat(maps, masks)
    size, rest = on.sum(axis=1), (~on).sum(axis=1)
    found = (rankdata(flat, axis=1) * on).sum(axis=1) - size * (size + 1) / 2
    return np.divide(found, size * rest, out=np.full(len(size), np.nan), where=size * rest > 0)


Measure = Callable[[np.ndarray, np.ndarray], np.ndarray]
MEASURES: dict[str, Measure] = {
    "pointing game": pointing_game,
    "relevance mass": relevance_mass,
    "relevance rank": relevance_rank,
    "AUC": area,
}


def _flat(maps: np.ndarray, masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if maps.shape != masks.shape:
        raise ExplanationError(f"maps of shape {maps.shape} and masks of shape {masks.shape}: scores need the same")
    return maps.reshape(len(maps), -1).astype(float), masks.reshape(len(masks), -1).astype(bool)


def _known(values: np.ndarray, on: np.ndarray) -> np.ndarray:
    return np.where(on.any(axis=1), values, np.nan)


def scored(known: Truth, network: str, maps: dict[str, np.ndarray]) -> pd.DataFrame:
    """All `MEASURES` of maps, as rows of ``explanations.csv``; faces without a marked place have none.

    Parameters
    ----------
    known : Truth
    network : str
    maps : dict of str to numpy.ndarray
        By method: (n, side, side).
    """
    parts = [
        rows_of(known.names, network, method, name, measure(found, known.masks))
        for method, found in maps.items()
        for name, measure in MEASURES.items()
    ]
    return pd.concat(parts, ignore_index=True)


def rows_of(names: np.ndarray, network: str, method: str, measure: str, values: np.ndarray) -> pd.DataFrame:
    """Rows of ``explanations.csv``, without those that are NaN."""
    table = pd.DataFrame({"face": names, "network": network, "method": method, "measure": measure, "value": values})
    return table.dropna(subset="value").assign(value=lambda t: t["value"].round(DECIMALS) + 0.0)[COLUMNS]


def of_others(maps: np.ndarray, known: Truth) -> np.ndarray:
    """AUC of each map on masks of other classes: those of faces with the same rank of severity in their own class, on average.

    A map that follows the disease fits its own face's mask better than these.

    Parameters
    ----------
    maps : numpy.ndarray
        (n, side, side).
    known : Truth

    Returns
    -------
    numpy.ndarray
        (n,); NaN where none of the others has a marked place.
    """
    labels, severity = known.labels, known.severity
    classes = sorted(set(labels))
    order = {name: np.flatnonzero(labels == name)[np.argsort(severity[labels == name])] for name in classes}
    found = np.full((len(classes), len(maps)), np.nan)
    for own in classes:
        for k, other in enumerate(classes):
            if other != own:
                places = np.linspace(0, len(order[other]) - 1, len(order[own])).round().astype(int)
                found[k, order[own]] = area(maps[order[own]], known.masks[order[other][places]])
    count = np.isfinite(found).sum(axis=0)
    return np.divide(np.nansum(found, axis=0), count, out=np.full(len(maps), np.nan), where=count > 0)


def own_and_others(maps: dict[str, np.ndarray], known: Truth) -> pd.DataFrame:
    """By method, mean AUC on the mask of the face itself, on those of other classes (`of_others`), and the difference, in words."""
    lines = {}
    for name, found in maps.items():
        own, others = area(found, known.masks), of_others(found, known)
        both = np.isfinite(own) & np.isfinite(others)
        own, others = np.where(both, own, np.nan), np.where(both, others, np.nan)
        lines[name] = [known.mean(own), known.mean(others), known.mean(own - others, "+")]
    return pd.DataFrame.from_dict(lines, "index", columns=["own mask", "masks of others", "difference"])


def similarity(maps: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Spearman's rank correlation of two maps of each face, (n, side, side) each: (n,), NaN where one is the same everywhere."""
    one, other = (rankdata(part.reshape(len(part), -1), axis=1) for part in (maps, others))
    one, other = (part - part.mean(axis=1, keepdims=True) for part in (one, other))
    size = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    return np.divide((one * other).sum(axis=1), size, out=np.full(len(size), np.nan), where=size > 0)


def means(table: pd.DataFrame, measure: str, people: pd.Series | None = None) -> pd.DataFrame:
    """Mean scores with their intervals over people.

    Parameters
    ----------
    table : pandas.DataFrame
        As `scored` gives it.
    measure : str
    people : pandas.Series, optional
        By face, see `over_people`.

    Returns
    -------
    pandas.DataFrame
        Columns network, method, n (faces) and mean (`Interval`), in the table's order.
    """
    groups = table[table["measure"] == measure].groupby(["network", "method"], sort=False)
    rows = [(*key, len(part), over_people(part.set_index("face")["value"], people)) for key, part in groups]
    return pd.DataFrame(rows, columns=["network", "method", "n", "mean"])


def differences(table: pd.DataFrame, baseline: pd.DataFrame, people: pd.Series | None = None) -> pd.DataFrame:
    """Each method's scores less those of a baseline on the same faces, with intervals over people.

    Parameters
    ----------
    table, baseline : pandas.DataFrame
        As `scored` gives them, in the frame of the same crop.
    people : pandas.Series, optional
        By face, see `over_people`.

    Returns
    -------
    pandas.DataFrame
        Columns network, method, n (faces), measure (of `PRIMARY`), baseline (of `RIVALS`) and difference (`Interval`), in
        the table's order.
    """
    rows = []
    for key, part in table.groupby(["network", "method"], sort=False):
        for measure in PRIMARY:
            mine = part[part["measure"] == measure].set_index("face")["value"]
            for rival in RIVALS:
                chosen = (baseline["measure"] == measure) & (baseline["method"] == rival)
                less = (mine - baseline[chosen].set_index("face")["value"]).dropna()
                rows.append((*key, len(less), measure, rival, over_people(less, people)))
    return pd.DataFrame(rows, columns=["network", "method", "n", "measure", "baseline", "difference"])
