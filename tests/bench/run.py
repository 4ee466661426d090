"""Costs, as ratios against a named floor measured in the same run. Prints; judges nothing.

python tests/bench/run.py [dispatch] [documents] [fleet] [hadoop] [ssh]
"""

import sys
from importlib import import_module
from pathlib import Path

BENCHES = ("dispatch", "documents", "fleet", "hadoop", "ssh")


def main(names: list[str]) -> None:
    """Run the benches named, or all."""
    sys.path.append(str(Path(__file__).parents[1]))  # where the lab is
    for name in names or BENCHES:
        import_module(name).main()


if __name__ == "__main__":
    main(sys.argv[1:])
