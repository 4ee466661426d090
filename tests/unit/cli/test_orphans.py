"""serai orphans: lists what nobody wants, and removes it when told to."""

from serai.builtin_plugins.infrastructure.local import LocalProvider
from serai.hookspec.cluster import Cluster
from serai.hookspec.infrastructure import MachineRequest


def stray(tmp_path, name, cluster_id="elsewhere"):
    """A machine that somebody made here."""
    request = MachineRequest(name, "tents", f"token-{name}")
    (machine,) = LocalProvider(tmp_path / "machines").create_machines(Cluster("c", "p", "1", id=cluster_id), [request])
    return machine


def test_none_is_told(serai):
    assert (serai("orphans").code, serai("orphans").out) == (0, "no orphans\n")


def test_each_is_told_with_all_there_is_to_know(serai, tmp_path):
    machine = stray(tmp_path, "far-tents-1")
    (orphan,) = serai("orphans", "--json").document["orphans"]
    assert orphan["machine_id"] == machine.machine_id
    assert (orphan["provider"], orphan["client_token"]) == ("local", "token-far-tents-1")
    assert (orphan["cluster_id"], orphan["cluster_name"]) == ("elsewhere", "")
    assert "token-far-tents-1" in serai("orphans").out


def test_removing_is_explicit(serai, tmp_path):
    """Nothing that may be another engine's goes unless it is named."""
    stray(tmp_path, "far-tents-1")
    assert serai("orphans", "far-tents-1").code == 2
    assert serai("orphans", "--remove", "--json").document == {"removed": []}
    (removed,) = serai("orphans", "--remove", "far-tents-1", "--json").document["removed"]
    assert removed["name"] == "far-tents-1"
    assert serai("orphans", "--json").document["orphans"] == []


def test_what_is_no_orphan_is_refused(serai):
    answer = serai("orphans", "--remove", "nobody", "--json")
    assert answer.document["error"]["code"] == "ORPHAN_NOT_FOUND"
    assert answer.code != 0
