"""Making clusters for checks."""

from serai.hookspec.cluster import Cluster
from serai.hookspec.testing.conformance.subject import Subject
from serai.hookspec.testing.stage import Stage


def made(subject: Subject, example: Cluster) -> tuple[Stage, Cluster]:
    """A cluster like an example, up, on hosts of its own; raises what its plugin does."""
    stage = subject.stage()
    cluster = stage.cluster(example)
    stage.create(cluster)
    return stage, cluster


def validated(subject: Subject, cluster: Cluster) -> tuple[()]:
    """Nothing, where the plugin accepts a cluster; raises what its ``validate`` does."""
    subject.offers.validate(cluster)
    return ()
