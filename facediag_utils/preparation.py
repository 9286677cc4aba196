"""What comes before any training: a folder is read, its faces are found, people looked for on both sides; told, and kept."""

from __future__ import annotations

from pathlib import Path

from facediag_utils import alignment, cohort, dsf, intake, leaks, results, svm


def prepare(
    path: Path, name: str, of_dsf: bool, positive: str | None, seed: int, thumbnails: bool, hashed: bool
) -> None:
    """Take a folder in, print what was found, and keep that for the report.

    Parameters
    ----------
    path : Path
        A folder of one's own, or (``of_dsf``) the archive of the paper's photographs or its folder.
    name, positive, seed, thumbnails, hashed
        As `facediag_utils.intake.take_in` takes them.
    """
    if of_dsf:
        profile, found = dsf.take_in(path, seed, thumbnails, hashed)
        lines = [intake.told(profile, found), dsf.told(found)]
    else:
        profile, found = intake.take_in(path, name, positive, seed, thumbnails, hashed)
        lines = [intake.told(profile, found)]
    print(*lines, sep="\n", flush=True)
    images = cohort.load(profile)
    faces = alignment.find_faces(images)
    for task in cohort.tasks(images):
        svm.parts(task, images, faces.found)  # a class with too few faces is told before anything is trained
    trained = images.table["label"][faces.found & (images.table["split"] == "train")].value_counts()
    if few := [f"{name} ({count})" for name, count in trained.items() if count < svm.FOLDS]:
        lines.append(f"  few faces were found to train on: {', '.join(few)}")
        print(lines[-1], flush=True)
    pairs = leaks.same_person(images, faces)
    results.write_csv(profile.results / "same_person.csv", pairs)
    lines.append(leaks.told(pairs, profile.name, "subject" in images.table))
    print(lines[-1], flush=True)
    intake.note(profile, "\n".join(lines))
