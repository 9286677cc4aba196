"""The page is for this machine and for those who know the token: nothing else is served."""

import tempfile

import pytest

from facediag_utils.app import server
from facediag_utils.core.errors import AppError


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--Voila.ip=0.0.0.0", "for this machine only"),
        ("--token=", "needs one"),
        ("--Voila.ip=example.org", "SSH tunnel"),
    ],
)
def test_who_asks_for_less_is_refused(option, said, own_output, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(AppError, match=said):
        server.serve(["--no-browser", option])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1", "127.0.0.9", "::1"])
def test_addresses_of_this_machine(address):
    assert server._is_loopback(address)


@pytest.mark.parametrize("address", ["", "0.0.0.0", "::", "192.168.0.1", "localhost.example.org"])
def test_addresses_that_others_may_see(address):
    assert not server._is_loopback(address)
