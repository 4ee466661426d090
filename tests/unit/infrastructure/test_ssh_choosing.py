"""Before the provider ``ssh`` touches anything: what is wrong with what is asked, and which hosts there are for it."""

import os

import pytest
from attrs import evolve
from host_requests import silent, validated

from serai.builtin_plugins.infrastructure.ssh.claim_file import document
from serai.hookspec.errors import (
    HostKeyRefused,
    SeraiError,
    ValidationFailed,
)
from serai.hookspec.facts import JavaRuntime


def test_a_cluster_that_can_be_made_has_no_errors(yard):
    """And every host was looked at once, whatever was asked: nothing is left there."""
    access, cluster = yard.access(), yard.cluster()
    assert list(yard.provider.validate_infrastructure(cluster, access)) == []
    for group in cluster.node_groups:
        yard.provider.get_machine_facts(cluster, group, access)
    assert [[endpoint.host for endpoint in look] for look in access.looks] == [["h1", "h2", "h3", "h4"]]
    assert not any(os.listdir(host.claim.parent) for host in yard.hosts.values())


def test_every_option_that_is_wrong_is_told_at_its_place(yard):
    """Together with what hosts of an inventory cannot be."""
    cluster = yard.cluster(image_id="i", volumes_per_node=1, username="x")
    cluster.default_image_id = "image"
    cluster.infrastructure |= {
        "inventory": "hosts.yaml",
        "invntory": "x",
        "tags": {"workrs": ["ssd"], "workers": "ssd"},
        "require": {"workers": {"memory": 1, "cpus": "2"}, "masters": 3},
        "max_clock_skew": 0,
    }
    errors = validated(yard, cluster)
    assert [(error.path, error.code) for error in errors] == [
        ("infrastructure.invntory", "UNKNOWN_OPTION"),
        ("infrastructure.inventory", "INVALID_OPTION"),
        ("infrastructure.max_clock_skew", "INVALID_OPTION"),
        ("infrastructure.tags.workrs", "UNKNOWN_NODE_GROUP"),
        ("infrastructure.tags.workers", "INVALID_OPTION"),
        ("infrastructure.require.workers.memory", "UNKNOWN_OPTION"),
        ("infrastructure.require.workers.cpus", "INVALID_OPTION"),
        ("infrastructure.require.masters", "INVALID_OPTION"),
        ("default_image_id", "UNSUPPORTED"),
        ("node_groups[1].image_id", "UNSUPPORTED"),
        ("node_groups[1].volumes_per_node", "UNSUPPORTED"),
        ("node_groups[1].username", "UNSUPPORTED"),
    ]
    assert errors[0].hint == "did you mean 'inventory'?"
    assert "did you mean 'memory_mb'" in errors[5].hint


@pytest.mark.parametrize("option", ["tags", "require"])
def test_options_by_node_group_are_mappings(yard, option):
    """A list is none."""
    cluster = yard.cluster()
    cluster.infrastructure[option] = ["ssd"]
    assert [error.path for error in validated(yard, cluster)] == [f"infrastructure.{option}"]


def test_an_inventory_must_be_named(yard):
    """There is no default one."""
    cluster = yard.cluster()
    del cluster.infrastructure["inventory"]
    assert [(error.path, error.error_message) for error in validated(yard, cluster)] == [
        ("infrastructure.inventory", "must be given")
    ]


def test_mistakes_in_the_inventory_are_the_clusters(yard):
    """All of them, below the option's place; facts are not known then, and nothing is claimed."""
    yard.entries[2]["port"] = "22"
    yard.entries[3]["tgas"] = []
    cluster = yard.cluster()
    errors = validated(yard, cluster)
    assert [error.path for error in errors] == [
        "infrastructure.inventory.hosts[2].port",
        "infrastructure.inventory.hosts[3]",
    ]
    assert errors[1].hint == "did you mean 'tags'?"
    assert yard.provider.get_machine_facts(cluster, cluster.node_groups[0], yard.access()) is None
    with pytest.raises(ValidationFailed):
        yard.create(cluster)


def test_an_inventory_that_cannot_be_read_says_so(yard):
    """With the reader's own code."""
    access = yard.access()
    access.inventory = SeraiError("there is no such file", code="UNREADABLE_DOCUMENT", place="/etc/hosts.yaml")
    (error,) = yard.provider.validate_infrastructure(yard.cluster(), access)
    assert (error.path, error.code) == ("infrastructure.inventory", "UNREADABLE_DOCUMENT")
    assert error.error_message == "/etc/hosts.yaml: there is no such file"


def test_a_private_key_that_is_not_there_is_told_before_anything_is_tried(yard, tmp_path):
    """Once, however many hosts have it."""
    for entry in yard.entries:
        entry["identity_file"] = str(tmp_path / "id")
    (error,) = validated(yard, yard.cluster())
    assert (error.path, error.code) == ("infrastructure.inventory.hosts[0].identity_file", "FILE_MISSING")


def test_where_hosts_do_not_do_it_says_of_each_why(yard):
    """Whatever is wrong with them is told at once, group by group."""
    yard.ports |= {"workers": (8081, 8082)}
    yard.hosts["h1"].listening = (8081,)
    yard.hosts["h1"].skew = -7.25
    yard.hosts["h2"].free_mb = 12
    yard.hosts["h3"].error = silent("h3")
    yard.hosts["h4"].claim.write_text(document("theirs", "c9", "token-9"))
    cluster = yard.cluster(3)
    cluster.node_groups[0].count = 0
    cluster.infrastructure["require"] = {"workers": {"memory_mb": 9999, "cpus": 3, "disk_mb": 100}}
    (error,) = validated(yard, cluster)
    assert (error.path, error.code) == ("node_groups[1].count", "NOT_ENOUGH_HOSTS")
    assert "node group workers wants 3 hosts and can have 0" in error.error_message
    for reason in (
        "something listens on port 8081 already",
        "its clock is 7.2 s behind, at most 5 s are allowed",
        "has 12 MiB free in ~/.serai, 100 are required",
        "has 4096 MiB of memory, 9999 are required",
        "has 2 processors, 3 are required",
        "h3: cannot be reached: no answer within 10 s",
        "h4: cluster theirs of an engine on",
    ):
        assert reason in error.error_message


def test_hosts_alike_are_told_of_together(yard):
    """A reason is told once."""
    cluster = yard.cluster(2)
    cluster.infrastructure["tags"] = {"workers": ["ssd"]}
    (error,) = validated(yard, cluster)
    expected = "node group workers wants 2 hosts and can have 0 (h1, h2, h3, h4: has no tag ssd)"
    assert error.error_message == expected


@pytest.mark.parametrize("way", ["flavor", "tags"])
def test_hosts_are_picked_by_tags_and_flavor(yard, way):
    """A flavor is a label like a tag."""
    yard.entry("h3")["tags"] = ["ssd"]
    yard.entry("h4").update({"tags": ["ssd", "big"]} if way == "tags" else {"tags": ["ssd"], "flavor": "big"})
    cluster = yard.cluster(1, flavor_id="big")
    cluster.infrastructure["tags"] = {"workers": ["ssd"]}
    assert [machine.machine_id for machine in yard.create(cluster)] == ["h1", "h4"]


def test_the_facts_of_a_group_are_those_of_its_weakest_host(yard):
    """What is not the same on all of them is not known; nor do they share one machine."""
    cluster = yard.cluster(2)
    yard.hosts["h2"].facts = evolve(yard.hosts["h2"].facts, cpus=8, memory_mb=1000, machine_id="m", architecture="x")
    yard.hosts["h3"].facts = evolve(
        yard.hosts["h3"].facts, cpus=2, memory_mb=9000, java=JavaRuntime("/jdk", "17.0.1"), python="/python3"
    )
    facts = yard.provider.get_machine_facts(cluster, cluster.node_groups[1], yard.access())
    assert (facts.cpus, facts.memory_mb) == (2, 1000)
    assert (facts.machine_id, facts.architecture, facts.java, facts.python) == ("", "", None, "")
    assert facts.user == "me"


def test_the_facts_of_a_group_that_grows_are_of_those_it_has_too(yard):
    """A new host that is stronger changes nothing."""
    cluster = yard.cluster(1)
    yard.hosts["h2"].facts = evolve(yard.hosts["h2"].facts, memory_mb=1000)
    yard.create(cluster)
    cluster.node_group("workers").count = 2
    facts = yard.provider.get_machine_facts(cluster, cluster.node_group("workers"), yard.access())
    assert facts.memory_mb == 1000


def test_a_host_that_cannot_prove_who_it_is_stops_everything(yard):
    """Also where another could be had: somebody must look."""
    yard.hosts["h4"].error = HostKeyRefused("its key is another", host="h4", code="HOST_KEY_CHANGED", hint="look")
    cluster = yard.cluster(1)
    (error,) = validated(yard, cluster)
    assert (error.path, error.code) == ("infrastructure.inventory.hosts[3].host_key", "HOST_KEY_CHANGED")
    with pytest.raises(SeraiError) as caught:
        yard.create(cluster)
    assert caught.value.code == "HOST_KEY_CHANGED"
    assert yard.claims.all() == {}


def test_root_is_asked_for_where_plugins_need_it(yard):
    """And nowhere else."""
    for host in yard.hosts.values():
        host.root_refused = "a password is required"
    assert validated(yard, yard.cluster()) == []
    yard.root.append("mount disks")
    assert {error.code for error in validated(yard, yard.cluster())} == {"NOT_ENOUGH_HOSTS"}


def test_hosts_known_by_name_must_know_each_others_names(yard):
    """Only those that would be of one cluster, and nobody itself: its own name is often the loopback's there."""
    for number, entry in enumerate(yard.entries, 1):
        entry["internal_address"] = f"n{number}.lan"
    everywhere = {f"n{number}.lan": f"192.168.0.{number}" for number in range(1, 5)}
    for name, host in yard.hosts.items():
        host.knows = {**everywhere, f"n{name[1:]}.lan": "127.0.1.1"}
    yard.hosts["h2"].knows = {"n1.lan": "192.168.0.9"}
    errors = validated(yard, yard.cluster(2))
    assert [(error.path, error.code) for error in errors] == [
        ("infrastructure.inventory.hosts[0].internal_address", "HOST_NAME_UNKNOWN"),
        ("infrastructure.inventory.hosts[2].internal_address", "HOST_NAME_UNKNOWN"),
    ]
    assert errors[0].error_message == "h1: 'n1.lan' is 192.168.0.9 on h2, and the host has 192.168.0.1"
    assert errors[1].error_message == "h3: 'n3.lan' is no name that h2 knows"
