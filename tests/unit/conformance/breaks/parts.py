"""What several broken plugins are made of."""

from attrs import evolve

from serai.hookspec import hookimpl
from serai.hookspec.configs import Config, ValidationError
from serai.hookspec.health import Health
from serai.hookspec.services import Service

PASSWORD = Config("Password", "Of the chief.", "secret", applicable_target="service:Sound", scope="cluster")


def impl(function):
    return hookimpl(function)


def with_config(**fields):
    """A plugin with a config more, well formed but for some fields."""

    def break_(sound):
        extra = evolve(Config("Extra", "Nothing.", applicable_target="service:Sound"), **fields)
        return {"configs": (*sound.configs, extra)}

    return break_


def with_scribe(sound):
    """A sound plugin with a process more, which the simplest cluster has not."""

    def scribes(cluster):
        return cluster.instances_with("scribe")

    def start(self, instances, run):
        sound.start(self, instances, run)
        for instance in instances:
            if "scribe" in instance.node_group.node_processes:
                instance.remote.services.start(Service("scribe", ["scribe"]))

    def validate_scaling(self, cluster, existing):
        fixed = [
            ValidationError(None, "scribes stay", group.name, "SCRIBE_NOT_SCALABLE")
            for group in cluster.groups_with("scribe")
            if existing.get(group.name, group.count) != group.count
        ]
        return [*fixed, *sound.validate_scaling(self, cluster, existing)]

    def on_terminate_cluster(self, cluster, run):
        run.each(scribes(cluster), lambda each: each.remote.services.stop("scribe"), step="Stop scribes")
        sound.on_terminate_cluster(self, cluster, run)

    def health(self, cluster):
        found = [each.remote.services.status("scribe")["scribe"].is_running for each in scribes(cluster)]
        return sound.health(self, cluster) if all(found) else Health("yellow", "a scribe is missing")

    return {
        "services": {"Sound": [*sound.services["Sound"], "scribe"]},
        "start": start,
        "validate_scaling": impl(validate_scaling),
        "on_terminate_cluster": impl(on_terminate_cluster),
        "health": health,
    }
