"""pyinfra and Ansible, in an environment of their own."""

import subprocess
import sys
from pathlib import Path

PLACE = Path(__file__).parents[2] / "build" / "bench-venv"
PACKAGES = ("pyinfra>=3,<4", "ansible-core>=2.19,<2.20")


def python() -> str:
    """Their interpreter; what is missing is installed first.

    Raises:
        RuntimeError: it could not be installed; with what pip says.
    """
    interpreter = PLACE / "bin" / "python"
    if not _complete(interpreter):
        subprocess.run([sys.executable, "-m", "venv", PLACE], check=True)
        pip = [interpreter, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *PACKAGES]
        done = subprocess.run(pip, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip().rpartition("\n")[2])
    return str(interpreter)


def versions(interpreter: str) -> str:
    """What is compared with."""
    script = "from importlib.metadata import version; print(version('pyinfra'), version('ansible-core'))"
    pyinfra, ansible = subprocess.run([interpreter, "-c", script], capture_output=True, text=True).stdout.split()
    return f"pyinfra {pyinfra}, Ansible {ansible}"


def _complete(interpreter: Path) -> bool:
    script = "import ansible, pyinfra"
    return interpreter.exists() and subprocess.run([interpreter, "-c", script], capture_output=True).returncode == 0
