"""``facediag reproduce | prepare | report | weights | predict | forget``: what the targets of the Makefile run."""

from __future__ import annotations

import argparse
import errno
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

from facediag_utils.errors import CohortError, FacediagError, ReproduceError

#: Errors of a disk that is full or must not be written on.
DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM})


def main() -> int:
    """Parse the command line, run the command, and turn our own errors into one message."""
    parser = argparse.ArgumentParser(prog="facediag")
    commands = parser.add_subparsers(dest="command", required=True)
    run = argparse.ArgumentParser(add_help=False)
    run.add_argument("--profile", default="bundled", help="data set (default: bundled)")
    run.add_argument("--seed", type=int, default=0, help="seed of folds and maps (default: 0)")
    run.add_argument("--splits", type=int, help="how often the split is drawn again (default: the notebook's 200)")
    run.add_argument("--data", type=Path, help="a folder of your own: a folder of images a class, or a manifest.csv")
    run.add_argument("--name", default="mine", help="what to call it (default: mine)")
    run.add_argument("--positive", help="the positive class, if there are two")
    run.add_argument("--dsf", type=Path, help="the archive of the paper's photographs, or its folder (--profile dsf)")
    run.add_argument("--hashed", action="store_true", help="hashes for names of files in all results")
    run.add_argument("--thumbnails", action="store_true", help="show your pictures in notebooks, figures and report")
    commands.add_parser("reproduce", parents=[run], help="execute all notebooks and write results/ and figures/")
    commands.add_parser("prepare", parents=[run], help="only read a folder of your own, and tell what is in it")
    page = commands.add_parser("report", help="write results/<profile>/report.html and open it")
    page.add_argument("--profile", default="bundled", help="data set (default: bundled)")
    fetch = commands.add_parser("weights", help="download published weights; without names, all of them")
    fetch.add_argument("names", nargs="*", help="networks of the registry, or timm:<name>")
    gone = commands.add_parser("forget", help="remove everything that was made from a folder of your own")
    gone.add_argument("name", help="the name it was given")
    asked = commands.add_parser("predict", help="put pictures to a trained model; research and teaching only")
    asked.add_argument("images", nargs="+", type=Path, help="pictures of faces")
    asked.add_argument("--model", type=Path, default=Path("results/bundled/model"), help="as `reproduce` made it")
    options = parser.parse_args()
    try:
        if options.command == "weights":
            from facediag_utils.backbones import download

            return 1 if download.fetch_all(options.names) else 0
        if options.command == "forget":
            from facediag_utils import forget

            print("removed:", *forget.forget(options.name), sep="\n  ")
            return 0
        if options.command == "predict":
            return predict(options.images, options.model)
        if options.command == "report":
            from facediag_utils import profiles, report

            print(report.show(profiles.profile(options.profile)))
            return 0
        if options.command == "prepare":
            return prepare(options)
        from facediag_utils import journal, profiles, reproduce

        own = bool(options.data or options.dsf)
        name = own_name(options) if own else profiles.profile(options.profile).name
        with journal.alone(name):
            if own:  # in a process of its own: what it loads and starts is gone when the notebooks begin
                done = subprocess.run([sys.executable, "-m", "facediag_utils", "prepare", *sys.argv[2:]]).returncode
                if done < 0:
                    raise ReproduceError(f"reading the folder was ended by signal {-done}; is there enough memory?")
                if done:
                    return done  # it has said why
            reproduce.main(profiles.profile(name), options.seed, options.splits)
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
    return 0


def own_name(options: argparse.Namespace) -> str:
    """What a folder of one's own, or the paper's archive, is called."""
    from facediag_utils import profiles

    if options.data and options.dsf:
        raise CohortError("--data and --dsf: one folder at a time")
    name = "dsf" if options.dsf else str(options.name)
    profiles.check_name(name)
    return name


def prepare(options: argparse.Namespace) -> int:
    """Read a folder of one's own."""
    from facediag_utils import journal, preparation

    if not (options.data or options.dsf):
        raise CohortError("prepare: which folder? --data FOLDER --name NAME, or --dsf ARCHIVE")
    name = own_name(options)
    settings = (options.positive, options.seed, options.thumbnails, options.hashed)
    lock = nullcontext() if journal.VARIABLE in os.environ else journal.alone(name)  # a run that it is a part of has it
    with lock:
        preparation.prepare(options.data or options.dsf, name, bool(options.dsf), *settings)
    return 0


def predict(images: list[Path], path: Path) -> int:
    """Print what a model says of each picture; 1 if it said nothing of any."""
    from facediag_utils import model, model_files

    trained = model_files.load(path)
    print(f"trained on: {trained.about.title}; classes: {', '.join(trained.about.classes)}\n{model.WORD}")
    if trained.about.rendered:
        print("It was trained on rendered faces: of a real person it says nothing at all.")
    spoken = 0
    for answer in model.answers(trained, images):
        print(model.told(answer), flush=True)
        spoken += not answer.refusal
    return 0 if spoken else 1


if __name__ == "__main__":
    sys.exit(main())
