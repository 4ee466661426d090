"""The inventory: what its mistakes are called, and what people are told to do about them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from serai.builtin_plugins.infrastructure.ssh.inventory import read_inventory
from serai.builtin_plugins.infrastructure.ssh.options import Options, Requirements, option_errors

DOCS = Path(__file__).parents[3] / "docs"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJKBk9CzVlDBKTn2uopph45+eeBJQYYxn4GdA8Bepk/Y"


def host(**fields: Any) -> dict[str, Any]:
    return {"name": "h1", "address": "10.0.0.1", "host_key": KEY, **fields}


def errors(*hosts: Any, **document: Any) -> list[tuple[str, str]]:
    """Place below the inventory, and code, of each error."""
    found = read_inventory({**document, "hosts": list(hosts)}).errors
    return [(error.path.removeprefix("infrastructure.inventory"), error.code) for error in found]


def test_the_example_is_a_good_one():
    """Every field of a host is in it."""
    inventory = read_inventory(yaml.safe_load((DOCS / "examples" / "hosts.yaml").read_text()))
    assert inventory.errors == ()
    first, second, third = inventory.hosts
    assert (first.user, first.volumes, len(first.host_keys)) == ("operator", (), 1)
    assert first.identity_file == str(Path("~/.ssh/id_ed25519").expanduser())
    assert second.host_keys[1] == f"@cert-authority {first.host_keys[0]}"
    assert (third.first_contact, third.prefix, third.volumes) == (True, "/data/serai", ("/mnt/disk1",))


def test_the_document_in_the_guide_is_a_good_one():
    """Its options are all there are."""
    text = (DOCS / "how-to" / "use-your-own-machines.md").read_text().split("```yaml\n")[1].partition("```")[0]
    document = yaml.safe_load(text)
    options = {**document["infrastructure"], "inventory": "/etc/hosts.yaml"}
    assert list(option_errors(options, [group["name"] for group in document["node_groups"]])) == []
    assert Options.of(options).require == {"workers": Requirements(memory_mb=4096, cpus=2, disk_mb=20000)}


@pytest.mark.parametrize("document", [None, [], "hosts", 3, {}, {"hosts": None}, {"hosts": []}, {"hosts": {}}])
def test_an_inventory_has_hosts(document):
    """At least one."""
    (error,) = read_inventory(document).errors
    assert error.code == "INVENTORY_INVALID"


def test_a_host_without_a_key_is_told_how_to_get_it():
    """With the command for this very host, and the other way."""
    given = {"name": "h1", "address": "10.0.0.1", "port": 2222}
    (error,) = read_inventory({"hosts": [given]}).errors
    assert (error.path, error.code) == ("infrastructure.inventory.hosts[0]", "INVENTORY_NO_HOST_KEY")
    assert "ssh-keyscan -p 2222 -t ed25519 10.0.0.1" in error.hint
    assert "first_contact: true" in error.hint


@pytest.mark.parametrize("fields", [{"host_key": "AAAA"}, {"first_contact": "yes"}])
def test_a_key_that_is_wrong_is_told_of_once(fields):
    """Not as one that is missing, too."""
    assert len(errors({"name": "h1", "address": "10.0.0.1", **fields})) == 1


def test_defaults_hold_where_a_host_says_nothing():
    """What a host says takes their place as a whole."""
    document = {"defaults": {"port": 23, "tags": ["a"], "host_key": KEY}, "hosts": [host(port=24), host(name="h2")]}
    document["hosts"][1] |= {"address": "10.0.0.2", "tags": ["b"]}
    first, second = read_inventory(document).hosts
    assert (first.port, first.tags, second.port, second.tags) == (24, ("a",), 23, ("b",))


def test_what_identifies_a_host_is_no_default():
    """Name and addresses are each host's own."""
    assert errors(host(), defaults={"name": "x", "address": "y"}) == [(".defaults", "INVENTORY_UNKNOWN_KEY")] * 2


def test_no_host_is_there_twice():
    """By name, whatever its case, or by address and port."""
    others = [host(name="H1", address="10.0.0.2"), host(name="h3"), host(name="h4", port=2222)]
    assert errors(host(), *others) == [
        (".hosts[1].name", "INVENTORY_DUPLICATE"),
        (".hosts[2].address", "INVENTORY_DUPLICATE"),
    ]


def test_every_mistake_is_told_at_once():
    """Of all hosts, at their places, with what was probably meant."""
    found = read_inventory(
        {
            "host": [],
            "defaults": {"usr": "x"},
            "hosts": [host(prot=22, tags=["ok", "two words"]), "h2", {"adress": "10.0.0.2", "host_key": [KEY, "x"]}],
        }
    ).errors
    assert [(error.path.removeprefix("infrastructure.inventory"), error.hint) for error in found] == [
        ("", "did you mean 'hosts'?"),
        (".defaults", "did you mean 'user'?"),
        (".hosts[0]", "did you mean 'port'?"),
        (".hosts[0].tags[1]", ""),
        (".hosts[1]", ""),
        (".hosts[2]", "did you mean 'address'?"),
        (".hosts[2].host_key[1]", "give the line that ssh-keyscan prints, once it is verified"),
        (".hosts[2].name", ""),
        (".hosts[2].address", ""),
    ]


def test_a_number_where_a_word_belongs_is_told_how_to_be_written():
    """YAML reads a rack called 1 as a number."""
    (error,) = read_inventory({"hosts": [host(rack=1)]}).errors
    assert (error.error_message, error.hint) == ("must be a string (got 1)", "quote it: '1'")


@pytest.mark.parametrize("address", ["-oProxyCommand=touch x", "root@h1", "h1 h2", "h1;x", "ssh://h1", "$(x)"])
def test_an_address_is_no_option_and_no_command(address):
    """Nothing that ssh or a shell would take for more than a destination."""
    assert errors(host(address=address)) == [(".hosts[0].address", "INVENTORY_INVALID")]
