"""What is written on an instance."""

from collections.abc import Callable

from serai.builtin_plugins.spark.configuration import (
    SUBMITTING,
    WITH_SPARK,
    Files,
    Installation,
    instance_files,
    spark_properties,
)
from serai.builtin_plugins.spark.java import InstalledJava
from serai.builtin_plugins.spark.layout import SparkPaths
from serai.builtin_plugins.spark.properties import parsed
from serai.builtin_plugins.spark.values import cluster_values
from serai.hookspec.objects import Cluster, Secret
from serai.hookspec.remote import File

PATHS = SparkPaths("/p/dist/spark", "/p/conf/spark", ("/volumes/disk1", "/volumes/disk2"))
INSTALLED = Installation("/cache/spark", InstalledJava("/jdk", "17.0.1", True), "/a/base.jsa:/a/spark.jsa")
MASTER = "spark://10.0.1.1:7077"


def files(cluster: Cluster) -> Files:
    """The files of the master's instance."""
    return instance_files(cluster_values(cluster), MASTER, "10.0.1.1", PATHS, INSTALLED)


def properties(cluster: Cluster) -> dict[str, str]:
    """The properties in force there."""
    return spark_properties(cluster_values(cluster), MASTER, "10.0.1.1")


def test_each_file_has_its_place(cluster: Callable[..., Cluster]) -> None:
    """Programs below dist, configuration below conf."""
    programs = [f"/p/dist/spark/bin/{name}" for name in ("spark-class", *SUBMITTING, WITH_SPARK)]
    assert list(files(cluster())) == ["/p/conf/spark/spark-defaults.conf", "/p/dist/spark/java/bin/java", *programs]


def test_programs_bind_to_the_instance_and_use_its_storage(cluster: Callable[..., Cluster]) -> None:
    """Every volume has scratch space; the class path begins with a directory that does not exist."""
    program = files(cluster())["/p/dist/spark/bin/spark-submit"]
    assert isinstance(program, File)
    assert program.mode == 0o755
    assert str(program.content).splitlines()[2:] == [
        "export SPARK_HOME=/cache/spark/pyspark",
        "export JAVA_HOME=/p/dist/spark/java",
        "export SPARK_CONF_DIR=/cache/spark/pyspark/conf",
        "export SPARK_LOCAL_IP=10.0.1.1",
        "export SPARK_LOCAL_DIRS=/volumes/disk1/spark/local,/volumes/disk2/spark/local",
        'exec "$SPARK_HOME"/bin/spark-submit --properties-file /p/conf/spark/spark-defaults.conf "$@"',
    ]


def test_other_programs_find_the_cluster_too(cluster: Callable[..., Cluster]) -> None:
    """A Python that imports pyspark finds Spark, and a session of it its properties."""
    program = files(cluster())[f"/p/dist/spark/bin/{WITH_SPARK}"]
    assert isinstance(program, File)
    submitting = files(cluster())["/p/dist/spark/bin/spark-submit"]
    assert isinstance(submitting, File)
    assert str(program.content).splitlines()[2:] == [
        *str(submitting.content).splitlines()[2:7],
        "export PYSPARK_SUBMIT_ARGS='--properties-file /p/conf/spark/spark-defaults.conf pyspark-shell'",
        'export PYTHONPATH=/cache/spark"${PYTHONPATH:+:$PYTHONPATH}"',
        'exec "$@"',
    ]


def test_metrics_are_told_when_they_are_wanted(cluster: Callable[..., Cluster]) -> None:
    """By the servlet of Spark's own; the user stands above that too."""
    key = "spark.metrics.conf.master.sink.prometheusServlet.path"
    assert not any("prometheus" in found for found in properties(cluster()))
    assert properties(cluster({"Prometheus metrics": True}))[key] == "/metrics/master/prometheus"
    moved = cluster({"Prometheus metrics": True, "Spark defaults": f"{key} /other"})
    assert properties(moved)[key] == "/other"


def test_values_become_properties(cluster: Callable[..., Cluster]) -> None:
    """Sizes, ports, times."""
    found = properties(
        cluster({"Executor memory": 700, "Driver memory": 600, "Worker timeout": 9, "Driver port": 7100})
    )
    expected = {
        "spark.master": MASTER,
        "spark.driver.host": "10.0.1.1",
        "spark.driver.bindAddress": "10.0.1.1",
        "spark.driver.port": "7100",
        "spark.blockManager.port": "0",
        "spark.port.maxRetries": "63",
        "spark.executor.memory": "700m",
        "spark.driver.memory": "600m",
        "spark.master.rest.enabled": "false",
        "spark.worker.timeout": "9",
        "spark.decommission.enabled": "true",
    }
    assert {key: found[key] for key in expected} == expected
    assert "spark.authenticate" not in found


def test_the_user_stands_above_suggestions_and_below_what_must_be(cluster: Callable[..., Cluster]) -> None:
    """Validation refuses the latter; were it missed, it would not count."""
    found = properties(cluster({"Spark defaults": "spark.worker.cleanup.enabled false\nspark.master nonsense"}))
    assert (found["spark.worker.cleanup.enabled"], found["spark.master"]) == ("false", MASTER)


def test_rest_listens_where_it_is_told(cluster: Callable[..., Cluster]) -> None:
    """On the instance's address only."""
    found = properties(cluster({"REST server": True, "REST port": 6067}))
    keys = ("spark.master.rest.enabled", "spark.master.rest.host", "spark.master.rest.port")
    assert [found[key] for key in keys] == ["true", "10.0.1.1", "6067"]


def test_a_file_without_secrets_can_be_read(cluster: Callable[..., Cluster]) -> None:
    """By everyone on the machine."""
    content = files(cluster({"Spark defaults": "spark.a b c"}))["/p/conf/spark/spark-defaults.conf"]
    assert isinstance(content, str)
    assert parsed(content).values["spark.a"] == "b c"


def test_a_file_with_secrets_is_one(cluster: Callable[..., Cluster]) -> None:
    """A Secret is written with mode 0600 and never shown."""
    for config in ({"Authentication secret": Secret("sesame")}, {"Secret Spark defaults": Secret("spark.x sesame")}):
        written = files(cluster(config))
        content = written["/p/conf/spark/spark-defaults.conf"]
        assert isinstance(content, Secret)
        assert "sesame" in content.reveal()
        assert "sesame" not in repr(written)
