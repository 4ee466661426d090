"""The Java that runs Spark on an instance, and what it lacks for that."""

from typing import Final

from attrs import frozen

from serai.builtin_plugins.java import installation
from serai.builtin_plugins.spark.versions import Release
from serai.hookspec.facts import JavaRuntime
from serai.hookspec.objects import Instance
from serai.hookspec.run import Run

VECTOR_MODULE: Final = "jdk.incubator.vector"
"""Spark 4 starts every JVM with this module; a JVM without it does not start. Only linear algebra is slower then."""


@frozen
class InstalledJava:
    """The Java of an instance.

    Attributes:
        home: its JAVA_HOME.
        version: as it tells it, such as ``17.0.15``.
        has_vector_module: whether it has :data:`VECTOR_MODULE`.
    """

    home: str
    version: str
    has_vector_module: bool

    @property
    def major(self) -> int:
        """Its feature release."""
        return JavaRuntime(self.home, self.version).major

    @property
    def minds_repetition(self) -> bool:
        """Whether it shares no classes when a jar comes twice in the class path: 21 does not, 17 and 25 do."""
        return 17 < self.major < 25


def install_java(instance: Instance, release: Release, wanted: str, run: Run) -> InstalledJava:
    """Have a Java that runs a release of Spark on an instance.

    Args:
        instance: where.
        release: of Spark.
        wanted: the value of the config ``Java``.
        run: the operation.

    Raises:
        UnfitJava: the machine has none that fits, and none can be brought there.
        ArtifactError: it could not be had.
    """
    java = installation.install_java(instance, release.java_need, wanted, run)
    return InstalledJava(java.home, java.version, has_vector_module(instance, java))


def has_vector_module(instance: Instance, java: JavaRuntime) -> bool:
    """Whether a Java has the module that Spark 4 asks for; one that is older than modules has none."""
    listed = instance.remote.run(f"{java.home}/bin/java", "--list-modules", timeout=60.0, check=False)
    return any(line.partition("@")[0] == VECTOR_MODULE for line in listed.stdout.splitlines())
