"""The hooks of the provider ``ssh``, from choosing hosts to giving them back."""

import json
import os

import pytest
from attrs import evolve

from serai.builtin_plugins.infrastructure.ssh.claim_file import CLAIM_FILE, document, owner_of
from serai.hookspec.cluster import Instance
from serai.hookspec.errors import (
    ConnectionLost,
    HostKeyRefused,
    HostsFailed,
    SeraiError,
    Unreachable,
    ValidationFailed,
)
from serai.hookspec.facts import JavaRuntime
from serai.hookspec.infrastructure import MachineRequest
from serai.hookspec.remote import DirectEndpoint, SshEndpoint


def request(cluster, group, number):
    return MachineRequest(f"{cluster.name}-{group}-{number}", group, f"{cluster.id}-{group}-{number}")


def validated(yard, cluster):
    return list(yard.provider.validate_infrastructure(cluster, yard.access()))


def silent(name):
    return Unreachable("no answer within 10 s", host=name)


# Before anything is made


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


# Machines


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


def instance_of(machine):
    return Instance(machine.machine_id, machine.name, nova_info=machine.info, client_token=machine.client_token)


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


# Hosts that do not answer


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


# Giving back


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
