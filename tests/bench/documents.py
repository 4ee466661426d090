"""What validating and planning a document costs; floor: structuring the document alone."""

from timing import paired, seconds

from serai.engine.lifecycle.create import CREATE
from serai.engine.planning import plan
from serai.engine.plugins.catalog import Catalog
from serai.engine.spec import ClusterSpec
from serai.engine.validation import validated_cluster

SIZES = ((25, 100), (50, 100), (100, 100), (200, 100))
"""(node groups, instances of each)"""


def document(groups: int, count: int) -> dict[str, object]:
    """A Dask cluster's document of that many groups of workers."""
    workers = [
        {
            "name": f"workers-{index}",
            "count": count,
            "node_processes": ["worker"],
            "node_configs": {"service:Dask": {"Worker memory": 64}},
        }
        for index in range(groups - 1)
    ]
    scheduler = {"name": "scheduler", "count": 1, "node_processes": ["scheduler"]}
    return {
        "name": "large",
        "plugin_name": "dask",
        "hadoop_version": "2026.8.0",
        "infrastructure": {"provider": "nowhere"},
        "node_groups": [scheduler, *workers],
    }


def main() -> None:
    """Print a line for each size."""
    catalog = Catalog(plugins=[nowhere()])
    print("documents: validating and planning / structuring (milliseconds of processor time)")
    for groups, count in SIZES:
        data = document(groups, count)

        def both(data: dict[str, object] = data) -> None:
            cluster = validated_cluster(ClusterSpec.from_dict(data), catalog)
            stack = catalog.stack(cluster.plugin_name, cluster.hadoop_version, cluster.auxiliary_plugins)
            plan(cluster, stack, CREATE)

        def structured(data: dict[str, object] = data) -> None:
            ClusterSpec.from_dict(data)

        seconds(both)  # plugins are imported and stacks made once
        ours, floor, ratio = paired(both, structured, rounds=5)
        instances = (groups - 1) * count + 1
        each = ours / instances * 1e6
        print(
            f"  {groups:4} groups, {instances:6} instances: {ours * 1e3:8.1f} / {floor * 1e3:7.1f}  = {ratio:5.1f}"
            f"   ({each:.0f} microseconds an instance)"
        )


def nowhere() -> object:
    """A provider with room for everything, so that the document's size is all that counts."""
    from serai.engine.plugins.catalog import admitted
    from serai.hookspec import hookimpl
    from serai.hookspec.semantics import Role

    class Nowhere:
        @hookimpl
        def create_machines(self, requests):  # type: ignore[no-untyped-def]
            raise NotImplementedError

        @hookimpl
        def list_machines(self):  # type: ignore[no-untyped-def]
            return []

        @hookimpl
        def delete_machines(self): ...  # type: ignore[no-untyped-def]

        @hookimpl
        def get_endpoint(self):  # type: ignore[no-untyped-def]
            raise NotImplementedError

    return admitted("nowhere", Role.INFRASTRUCTURE, Nowhere())
