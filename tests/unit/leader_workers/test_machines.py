"""Which node groups share a machine."""

from serai.builtin_plugins.leader_workers.machines import machines
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup


def group(name: str, process: str, machine: str | None) -> NodeGroup:
    """A group of two instances; None where nothing is known of their machines."""
    return NodeGroup(name, 2, [process], facts=None if machine is None else Facts(machine_id=machine, memory_mb=4000))


def found(*groups: NodeGroup, processes: tuple[str, ...] = ("head", "hand")) -> list[list[tuple[str, int]]]:
    """The names of each machine's groups, with how many instances each has there."""
    cluster = Cluster("demo", "any", "1", list(groups))
    counts = {each.name: each.count for each in groups}
    return [[(each.name, count) for each, count in it.residents] for it in machines(cluster, counts, processes)]


def test_groups_of_one_machine_share_it() -> None:
    """All their instances are on it."""
    assert found(group("a", "head", "m"), group("b", "hand", "m")) == [[("a", 2), ("b", 2)]]


def test_without_an_identity_each_instance_has_a_machine() -> None:
    """One stands for all that are alike."""
    assert found(group("a", "head", ""), group("b", "hand", "")) == [[("a", 1)], [("b", 1)]]


def test_groups_of_which_nothing_is_known_are_left_out() -> None:
    """Nothing is guessed."""
    assert found(group("a", "head", None), group("b", "hand", "m")) == [[("b", 2)]]


def test_only_the_asked_processes_count() -> None:
    """A framework's other processes may not matter."""
    assert found(group("a", "head", "m"), group("b", "hand", "m"), processes=("hand",)) == [[("b", 2)]]


def test_a_machine_counts_each_process() -> None:
    """Over all its groups."""
    both = NodeGroup("c", 1, ["head", "hand"], facts=Facts(machine_id="m"))
    groups = [group("a", "hand", "m"), both]
    (machine,) = machines(Cluster("demo", "any", "1", groups), {"a": 2, "c": 1}, ["head", "hand"])
    assert (machine.count_of("head"), machine.count_of("hand"), machine.count_of("foot")) == (1, 3, 0)
