# PYTHON_ARGCOMPLETE_OK
"""The command ``facediag`` (or ``python -m facediag_utils``): what the targets of the Makefile run."""

import argparse
import errno
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from facediag_utils.core.errors import CohortError, ExplanationError, FacediagError, ReproduceError
from facediag_utils.run import command_line

#: Errors of a disk that is full or must not be written on.
DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM})


def main() -> int:
    """Parse the command line, run the command, and turn our own errors into one message.

    Returns
    -------
    int
        Exit status, as `facediag_utils.run.command_line.EPILOG` lists them.
    """
    options = command_line.parse()
    try:
        return COMMANDS[options.command](options)
    except FacediagError as error:
        print(f"\nfacediag: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nfacediag: stopped; the same command goes on where it stopped", file=sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:  # `| head`: nobody reads any more
        sys.stderr.close()
        return 1
    except OSError as error:
        if error.errno not in DISK:
            raise
        print(f"\nfacediag: {error}; mend that and run again: it goes on where it stopped", file=sys.stderr)
        return 1


def reproduce(options: argparse.Namespace) -> int:
    from facediag_utils.core import profiles, run_log
    from facediag_utils.run import reproduce

    own = bool(options.data or options.dsf)
    name = _own_name(options) if own else profiles.profile(options.profile).name
    with run_log.run_lock(name):
        if own:  # in a process of its own: what it loads and starts is gone when the notebooks begin
            done = subprocess.run([sys.executable, "-m", "facediag_utils", "prepare", *sys.argv[2:]]).returncode
            if done < 0:
                raise ReproduceError(f"reading the folder was ended by signal {-done}; is there enough memory?")
            if done:
                return done  # it has said why
        counts = {"n_splits": options.splits, "n_trainings": options.trainings}
        return reproduce.main(profiles.profile(name), options.seed, counts, options.notebooks)


def quick(options: argparse.Namespace) -> int:
    from facediag_utils.core import profiles, run_log
    from facediag_utils.run import quick

    profile = profiles.profile(options.profile)
    with run_log.run_lock(profile.name):
        print(quick.quick(profile))
    return 0


def prepare(options: argparse.Namespace) -> int:
    from facediag_utils.core import run_log, settings
    from facediag_utils.run import preparation

    if not (options.data or options.dsf):
        raise CohortError("prepare: which folder? --data FOLDER --name NAME, or --dsf ARCHIVE")
    name = _own_name(options)
    within_a_run = bool(settings.value(settings.RUN_LOG))  # which holds the lock already
    asked = (options.positive, options.seed, options.thumbnails, options.hashed)
    with nullcontext() if within_a_run else run_log.run_lock(name):
        preparation.prepare(options.data or options.dsf, name, bool(options.dsf), *asked)
    return 0


def train(options: argparse.Namespace) -> int:
    from facediag_utils.core import profiles, run_log
    from facediag_utils.data.store import Method
    from facediag_utils.run import train

    profile, method = profiles.profile(options.profile), Method.DTL1 if options.fine_tune else Method.DTL2
    with run_log.run_lock(profile.name):
        made = train.train(profile, options.network, method, options.epochs, options.seed)
    print(train.format_trained(made, profile))
    return 0


def app(options: argparse.Namespace) -> int:
    from facediag_utils.app import server

    server.serve(options.arguments)
    return 0


def report(options: argparse.Namespace) -> int:
    from facediag_utils.core import profiles
    from facediag_utils.run import report

    print(report.show(profiles.profile(options.profile)))
    return 0


def archive(options: argparse.Namespace) -> int:
    from facediag_utils.core import profiles
    from facediag_utils.run import archive

    profile = profiles.profile(options.profile)
    print(profiles.from_output(archive.archive(profile, options.overwrite)))
    if not (profile.rendered or profile.salt):
        print("its tables name the files of your pictures: read its README.md before you pass it on")
    return 0


def record(_: argparse.Namespace) -> int:
    from facediag_utils.run import verdict

    print(verdict.record())
    return 0


def licences(_: argparse.Namespace) -> int:
    from facediag_utils.core import profiles
    from facediag_utils.run import licences

    print(profiles.from_output(licences.write()))
    return 0


def weights(options: argparse.Namespace) -> int:
    from facediag_utils.networks import download

    return 1 if download.fetch_all(options.names) else 0


def fingerprint(options: argparse.Namespace) -> int:
    from facediag_utils.methods import fingerprint

    for line in fingerprint.lines(options.names):
        print(line, flush=True)
    return 0


def forget(options: argparse.Namespace) -> int:
    from facediag_utils.run import forget

    print("removed:", *forget.forget(options.name), sep="\n  ")
    return 0


def predict(options: argparse.Namespace) -> int:
    from facediag_utils.data.trained import DISCLAIMER
    from facediag_utils.methods import model_io, trained_model

    if options.explain and (len(options.images) > 1 or options.explain.suffix.lower() != ".png"):
        raise ExplanationError(f"--explain {options.explain}: one picture at a time, and a file that ends in .png")
    trained = model_io.load(options.model)
    classes = ", ".join(trained.about.classes)
    print(f"trained on: {trained.about.title}; classes: {classes}\n{DISCLAIMER}")
    if trained.about.rendered:
        print("It was trained on rendered faces: of a real person it says nothing at all.")
    spoken = 0
    for answer in trained_model.answers(trained, options.images):
        print(trained_model.format_answer(answer), flush=True)
        spoken += not answer.refusal
        if options.explain:
            print(_explained(trained, answer, options.explain))
    return 0 if spoken else 1


def _explained(trained: Any, answer: Any, path: Path) -> str:
    from facediag_utils.figures import heat_maps  # and with it matplotlib, which nothing else needs here

    return "no heat map: no answer" if answer.refusal else heat_maps.explain(trained, answer, path)


def _own_name(options: argparse.Namespace) -> str:
    """What a folder of one's own, or the paper's archive, is called."""
    from facediag_utils.core import profiles

    if options.data and options.dsf:
        raise CohortError("--data and --dsf: one folder at a time")
    name = "dsf" if options.dsf else str(options.name)
    profiles.check_name(name)
    return name


_ALL = (quick, reproduce, prepare, train, app, report, archive, record, licences, weights, fingerprint, forget, predict)
#: Each takes the parsed options and gives the exit status.
COMMANDS = {command.__name__: command for command in _ALL}

if __name__ == "__main__":
    sys.exit(main())
