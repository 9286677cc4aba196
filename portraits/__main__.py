"""``python -m portraits make`` renders the images; ``compare`` renders some again and compares; ``render`` is what workers run.
In the environment of ``facediag_utils``: ``audit`` measures the images, ``readers`` simulates readers of them, ``croissant``
writes their metadata."""

from __future__ import annotations

import argparse
from pathlib import Path

from portraits import rendering
from portraits.plan import SETS

BUNDLED = Path(__file__).resolve().parents[1] / "data" / "bundled"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m portraits", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="render what is missing, then write manifests and landmarks")
    render = commands.add_parser("render", help="render some rows of a set in this process")
    compare = commands.add_parser("compare", help="render some images again: mean difference from the files")
    audit = commands.add_parser("audit", help="measure detection, landmarks, identities, leaks; write the datasheet")
    readers = commands.add_parser("readers", help="simulate the readers of notebook 08")
    metadata = commands.add_parser("croissant", help="write croissant.json from the manifests")
    for command in (make, render, compare, audit, readers, metadata):
        command.add_argument("--to", type=Path, default=BUNDLED, metavar="FOLDER", help="the images' folder")
    make.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS), help="only these sets")
    make.add_argument("--limit", type=int, help="only the first so many images of each set")
    render.add_argument("--set", choices=list(SETS), default=".")
    render.add_argument("--rows", type=int, nargs="+", required=True)
    compare.add_argument("--count", type=int, default=10, help="images of each set")
    options = parser.parse_args()
    if options.command == "make":
        rendering.make(options.to, options.sets, options.limit)
    elif options.command == "render":
        kind = SETS[options.set]
        rows = kind.rows()
        for index in options.rows:
            rendering.render_row(rows[index], options.to / options.set, kind)
    elif options.command == "compare":
        from portraits import checks

        checks.compare(options.to, options.count)
    elif options.command == "readers":
        from portraits import readers as panel

        panel.write(options.to)
    elif options.command == "croissant":
        from portraits import croissant

        croissant.write(options.to)
    else:
        from portraits import audit as measures

        measures.main(options.to)


if __name__ == "__main__":
    main()
