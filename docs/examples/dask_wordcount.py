"""Count the words of text files on the cluster: a job of type Shell.

The files travel as the job's libs and lie beside this program; its arguments are their names. The scheduler's address
is in the environment, where Client() looks for it.
"""

import re
import sys
from collections import Counter
from pathlib import Path

from distributed import Client

LINES_IN_A_PIECE = 500
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def pieces(path: Path) -> list[str]:
    """Cut a text into pieces of whole lines."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return ["\n".join(lines[start : start + LINES_IN_A_PIECE]) for start in range(0, len(lines), LINES_IN_A_PIECE)]


def count(text: str) -> Counter[str]:
    """Count the words of one piece; runs on a worker."""
    return Counter(WORD.findall(text.lower()))


def add(counts: list[Counter[str]]) -> Counter[str]:
    """Add counts up; runs on a worker too, where the counts are."""
    return sum(counts, Counter())


def main(names: list[str]) -> None:
    with Client() as client:
        texts = [piece for name in names for piece in pieces(Path(name))]
        total = client.submit(add, client.map(count, texts)).result()
        workers = len(client.nthreads())
    print(f"{total.total()} words, {len(total)} different, in {len(texts)} pieces on {workers} workers")
    for word, times in sorted(total.items(), key=lambda item: (-item[1], item[0]))[:10]:
        print(f"{times:7} {word}")


if __name__ == "__main__":
    main(sys.argv[1:])
