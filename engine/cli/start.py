"""Where the command begins. Ctrl-C ends it without a traceback also while it is loaded, and while it ends."""

import os
import sys


def main() -> None:
    """Run the command line of this process, and end it."""
    _replace_closed_streams()
    try:
        from serai.engine.cli.main import run  # takes a moment, in which somebody may change their mind

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        os.write(2, b"Error: interrupted  [INTERRUPTED]\n")
        os._exit(130)  # waits for nothing: what was begun is in the store, and was asked to stop if there was time
    sys.exit(code)


def _replace_closed_streams() -> None:
    """Have somewhere to write to: ``serai up FILE >&-`` wants to hear nothing, and no less to be done."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - for as long as the process lasts
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
