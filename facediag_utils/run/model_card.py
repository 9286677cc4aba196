"""``runs/<profile>/model_card.md``: what was trained, on what, how well, and what it must not be used for.

The predictions of a run go in, a Markdown page comes out.  Its words stand in ``templates/model_card.md``, under the headings
of Mitchell et al., Model Cards for Model Reporting (2019)."""

from pathlib import Path

import pandas as pd

from facediag_utils.core.files import write_text
from facediag_utils.core.profiles import Profile
from facediag_utils.data import store
from facediag_utils.data.cohort import GROUPS, NO_FACE, Cohort, load, tasks
from facediag_utils.evaluation import claims, metrics
from facediag_utils.networks import registry
from facediag_utils.run.rendering import render

#: Items of two guidelines that apply to a run of this package, and what can honestly be answered.  TRIPOD+AI: Collins et
#: al., BMJ 2024;385:e078378.  CLAIM: Mongan, Moy and Kahn, Radiology: Artificial Intelligence 2020;2(2):e200029.  Items on
#: funding, registration and the writing of an article are for its authors and left out.
CHECKLIST = Path(__file__).with_name("checklist.csv")


def markdown(profile: Profile) -> str:
    """The card of a run.

    Raises
    ------
    NothingYetError
        If there are no predictions yet.
    """
    cohort, stored = load(profile), store.load(profile)
    return render(
        "model_card.md",
        profile=profile,
        cohort=cohort,
        networks=[registry.get(name) for name in sorted(set(stored["backbone"]) - {"dsift"})],
        known=[name for name in GROUPS if name in cohort.table],
        split=cohort.table["split"].value_counts(),
        results=_results(stored, cohort),
        claims=claims.table(stored, tasks(cohort), profile).to_dict("records"),
        format_effect=claims.format_effect,
        format_pairs=claims.format_pairs,
        checklist=checklist(profile.rendered, _facts(profile, cohort, stored)).to_dict("records"),
    )


def write(profile: Profile) -> Path:
    """Write ``model_card.md``."""
    return write_text(profile.run / "model_card.md", markdown(profile))


def checklist(rendered: bool, facts: dict[str, int]) -> pd.DataFrame:
    """The guidelines' items and their answers: columns tripod, claim, topic, met, how.

    Parameters
    ----------
    rendered : bool
        Whether the faces are rendered, or somebody's own images.
    facts : dict of str to int
        What stands for the words in braces.
    """
    table = pd.read_csv(CHECKLIST, dtype=str, keep_default_na=False)
    whose = "rendered" if rendered else "own"
    how = [answer.format(**facts) for answer in table[f"{whose}_how"]]
    return table[["tripod", "claim", "topic"]].assign(met=table[f"{whose}_met"], how=how)


def _results(stored: pd.DataFrame, cohort: Cohort) -> list[dict[str, object]]:
    return [
        {
            "task": f"{task.title}, {len(task.classes)} classes",
            "method": metrics.short_title(run["method"], run["backbone"]),
            "accuracy": metrics.interval_of(run, "accuracy"),
        }
        for task in tasks(cohort)
        for run in metrics.summarize(stored, task).to_dict("records")
    ]


def _facts(profile: Profile, cohort: Cohort, stored: pd.DataFrame) -> dict[str, int]:
    tested = stored[stored["backbone"] != "dsift"].drop_duplicates("image")
    drawn = profile.results / f"splits_{tasks(cohort)[0].name}.csv"
    return {
        "images": len(cohort),
        "tested": len(tested),
        "lost": int((tested["predicted"] == NO_FACE).sum()),
        "splits": len(pd.read_csv(drawn)) - 1 if drawn.is_file() else 0,
    }
