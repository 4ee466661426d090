"""Checks of scaling: what comes, what leaves, and those who are not concerned."""

from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath

from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.testing.conformance.checks import check
from serai.hookspec.testing.conformance.crashing import Act, unlike_uninterrupted
from serai.hookspec.testing.conformance.making import made
from serai.hookspec.testing.conformance.subject import Subject
from serai.hookspec.testing.conformance.worlds import World, differences, disturbed, world
from serai.hookspec.testing.stage import Stage


def others(cluster: Cluster, instances: list[Instance]) -> list[Instance]:
    """The instances of a cluster but for some."""
    return [instance for instance in cluster.instances if instance not in instances]


@check("scales", fix="do on new instances what configure_cluster and start_cluster do", needs=["provisions"])
def scales(subject: Subject) -> Iterator[str]:
    """On new instances the same listens as on those that their group had, and is started with files that are there."""
    for example, group in subject.growable:
        stage = subject.stage()
        cluster = stage.cluster(example)
        stage.create(cluster)
        [new] = stage.grow(cluster, group)
        stage.scale_cluster(cluster, [new])
        former = new.node_group.instances[0]
        there, wanted = (stage.fleet.listeners(each.instance_name) for each in (new, former))
        if there.keys() != wanted.keys():
            yield f"{group}: on the new instance {sorted(there)} is listened on, on others {sorted(wanted)}"
        for service, path in _named_files(stage, former) - _named_files(stage, new):
            yield f"{group}: service {service} is started with {path}, which is on others, and not on the new instance"


def _named_files(stage: Stage, instance: Instance) -> set[tuple[str, str]]:
    """By service, what it is started with that is a file on its instance, or a folder of files."""
    host = stage.fleet.host(instance.instance_name)
    services = [service for name in host.processes.names if (service := host.processes.service(name)) is not None]
    places = {str(place) for path in host.files for place in (path, *PurePosixPath(path).parents)}
    return {
        (service.name, text)
        for service in services
        for text in (*service.argv, *service.env.values())
        if text.startswith("/") and text in places
    }


@check("scaling-undisturbing", fix="start and stop services on the given instances only", needs=["scales"])
def scaling_undisturbing(subject: Subject) -> Iterator[str]:
    """While a cluster grows, no service of the instances that were there is disturbed."""
    for example, group in subject.growable:
        stage = subject.stage()
        cluster = stage.cluster(example)
        stage.create(cluster)
        added = stage.grow(cluster, group)
        before = world(stage.fleet, others(cluster, added))
        stage.scale_cluster(cluster, added)
        yield from disturbed(before, world(stage.fleet, others(cluster, added)))


@check(
    "drains",
    fix="return when the framework says that nothing is left on them; compare whole addresses",
    needs=["scales"],
)
def drains(subject: Subject) -> Iterator[str]:
    """Instances that hold nothing can be drained, and no service of others is disturbed meanwhile."""
    for example, group in subject.shrinkable:
        stage, cluster, leaving = grown(subject, example, group)
        staying = others(cluster, leaving)
        before = world(stage.fleet, staying)
        stage.decommission_nodes(cluster, leaving)
        yield from disturbed(before, world(stage.fleet, staying))
        stage, cluster, leaving = grown_alike(subject, example, group)
        try:
            stage.decommission_nodes(cluster, leaving)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            told = f"{leaving[0].internal_ip} is not drained beside one that stays, whose address begins so"
            yield f"{group}: {told}: {type(error).__name__}: {error}"


@check(
    "scaling-restores",
    fix="take in decommission_nodes back what scale_cluster wrote on other instances",
    needs=["drains", "scaling-undisturbing"],
)
def scaling_restores(subject: Subject) -> Iterator[str]:
    """Scaled up and down again, the instances that stayed are as before."""
    for example, group in subject.shrinkable:
        stage = subject.stage()
        cluster = stage.cluster(example)
        stage.create(cluster)
        _there_and_back(stage, cluster, group)  # once: lists that begin with the first scaling are there then
        before: World = world(stage.fleet, cluster.instances)
        _there_and_back(stage, cluster, group)
        yield from differences(before, world(stage.fleet, cluster.instances))


@check(
    "scaling-resumes",
    fix="tell masters again what may have been told before, and take what is done for done",
    needs=["scaling-restores", "resumes"],
)
def scaling_resumes(subject: Subject) -> Iterator[str]:
    """Wherever a scaling crashes, calling the hook again comes to the same end."""
    for act, examples in ((_growing, subject.growable), (_shrinking, subject.shrinkable)):
        for example, group in examples:
            if problems := unlike_uninterrupted(partial(act, subject, example, group)):
                yield from (f"{group}: {problem}" for problem in problems)
                return


def _growing(subject: Subject, example: Cluster, group: str) -> Act:
    stage, cluster = made(subject, example)
    added = stage.grow(cluster, group)
    return Act(stage, cluster, cluster.instances, (lambda: stage.scale_cluster(cluster, added),))


def _shrinking(subject: Subject, example: Cluster, group: str) -> Act:
    stage, cluster, leaving = grown(subject, example, group)
    return Act(stage, cluster, cluster.instances, (lambda: stage.decommission_nodes(cluster, leaving),))


def _there_and_back(stage: Stage, cluster: Cluster, group: str) -> None:
    count = cluster.node_group(group).count
    stage.scale(cluster, {group: count + 1})
    stage.scale(cluster, {group: count})


def grown(subject: Subject, example: Cluster, group: str) -> tuple[Stage, Cluster, list[Instance]]:
    """A cluster with a further instance, which is to leave again, by what the cluster wants now.

    Args:
        subject: the plugin.
        example: the cluster.
        group: the node group that grows.
    """
    stage = subject.stage()
    cluster = stage.cluster(example)
    stage.create(cluster)
    stage.scale_cluster(cluster, stage.grow(cluster, group))
    return stage, cluster, stage.shrink(cluster, group)


def grown_alike(
    subject: Subject, example: Cluster, group: str, *, number: int = 1, short: int = 1
) -> tuple[Stage, Cluster, list[Instance]]:
    """A cluster with two further instances; the address of one begins with that of the other.

    Args:
        subject: the plugin.
        example: the cluster.
        group: the node group that grows.
        number: how many are to leave again, the newest first.
        short: which of the two has the address that is whole in the other's.
    """
    stage = subject.stage()
    count = example.node_group(group).count
    names = [f"{example.name}-{group}-{number}" for number in (count + 1, count + 2)]
    stage.fleet.host(names[short])  # 10.0.0.1
    for unused in range(2, 10):
        stage.fleet.host(f"unused-{unused}")
    stage.fleet.host(names[1 - short])  # 10.0.0.10
    cluster = stage.cluster(example)
    stage.create(cluster)
    stage.scale_cluster(cluster, stage.grow(cluster, group, 2))
    return stage, cluster, stage.shrink(cluster, group, number)
