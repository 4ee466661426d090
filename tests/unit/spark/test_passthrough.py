"""What may be handed through to Spark."""

from collections.abc import Callable

import pytest

from serai.builtin_plugins.spark.passthrough import passthrough_problems
from serai.builtin_plugins.spark.reserved import FOR_JOBS, RESERVED
from serai.builtin_plugins.spark.settings import CONFIGS
from serai.hookspec.objects import Cluster, Secret


def codes(cluster: Cluster) -> list[str]:
    """The codes of all problems."""
    return [problem.code for problem in passthrough_problems(cluster)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spark.sql.shuffle.partitions 20", []),
        ("hello world", ["NOT_A_SPARK_PROPERTY"]),
        ("spark.sql.shuffle.partitions", ["PROPERTY_WITHOUT_VALUE"]),
        ("spark.executor.memory 2g", ["RESERVED_PROPERTY"]),
        ("spark.hadoop.fs.s3a.secret.key x", ["SECRET_IN_CLEAR"]),
        ("spark.a 1\nspark.a 2", ["PROPERTY_TWICE"]),
        (r"spark.a \u12", ["MALFORMED_ESCAPE"]),
        ("spark.master x\nfoo y\nspark.b", ["RESERVED_PROPERTY", "NOT_A_SPARK_PROPERTY", "PROPERTY_WITHOUT_VALUE"]),
    ],
)
def test_each_fault_is_told(cluster: Callable[..., Cluster], text: str, expected: list[str]) -> None:
    """All of them, in the order of the lines."""
    assert codes(cluster({"Spark defaults": text})) == expected


def test_secrets_belong_into_the_secret_config(cluster: Callable[..., Cluster]) -> None:
    """There a key may look like one."""
    assert codes(cluster({"Secret Spark defaults": Secret("spark.hadoop.fs.s3a.secret.key x")})) == []


def test_nothing_of_a_secret_is_told(cluster: Callable[..., Cluster]) -> None:
    """Neither a value nor what could be a part of one."""
    text = "hunter2 swordfish\nspark.executor.memory opensesame\nspark.a 1\nspark.a mellon"
    problems = list(passthrough_problems(cluster({"Secret Spark defaults": Secret(text)})))
    assert [problem.code for problem in problems] == ["NOT_A_SPARK_PROPERTY", "RESERVED_PROPERTY", "PROPERTY_TWICE"]
    said = "".join(map(str, problems)) + repr(problems)
    assert not [word for word in ("hunter2", "swordfish", "opensesame", "mellon") if word in said]


def test_a_property_in_both_configs_is_told_with_both_places(cluster: Callable[..., Cluster]) -> None:
    """The second names the first."""
    made = cluster({"Spark defaults": "spark.a 1", "Secret Spark defaults": Secret("spark.a 2")})
    (problem,) = passthrough_problems(made)
    assert problem.error_message == "line 1: 'spark.a' is set already in line 1 of 'Spark defaults'"


def test_every_refusal_says_what_to_do_instead() -> None:
    """A hint names a config that exists, or gives the reason."""
    names = {config.name for config in CONFIGS}
    hints = {hint.partition("'")[2].rstrip("'") for hint in RESERVED.values() if hint.startswith("use the config")}
    assert hints <= names
    assert all(RESERVED.values())
    assert FOR_JOBS.keys() <= RESERVED.keys()
