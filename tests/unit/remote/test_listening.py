import pytest

from serai.engine.remote.listening import listening_keys
from serai.hookspec.services import Listening


def test_any_address_will_do() -> None:
    """Without an address only the port counts."""
    assert listening_keys(Listening(8080)) == ("*:1F90",)


def test_an_address_is_in_the_kernels_order() -> None:
    """Little-endian words, as on x86 and ARM."""
    assert "0100007F:1F90" in listening_keys(Listening(8080, "127.0.0.1"))


def test_an_address_counts_when_all_are_listened_on() -> None:
    """0.0.0.0 and :: take connections to it as well."""
    keys = listening_keys(Listening(80, "127.0.0.1"))
    assert {"00000000:0050", "0" * 32 + ":0050"} <= set(keys)


def test_an_ipv4_address_may_be_bound_through_ipv6() -> None:
    """As Java does."""
    assert "0000000000000000FFFF00000100007F:0050" in listening_keys(Listening(80, "127.0.0.1"))


def test_an_ipv6_address_is_not_looked_for_among_ipv4() -> None:
    """::1 is no address of IPv4."""
    assert "0" * 24 + "01000000:0050" in listening_keys(Listening(80, "::1"))


@pytest.mark.parametrize("probe", [Listening(0), Listening(65536), Listening(80, "localhost")])
def test_what_can_never_listen_is_an_error(probe: Listening) -> None:
    """At once, not when the time is up."""
    with pytest.raises(ValueError, match=r"port|address"):
        listening_keys(probe)
