"""``python -m portraits make`` renders the images; ``compare`` renders some again and compares; ``sheet`` shows the signs;
``audit`` (in the environment of ``facediag_utils``) measures the images; ``render`` is what worker processes run."""

from __future__ import annotations

import argparse
from pathlib import Path

from portraits import cohort

BUNDLED = Path(__file__).resolve().parents[1] / "data" / "bundled"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m portraits", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="render what is missing, then write manifests and landmarks")
    render = commands.add_parser("render", help="render some rows of a set in this process")
    compare = commands.add_parser("compare", help="render some images again: mean difference from the files")
    commands.add_parser("sheet", help="picture of each phenotype at severity 0, 0.5, 1")
    audit = commands.add_parser("audit", help="measure detection, landmarks, identities, leaks; write the datasheet")
    for command in (make, render, compare, audit):
        command.add_argument("--out", type=Path, default=BUNDLED)
    make.add_argument("--limit", type=int, help="only the first so many images of each set")
    render.add_argument("--set", choices=list(cohort.SETS), default=".")
    render.add_argument("--rows", type=int, nargs="+", required=True)
    compare.add_argument("--count", type=int, default=6)
    options = parser.parse_args()
    if options.command == "make":
        cohort.make(options.out, options.limit)
    elif options.command == "render":
        rows = cohort.SETS[options.set]()
        for index in options.rows:
            cohort.render_row(rows[index], options.out / options.set)
    elif options.command == "compare":
        from portraits import checks

        checks.compare(options.out, options.count)
    elif options.command == "sheet":
        from portraits import checks

        checks.phenotype_sheet(Path(__file__).parent / "phenotypes.jpg")
    else:
        from portraits import audit as measures

        measures.main(options.out)


if __name__ == "__main__":
    main()
