"""The command ``facediag`` (or ``python -m facediag_utils``): what the targets of the Makefile run."""

import argparse
import errno
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from facediag_utils.core.errors import CohortError, ExplanationError, FacediagError, ReproduceError

#: Errors of a disk that is full or must not be written on.
DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM})


def main() -> int:
    """Parse the command line, run the command, and turn our own errors into one message.

    Returns
    -------
    int
        Exit status: 0; 1 for an error; 3 if a run did not reproduce the record.
    """
    options = parser().parse_args()
    try:
        return options.command(options)
    except FacediagError as error:
        print(f"\nfacediag: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `| head`: nobody reads any more
        sys.stderr.close()
        return 1
    except OSError as error:
        if error.errno not in DISK:
            raise
        print(f"\nfacediag: {error}; mend that and run again: it goes on where it stopped", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    parser = argparse.ArgumentParser(prog="facediag", description="Deep facial diagnosis: research and teaching only.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    named = argparse.ArgumentParser(add_help=False)
    named.add_argument("--profile", default="bundled", help="data set (default: bundled)")
    run = argparse.ArgumentParser(add_help=False, parents=[named])
    run.add_argument("--seed", type=int, default=0, help="seed of folds and maps (default: 0)")
    run.add_argument("--trainings", type=_count, help="how often each network is trained (default: the notebook's 3)")
    run.add_argument("--splits", type=_count, help="how often the split is drawn again (default: the notebook's 200)")
    run.add_argument("--notebooks", type=_span, help="only some, by their numbers: 01-09, or 12 (default: all)")
    run.add_argument("--data", type=Path, help="a folder of your own: a folder of images per class, or a manifest.csv")
    run.add_argument("--name", default="mine", help="what to call it (default: mine)")
    run.add_argument("--positive", help="the positive class, if there are two")
    run.add_argument("--dsf", type=Path, help="the archive of the paper's photographs, or its folder (--profile dsf)")
    run.add_argument("--hashed", action="store_true", help="hashes for names of files in all results")
    run.add_argument("--thumbnails", action="store_true", help="show your pictures in notebooks, figures and report")

    def add(command: Callable[[argparse.Namespace], int], text: str, **options: Any) -> argparse.ArgumentParser:
        made = commands.add_parser(command.__name__, help=text, description=text, **options)
        made.set_defaults(command=command)
        return made

    add(reproduce, "execute all notebooks; figures, results and report go to runs/", parents=[run])
    add(prepare, "only read a folder of your own, and tell what is in it", parents=[run])
    single = add(train, "train one network on a data set: answers, a model for `predict`", parents=[named])
    single.add_argument("--network", default="dlib_resnet29", help="of the registry (default: dlib_resnet29)")
    single.add_argument("--fine-tune", action="store_true", help="DTL1, in place of features and an SVM (DTL2)")
    single.add_argument("--epochs", type=_count, help="of a fine-tuning (default: the network's own number)")
    single.add_argument("--seed", type=int, default=0, help="of folds, or of the training (default: 0)")
    served = add(app, "a page in the browser, on this machine only: pictures, a training, a question")
    served.add_argument("arguments", nargs="*", help="for Voilà, after --: -- --port=8866 --no-browser")
    add(report, "write runs/<profile>/report.html again and open it", parents=[named])
    add(record, "make the bundled cohort's last run the record: results/ and figures/")
    wanted = add(weights, "download published weights; without names, all of them")
    wanted.add_argument("names", nargs="*", help="networks of the registry, or timm:<name>")
    shown = add(fingerprint, "checksums of short trainings and features: the same on every x86-64 processor with AVX2")
    shown.add_argument(
        "names", nargs="*", help="networks of the registry, or dense_sift (default: all that are installed)"
    )
    gone = add(forget, "remove everything that was made from a folder of your own")
    gone.add_argument("name", help="the name it was given")
    asked = add(predict, "put pictures to a trained model; research and teaching only")
    asked.add_argument("images", nargs="+", type=Path, help="pictures of faces")
    asked.add_argument("--model", type=Path, default=Path("runs/bundled/results/model"), help="as `reproduce` made it")
    asked.add_argument("--explain", type=Path, metavar="PNG", help="of one picture: draw where the answer comes from")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("1 or more")
    return number


def _span(text: str) -> tuple[str, str]:
    if not re.fullmatch(r"\d\d(-\d\d)?", text):
        raise argparse.ArgumentTypeError("two digits, or two such numbers with a hyphen: 12, 01-09")
    return text[:2], text[-2:]


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


def record(_: argparse.Namespace) -> int:
    from facediag_utils.run import verdict

    print(verdict.record())
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


if __name__ == "__main__":
    sys.exit(main())
