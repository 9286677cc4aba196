"""What the command ``facediag`` understands: its commands, their options, and what the Tab key completes."""

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import argcomplete

from facediag_utils import __version__
from facediag_utils.core.settings import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

EPILOG = """\
examples:
  facediag quick                                     a first table in half a minute
  facediag reproduce                                 all notebooks, and the verdict
  facediag reproduce --data faces/ --name mine       the same with a folder of your own
  facediag train --profile mine --network mobileface --fine-tune
  facediag predict face.jpg --model runs/mine/trained/mobileface-DTL1/model
  facediag archive --profile mine                    a zip to deposit with a paper

exit status:
  0    done; of `reproduce`: the record was reproduced, or there is none to compare with
  1    an error, which the last line describes; of `predict`: no picture was answered
  2    the command line was not understood
  3    `reproduce`: the run is complete, but not all of its numbers are those of the record
  130  stopped by Ctrl-C; the same command goes on where it stopped
"""


def parse() -> argparse.Namespace:
    """The options of this process; if the shell asks what could be typed next, it is told so and the process ends."""
    made = parser()
    argcomplete.autocomplete(made)
    return made.parse_args()


def parser() -> argparse.ArgumentParser:
    """All commands with their options; ``command`` is the name of the one that was given."""
    parser = argparse.ArgumentParser(
        prog="facediag",
        description="Deep facial diagnosis: research and teaching only.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    named = argparse.ArgumentParser(add_help=False)
    _completed(named.add_argument("--profile", default="bundled", help="data set (default: bundled)"), _profiles)
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

    def add(name: str, text: str, **options: Any) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, **options)

    add("quick", "two networks with an SVM, no notebooks: a first table in half a minute", parents=[named])
    add("reproduce", "execute all notebooks; figures, results and report go to runs/", parents=[run])
    add("prepare", "only read a folder of your own, and tell what is in it", parents=[run])
    single = add("train", "train one network on a data set: answers, a model for `predict`", parents=[named])
    network = single.add_argument("--network", default="dlib_resnet29", help="of the registry (default: dlib_resnet29)")
    _completed(network, _networks)
    single.add_argument("--fine-tune", action="store_true", help="DTL1, in place of features and an SVM (DTL2)")
    single.add_argument("--epochs", type=_count, help="of a fine-tuning (default: the network's own number)")
    single.add_argument("--seed", type=int, default=0, help="of folds, or of the training (default: 0)")
    served = add("app", "a page in the browser, on this machine only: pictures, a training, a question")
    served.add_argument("arguments", nargs="*", help="for Voilà, after --: -- --port=8866 --no-browser")
    add("report", "write runs/<profile>/report.html again and open it", parents=[named])
    packed = add("archive", "a run in one zip, to deposit with a paper", parents=[named])
    packed.add_argument("--overwrite", action="store_true", help="replace an archive that is there")
    add("record", "make the bundled cohort's last run the record: results/ and figures/")
    add("licences", "write the tables of docs/licences.md again, from the lock and the registry")
    wanted = add("weights", "download published weights; without names, all of them")
    _completed(wanted.add_argument("names", nargs="*", help="networks of the registry, or timm:<name>"), _networks)
    shown = add(
        "fingerprint", "checksums of short trainings and features: the same on every x86-64 processor with AVX2"
    )
    checked = "networks of the registry, or dense_sift (default: all that are installed)"
    _completed(shown.add_argument("names", nargs="*", help=checked), _networks)
    gone = add("forget", "remove everything that was made from a folder of your own")
    _completed(gone.add_argument("name", help="the name it was given"), _own)
    asked = add("predict", "put pictures to a trained model; research and teaching only")
    asked.add_argument("images", nargs="+", type=Path, help="pictures of faces")
    asked.add_argument("--model", type=Path, default=Path("runs/bundled/results/model"), help="as `reproduce` made it")
    asked.add_argument("--explain", type=Path, metavar="PNG", help="of one picture: draw where the answer comes from")
    return parser


def _completed(argument: argparse.Action, names: Callable[[], Iterable[str]]) -> None:
    """Let the Tab key complete an argument with some names; what is not among them may be typed all the same."""
    argument.completer = lambda **_: names()  # type: ignore[attr-defined]


def _own() -> list[str]:
    from facediag_utils.core import profiles

    return profiles.kept()


def _profiles() -> list[str]:
    return ["bundled", *_own()]


def _networks() -> Iterable[str]:
    """Names in the registry, which itself would load pandas: too slow for a key."""
    return tomllib.loads((ROOT / "facediag_utils" / "networks" / "published.toml").read_text(encoding="utf-8"))


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("1 or more")
    return number


def _span(text: str) -> tuple[str, str]:
    if not re.fullmatch(r"\d\d(-\d\d)?", text):
        raise argparse.ArgumentTypeError("two digits, or two such numbers with a hyphen: 12, 01-09")
    return text[:2], text[-2:]
