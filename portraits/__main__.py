"""``python -m portraits make`` renders the cohort; ``render`` is what its worker processes run."""

from __future__ import annotations

import argparse
from pathlib import Path

from portraits import cohort

BUNDLED = Path(__file__).resolve().parents[1] / "data" / "bundled"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m portraits", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="render what is missing, then write manifest.csv")
    render = commands.add_parser("render", help="render some rows of the plan in this process")
    for command in (make, render):
        command.add_argument("--out", type=Path, default=BUNDLED)
    make.add_argument("--limit", type=int, help="only the first so many images")
    render.add_argument("--rows", type=int, nargs="+", required=True)
    options = parser.parse_args()
    if options.command == "make":
        cohort.make(options.out, options.limit)
    else:
        import drjit

        drjit.set_thread_count(1)  # the parent starts a process a core
        rows = cohort.plan()
        for index in options.rows:
            cohort.render_row(rows[index], options.out)


if __name__ == "__main__":
    main()
