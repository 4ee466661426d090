"""Hosts that the provider ``ssh`` gives back: left as they were, and free for others."""

import os

import pytest
from host_requests import request, silent, validated

from serai.builtin_plugins.infrastructure.ssh.claim_file import CLAIM_FILE, document
from serai.hookspec.errors import (
    SeraiError,
)


def test_hook_list_machines_tells_what_is_claimed(yard):
    """Of one cluster or of all, by name."""
    first, second = yard.create(yard.cluster(1)), yard.create(yard.cluster(1, "c2"))
    listed = yard.provider.list_machines("c1", yard.access())
    assert listed == first
    assert yard.provider.list_machines("", yard.access()) == [*first, *second]


def test_hook_delete_machines_leaves_hosts_as_they_were(yard):
    """Files, claim file and claim are gone; the other machines keep theirs."""
    cluster = yard.cluster(2)
    machines = yard.create(cluster)
    home = yard.hosts["h2"].path("/home/me")
    (home / ".serai/demo-c1/data").mkdir()
    yard.provider.delete_machines("c1", ["h2", "h2", "nowhere"], yard.access())
    assert os.listdir(home) == []
    assert not yard.hosts["h2"].claim.exists()
    assert set(yard.claims.all()) == {"h1", "h3"}
    assert yard.hosts["h3"].path(machines[2].info["prefix"]).is_dir()
    for _ in range(2):
        yard.provider.delete_machines("c1", ["h1", "h2", "h3"], yard.access())
    assert yard.claims.all() == {}


def test_another_clusters_machines_are_not_deleted(yard):
    """Whoever asks for it."""
    yard.create(yard.cluster(1))
    yard.provider.delete_machines("c2", ["h1", "h2"], yard.access())
    assert set(yard.claims.all()) == {"h1", "h2"}


def test_deleting_needs_no_inventory(yard):
    """Nor does a host that was taken out of it."""
    yard.create(yard.cluster(1))
    access = yard.access()
    access.inventory = SeraiError("gone")
    yard.provider.delete_machines("c1", ["h1", "h2"], access)
    assert yard.claims.all() == {}


def test_a_host_that_cannot_be_cleaned_keeps_its_claim(yard):
    """The error names it and what is left there; the others are free."""
    yard.create(yard.cluster(1))
    yard.hosts["h2"].error = silent("h2")
    with pytest.raises(SeraiError, match=r"demo-c1-workers-1 on h2 \(10.0.0.2\): .*no answer within 10 s") as caught:
        yard.provider.delete_machines("c1", ["h1", "h2"], yard.access())
    assert caught.value.code == "HOSTS_NOT_CLEAN"
    assert caught.value.details["perhaps_left"] == {"h2": ["/home/me/.serai/demo-c1", CLAIM_FILE]}
    assert set(yard.claims.all()) == {"h2"}


def test_a_host_that_never_answered_is_not_waited_for(yard):
    """Nothing was ever done there."""
    yard.hosts["h4"].error = silent("h4")
    yard.create(yard.cluster(3, min_ready=2))
    yard.provider.delete_machines("c1", ["h1", "h2", "h3", "h4"], yard.access())
    assert yard.claims.all() == {}


def test_a_claim_file_of_somebody_else_is_left_alone(yard):
    """With everything there, which may be theirs by now; the store's claim is given up."""
    machine = yard.create(yard.cluster(0))[0]
    yard.hosts["h1"].claim.write_text(document("theirs", "c9", "token-9"))
    yard.provider.delete_machines("c1", ["h1"], yard.access())
    assert yard.hosts["h1"].claim.exists()
    assert yard.hosts["h1"].path(machine.info["prefix"]).exists()
    assert yard.claims.all() == {}


def test_a_group_that_is_mended_may_have_the_same_host_again(yard):
    """Quarantined machines are given back before others are asked for: they count as free, whatever runs there."""
    cluster = yard.cluster(3)
    yard.ports |= {"workers": (8081,)}
    yard.create(cluster)
    workers = cluster.node_group("workers")
    workers.quarantine(workers.instances[1], "was frozen")
    yard.hosts["h3"].listening = (8081,)
    access = yard.access()
    assert list(yard.provider.validate_infrastructure(cluster, access)) == []
    yard.provider.delete_machines("c1", ["h3"], access)
    yard.hosts["h3"].listening = ()
    (machine,) = yard.provider.create_machines(cluster, [request(cluster, "workers", 4)], access)
    assert machine.machine_id == "h3"


def test_a_cluster_that_grows_asks_for_what_it_lacks(yard):
    """Its own machines are not in its way."""
    cluster = yard.cluster(2)
    yard.create(cluster)
    cluster.node_group("workers").count = 3
    assert validated(yard, cluster) == []
    cluster.node_group("workers").count = 4
    (error,) = validated(yard, cluster)
    assert error.error_message == "node group workers wants 2 hosts and can have 1 (there are no others)"
