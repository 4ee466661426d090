"""Costs, as ratios against a named floor measured in the same run. Prints; judges nothing.

python tests/bench/run.py [dispatch] [documents] [fleet]
"""

import sys
from importlib import import_module

BENCHES = ("dispatch", "documents", "fleet")


def main(names: list[str]) -> None:
    """Run the benches named, or all."""
    for name in names or BENCHES:
        import_module(name).main()


if __name__ == "__main__":
    main(sys.argv[1:])
