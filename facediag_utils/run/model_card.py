"""``results/<profile>/model_card.md``: what was trained, on what, how well, and what it must not be used for.

The headings are those of Mitchell et al., Model Cards for Model Reporting (2019); the checklist is `checklist`'s."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from facediag_utils.core.files import atomic_write
from facediag_utils.core.profiles import Profile
from facediag_utils.data import store
from facediag_utils.data.cohort import NO_FACE, Cohort, load, tasks
from facediag_utils.evaluation import claims, metrics
from facediag_utils.networks import registry
from facediag_utils.run.checklist import answered

Table = list[tuple[str, ...]]
Section = tuple[str, list[str], Table]  # heading, paragraphs, table with its head


def sections(profile: Profile) -> list[Section]:
    """The card of a run, made from its store.

    Raises
    ------
    ResultsError
        If there are no predictions yet.
    """
    cohort, stored = load(profile), store.load(profile)
    facts = _facts(profile, cohort, stored)
    head = ("TRIPOD+AI", "CLAIM", "topic", "met", "how")
    return [
        ("Model details", _details(stored), []),
        ("Intended use", INTENDED, []),
        ("Factors", [_factors(cohort)], []),
        ("Metrics", [METRICS], []),
        ("Data", [_data(profile, cohort)], []),
        (
            "Results",
            [f"Data: {profile.title}; accuracy on test images, 95% Wilson interval."],
            _results(stored, cohort),
        ),
        ("Claims of the paper", [CLAIMS.format(title=profile.title)], _claims(stored, cohort, profile)),
        ("Ethical considerations", ETHICS, []),
        ("Caveats", CAVEATS_RENDERED if profile.rendered else CAVEATS, []),
        ("Checklist", [CHECKLIST], [head, *answered(profile.rendered, facts)]),
    ]


INTENDED = [
    "Research and teaching of transfer learning; a baseline to compare with; redoing the paper.",
    "Not for use on people: not to diagnose, screen, sort, admit, insure or hire anybody. Not a medical device.",
]
METRICS = (
    "Top-1 accuracy; for two classes also sensitivity, specificity, precision (PPV), F1, area under the ROC curve and Brier "
    "score; for more the macro F1. All with 95% intervals; methods are compared by paired tests with Holm's correction."
)
CLAIMS = "By McNemar's exact test on the test images of {title}, corrected by Holm; see results' claims.csv."
CHECKLIST = (
    "Items of TRIPOD+AI (2024) and CLAIM (2020) that apply to a run of this package, topics in our words. 'no' is meant as it "
    "stands: a study that wants to be believed has to do it."
)
ETHICS = [
    "Reading diseases, or anything else, from faces has a long record of harm: it invites judging people by their looks, "
    "without their knowledge, and errors fall unevenly on groups that the data hold few of.",
    "The networks' weights were trained on photographs of people collected from the web, most without being asked.",
]
CAVEATS = [
    "One cohort, one split (redrawn for features and SVM): nothing is known of other cameras, places or people.",
    "Classes may differ in more than the disease (ancestry, age, camera, place): accuracy counts that too.",
    "The test set holds other shares of ill people than any population; see the predictive values in notebook 07.",
]
CAVEATS_RENDERED = [
    "The faces are rendered from a list of signs: accuracy on them says nothing of how well anything diagnoses people.",
    "How hard they are was set by their makers (severity was moved twice, DATASHEET.md); the order of methods was not tuned.",
    *CAVEATS,
]


def _details(stored: pd.DataFrame) -> list[str]:
    lines = [
        "Classifiers on pretrained networks: DTL1, fine-tuned; DTL2, features and a linear SVM; dense SIFT beside."
    ]
    for name in sorted(set(stored["backbone"]) - {"dsift"}):
        record = registry.get(name)
        lines.append(
            f"{record.title}, {record.pretraining}: {record.parameters / 1e6:.1f} million parameters; weights by "
            f"{record.source}; {record.licence}."
        )
    return lines


def _factors(cohort: Cohort) -> str:
    known = [name for name in ("ancestry", "sex", "age", "site", "severity") if name in cohort.table]
    return f"Known of each image: {', '.join(known) or 'nothing but its class'}. Accuracy within each: notebook 08."


def _data(profile: Profile, cohort: Cohort) -> str:
    split = cohort.table["split"].value_counts()
    kind = "rendered portraits, no photograph of a person" if profile.rendered else "images"
    return f"{len(cohort)} {kind}: {split['train']} to train, {split['test']} to test, {len(cohort.classes)} classes."


def _results(stored: pd.DataFrame, cohort: Cohort) -> Table:
    lines: Table = [("task", "method", "accuracy")]
    for task in tasks(cohort):
        for run in metrics.summarize(stored, task).to_dict("records"):
            method = metrics.short_title(run["method"], run["backbone"])
            lines.append(
                (f"{task.title}, {len(task.classes)} classes", method, str(metrics.interval_of(run, "accuracy")))
            )
    return lines


def _claims(stored: pd.DataFrame, cohort: Cohort, profile: Profile) -> Table:
    lines: Table = [("claim", "task", "verdict", "difference (points), p", "remark")]
    for row in claims.table(stored, tasks(cohort), profile).to_dict("records"):
        lines.append((row["claim"], row["task"], row["verdict"], claims.format_effect(row), row["why"] or ""))
    return lines


def _facts(profile: Profile, cohort: Cohort, stored: pd.DataFrame) -> dict[str, object]:
    tested = stored[stored["backbone"] != "dsift"].drop_duplicates("image")
    drawn = profile.results / f"splits_{tasks(cohort)[0].name}.csv"
    return {
        "images": len(cohort),
        "tested": len(tested),
        "lost": int((tested["predicted"] == NO_FACE).sum()),
        "splits": len(pd.read_csv(drawn)) - 1 if drawn.is_file() else 0,
    }


def markdown(profile: Profile) -> str:
    """The card as a Markdown page."""
    parts = [f"# Model card: {profile.title}", "Made by `make report` from the stored predictions; do not edit."]
    for heading, paragraphs, table in sections(profile):
        parts.append(f"## {heading}")
        parts += paragraphs if len(paragraphs) == 1 else ["\n".join(f"- {line}" for line in paragraphs)]
        if table:
            rows = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table]
            parts.append("\n".join([rows[0], "|" + "---|" * len(table[0]), *rows[1:]]))
    return "\n\n".join(parts) + "\n"


def write(profile: Profile) -> Path:
    """Write ``model_card.md``."""
    path = profile.results / "model_card.md"
    with atomic_write(path) as partial:
        partial.write_text(markdown(profile), encoding="utf-8")
    return path
