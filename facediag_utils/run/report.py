"""``runs/<profile>/report.html``: a run on one page that needs no other file, to be opened first and passed on.

What notebooks and verdict have written goes in, a page comes out.  Its words stand in ``templates/``."""

import re
import webbrowser
from pathlib import Path

import mistune
import numpy as np
import pandas as pd

from facediag_utils.core.files import write_text
from facediag_utils.core.profiles import Profile
from facediag_utils.data import store
from facediag_utils.data.cohort import Cohort, load, tasks
from facediag_utils.evaluation.standing import standing
from facediag_utils.figures import tables
from facediag_utils.networks import registry
from facediag_utils.run import cautions, model_card, report_figures, report_tables
from facediag_utils.run.cautions import read
from facediag_utils.run.rendering import render
from facediag_utils.run.report_tables import Table

OUTCOMES = ["same", "within tolerance", "not reproduced", "missing"]  # of the comparison with the record
WORST = 10  # values that the page names at most


def write(profile: Profile) -> Path:
    """Make the page and the model card from the results and the figures as they are.

    Raises
    ------
    NothingYetError
        If there are no predictions or no figures yet.
    """
    stored, cohort = store.load(profile), load(profile)
    groups = report_figures.groups(profile)
    standings = [standing(stored, task) for task in tasks(cohort)]
    notes = profile.results / "intake.txt"  # what was found in a folder of one's own, without names of files
    page = render(
        "report.html",
        profile=profile,
        cohort=cohort,
        title=report_tables.title,
        standings=standings,
        overviews=[report_figures.overview_of(one, profile) for one in standings],
        cautions=cautions.facts(profile, cohort, standings),
        verdict=_verdict(profile),
        notes=notes.read_text(encoding="utf-8") if notes.is_file() else "",
        left_out=_left_out(profile),
        no_face=_no_face(profile, cohort),
        accuracies=[report_tables.accuracies(one, profile.title) for one in standings],
        paper_tables=_paper_tables(stored, cohort, profile),
        absent=registry.absent(stored["backbone"]),
        groups=groups,
        card=_card(profile),
    )
    return write_text(profile.run / "report.html", page)


def show(profile: Profile) -> Path:
    """Make the page and open it in a browser, if there is one."""
    path = write(profile)
    webbrowser.open(path.as_uri())
    return path


def _verdict(profile: Profile) -> dict[str, object] | None:
    """This run against the record: counts by file and outcome, what differs most, and what came close to its tolerance."""
    table = read(profile.run / "reproduced.csv")
    if table is None:
        return None
    recorded, found, tolerance = (
        pd.to_numeric(table[column], errors="coerce") for column in ("recorded", "found", "tolerance")
    )
    share = (found - recorded).abs() / tolerance.fillna(0)  # of the tolerance
    table = table.assign(share=share.fillna(np.inf)).sort_values("share", ascending=False, kind="stable")
    failed = table[table["outcome"] == "not reproduced"]
    within = table[table["outcome"] == "within tolerance"].drop_duplicates("file")
    shown = ["file", "row", "column", "recorded", "found", "tolerance", "why"]
    by_file = pd.crosstab(table["file"], table["outcome"]).reindex(columns=OUTCOMES, fill_value=0)
    occurring = by_file.loc[:, by_file.any() | (by_file.columns == "same")]
    return {
        "counts": by_file.sum(),
        "by_file": report_tables.plain(occurring.reset_index(), "Values by file"),
        "worst": report_tables.plain(failed[shown].head(WORST), "Not reproduced"),
        "within": report_tables.plain(within[shown].sort_values("file"), "Within tolerance"),
    }


def _left_out(profile: Profile) -> Table | None:
    """How many files of a folder of one's own were left out, by kind of reason, the most frequent first."""
    table = read(profile.results / "left_out.csv")
    if table is None or table.empty:
        return None
    counts = table["kind"].value_counts().rename_axis("reason").reset_index(name="files")
    return report_tables.plain(counts, "Left out")


def _no_face(profile: Profile, cohort: Cohort) -> Table | None:
    """In how many pictures of each class and split no face was found: "2 of 40"."""
    table = read(profile.results / "no_face.csv")
    if table is None or table.empty:
        return None
    lost, images = (pd.crosstab(frame["label"], frame["split"]) for frame in (table, cohort.table))
    lost = lost.reindex(index=[name for name in cohort.classes if name in lost.index], columns=images.columns)
    counts = lost.fillna(0).astype(int).astype(str) + " of " + images.loc[lost.index].astype(str)
    counts = counts[["train", "test"]].rename_axis("class", axis="index").reset_index()
    return report_tables.plain(counts, "Pictures without a face")


def _paper_tables(stored: pd.DataFrame, cohort: Cohort, profile: Profile) -> list[Table]:
    paper = [task for task in tasks(cohort) if task.name in tables.TEST_IMAGES]
    made = tables.of_run(stored, paper, profile).values()
    return [report_tables.of_methods(table, caption) for caption, table in made if len(table)]


def _card(profile: Profile) -> str:
    """Write the model card, and give it as HTML with its headings one level lower, its tables as those of the page."""
    text = model_card.write(profile).read_text(encoding="utf-8")
    lower = re.sub("^#", "##", text, flags=re.MULTILINE)
    html = str(mistune.create_markdown(plugins=["table"])(lower))
    box = '<div class="wide" tabindex="0" role="region" aria-label="Table of the model card"><table>'
    html = html.replace("<table>", box).replace("</table>", "</table></div>").replace("<th>", '<th scope="col">')
    return html.replace("<h3>Checklist</h3>", '<h3 id="checklist">Checklist</h3>')
