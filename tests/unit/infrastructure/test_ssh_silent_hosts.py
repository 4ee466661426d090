"""Hosts that do not answer the provider ``ssh``: put up with where they can be spared, named where not."""

import pytest
from host_requests import request, silent, validated

from serai.hookspec.cluster import Instance
from serai.hookspec.errors import (
    ConnectionLost,
    HostsFailed,
    Unreachable,
)
from serai.hookspec.remote import DirectEndpoint


def instance_of(machine):
    return Instance(machine.machine_id, machine.name, nova_info=machine.info, client_token=machine.client_token)


def test_a_silent_host_is_no_host_where_all_must_be_ready(yard):
    """Named, with what was tried."""
    yard.hosts["h3"].error = silent("h3")
    (error,) = validated(yard, yard.cluster(3))
    assert "wants 3 hosts and can have 2 (h1: goes to node group masters; h3: cannot be reached" in error.error_message


def test_a_silent_host_is_taken_last_and_where_it_can_be_spared(yard):
    """It counts as a machine, and is out of use: its claim file is not there."""
    yard.hosts["h1"].error = silent("h1")
    cluster = yard.cluster(3, min_ready=2)
    assert validated(yard, cluster) == []
    machines = yard.create(cluster)
    assert [machine.machine_id for machine in machines] == ["h2", "h3", "h4", "h1"]
    assert "no answer" in machines[-1].info["fault"]
    endpoint = yard.provider.get_endpoint(cluster, instance_of(machines[-1]))
    assert isinstance(endpoint, DirectEndpoint)
    with pytest.raises(Unreachable, match="could not be taken into use") as caught:
        _ = endpoint.remote.facts
    assert caught.value.host == "demo-c1-workers-3"


def test_no_more_silent_hosts_are_taken_than_can_be_spared(yard):
    """Those the group has already count."""
    yard.hosts["h1"].error = silent("h1")
    yard.hosts["h2"].error = silent("h2")
    cluster = yard.cluster(3, min_ready=2)
    cluster.node_groups[0].count = 0
    assert validated(yard, cluster) == []
    yard.create(cluster)
    cluster.node_group("workers").count = 4
    assert validated(yard, cluster) == []
    cluster.node_group("workers").min_ready = 3
    (error,) = validated(yard, cluster)
    assert "h2: cannot be reached" in error.error_message


def test_a_host_that_falls_silent_is_put_up_with_where_it_can_be_spared(yard):
    """Between the look and the claim."""
    yard.hosts["h3"].before = lambda: setattr(yard.hosts["h3"], "error", silent("h3"))
    machines = yard.create(yard.cluster(2, min_ready=1))
    assert [bool(machine.info["fault"]) for machine in machines] == [False, False, True]
    assert machines[2].info["untouched"]
    assert yard.claims.all()["h3"].info == machines[2].info


def test_a_host_that_falls_silent_is_named_where_it_cannot_be_spared(yard):
    """The others keep their claims; trying again finishes, with another host if it is silent still."""
    yard.hosts["h3"].before = lambda: setattr(yard.hosts["h3"], "error", silent("h3"))
    cluster = yard.cluster(2)
    with pytest.raises(HostsFailed, match=r"demo-c1-workers-2 on h3: .*no answer within 10 s"):
        yard.create(cluster)
    assert set(yard.claims.all()) == {"h1", "h2"}
    assert [machine.machine_id for machine in yard.create(cluster)] == ["h1", "h2", "h4"]


def test_a_host_that_was_lost_midway_keeps_its_claim(yard):
    """Its claim file may be there: the same host is tried again, and it must be cleaned."""
    lost = ConnectionLost("the connection broke", host="h3")
    yard.hosts["h3"].before = lambda: setattr(yard.hosts["h3"], "error", lost)
    cluster = yard.cluster(2)
    with pytest.raises(HostsFailed):
        yard.create(cluster)
    assert set(yard.claims.all()) == {"h1", "h2", "h3"}
    yard.hosts["h3"].error = None
    assert [machine.machine_id for machine in yard.create(cluster)] == ["h1", "h2", "h3"]


def test_what_an_attempt_put_up_with_is_chosen_anew(yard):
    """By the next attempt with the same token: the host may answer again, or another be free."""
    yard.hosts["h4"].error = silent("h4")
    cluster = yard.cluster(3, min_ready=2)
    assert yard.provider.create_machines(cluster, [request(cluster, "masters", 1)], yard.access())
    workers = [request(cluster, "workers", number) for number in (1, 2, 3)]
    assert yard.provider.create_machines(cluster, workers, yard.access())[2].info["fault"]
    yard.hosts["h4"].error = None
    assert not yard.provider.create_machines(cluster, workers, yard.access())[2].info["fault"]
    assert yard.hosts["h4"].claim.exists()


def test_a_host_that_cannot_be_claimed_is_an_error_with_what_it_said(yard):
    """Not a race that was lost."""
    yard.hosts["h1"].claim.parent.rmdir()
    with pytest.raises(HostsFailed, match="the host could not be claimed: mktemp:"):
        yard.create(yard.cluster(0))
