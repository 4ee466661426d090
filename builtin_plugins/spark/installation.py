"""Spark on one instance: its distribution, its Java, its files."""

from serai.builtin_plugins.spark.class_sharing import REHEARSAL, class_archives, rehearsal_path, share_classes
from serai.builtin_plugins.spark.configuration import Installation, instance_files, properties_file
from serai.builtin_plugins.spark.java import install_java
from serai.builtin_plugins.spark.layout import spark_paths
from serai.builtin_plugins.spark.topology import master_url
from serai.builtin_plugins.spark.values import cluster_values
from serai.builtin_plugins.spark.versions import RELEASES
from serai.hookspec.objects import Instance
from serai.hookspec.run import Run


def install(instance: Instance, run: Run) -> None:
    """Have Spark and its files on an instance; what is there already stays.

    Args:
        instance: where.
        run: the operation.

    Raises:
        UnfitJava: no Java there runs this release of Spark.
        ArtifactError: something could not be had.
    """
    cluster = instance.node_group.cluster
    values, release = cluster_values(cluster), RELEASES[cluster.hadoop_version]
    distribution = run.artifact(instance, release.artifact)
    java = install_java(instance, release, values.java, run)
    paths, archives = spark_paths(instance), class_archives(distribution, java)
    installed = Installation(distribution, java, archives.option if values.shares_classes else "")
    files = instance_files(values, master_url(cluster), instance.internal_ip, paths, installed)
    instance.remote.put({**files, rehearsal_path(paths): REHEARSAL})
    if values.shares_classes:
        share_classes(instance, java, archives, paths, run)


def write_properties(instance: Instance) -> None:
    """Write an instance's spark-defaults.conf anew, as sizes may have changed; what runs there keeps the old."""
    cluster = instance.node_group.cluster
    content = properties_file(cluster_values(cluster), master_url(cluster), instance.internal_ip)
    instance.remote.put({spark_paths(instance).properties: content})
