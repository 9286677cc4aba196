"""Commands that work for a page: one at a time, seen by every page, stopped and told of."""

import time

import pytest

from facediag_utils.app import jobs, session
from facediag_utils.core.errors import AppError


@pytest.fixture
def profile(own_output, own_cache):
    return session.profile_of("mine")


def ended(profile):
    for _ in range(3000):
        if not jobs.running(profile):
            return jobs.failure(profile)
        time.sleep(0.1)
    raise AssertionError("still running")


def test_an_error_is_told_in_the_command_s_words(profile, tmp_path):
    jobs.start(profile, "prepare", "--data", str(tmp_path / "none"), "--name", "mine")
    assert jobs.running(profile) == "prepare" and jobs.arguments(profile)[:1] == ["--data"]
    with pytest.raises(AppError, match="mine: prepare is going on"):
        jobs.start(profile, "prepare", "--data", str(tmp_path), "--name", "mine")
    assert ended(profile).startswith(f"{tmp_path}/none: there is no such folder")


def test_what_is_stopped_ends_and_another_data_set_is_left_alone(profile, tmp_path):
    other = session.profile_of("other")
    for one in (profile, other):
        jobs.start(one, "prepare", "--data", str(tmp_path / one.name), "--name", one.name)
    jobs.stop(profile)
    assert ended(profile) == "" and ended(other).startswith(f"{tmp_path}/other: there is no such folder")


def test_all_end_with_the_server(profile, tmp_path):
    jobs.start(profile, "prepare", "--data", str(tmp_path), "--name", "mine")
    jobs.stop_all()
    ended(profile)
    jobs.stop(profile)  # of one that has ended: nothing happens


def test_a_number_that_another_process_has_got_is_not_ours(profile):
    profile.run.mkdir(parents=True)
    (profile.run / jobs.JOB).write_text('{"pid": 1, "created": 0, "command": "train"}')
    assert jobs.running(profile) == ""
    (profile.run / jobs.JOB).write_text("{")
    assert jobs.running(profile) == ""
