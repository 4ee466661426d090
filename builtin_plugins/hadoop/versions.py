"""The releases of Hadoop this plugin runs, what each needs, and where it comes from."""

from typing import Final

from attrs import frozen

from serai.hookspec.artifacts import Artifact, Maven, Tarball

_MODULES: Final = (
    "hadoop-common",
    "hadoop-hdfs",
    "hadoop-hdfs-client",
    "hadoop-yarn-client",
    "hadoop-yarn-server-resourcemanager",
    "hadoop-yarn-server-nodemanager",
    "hadoop-yarn-server-web-proxy",
    "hadoop-mapreduce-client-core",
    "hadoop-mapreduce-client-app",
    "hadoop-mapreduce-client-jobclient",
    "hadoop-mapreduce-client-shuffle",
    "hadoop-mapreduce-client-hs",
)
"""What the daemons and the jobs are made of; ZooKeeper's server comes with the first of them."""


@frozen
class Release:
    """One release of Hadoop.

    Attributes:
        version: as users name it.
        sha256: of its jars and all they need, as :class:`~serai.hookspec.artifacts.Maven` has it.
        java: the feature releases of Java that its daemons and containers run on.
    """

    version: str
    sha256: str
    java: tuple[int, ...]

    @property
    def artifact(self) -> Artifact:
        """The distribution: a directory of jars, all of which are the class path."""
        coordinates = tuple(f"org.apache.hadoop:{module}:{self.version}" for module in _MODULES)
        return Artifact("hadoop", self.version, (Maven(coordinates, self.sha256),))

    def runs_on_java(self, major: int) -> bool:
        """Whether it runs on a feature release of Java."""
        return major in self.java

    @property
    def java_needed(self) -> str:
        """The fitting Javas, for people: ``17 or 21``."""
        return ", ".join(map(str, self.java[:-1])) + f" or {self.java[-1]}"


RELEASES: Final = {
    release.version: release
    for release in (
        Release(
            version="3.5.0",
            sha256="c06df412d87a0ad869e14546c99414b63a1d7537731867787666df8df613cecc",
            java=(17, 21, 25),
        ),
        Release(
            version="3.4.3",
            sha256="e82f6c6290f14b68facc3da8942afb4bd5112f120d0419fe0dd452ba41d63489",
            java=(17, 21, 25),
        ),
    )
}
"""By version, newest first."""

VERSIONS: Final = tuple(RELEASES)

STREAMING: Final = Artifact(
    "hadoop-streaming",
    "3.4.2",
    (
        Maven(
            ("org.apache.hadoop:hadoop-streaming:3.4.2",),
            "1b73baf8ca7487dfa28876877f9d7bc3e663c403dd61194b9082990a7d192c43",
            exclusions=("*:*",),
        ),
    ),
)
"""A directory with the jar of streaming jobs, for every release: Maven Central has it of no later one."""


def tarball_artifact(url: str, sha256: str, version: str) -> Artifact:
    """The distribution as Apache packs it: a directory with ``share/hadoop`` and more.

    Args:
        url: of the ``.tar.gz``: ``https:``, ``http:`` or ``file:``.
        sha256: of it, in hex.
        version: of Hadoop.
    """
    return Artifact("hadoop", version, (Tarball(url, sha256),))
