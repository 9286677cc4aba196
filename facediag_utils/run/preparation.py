"""What comes before any training: a folder is read, its faces are found, people looked for on both sides; told, and kept."""

from pathlib import Path

from facediag_utils.core.files import write_text
from facediag_utils.data import cohort, dsf, folder_import, splitting, store
from facediag_utils.faces import detection
from facediag_utils.methods import identity_leakage
from facediag_utils.run import verdict


def prepare(
    path: Path, name: str, of_dsf: bool, positive: str | None, seed: int, thumbnails: bool, hashed: bool
) -> None:
    """Take a folder in, print what was found, and keep that for the report.

    Parameters
    ----------
    path : Path
        A folder of one's own, or (``of_dsf``) the archive of the paper's photographs or its folder.
    name, positive, seed, thumbnails, hashed
        As `facediag_utils.data.folder_import.import_folder` takes them.
    """
    if of_dsf:
        profile, found = dsf.import_archive(path, seed, thumbnails, hashed)
        lines = [folder_import.format_import(profile, found), dsf.format_counts(found)]
    else:
        profile, found = folder_import.import_folder(path, name, positive, seed, thumbnails, hashed)
        lines = [folder_import.format_import(profile, found)]
    verdict.begin(profile)  # a description of the last run says nothing of what the folder is now
    print(*lines, sep="\n", flush=True)
    images = cohort.load(profile)
    faces = detection.find_faces(images)
    store.write_csv(profile.results / "no_face.csv", detection.without_face(images, faces))
    lost = detection.format_without_face(images, faces)
    if lost:
        lines += lost
        print(*lost, sep="\n", flush=True)
    for task in cohort.tasks(images):
        splitting.task_split(task, images, faces.found)  # a class with too few faces is told before anything is trained
    trained = images.table["label"][faces.found & (images.table["split"] == "train")].value_counts()
    if few := [f"{name} ({count})" for name, count in trained.items() if count < splitting.FOLDS]:
        lines.append(f"  few faces were found to train on: {', '.join(few)}")
        print(lines[-1], flush=True)
    pairs = identity_leakage.same_person(images, faces)
    store.write_csv(profile.results / "same_person.csv", pairs)
    lines.append(identity_leakage.format_same_person(pairs, profile.name, "subject" in images.table))
    print(lines[-1], flush=True)
    write_text(profile.results / "intake.txt", "\n".join(lines) + "\n")  # for the report
