"""`make weights` against a web server on this machine: progress kept, checksums, mirrors, and what no place has."""

import hashlib
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import torch
from published import random_weights

from facediag_utils.core.errors import WeightsError
from facediag_utils.networks import download, registry
from facediag_utils.networks.weights import WeightsFile


class Server:
    """Serves bytes by name, with ranges; ``breaks_after`` cuts the next answer there."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.breaks_after: int | None = None
        self.ranges = True
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name, wanted = self.path.strip("/"), self.headers.get("Range")
                owner.asked.append((name, wanted))
                if name not in owner.files:
                    return self.send_error(404)
                start = int(wanted[6:].rstrip("-")) if wanted and owner.ranges else 0
                content = owner.files[name][start:]
                if wanted and owner.ranges and not content:
                    return self.send_error(416)
                self.send_response(206 if start else 200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                cut, owner.breaks_after = owner.breaks_after, None
                self.wfile.write(content[:cut])
                return None

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def server():
    made = Server()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FACEDIAG_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.delenv("FACEDIAG_MIRROR", raising=False)
    return tmp_path / "weights"


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """A ResNet50 state dict as torchvision would publish it."""
    path = tmp_path_factory.mktemp("made") / "w.pth"
    import torchvision

    torch.save(random_weights(torchvision.models.resnet50).state_dict(), path)
    return path.read_bytes()


@pytest.fixture
def record(server, content, monkeypatch):
    """The registry's ResNet50 of torchvision, published on our server with its true checksum."""
    name = "resnet50-0676ba61.pth"
    server.files[name] = content
    digest = f"sha256:{hashlib.sha256(content).hexdigest()[:8]}"
    made = replace(registry.get("resnet50_torchvision"), files=(WeightsFile(name, f"{server.url}/{name}", digest),))
    monkeypatch.setitem(registry.published(), made.name, made)
    return made


def test_fetched_checked_and_loaded(record, folder, content):
    assert "fetched and checked" in download.fetch(record)
    assert record.file.path.read_bytes() == content
    assert sorted(path.name for path in folder.iterdir()) == ["SHA256SUMS", record.files[0].name]
    assert "already there" in download.fetch(record)


def test_a_broken_download_goes_on_where_it_was(record, folder, server, content):
    server.breaks_after = 30_000_000
    with pytest.raises(WeightsError, match="no place gave the weights"):
        download.fetch(record)
    part = folder / f"{record.files[0].name}.part"
    have = part.stat().st_size
    assert 0 < have < len(content) and not record.installed
    download.fetch(record)
    assert server.asked == [(record.files[0].name, None), (record.files[0].name, f"bytes={have}-")]
    assert record.file.path.read_bytes() == content and not part.exists()


def test_a_server_without_ranges_begins_anew(record, folder, server, content):
    folder.mkdir()
    (folder / f"{record.files[0].name}.part").write_bytes(b"something old")
    server.ranges = False
    download.fetch(record)
    assert record.file.path.read_bytes() == content


def test_a_part_that_is_longer_than_the_file(record, folder, server, content):
    folder.mkdir()
    (folder / f"{record.files[0].name}.part").write_bytes(bytes(len(content) + 5))
    with pytest.raises(WeightsError, match="no place gave the weights"):
        download.fetch(record)
    assert "fetched" in download.fetch(record)


@pytest.mark.parametrize("damage", [lambda b: b[:-1] + bytes([b[-1] ^ 1]), lambda b: b"<html>please log in</html>"])
def test_what_is_not_the_published_file_is_not_kept(record, folder, server, content, damage):
    server.files[record.files[0].name] = damage(content)
    with pytest.raises(WeightsError, match="not the published file"):
        download.fetch(record)
    assert not record.installed


def test_without_a_published_checksum_the_file_must_load(record, folder, server, monkeypatch):
    file = replace(record.files[0], digest="")
    monkeypatch.setitem(registry.published(), record.name, replace(record, files=(file,)))
    server.files[file.name] = b"<html>please log in</html>"
    with pytest.raises(WeightsError, match=r"not a readable \.pth file"):
        download.fetch(registry.get(record.name))
    assert not (folder / file.name).exists()


def test_a_mirror_is_tried_first(record, folder, server, monkeypatch):
    mirrored = replace(record, files=(replace(record.files[0], url="http://127.0.0.1:9/gone.pth"),))
    monkeypatch.setitem(registry.published(), record.name, mirrored)
    monkeypatch.setenv("FACEDIAG_MIRROR", f"{server.url}/")
    assert "fetched" in download.fetch(mirrored)


def test_what_no_place_has_is_told_with_what_to_do(record, folder, server, capsys):
    server.files.clear()
    assert download.fetch_all([record.name, "dlib_resnet29", "alexnet_vggface"]) == [record.name, "alexnet_vggface"]
    shown = capsys.readouterr().out
    assert "404" in shown and f"place them as {folder / record.files[0].name}" in shown
    assert "already there" in shown and "never published; nearest is" in shown


def test_timm_that_cannot_download_says_so(folder, monkeypatch):
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HOME", str(folder))
    with pytest.raises(WeightsError, match=r"timm could not fetch the weights .* place their state dict as .*\.pth"):
        download.fetch(registry.get("timm:resnet18.a1_in1k"))
    assert not list(folder.glob("*.pth"))
