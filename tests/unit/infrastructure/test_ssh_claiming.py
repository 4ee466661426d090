"""Hosts that the provider ``ssh`` takes for a cluster: claimed in the store and on the host, by one alone."""

import json

import pytest
from attrs import evolve
from host_requests import request, validated

from serai.builtin_plugins.infrastructure.ssh.claim_file import document, owner_of
from serai.hookspec.cluster import Instance
from serai.hookspec.errors import (
    SeraiError,
)
from serai.hookspec.remote import SshEndpoint


def instance_of(machine):
    return Instance(machine.machine_id, machine.name, nova_info=machine.info, client_token=machine.client_token)


def test_hook_create_machines_claims_hosts_in_store_and_on_the_host(yard):
    """In the order of the requests, with all that is needed to reach them again."""
    cluster = yard.cluster()
    machines = yard.create(cluster)
    assert [(machine.machine_id, machine.name) for machine in machines] == [
        ("h1", "demo-c1-masters-1"),
        ("h2", "demo-c1-workers-1"),
        ("h3", "demo-c1-workers-2"),
    ]
    first = machines[0]
    assert (first.internal_ip, first.management_ip, first.username, first.fqdn) == (
        "10.0.0.1",
        "10.0.0.1",
        "me",
        "inner",
    )
    assert json.loads(json.dumps(first.info)) == first.info
    for machine in machines:
        owner = owner_of(yard.hosts[machine.machine_id].claim.read_text())
        assert (owner.cluster_id, owner.token) == ("c1", machine.client_token)
        assert yard.claims.all()[machine.machine_id].token == machine.client_token
        assert yard.hosts[machine.machine_id].path("/home/me/.serai/demo-c1").is_dir()
    assert not yard.hosts["h4"].claim.exists()


def test_the_same_tokens_give_the_same_machines(yard):
    """In their own order, after a crash as well; new ones beside."""
    cluster = yard.cluster()
    first = yard.create(cluster)
    wanted = [request(cluster, "workers", number) for number in (3, 2, 1)]
    again = yard.provider.create_machines(cluster, wanted, yard.access())
    assert [again[2], again[1]] == first[1:]
    assert again[0].machine_id == "h4"


def test_two_clusters_never_have_one_host(yard):
    """By the store's claims; and the second is told who has the others."""
    yard.create(yard.cluster(1))
    other = yard.create(yard.cluster(1, "c2"))
    assert {machine.machine_id for machine in other} == {"h3", "h4"}
    with pytest.raises(SeraiError, match="h1, h2: is claimed by cluster demo-c1") as caught:
        yard.create(yard.cluster(1, "c3"))
    assert caught.value.code == "NOT_ENOUGH_HOSTS"


def test_a_host_that_another_engine_has_is_left_to_it(yard):
    """By the claim file, though this store knows nothing of it."""
    theirs = document("theirs", "c9", "token-9")
    yard.hosts["h1"].claim.write_text(theirs)
    assert [machine.machine_id for machine in yard.create(yard.cluster(1))] == ["h2", "h3"]
    assert yard.hosts["h1"].claim.read_text() == theirs


def test_a_race_that_is_lost_is_run_with_another_host(yard):
    """Whether the other was faster on the host or in the store; what was claimed in vain is let go."""
    cluster, claim = yard.cluster(1), yard.hosts["h1"].claim
    yard.hosts["h1"].before = lambda: claim.write_text(document("theirs", "c9", "token-9"))
    yard.hosts["h2"].before = lambda: yard.claims.take("h3", "token-8", yard.cluster(1, "c8"), {})
    machines = yard.create(cluster)
    assert [machine.machine_id for machine in machines] == ["h4", "h2"]
    assert {name: claim.cluster_id for name, claim in yard.claims.all().items()} == {"h2": "c1", "h3": "c8", "h4": "c1"}


def test_when_every_race_is_lost_there_are_not_enough_hosts(yard):
    """Said with who was faster."""
    claim = yard.hosts["h4"].claim
    yard.hosts["h4"].before = lambda: claim.write_text(document("theirs", "c9", "token-9"))
    with pytest.raises(SeraiError, match=r"h4: cluster theirs .* has it") as caught:
        yard.create(yard.cluster(3))
    assert caught.value.code == "NOT_ENOUGH_HOSTS"
    assert "h4" not in yard.claims.all()


@pytest.mark.parametrize(
    ("facts", "prefix", "where"),
    [
        ({"is_root": True, "home": "/root"}, "", "/opt/serai/demo-c1"),
        ({"home": "/home/me"}, "", "/home/me/.serai/demo-c1"),
        ({"home": "/home/me"}, "/data/x", "/data/x/demo-c1"),
        ({"home": "/home/me"}, "~/here", "/home/me/here/demo-c1"),
    ],
)
def test_a_cluster_has_a_directory_of_its_own(yard, facts, prefix, where):
    """Whoever logs in; its name is in it, so that removing it removes nothing else."""
    yard.hosts["h1"].facts = evolve(yard.hosts["h1"].facts, **facts)
    if prefix:
        yard.entry("h1")["prefix"] = prefix
    machine = yard.create(yard.cluster(0))[0]
    assert machine.info["prefix"] == where
    assert yard.hosts["h1"].path(where).is_dir()


def test_volumes_are_directories_of_the_cluster_on_mounted_disks(yard):
    """A disk that is not mounted would be the root file system."""
    yard.entry("h1")["volumes"] = ["/mnt/a", "/mnt/b"]
    yard.hosts["h1"].mounts = ("/mnt/a",)
    errors = validated(yard, yard.cluster(3))
    assert "h1: /mnt/b is not mounted" in errors[0].error_message
    yard.hosts["h1"].mounts = ("/mnt/a", "/mnt/b")
    machine = yard.create(yard.cluster(3))[0]
    assert machine.volumes == ("/mnt/a/serai/demo-c1", "/mnt/b/serai/demo-c1")
    assert yard.hosts["h1"].path("/mnt/b/serai/demo-c1").is_dir()


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ({}, "10.0.0.1"),
        ({"internal_address": "172.16.0.1"}, "172.16.0.1"),
        ({"address": "alias"}, "192.168.0.1"),
        ({"internal_address": "n1.lan"}, "192.168.0.7"),
    ],
)
def test_instances_reach_each_other_by_an_address(yard, entry, address):
    """The inventory's, else the one it is reached by, else its own; of a name the one that the others know."""
    yard.entry("h1").update(entry)
    yard.hosts["h1"].facts = evolve(yard.hosts["h1"].facts, addresses=("192.168.0.1", "192.168.0.7"))
    for host in yard.hosts.values():
        host.knows = {"n1.lan": "192.168.0.7"}
    assert yard.create(yard.cluster(1))[0].internal_ip == address


def test_a_first_contact_is_pinned(yard):
    """From then on the machine is held to the key it showed."""
    entry = yard.entry("h1")
    key = entry.pop("host_key")
    entry["first_contact"] = True
    access = yard.access()
    machine = yard.create(yard.cluster(1), access)[0]
    (looked,) = [endpoint for endpoint in access.looks[0] if endpoint.host == "h1"]
    assert (looked.first_contact, looked.host_keys) == (True, ())
    endpoint = yard.provider.get_endpoint(yard.cluster(1), instance_of(machine))
    assert (endpoint.first_contact, endpoint.host_keys) == (False, (key,))
    assert (machine.info["host_keys"], machine.info["first_contact"]) == ([key], True)


def test_hook_get_endpoint_is_of_the_claim_and_not_of_the_inventory(yard):
    """A host that is taken out of the inventory can be used on, with the keys it was claimed with."""
    yard.entry("h1").update({"user": "me", "port": 2222})
    cluster = yard.cluster(0)
    machine = yard.create(cluster)[0]
    del yard.entries[0]
    assert yard.provider.get_endpoint(cluster, instance_of(machine)) == SshEndpoint(
        host="demo-c1-masters-1",
        address="10.0.0.1",
        prefix="/home/me/.serai/demo-c1",
        user="me",
        port=2222,
        host_keys=(machine.info["host_keys"][0],),
        env={"SERAI_MACHINE": "c1-masters-1"},
    )
