"""What a cluster may do without."""

from hypothesis import given
from hypothesis import strategies as st

from serai.engine.lifecycle.quorum import failed_machines, groups_short
from serai.engine.operations.readiness import readiness
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.errors import (
    CommandFailed,
    DeadlineExceeded,
    HostKeyRefused,
    HostsFailed,
    LeaseLost,
    OperationCancelled,
    SeraiError,
)


@st.composite
def clusters(draw):
    """Clusters whose instances have names, and groups a quorum or none."""
    sizes = draw(st.lists(st.integers(0, 6), min_size=1, max_size=4))
    return Cluster(
        "c",
        "p",
        "1",
        [
            NodeGroup(
                f"g{number}",
                size,
                min_ready=draw(st.none() | st.integers(0, size)),
                instances=[Instance(instance_name=f"c-g{number}-{index}") for index in range(size)],
            )
            for number, size in enumerate(sizes)
        ],
    )


@st.composite
def failures(draw):
    """A cluster, and how some of its instances failed."""
    cluster = draw(clusters())
    lost = [instance.instance_name for instance in cluster.instances if draw(st.booleans())]
    kinds = st.sampled_from((CommandFailed("x"), DeadlineExceeded("x"), ValueError("x")))
    return cluster, {name: draw(kinds) for name in lost}


@given(failures())
def test_no_group_falls_below_its_quorum(given):
    """Exactly those groups are short that lose something and have too few left; without min_ready that is all."""
    cluster, lost = given
    short = groups_short(cluster, lost)
    for group in cluster.node_groups:
        left = [instance for instance in group.instances if instance.instance_name not in lost]
        enough = len(left) == len(group.instances) or (group.min_ready is not None and len(left) >= group.min_ready)
        assert (group in short) is not enough


@given(failures())
def test_every_failure_of_an_instance_is_its_own(given):
    """Nobody else is blamed, and nobody is forgotten."""
    cluster, lost = given
    assert failed_machines(cluster, HostsFailed("step", lost)) == lost


DECISIVE = (
    HostKeyRefused("x"),
    OperationCancelled("x"),
    LeaseLost("x"),
    SeraiError("x", code="STORE_FULL"),
    KeyboardInterrupt(),
)


@given(failures(), st.sampled_from(DECISIVE), st.booleans())
def test_one_failure_that_stands_makes_all_stand(given, decisive, is_foreign):
    """Be it of its kind, or of a host that is no instance."""
    cluster, lost = given
    host = "elsewhere" if is_foreign else cluster.node_groups[0].name
    error = HostsFailed("step", {**lost, host: decisive})
    assert failed_machines(cluster, error) == {}


@given(clusters())
def test_an_error_about_no_host_blames_nobody(cluster):
    """Nor one about a host that is not there."""
    for error in (SeraiError("x"), CommandFailed("x"), CommandFailed("x", host="elsewhere")):
        assert failed_machines(cluster, error) == {}


@given(failures())
def test_what_is_quarantined_is_told_and_out_of_use(given):
    """The count stays what was asked for; removing a machine takes it from wherever it is."""
    cluster, lost = given
    counts = [group.count for group in cluster.node_groups]
    total = len(cluster.instances)
    for instance in cluster.instances:
        if instance.instance_name in lost:
            instance.node_group.quarantine(instance, "[X] why")
    assert {instance.instance_name for instance in cluster.quarantined} == set(lost)
    assert len(cluster.instances) == total - len(lost)
    assert [group.count for group in cluster.node_groups] == counts
    told = readiness(cluster)
    assert told.startswith(f"{total - len(lost)}/{total} ready, ") if lost else told == ""
    assert told.count("quarantined: [X] why") == min(3, len(lost))
    for instance in cluster.quarantined:
        instance.node_group.remove_instance(instance)
    assert cluster.quarantined == []
