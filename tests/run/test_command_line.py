"""The command: what the Tab key offers, its exit status, what its help says."""

import os
import re
import subprocess
import sys

import pytest

from facediag_utils import __main__, __version__
from facediag_utils.core.settings import ROOT
from facediag_utils.networks import registry
from facediag_utils.run import command_line


def offered(line, tmp_path):
    """What a shell is told when Tab is pressed behind a line, and the modules that this loaded."""
    asked = {"_ARGCOMPLETE": "1", "COMP_LINE": line, "COMP_POINT": str(len(line)), "_ARGCOMPLETE_IFS": "\n"}
    asked["_ARGCOMPLETE_STDOUT_FILENAME"] = str(tmp_path / "offered")
    command = [sys.executable, "-X", "importtime", "-m", "facediag_utils"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | asked, capture_output=True, text=True)
    loaded = set(re.findall(r"\| +(\w+)$", done.stderr, re.MULTILINE))
    return (tmp_path / "offered").read_text().split(), loaded


def test_tab_completes_networks_without_loading_torch(tmp_path):
    words, loaded = offered("facediag train --network mobile", tmp_path)
    assert words == [name for name in registry.names() if name.startswith("mobile")] and len(words) > 1
    assert "facediag_utils" in loaded or "argparse" in loaded
    assert not loaded & {"torch", "numpy", "pandas", "matplotlib", "rocrate"}


def test_tab_knows_commands_profiles_and_networks(own_output, tmp_path, monkeypatch):
    monkeypatch.setenv("FACEDIAG_CACHE", str(tmp_path))
    (tmp_path / "profiles" / "mine").mkdir(parents=True)
    (tmp_path / "profiles" / "mine" / "profile.json").write_text("{}")
    assert command_line._profiles() == ["bundled", "mine"] and command_line._own() == ["mine"]
    assert list(command_line._networks()) == registry.names()
    completed = [
        (name, action.dest)
        for name, sub in command_line.parser()._subparsers._group_actions[0].choices.items()
        for action in sub._actions
        if hasattr(action, "completer")
    ]
    assert {("report", "profile"), ("train", "network"), ("weights", "names"), ("forget", "name")} <= set(completed)


def test_every_command_is_there_and_has_a_help():
    names = command_line.parser()._subparsers._group_actions[0].choices
    assert set(names) == set(__main__.COMMANDS)
    assert (
        "PYTHON_ARGCOMPLETE_OK" in (ROOT / "facediag_utils" / "__main__.py").read_text()[:1024]
    )  # where the shell looks
    for line in re.findall(r"^  facediag (.+?)(?:   .*)?$", command_line.EPILOG, re.MULTILINE):
        command_line.parser().parse_args(line.split())  # an example that is understood


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["facediag", *arguments])
    return __main__.main()


@pytest.mark.parametrize(
    "arguments, status", [(["--version"], 0), (["--help"], 0), (["report", "--nothing"], 2), ([], 2)]
)
def test_version_and_misuse(monkeypatch, capsys, arguments, status):
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, *arguments)
    said = capsys.readouterr()
    assert ended.value.code == status
    if arguments == ["--version"]:
        assert said.out == f"facediag {__version__}\n"


def test_ctrl_c_ends_with_130_and_no_traceback(monkeypatch, capsys):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setitem(__main__.COMMANDS, "report", interrupted)
    assert run(monkeypatch, "report") == 130
    assert "the same command goes on where it stopped" in capsys.readouterr().err


def test_every_exit_status_is_documented():
    """In the help and in docs/commands.md, alike."""
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    stated = re.findall(r"^  (\d+) ", command_line.EPILOG, re.MULTILINE)
    assert stated == re.findall(r"^\| (\d+) \|", page, re.MULTILINE) == ["0", "1", "2", "3", "130"]
    assert set(re.findall(r"^\| `facediag (\w+)", page, re.MULTILINE)) == set(__main__.COMMANDS)
