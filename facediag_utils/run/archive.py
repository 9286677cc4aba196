"""``facediag archive``: a run in one zip to deposit with a paper: what it made, what it was made with, and a README.

Left out are the pictures themselves and, of people, whatever would give them away: figures that show them, unless that was asked for
when they were taken in, and trained models, whose features tell people apart."""

import zipfile
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from rocrate.model import File
from rocrate.rocrate import ROCrate

from facediag_utils.core.errors import ReproduceError
from facediag_utils.core.files import atomic_write, file_digest
from facediag_utils.core.profiles import Profile, from_output
from facediag_utils.core.settings import ROOT
from facediag_utils.run import crate, rendering, verdict

MODELS = frozenset({".skops", ".safetensors"})
#: Of this repository, beside the run.
SOFTWARE = ("requirements.lock", "CITATION.cff", "codemeta.json", "LICENSE")
INPUTS = (
    "manifest.csv",
    "DATASHEET.md",
)  # of the bundled cohort only: the manifest of a folder of one's own names its files


def archive(profile: Profile, overwrite: bool = False) -> Path:
    """Write ``runs/<profile>/facediag-<profile>.zip``; of the same run always the same bytes.

    Parameters
    ----------
    profile : Profile
    overwrite : bool
        Whether an archive that is there may be replaced.

    Raises
    ------
    ReproduceError
        If there is no run that came to its end, if one of its files was changed since, or if the archive is there already.
    """
    path = profile.run / f"facediag-{profile.name}.zip"  # `facediag forget` removes it too
    if path.exists() and not overwrite:
        raise ReproduceError(
            f"{from_output(path)} is there already; keep it under another name, or add --overwrite (make: OVERWRITE=1)"
        )
    if not (profile.run / verdict.CRATE).is_file():
        raise ReproduceError(f"{from_output(profile.run)}: no run that came to its end; run `make reproduce` first")
    described = ROCrate(profile.run)
    run = described.dereference(crate.RUN)
    kept = _kept(profile, [entity for entity in described.data_entities if isinstance(entity, File)])
    run["result"] = [entity for entity in run["result"] if entity in kept]
    described.delete(*(entity for entity in described.data_entities if entity not in kept))
    others = _others(profile)
    for name, source in others.items():
        described.add_file(source, name, properties=crate.described(source))
    files = {entity.id: profile.run / unquote(entity.id) for entity in kept} | others
    texts = {"README.md": _readme(profile, run["description"]), verdict.CRATE: crate.format_crate(described)}
    ended = datetime.fromisoformat(run["endTime"]).timetuple()[:6]
    with atomic_write(path) as partial, zipfile.ZipFile(partial, "w") as packed:
        for name in sorted([*files, *texts]):
            content = texts[name].encode() if name in texts else files[name].read_bytes()
            packed.writestr(_entry(unquote(name), ended), content)
    return path


def _kept(profile: Profile, entities: list[File]) -> list[File]:
    """The files of a run that may be passed on, each as the run has left it."""
    paths = {entity: profile.run / unquote(entity.id) for entity in entities}
    changed = [name for name, path in paths.items() if not path.is_file() or file_digest(path) != name["sha256"]]
    if changed:
        listed = ", ".join(unquote(entity.id) for entity in changed[:5]) + (", ..." if len(changed) > 5 else "")
        raise ReproduceError(f"{from_output(profile.run)}: changed since the run: {listed}; run `make reproduce` again")
    if profile.rendered:
        return entities
    return [entity for entity, path in paths.items() if path.suffix not in MODELS and not _hidden(path, profile)]


def _hidden(path: Path, profile: Profile) -> bool:
    """Whether a file is a figure made of faces (it has no SVG) that may not be shown."""
    return path.parent == profile.figures and not profile.thumbnails and not path.with_suffix(".svg").exists()


def _others(profile: Profile) -> dict[str, Path]:
    software = {name: ROOT / name for name in SOFTWARE}
    return software | ({f"inputs/{name}": profile.data / name for name in INPUTS} if profile.rendered else {})


def _readme(profile: Profile, outcome: str) -> str:
    named = not (profile.rendered or profile.salt)
    return rendering.render("archive_readme.md", profile=profile, outcome=outcome, named=named)


def _entry(name: str, ended: tuple[int, ...]) -> zipfile.ZipInfo:
    """A file's place in the zip, with the time at which the run ended; deflated unless it is compressed already."""
    entry = zipfile.ZipInfo(name, (ended[0], ended[1], ended[2], ended[3], ended[4], ended[5]))
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
