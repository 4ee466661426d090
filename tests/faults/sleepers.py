"""The cheapest clusters whose machines and processes are real and outlive their engine, and a book of what was made."""

from pathlib import Path
from typing import Any

from serai.builtin_plugins.infrastructure.local import LocalProvider
from serai.engine import ClusterSpec, plugin
from serai.hookspec import hookimpl
from serai.hookspec.objects import Config
from serai.hookspec.semantics import Role
from serai.hookspec.services import Service

TARGET = "service:Sleepers"
NAP = Config("Nap", config_type="integer", default_value=1000, applicable_target=TARGET, update_policy="rolling")


class Sleepers:
    """A service that sleeps, on each instance, for as long as its config says."""

    @hookimpl
    def get_versions(self):
        return ["1"]

    @hookimpl
    def get_configs(self):
        return [NAP]

    @hookimpl
    def get_node_processes(self):
        return {"Sleepers": ["sleeper"]}

    @hookimpl
    def configure_cluster(self, cluster, run):
        self._configure(cluster.instances, run)

    @hookimpl
    def start_cluster(self, cluster, run):
        self._start(cluster.instances, run)

    @hookimpl
    def scale_cluster(self, instances, run):
        self._configure(instances, run)
        self._start(instances, run)

    @hookimpl
    def decommission_nodes(self, instances, run):
        run.each(instances, lambda each: each.remote.services.stop("sleeper"), step="wake")

    @hookimpl
    def reconfigure_cluster(self, cluster, changes, run):
        self._start(changes.step.instances_with("sleeper", cluster), run)

    @hookimpl
    def on_terminate_cluster(self, cluster, run):
        run.each(cluster.instances, lambda each: each.remote.services.stop("sleeper"), step="wake")

    def _configure(self, instances, run):
        run.each(instances, lambda each: each.remote.put({_pillow(each): each.instance_name}), step="make beds")

    def _start(self, instances, run):
        run.each(instances, lambda each: each.remote.services.start(_sleeper(each)), step="sleep")


def _pillow(instance: Any) -> str:
    return f"{instance.remote.layout.conf}/pillow"


def _sleeper(instance: Any) -> Service:
    return Service("sleeper", ["sleep", str(instance.node_group.value(NAP))])


class Upholstery:
    """Adds to whatever cluster a config that holds for new machines only."""

    @hookimpl
    def extends(self):
        return True

    @hookimpl
    def get_configs(self):
        return [Config("Mattress", config_type="integer", default_value=1, update_policy="replace")]


class Counted(LocalProvider):
    """Machines on this machine; name and id of each that is made go into a book before anybody hears of it.

    Of two engines that make one at the same moment, as when one of them stood still in between, both write it down.

    Args:
        book: the file.
    """

    def __init__(self, book: Path) -> None:
        super().__init__()
        self._book = book

    @hookimpl
    def create_machines(self, cluster, requests):
        before = {machine.machine_id for machine in self.list_machines(cluster.id)}
        made = super().create_machines(cluster, requests)
        with self._book.open("a") as book:
            book.writelines(
                f"{cluster.id} {each.name} {each.machine_id}\n" for each in made if each.machine_id not in before
            )
        return made


def plugins(book: Path) -> list[Any]:
    """What an engine is opened with."""
    return [
        plugin("sleepers", Role.PROVISIONING, Sleepers()),
        plugin("upholstery", Role.AUXILIARY, Upholstery()),
        plugin("counted", Role.INFRASTRUCTURE, Counted(book)),
    ]


def sleepers(name: str = "demo", count: int = 2, nap: int = 1000) -> ClusterSpec:
    """The document of a cluster."""
    group = {"name": "beds", "count": count, "node_processes": ["sleeper"], "node_configs": {TARGET: {"Nap": nap}}}
    return ClusterSpec.from_dict(
        {
            "name": name,
            "plugin_name": "sleepers",
            "hadoop_version": "1",
            "auxiliary_plugins": ["upholstery"],
            "infrastructure": {"provider": "counted"},
            "node_groups": [group],
        }
    )
