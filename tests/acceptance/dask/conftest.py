"""A Dask cluster on this machine, driven through the plugin's hooks alone."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from plugin_bed import Bed, bed_of

from serai.builtin_plugins.dask.plugin import DASK
from serai.builtin_plugins.dask.settings import CONFIGS
from serai.engine.artifacts import ArtifactCache, default_root
from serai.hookspec.edp import JobType
from serai.hookspec.objects import Cluster, NodeGroup


@pytest.fixture(scope="session")
def cache() -> ArtifactCache:
    """The machine's own cache."""
    return ArtifactCache(default_root())


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[Callable[..., Bed]]:
    """Makes a cluster, and ends it whatever happens."""
    with ExitStack() as at_end:

        def make(version: str = "2026.8.0", **configs: object) -> Bed:
            groups = [NodeGroup("scheduler", 1, ["scheduler"]), NodeGroup("workers", 2, ["worker"])]
            values = {"Worker memory": 512, "Worker threads": 1, "Start timeout": 30, **configs}
            cluster = Cluster("demo", "dask", version, groups, cluster_configs={"service:Dask": values})
            cluster.bind_configs(CONFIGS)
            return at_end.enter_context(bed_of(DASK, JobType.SHELL, cluster, tmp_path))

        yield make
