"""Sections of the page without a browser: what they refuse, and what they say of an error."""

from datetime import datetime

import pytest

from facediag_utils.app import question, session
from facediag_utils.core.errors import CohortError


@pytest.fixture
def asked(own_output, own_cache):
    """The question's section, for the model of rendered faces that `make reproduce` leaves."""
    page = session.Session()
    page.name = "bundled"
    path = page.profile.results / "model.skops"
    path.parent.mkdir(parents=True)
    path.touch()
    return question.Question(page)


def ask(section):
    section.picture.value = (
        {"name": "me.jpg", "type": "image/jpeg", "size": 1, "content": b"x", "last_modified": datetime(2026, 1, 1)},
    )
    return section.message.value


def test_a_model_of_rendered_faces_is_not_asked_about_a_person(asked):
    assert asked.rendered.layout.display is None and [path.name for _, path in asked.model.options] == ["model.skops"]
    assert "of a real person it says nothing at all" in ask(asked) and 'role="alert"' in asked.message.value
    assert asked.picture.value == () and asked.answer.value == ""


def test_a_message_is_text():
    message = session.Message()
    message.tell("<b>1 & 2</b>", wrong=True)
    assert "&lt;b&gt;1 &amp; 2&lt;/b&gt;" in message.value
    message.tell()
    assert message.value == ""


@pytest.mark.parametrize(("error", "said"), [(CohortError("no folder"), "no folder"), (KeyError("x"), "KeyError: 'x'")])
def test_an_error_is_told(error, said):
    message = session.Message()

    def fail():
        raise error

    session.guarded(message, fail)(None)
    assert said.replace("'", "&#x27;") in message.value and 'class="wrong"' in message.value
    assert ("an error of this package" in message.value) == isinstance(error, KeyError)
