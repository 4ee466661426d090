"""The stock of hosts for people."""

import os

import pytest

from serai.builtin_plugins.infrastructure.ssh.claim_file import CLAIM_FILE, document
from serai.builtin_plugins.infrastructure.ssh.holding import MARK
from serai.builtin_plugins.infrastructure.ssh.host_keys import fingerprint
from serai.hookspec.errors import NotFound, SeraiError, Unreachable, ValidationFailed

OPTIONS = {"provider": "ssh", "inventory": "/etc/hosts.yaml"}


def listed(yard):
    return {host.name: host for host in yard.provider.list_hosts(OPTIONS, yard.access())}


def clean(yard, name):
    yard.provider.clean_host(OPTIONS, name, yard.access())


def test_hook_list_hosts_tells_all_hosts_and_who_has_them(yard):
    """With what they are like, in one look; nothing is changed."""
    yard.entry("h4")["tags"] = ["ssd"]
    yard.create(yard.cluster(1))
    access = yard.access()
    hosts = list(yard.provider.list_hosts(OPTIONS, access))
    assert [(host.name, host.address, host.rack) for host in hosts] == [
        ("h1", "10.0.0.1", "r1"),
        ("h2", "10.0.0.2", "r1"),
        ("h3", "10.0.0.3", "r2"),
        ("h4", "10.0.0.4", "r2"),
    ]
    assert [host.claim and host.claim.cluster_name for host in hosts] == ["demo-c1", "demo-c1", None, None]
    assert [host.note for host in hosts] == ["", "", "", ""]
    assert (hosts[3].tags, hosts[3].facts.memory_mb) == (("ssd",), 4096)
    assert (len(access.looks), access.steps) == (1, [])


def test_what_is_unusual_is_noted(yard):
    """Silence, other engines, a claim file that is gone, hosts that were taken out of the inventory."""
    del yard.entry("h1")["host_key"]
    yard.entry("h1")["first_contact"] = True
    yard.hosts["h4"].error = Unreachable("no answer", host="h4")
    machines = yard.create(yard.cluster(3, min_ready=2))
    yard.hosts["h2"].claim.unlink()
    yard.hosts["h3"].claim.write_text(document("theirs", "c9", "token-9"))
    access = yard.access()
    del yard.entries[1]
    notes = {host.name: host.note for host in yard.provider.list_hosts(OPTIONS, access)}
    assert notes["h1"] == f"believed at first contact: {fingerprint(machines[0].info['host_keys'][0])}"
    assert notes["h2"] == f"is not in the inventory any more; {CLAIM_FILE} is gone from it"
    assert notes["h3"].startswith("cluster theirs of an engine on")
    assert notes["h4"] == "cannot be reached: no answer; out of use: it cannot be reached: no answer"


def test_a_host_of_another_engine_is_noted(yard):
    """Though no cluster of this store has it."""
    yard.hosts["h2"].claim.write_text("nonsense")
    assert listed(yard)["h2"].note == f"somebody, as {CLAIM_FILE} says without telling whom has it"
    assert listed(yard)["h2"].claim is None


@pytest.mark.parametrize(
    ("options", "path"),
    [({}, "infrastructure.inventory"), ({"inventory": 3}, "infrastructure.inventory")],
)
def test_the_inventory_must_be_named(yard, options, path):
    """For people as for clusters."""
    with pytest.raises(ValidationFailed) as caught:
        yard.provider.list_hosts({"provider": "ssh", **options}, yard.access())
    assert [error.path for error in caught.value.errors] == [path]


def test_mistakes_in_the_inventory_are_told(yard):
    """All of them."""
    yard.entries[0]["port"] = yard.entries[1]["port"] = -1
    with pytest.raises(ValidationFailed, match=r"2 errors in inventory /etc/hosts\.yaml"):
        listed(yard)


def test_hook_clean_host_frees_a_host_of_another_engine(yard, start, tmp_path):
    """What runs there ends, the cluster's files and the claim file go; files beside stay."""
    token = f"{tmp_path.parent.name}-{tmp_path.name}-{os.getpid()}"
    host = yard.hosts["h1"]
    host.claim.write_text(document("theirs", "c9", token))
    for name in ("theirs", "other"):
        host.path(f"/home/me/.serai/{name}").mkdir(parents=True)
    process = start("sleep", "60", **{MARK: token})
    clean(yard, "h1")
    assert os.listdir(host.path("/home/me/.serai")) == ["other"]
    assert os.listdir(host.claim.parent) == []
    assert not os.path.exists(f"/proc/{process}/exe") or not os.access(f"/proc/{process}/exe", os.F_OK)


@pytest.mark.parametrize("cluster", ["../..", "a/b", "", ".", "x y"])
def test_a_claim_file_does_not_tell_which_directory_goes(yard, cluster):
    """Anybody on the host may have written it."""
    host = yard.hosts["h1"]
    (host.path("/home/me/.serai/a/b")).mkdir(parents=True)
    host.claim.write_text(document(cluster, "c9", "token-9"))
    clean(yard, "h1")
    assert host.path("/home/me/.serai/a/b").is_dir()
    assert not host.claim.exists()


def test_a_claim_file_that_tells_nothing_goes(yard):
    """Somebody wants the host."""
    yard.hosts["h1"].claim.write_text("nonsense")
    clean(yard, "h1")
    assert not yard.hosts["h1"].claim.exists()


def test_what_a_lost_cluster_of_this_store_left_goes(yard):
    """By its claim, which the engine then gives up."""
    machine = yard.create(yard.cluster(0))[0]
    clean(yard, "h1")
    assert not yard.hosts["h1"].claim.exists()
    assert not yard.hosts["h1"].path(machine.info["prefix"]).exists()


def test_a_clean_host_is_cleaned_without_complaint(yard):
    """There is nothing to do."""
    clean(yard, "h2")


def test_a_host_that_does_not_exist_cannot_be_cleaned(yard):
    """Nor one that does not answer."""
    with pytest.raises(NotFound, match="there is no host 'h9'"):
        clean(yard, "h9")
    yard.hosts["h2"].error = Unreachable("no answer", host="h2")
    with pytest.raises(Unreachable):
        clean(yard, "h2")


def test_what_cannot_be_removed_is_told(yard):
    """With the system's words."""
    host = yard.hosts["h1"]
    host.claim.mkdir()
    host.claim.joinpath("x").touch()
    with pytest.raises(SeraiError, match=r"serai\.claim"):
        clean(yard, "h1")


@pytest.mark.parametrize(("refused", "as_root"), [("", True), ("a password is required", False)])
def test_a_host_is_cleaned_as_root_where_that_can_be(yard, refused, as_root):
    """Another login may have left what is there."""
    yard.hosts["h1"].claim.write_text(document("theirs", "c9", "token-9"))
    yard.hosts["h1"].root_refused = refused
    clean(yard, "h1")
    assert yard.hosts["h1"].as_root == [as_root]
