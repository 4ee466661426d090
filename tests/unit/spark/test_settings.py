"""What the Spark plugin lets a user set."""

from collections.abc import Callable

import pytest

from serai.builtin_plugins.spark.plugin import SPARK
from serai.builtin_plugins.spark.settings import CONFIGS, SERVICE, TARGET
from serai.builtin_plugins.spark.values import cluster_values
from serai.builtin_plugins.spark.versions import RELEASES
from serai.hookspec.configs import Config
from serai.hookspec.objects import Cluster, Secret


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_each_config_is_complete(config: Config) -> None:
    """It belongs to the service, has a description of its own, and a default its own rules accept."""
    assert config.applicable_target == TARGET == f"service:{SERVICE}"
    assert config.description.endswith(".")
    assert config.default_value is None or config.problem_with(config.default_value) == ""


def test_names_are_unique() -> None:
    """A name is what a user writes."""
    assert len({config.name for config in CONFIGS}) == len(CONFIGS)


def test_versions_are_newest_first() -> None:
    """As the hook demands."""
    versions = SPARK.get_versions()
    assert versions == sorted(versions, key=lambda version: [int(part) for part in version.split(".")], reverse=True)
    assert SPARK.get_edp_job_types(["3.5.9", "1.0"]) == {"3.5.9": ["Spark", "Shell"]}


@pytest.mark.parametrize(
    ("version", "major", "fits"),
    [("4.3.0", 17, True), ("4.3.0", 25, True), ("4.3.0", 11, False), ("3.5.9", 8, True), ("3.5.9", 25, False)],
)
def test_each_line_knows_its_javas(version: str, major: int, fits: bool) -> None:
    """Spark 4 needs 17; Spark 3.5 was never meant for what came after 21."""
    assert (major in RELEASES[version].java) is fits


def test_what_is_fetched_is_pinned() -> None:
    """Every requirement has a version and a checksum."""
    requirements = [item for release in RELEASES.values() for item in release.artifact.sources[0].requirements]
    assert all("==" in item and "--hash=sha256:" in item for item in requirements)


def test_an_empty_secret_is_none(cluster: Callable[..., Cluster]) -> None:
    """Spark would take it for a secret everybody knows."""
    assert cluster_values(cluster({"Authentication secret": Secret("")})).secret is None
    assert cluster_values(cluster({"Authentication secret": Secret("x")})).secret == Secret("x")


def test_values_do_not_show_secrets(cluster: Callable[..., Cluster]) -> None:
    """They may end in a log."""
    values = cluster_values(
        cluster({"Authentication secret": Secret("sesame"), "Secret Spark defaults": Secret("spark.token mellon")})
    )
    assert values.has_secrets
    assert "sesame" not in repr(values)
    assert "mellon" not in repr(values)
