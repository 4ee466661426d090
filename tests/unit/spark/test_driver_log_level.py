"""How much drivers say."""

from collections.abc import Callable

from serai.builtin_plugins.spark.configuration import properties_file
from serai.builtin_plugins.spark.properties import parsed
from serai.builtin_plugins.spark.values import cluster_values
from serai.hookspec.objects import Cluster, Secret


def level(cluster: Cluster, further: dict[str, str] | None = None) -> str:
    """The log level that a driver finds in its properties."""
    content = properties_file(cluster_values(cluster), "spark://10.0.1.1:7077", "10.0.1.1", further)
    return parsed(content.reveal() if isinstance(content, Secret) else content).values["spark.log.level"]


def test_drivers_warn_and_say_no_more(cluster: Callable[..., Cluster]) -> None:
    """By default, so that what a job says itself can be seen."""
    assert level(cluster()) == "WARN"


def test_a_cluster_may_want_more(cluster: Callable[..., Cluster]) -> None:
    """By the passthrough of properties."""
    assert level(cluster({"Spark defaults": "spark.log.level INFO"})) == "INFO"


def test_a_job_may_want_more_than_its_cluster(cluster: Callable[..., Cluster]) -> None:
    """By its own properties."""
    assert level(cluster({"Spark defaults": "spark.log.level ERROR"}), {"spark.log.level": "DEBUG"}) == "DEBUG"
