"""JupyterLab and all it needs, each in one version."""

from importlib.resources import files
from typing import Final

from serai.hookspec.artifacts import Artifact, PyPI

_LIST: Final = "requirements.txt"


def jupyter_artifact() -> Artifact:
    """The distribution: a directory on the path of Python, with Jupyter's own ``share`` and ``etc`` in it.

    What ``pip install jupyterlab ipykernel`` draws in is listed as well: another day it would be something else.
    """
    requirements = files(__package__).joinpath(_LIST).read_text(encoding="utf-8").split()
    version = next(line.partition("==")[2] for line in requirements if line.startswith("jupyterlab=="))
    return Artifact("jupyterlab", version, (PyPI(requirements),))
