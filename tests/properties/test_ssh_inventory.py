"""Inventories: what is accepted is what the rules say, and nothing else; whatever comes in, an answer comes out."""

import base64
import posixpath
import re
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from serai.builtin_plugins.infrastructure.ssh.host_keys import fingerprint, parse_host_key
from serai.builtin_plugins.infrastructure.ssh.inventory import PATH, read_inventory

FIELDS = {
    "name": ["h1", "h2", "node-3.example", "", "-x", "two words", 7],
    "address": ["10.0.0.1", "10.0.0.2", "fe80::1%eth0", "alias", "", "-oProxyCommand=x", "user@h", "a b", None],
    "internal_address": ["192.168.0.1", "inner", "", "x y", 1],
    "user": ["root", "me", "", "-x", "a@b", True],
    "port": [22, 65535, 0, 65536, "22", 22.0, True],
    "identity_file": ["~/.ssh/id", "/keys/id", "id", "~me/id", "/", "/a/../b", 3],
    "config_file": ["/etc/ssh/other", "~/c", ""],
    "first_contact": [True, False, "yes", 1],
    "tags": [[], ["ssd", "big"], ["a", "a"], ["a b"], [1], "ssd", None],
    "rack": ["r1", "", "r 1", 1],
    "flavor": ["m1.large", "a,b"],
    "prefix": ["/data/serai", "~/serai", "/", "data", "//x"],
    "volumes": [["/mnt/a", "/mnt/b"], [], ["/mnt/a", "/mnt/a"], ["~/a"], "/mnt/a"],
}
OF_ONE_HOST = ("name", "address", "internal_address")


def key(kind: str = "ssh-ed25519", content: bytes = b"\0" * 32) -> str:
    """A public key as it is written: two parts, each with its length in front."""
    parts = (len(part).to_bytes(4, "big") + part for part in (kind.encode(), content))
    return f"{kind} {base64.b64encode(b''.join(parts)).decode()}"


KEYS = [key(), f"h1,10.0.0.1 {key()} comment", f"@cert-authority *.lan {key('ssh-rsa')}", "ssh-ed25519 AAAA", "", 5]
FIELDS["host_key"] = [*KEYS, KEYS[:2], KEYS[:3], [], [KEYS[0], KEYS[3]], [KEYS[0], KEYS[0]]]


@st.composite
def mappings(draw: st.DrawFn, keys: tuple[str, ...]) -> dict[str, Any]:
    """Some fields with a value each, good ones and bad ones."""
    chosen = draw(st.lists(st.sampled_from(keys), unique=True))
    return {name: deepcopy(draw(st.sampled_from(FIELDS[name]))) for name in chosen}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Inventories that may be good."""
    hosts = draw(st.lists(mappings(tuple(FIELDS)), min_size=1, max_size=2))
    for number, host in enumerate(hosts):  # else hardly one would be good
        if draw(st.booleans()):
            host |= {"name": f"h{number}", "address": f"10.0.1.{number}"}
            host.setdefault("first_contact", True)
    defaults = draw(mappings(tuple(name for name in FIELDS if name not in OF_ONE_HOST)))
    return draw(st.sampled_from([{"hosts": hosts}, {"defaults": defaults, "hosts": hosts}]))


def is_path(value: Any, *, home: bool) -> bool:
    if type(value) is not str:
        return False
    path = value[1:] if home and value.startswith("~/") else value
    return path.startswith("/") and posixpath.normpath(path) == path and path.strip("/") != "" and path[:2] != "//"


def is_key(value: Any) -> bool:
    return value in KEYS[:3]


def are(items: Any, good: Any) -> bool:
    return type(items) is list and all(map(good, items)) and len(set(map(str, items))) == len(items)


def is_word(value: Any) -> bool:
    return type(value) is str and re.fullmatch(r"[^\s,]+", value) is not None


GOOD = {
    "name": lambda value: value in (*FIELDS["name"][:3], "h0"),
    "address": lambda value: value in (*FIELDS["address"][:4], "10.0.1.0", "10.0.1.1"),
    "internal_address": lambda value: value in FIELDS["internal_address"][:2],
    "user": lambda value: value in ("root", "me") and type(value) is str,
    "port": lambda value: type(value) is int and 0 < value < 65536,
    "identity_file": lambda value: is_path(value, home=True),
    "config_file": lambda value: is_path(value, home=True),
    "first_contact": lambda value: type(value) is bool,
    "tags": lambda value: are(value, is_word),
    "rack": is_word,
    "flavor": is_word,
    "prefix": lambda value: is_path(value, home=True),
    "volumes": lambda value: are(value, lambda item: is_path(item, home=False)),
    "host_key": lambda value: is_key(value) or (value != [] and are(value, is_key)),
}


def is_good(document: dict[str, Any]) -> bool:
    """The rules once more, put simply."""
    defaults, hosts = document.get("defaults", {}), document["hosts"]
    whole = [{**defaults, **host} for host in hosts]
    return (
        all(GOOD[name](value) for mapping in [defaults, *hosts] for name, value in mapping.items())
        and all("name" in host and "address" in host for host in hosts)
        and all("host_key" in host or host.get("first_contact") is True for host in whole)
        and len({host.get("name") for host in hosts}) == len(hosts)
        and len({(host.get("address"), host.get("port")) for host in whole}) == len(hosts)
    )


@given(documents())
def test_an_inventory_is_accepted_if_it_keeps_the_rules(document):
    """And only then: it has all its hosts, or it has errors."""
    inventory = read_inventory(document)
    assert bool(inventory.errors) != is_good(document)
    assert len(inventory.hosts) == (0 if inventory.errors else len(document["hosts"]))


@given(documents())
def test_every_bad_value_is_told_of_at_once(document):
    """At its own place."""
    paths = [error.path for error in read_inventory(document).errors]
    for index, host in enumerate(document["hosts"]):
        for name, value in host.items():
            place = f"{PATH}.hosts[{index}].{name}"
            if not GOOD[name](value):
                assert any(path.startswith(place) for path in paths), place


@given(documents())
def test_nothing_is_converted_and_nothing_lost(document):
    """A host is as the document has it, over the defaults."""
    for host, given_fields in zip(read_inventory(document).hosts, document["hosts"], strict=False):
        for name, value in {**document.get("defaults", {}), **given_fields}.items():
            if name == "host_key":
                assert len(host.host_keys) == (1 if isinstance(value, str) else len(set(map(parse_host_key, value))))
            elif name in ("tags", "volumes"):
                assert list(getattr(host, name)) == value
            elif not str(value).startswith("~"):
                assert getattr(host, name) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(sorted(FIELDS)) | st.integers(), inner),
    max_leaves=10,
)


@given(JSON | st.fixed_dictionaries({"hosts": st.lists(JSON)}, optional={"defaults": JSON}))
def test_whatever_comes_in_there_is_an_answer(document):
    """Hosts or errors, each with a code, a message and a place."""
    inventory = read_inventory(document)
    assert bool(inventory.errors) != bool(inventory.hosts)
    assert all(error.code and error.error_message and error.path.startswith(PATH) for error in inventory.errors)


@given(st.text())
def test_any_text_is_a_key_or_refused(text):
    """With a reason."""
    try:
        assert parse_host_key(text).split()
    except ValueError as error:
        assert str(error)  # noqa: PT017 - both ways are right


@given(
    st.sampled_from(["", "h1 ", "h1,h2,10.0.0.1 ", "[h1]:2222 ", "|1|c2FsdA==|aGFzaA== "]),
    st.sampled_from(["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "sk-ssh-ed25519@openssh.com"]),
    st.binary(min_size=8, max_size=80),
    st.sampled_from(["", " someone@somewhere", " two words"]),
)
def test_a_key_is_the_same_with_names_and_comment_or_without(names, kind, content, comment):
    """As ssh-keyscan prints it, as it is in known_hosts, as it is in a .pub file."""
    plain = key(kind, content)
    assert parse_host_key(f"{names}{plain}{comment}\n") == plain
    assert parse_host_key(f"@cert-authority {names}{plain}{comment}") == f"@cert-authority {plain}"
    assert fingerprint(plain) == fingerprint(f"@cert-authority {plain}")
