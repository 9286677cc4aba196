"""What a reader of a run's numbers has to be careful about: the facts that ``templates/_cautions.html`` makes sentences of."""

from pathlib import Path

import pandas as pd

from facediag_utils.core import pin
from facediag_utils.core.profiles import Profile
from facediag_utils.data.cohort import GROUPS, Cohort
from facediag_utils.data.store import Method
from facediag_utils.evaluation import subgroups
from facediag_utils.evaluation.standing import Standing

KNOWN = GROUPS[:-1]  # without the severity, which is of the class
#: The sentence that stands wherever text shows accuracies on rendered faces.
RENDERED = "Rendered faces: these numbers say nothing about how well anything diagnoses people."
UNEVEN = 1.5  # the most frequent class has so many times its equal share of the test images


def read(path: Path) -> pd.DataFrame | None:
    """A table as it stands, all text: a class may be called NA.  None if it was not written."""
    return pd.read_csv(path, dtype=str, keep_default_na=False) if path.is_file() else None


def facts(profile: Profile, cohort: Cohort, standings: list[Standing]) -> dict[str, object]:
    """Counts and names for the template; a count is 0, a list empty, where there is nothing to say.

    Parameters
    ----------
    profile : Profile
        Its results tell what was left out, had no face, or lies on both sides of the split.
    cohort : Cohort
    standings : list of Standing
        Of each task.
    """
    results = profile.results
    near, people = read(results / "near_duplicates.csv"), read(results / "same_person.csv")
    entries = [entry for standing in standings for entry in standing.entries]
    networks = [entry for entry in entries if _trained(entry.name)]
    return {
        "rendered": profile.rendered,
        "differs": pin.word(),
        "standings": standings,
        "uneven": [one for one in standings if one.commonest[1] * len(one.counts) >= UNEVEN],
        "lost": _rows(read(results / "no_face.csv")),
        "images": len(cohort),
        "left_out": _rows(read(results / "left_out.csv")),
        "near": 0 if near is None else int((near["split_first"] != near["split_second"]).sum()),
        "looked_for_people": people is not None,
        "same_person": _rows(people),
        "subjects": "subject" in cohort.table,
        "once": bool(networks) and min(entry.trainings for entry in networks) == 1,
        "flattered": not all(entry.fair for entry in entries),
        "confounded": [found for one in standings if (found := _group_alone(cohort, one))],
        "unknown": [] if profile.rendered else [name for name in KNOWN if name not in cohort.table],
    }


def _group_alone(cohort: Cohort, standing: Standing) -> dict[str, object] | None:
    """The group, in words, that tells most about the classes of a task, and how often it alone is right."""
    table = cohort.table[cohort.table["label"].isin(standing.task.classes)]
    named = [name for name in KNOWN if name in table and not pd.api.types.is_numeric_dtype(table[name])]
    counts = {name: pd.crosstab(table["label"], table[name]) for name in named}
    shares = {name: subgroups.share(subgroups.from_group_alone(count)) for name, count in counts.items() if count.size}
    if not shares:
        return None
    column = max(shares, key=lambda name: shares[name].value)
    return {"task": standing.task, "column": column, "share": shares[column]}


def _rows(table: pd.DataFrame | None) -> int:
    return 0 if table is None else len(table)


def _trained(name: str) -> bool:
    return name.startswith((Method.DTL1.value, Method.FROM_SCRATCH.value))
