import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.engine.remote.ssh_options import always, checked_address, login, trust
from serai.hookspec.remote import SshEndpoint


def test_what_an_endpoint_says_goes_to_ssh() -> None:
    """And what it does not say is left to ssh_config."""
    endpoint = SshEndpoint("w", "10.0.0.7", user="me", port=2022, identity_file="/k", config_file="/c")
    assert login(endpoint) == [
        *["-F", "/c", "-o", 'IdentityFile="/k"', "-o", "IdentitiesOnly=yes", "-o", "User=me", "-o", "Port=2022"],
    ]
    assert login(SshEndpoint("w", "10.0.0.7")) == []


def test_keys_are_believed_only_when_that_is_asked_for() -> None:
    """Never simply any."""
    assert trust("/k", believe=False)[-1] == "StrictHostKeyChecking=yes"
    assert trust("/k", believe=True)[-1] == "StrictHostKeyChecking=accept-new"


def test_nobody_is_asked_and_nothing_is_forwarded() -> None:
    """Whatever ssh_config says."""
    options = always(20.0)
    for option in ("BatchMode=yes", "ForwardAgent=no", "ForwardX11=no", "PermitLocalCommand=no", "RequestTTY=no"):
        assert option in options
    assert "ConnectTimeout=19" in options


@pytest.mark.parametrize("address", ["", "-oProxyCommand=x", "a b", "a\nb", "a\0b"])
def test_what_is_no_address_is_refused(address: str) -> None:
    """Above all what ssh would take for an option."""
    with pytest.raises(ValueError, match="not an address"):
        checked_address(address)


@given(st.from_regex(r"[a-z0-9][a-z0-9.@:\[\]_-]{0,30}", fullmatch=True))
def test_addresses_names_and_aliases_are_taken(address: str) -> None:
    """As they are."""
    assert checked_address(address) == address


@pytest.mark.parametrize("path", ["/a key", "/100%d", '/a"b', "/a'b", "/a\\\\b", "/a\\"])
def test_a_path_is_what_ssh_reads(path: str) -> None:
    """However it is written: ssh itself tells what it understood."""
    options = login(SshEndpoint("w", "h", identity_file=path, config_file="/dev/null"))
    said = subprocess.run(["ssh", "-G", *options, "h"], capture_output=True, text=True, check=True, timeout=20).stdout
    assert f"identityfile {path.replace('%', '%%')}\n" in said
