"""Getting machines, reaching them, giving them back."""

import uuid
from collections.abc import Sequence

from serai.engine.naming import instance_names
from serai.engine.operations.work import Work
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.errors import OperationCancelled, SeraiError, briefly
from serai.hookspec.infrastructure import Machine, MachineRequest


def spawn(work: Work) -> list[Instance]:
    """Have as many machines as each node group wants; returns the instances this operation added.

    What is asked for is stored, each with its client token, before the provider is asked: a crash in between leaves
    nothing that cannot be found again.
    """
    asked = work.record.state.setdefault("requests", {})
    former = _former_names(work)
    for node_group in work.cluster.node_groups:
        for name in _missing(work, node_group, former):
            asked[name] = {"node_group": node_group.name, "client_token": uuid.uuid4().hex}
    work.save()
    present = {instance.instance_name for instance in all_machines(work.cluster)}
    requests = [MachineRequest(name, **what) for name, what in asked.items() if name not in present]
    if requests:
        with work.run.step(f"create {len(requests)} machine{'s' if len(requests) > 1 else ''}"):
            for request, machine in zip(requests, work.provider.create_machines(work.cluster, requests), strict=True):
                work.cluster.node_group(request.node_group).add_instance(_instance(machine))
            work.save()
    return work.instances(list(asked))


def _missing(work: Work, node_group: NodeGroup, former: set[str]) -> Sequence[str]:
    """Names of the machines the group lacks and that were not asked for yet."""
    asked = work.record.state["requests"]
    pending = [name for name, what in asked.items() if what["node_group"] == node_group.name]
    wanted = {*pending, *(instance.instance_name for instance in node_group.instances)}
    taken = wanted | former | {instance.instance_name for instance in node_group.quarantined}
    return instance_names(work.cluster.name, node_group.name, taken, node_group.count - len(wanted))


def _former_names(work: Work) -> set[str]:
    """Names the cluster's earlier operations gave: none comes back for another machine."""
    records = work.store.operations(cluster_name=work.cluster.name)
    return {
        name for record in records if record.cluster_id == work.cluster.id for name in record.state.get("requests", {})
    }


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


def surplus(node_group: NodeGroup, count: int) -> list[Instance]:
    """The instances that go when a group shrinks to ``count``: the newest."""
    return node_group.instances[count:]


def give_back(work: Work, instances: Sequence[Instance]) -> None:
    """Remove machines, and the instances from the cluster."""
    with work.run.step(f"remove {_counted(instances)}"):
        work.provider.delete_machines(work.cluster.id, [instance.instance_id for instance in instances])
        _forget(work, instances)


def give_back_quarantined(work: Work, node_groups: Sequence[NodeGroup]) -> None:
    """Remove what node groups do without. What cannot be removed stays quarantined, and holds nothing up."""
    quarantined = [instance for group in node_groups for instance in group.quarantined]
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


def _counted(instances: Sequence[Instance]) -> str:
    return f"{len(instances)} machine{'s' if len(instances) > 1 else ''}"
