"""Getting machines, and giving them back: the steps from what a cluster has to what is wanted of it, carried out."""

from collections.abc import Collection, Iterable, Sequence

from serai.engine.desired import Steps, standing_of, steps
from serai.engine.lifecycle.intents import MADE, WITHDRAWN, Intents
from serai.engine.operations.work import Work
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.errors import OperationCancelled, SeraiError, briefly
from serai.hookspec.infrastructure import Machine


def planned(work: Work) -> dict[str, Steps]:
    """The steps that are left for the node groups an operation is about, by their names.

    Planned from what there is, whatever was done of them before: by this engine, or by one that died over it.
    """
    intents, used = Intents(work.record), used_names(work)
    intents.find(instance.instance_name for instance in all_machines(work.cluster))
    groups = _concerned(work)
    lost = lost_instances(groups, work.provider.list_machines(work.cluster.id))
    return {
        group.name: steps(
            group.count,
            standing_of(group, work.cluster.name, pending=intents.pending(group.name), lost=lost, used=used),
        )
        for group in groups
    }


def lost_instances(groups: Iterable[NodeGroup], machines: Iterable[Machine]) -> set[str]:
    """The names of instances, in use or quarantined, whose machines do not exist any more."""
    there = {machine.machine_id for machine in machines}
    members = (instance for group in groups for instance in (*group.instances, *group.quarantined))
    return {instance.instance_name for instance in members if instance.instance_id not in there}


def without_lost(cluster: Cluster, machines: Iterable[Machine]) -> None:
    """Take the instances out of a cluster whose machines do not exist any more."""
    for instance in named(cluster, lost_instances(cluster.node_groups, machines)):
        instance.node_group.remove_instance(instance)


def _concerned(work: Work) -> list[NodeGroup]:
    """The groups whose counts were asked for; all of a new cluster's."""
    counts: Collection[str] | None = work.record.request.get("counts")
    return [group for group in work.cluster.node_groups if counts is None or group.name in counts]


def used_names(work: Work) -> set[str]:
    """The names that this operation and earlier ones gave: none comes back for another machine."""
    records = (*work.store.operations(cluster_name=work.cluster.name), work.record)
    return {
        name for record in records if record.cluster_id == work.cluster.id for name in record.state.get("requests", {})
    }


def spawn(work: Work) -> list[Instance]:
    """Have as many machines as each node group wants; returns the instances this operation added.

    What is asked for is stored, each with its client token, before the provider is asked. After a crash it is asked
    for with the same tokens, and the provider gives the machines that have them, finished: none is made twice.
    """
    intents = Intents(work.record)
    for name, plan in planned(work).items():
        intents.want(name, plan.ask)
    create(work)
    return work.instances(intents.made())


def create(work: Work) -> None:
    """Have a machine for every intent of the operation; they are stored first."""
    intents = Intents(work.record)
    work.save()
    requests = intents.requests()
    if requests:
        with work.run.step(f"create {_counted(requests)}"):
            for request, machine in zip(requests, work.provider.create_machines(work.cluster, requests), strict=True):
                work.cluster.node_group(request.node_group).add_instance(_instance(machine))
            intents.settle([request.name for request in requests], MADE)
            work.save()


def _instance(machine: Machine) -> Instance:
    return Instance(
        instance_id=machine.machine_id,
        instance_name=machine.name,
        internal_ip=machine.internal_ip,
        management_ip=machine.management_ip,
        volumes=list(machine.volumes),
        nova_info=dict(machine.info),
        username=machine.username,
        fqdn=machine.fqdn or machine.name,
        client_token=machine.client_token,
    )


def all_machines(cluster: Cluster) -> list[Instance]:
    """The instances in use, and those the cluster does without."""
    return [*cluster.instances, *cluster.quarantined]


def withdraw(work: Work, names: Collection[str]) -> None:
    """Want machines no more that were asked for; those that were made all the same are removed."""
    if not names:
        return
    intents = Intents(work.record)
    tokens = {request.client_token for request in intents.requests() if request.name in names}
    with work.run.step(f"withdraw {_counted(names)} asked for before"):
        made = [each for each in work.provider.list_machines(work.cluster.id) if each.client_token in tokens]
        if made:
            work.provider.delete_machines(work.cluster.id, [machine.machine_id for machine in made])
        intents.settle(list(names), WITHDRAWN)
        work.save()


def give_back(work: Work, instances: Sequence[Instance]) -> None:
    """Remove machines, and the instances from the cluster."""
    with work.run.step(f"remove {_counted(instances)}"):
        work.provider.delete_machines(work.cluster.id, [instance.instance_id for instance in instances])
        _forget(work, instances)


def forget_lost(work: Work, names: Collection[str]) -> None:
    """Take instances out of the cluster whose machines do not exist any more."""
    for name in names:
        work.run.warn(f"{name} is gone: its provider has no such machine any more", host=name)
    if names:
        _forget(work, named(work.cluster, names))


def named(cluster: Cluster, names: Collection[str]) -> list[Instance]:
    """The instances of these names, in use or quarantined."""
    return [instance for instance in all_machines(cluster) if instance.instance_name in names]


def give_back_quarantined(work: Work, quarantined: Sequence[Instance]) -> None:
    """Remove what node groups do without. What cannot be removed stays quarantined, and holds nothing up."""
    if not quarantined:
        return
    with work.run.step(f"give back {_counted(quarantined)}"):
        left: set[str] = set()
        try:
            work.provider.delete_machines(work.cluster.id, [instance.instance_id for instance in quarantined])
        except OperationCancelled:
            raise
        except SeraiError as error:
            left = _still_there(work, quarantined)
            _warn_of(work, [instance.instance_name for instance in quarantined if instance.instance_id in left], error)
        _forget(work, [instance for instance in quarantined if instance.instance_id not in left])


def _warn_of(work: Work, names: Sequence[str], error: SeraiError) -> None:
    for name in names:
        work.run.warn(f"{name} could not be given back and stays quarantined: {briefly(error)}", host=name)


def _still_there(work: Work, instances: Sequence[Instance]) -> set[str]:
    """The ids of those whose machines exist; of all, when the provider cannot tell."""
    ids = {instance.instance_id for instance in instances}
    try:
        return ids & {machine.machine_id for machine in work.provider.list_machines(work.cluster.id)}
    except SeraiError:
        return ids


def _forget(work: Work, instances: Sequence[Instance]) -> None:
    for instance in instances:
        instance.bind(None)
        instance.node_group.remove_instance(instance)
    work.save()


def _counted(things: Collection[object]) -> str:
    return f"{len(things)} machine{'s' if len(things) > 1 else ''}"
