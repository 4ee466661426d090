"""A process with one thread that has imported all, and forks for each order it reads: a new engine in milliseconds."""

import json
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]


class Nursery:
    """Processes, one at a time. Ends with the context."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "faults.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(TESTS)},
            text=True,
        )

    def run(self, order: dict[str, Any]) -> int:
        """Have an order carried out by a process of its own; returns how it ended, as a return code."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


def main() -> None:
    """Carry out the orders of standard input, one after the other."""
    from faults.dying import carry_out

    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.dup2(2, 1)
            try:
                carry_out(json.loads(line))
            except BaseException:  # noqa: BLE001 - told, and the order has failed
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
