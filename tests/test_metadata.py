"""What other people's tools read of this repository: citation, CodeMeta, versions, pre-commit, templates of issues."""

import json
import re
import sys

import pytest
import yaml
from packaging.requirements import Requirement

import facediag_utils
from facediag_utils.core.settings import ROOT
from facediag_utils.data import paper

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def citation():
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def codemeta():
    return json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))


def test_a_citation_has_what_the_format_requires(citation):
    """The fields that CFF 1.2.0 requires; `make citation` has all of the schema checked."""
    assert citation["cff-version"] == "1.2.0" and {"message", "title", "authors"} <= set(citation)
    assert all("name" in author or {"family-names", "given-names"} <= set(author) for author in citation["authors"])
    [cited] = citation["references"]
    assert {"type", "title", "authors"} <= set(cited) and cited["doi"] in paper.__doc__


def test_name_version_licence_and_description_are_stated_alike_everywhere(project, citation, codemeta):
    assert project["name"] == citation["title"] == codemeta["name"]
    assert project["version"] == citation["version"] == codemeta["version"] == facediag_utils.__version__
    assert project["license"] == citation["license"] == codemeta["license"].removeprefix("https://spdx.org/licenses/")
    assert project["description"] + "." == citation["abstract"] == codemeta["description"]
    assert [author["name"] for author in citation["authors"]] == [author["name"] for author in codemeta["author"]]
    assert codemeta["referencePublication"]["@id"] == f"https://doi.org/{citation['references'][0]['doi']}"


def test_the_python_versions_are_those_of_the_project(project, codemeta):
    allowed = Requirement(f"python{project['requires-python']}").specifier
    tried = [f"3.{minor}" for minor in range(8, 20) if allowed.contains(f"3.{minor}.1")]
    assert codemeta["runtimePlatform"] == [f"Python {number}" for number in tried] and len(tried) == 3


def test_pre_commit_has_the_versions_of_the_lock():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {one for hook in hooks for one in hook["additional_dependencies"]}
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", one) for one in pinned)
    ours = {one for one in pinned if re.search(rf"^{one.partition('=')[0]}==", lock, re.MULTILINE)}
    assert {one.partition("=")[0] for one in ours} == {"ruff", "import-linter"}
    assert all(re.search(rf"^{re.escape(one)} ", lock, re.MULTILINE) for one in ours)
    [cffconvert] = [one for one in pinned if "cffconvert" in one]
    assert f"uvx {cffconvert} " in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "nbstripout" not in {hook["id"] for hook in hooks}  # outputs are committed


@pytest.mark.parametrize("name", ["bug", "numbers", "own-data"])
def test_an_issue_asks_for_the_version_and_never_for_a_picture(name):
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / f"{name}.yml").read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= set(form)
    asked = [part for part in form["body"] if part["type"] != "markdown"]
    assert len({part["id"] for part in asked}) == len(asked) and all(part["attributes"]["label"] for part in asked)
    text = form["body"][0]["attributes"]["value"]
    if name != "numbers":
        assert "patients" in text and "Issues are public" in text
        [consent] = [part for part in asked if part["type"] == "checkboxes" and "picture" in str(part)]
        assert any(option.get("required") for option in consent["attributes"]["options"])
