"""Items of TRIPOD+AI and CLAIM that apply to a run of this package, and what can honestly be answered.

TRIPOD+AI: Collins et al., BMJ 2024;385:e078378 (27 items with letters).  CLAIM: Mongan, Moy and Kahn, Radiology: Artificial
Intelligence 2020;2(2):e200029 (42 items).  Topics are in our words.  Items on funding, registration and the writing of an
article are for its authors and left out."""

from __future__ import annotations

from dataclasses import dataclass

YES, PARTLY, NO = "yes", "partly", "no"
OWNER = "Not known to this package: whoever brings the images has to answer."


@dataclass(frozen=True)
class Item:
    """One or two items of the guidelines.

    Attributes
    ----------
    tripod, claim : str
        Their numbers; empty where one has no such item.
    topic : str
    rendered, own : (str, str)
        Whether it is met, and how, for the bundled (rendered) cohort and for images of one's own.  Braces are filled with
        facts of the run.
    """

    tripod: str
    claim: str
    topic: str
    rendered: tuple[str, str]
    own: tuple[str, str] = (NO, OWNER)


def _both(met: str, answer: str) -> dict[str, tuple[str, str]]:
    return {"rendered": (met, answer), "own": (met, answer)}


ITEMS = (
    Item(
        "3a, 3b",
        "3",
        "medical context, intended use",
        **_both(YES, "None: research and teaching. It redoes a published study; it is not meant for any care pathway."),
    ),
    Item(
        "3c, 14",
        "",
        "inequalities and fairness",
        (PARTLY, "Accuracy within ancestry, sex and age with intervals (notebook 08); the smallest group is too small to say."),
        (PARTLY, "Accuracy within the groups that the manifest names, with intervals (notebook 08); nothing is known of others."),
    ),
    Item(
        "4",
        "4, 6",
        "objective",
        **_both(YES, "Development and internal test of classifiers: do features of face-recognition networks tell classes apart?"),
    ),
    Item(
        "5a",
        "5, 7",
        "source of data",
        (YES, "Rendered by a program from a list of signs (DATASHEET.md). No person was photographed, nobody was recruited."),
    ),
    Item(
        "5b, 6a, 6b",
        "8",
        "dates, setting, eligibility",
        (NO, "There are no participants: nothing measured here holds for any."),
    ),
    Item(
        "7",
        "9",
        "preparing the images",
        **_both(YES, "Detection, 68 landmarks, similarity transform, crop; every image has an outcome (notebook 02)."),
    ),
    Item(
        "8a, 8b",
        "14-18",
        "reference standard",
        (YES, "The label is what was rendered, so it is right by construction; no annotator, no disagreement."),
    ),
    Item("9a", "11", "predictors", **_both(YES, "Pixels of the aligned face only; the manifest's columns are never given to a classifier.")),
    Item(
        "10",
        "19",
        "sample size",
        (PARTLY, "The paper's: 70 a class, 40 to train and 30 to test. Not computed from a wanted precision; intervals tell what it allows."),
        (PARTLY, "What was given: {images} images. Not computed from a wanted precision; intervals tell what it allows."),
    ),
    Item(
        "11",
        "13",
        "missing data",
        **_both(YES, "A face that is not found is left out of training and counted as an error in testing ({lost} of {tested} test images)."),
    ),
    Item(
        "12a, 16",
        "20, 21",
        "training and test",
        (YES, "One fixed split by image; every image is another person. Redrawn {splits} times (notebook 05)."),
        (PARTLY, "One fixed split as the manifest states it. Whether a person is on both sides only its owner knows."),
    ),
    Item(
        "12c",
        "22-26",
        "models and how they were chosen",
        **_both(YES, "Registry of networks with sources and checksums; C by cross-validation and epochs on held-out training images. The "
        "paper's way, epochs chosen on test images, has a row of its own and is out of the contest."),
    ),
    Item("12e", "28, 29", "measures and their uncertainty", **_both(YES, "Wilson, DeLong, bootstrap intervals; McNemar with Holm; corrected resampled t-test.")),
    Item("12f", "", "recalibration", **_both(PARTLY, "Logistic curve on out-of-fold scores; reliability diagram and Brier score (two classes only).")),
    Item("13", "", "class imbalance", (YES, "None: equal classes, as no population has. Predictive values are shown at real prevalences.")),
    Item("", "30", "robustness", (PARTLY, "By severity, ancestry, sex, age. Not by camera, compression, light or blur."), (NO, "Not tested.")),
    Item("", "31", "explanations", **_both(NO, "None are made; so nothing is known of where the networks look.")),
    Item("", "27", "ensembles", **_both(YES, "None.")),
    Item("", "32", "external test", **_both(NO, "None. One cohort only.")),
    Item("15", "", "output", **_both(YES, "A class and a score a class for each test image: results/<profile>/predictions.csv.")),
    Item("17", "12", "ethics, de-identification", (YES, "No person is shown; no approval is needed.")),
    Item("18e, 18f", "41", "data, code, weights", (YES, "All are public: images and code here, weights on PyPI or at their authors'."), (PARTLY, "Code is public; the images are their owner's.")),
    Item("19", "", "patients involved", **_both(NO, "No patient or clinician took part.")),
    Item("20a, 20b", "33, 34", "flow and characteristics", (YES, "Counts by class, split, ancestry, sex and age: notebook 01."), (PARTLY, "Counts by class and split, and of what the manifest names.")),
    Item("23a", "35, 36", "performance", **_both(YES, "Every number with count and 95% interval; confusion matrices, ROC (notebook 07).")),
    Item("23b", "37", "where it fails", **_both(PARTLY, "Confusion matrices and accuracy by group; single failures are not discussed.")),
    Item("25, 26", "38, 39", "limits and implications", **_both(YES, "See the caveats above; claims that cannot be told are called so (claims.csv).")),
    Item("27a-c", "", "use in care", **_both(NO, "Not usable in care, and not to be used there.")),
)  # fmt: skip


def answered(rendered: bool, facts: dict[str, object]) -> list[tuple[str, str, str, str, str]]:
    """Rows (TRIPOD+AI, CLAIM, topic, met, how) for a run."""
    rows = []
    for item in ITEMS:
        met, answer = item.rendered if rendered else item.own
        rows.append((item.tripod, item.claim, item.topic, met, answer.format(**facts)))
    return rows
