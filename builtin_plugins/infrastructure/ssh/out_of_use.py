"""What stands where the connection to a host would be that could not be taken into use."""

from typing import Never

from serai.hookspec.errors import Unreachable


class OutOfUse:
    """Says to whoever asks it for something why it cannot be had.

    The host may answer again by now. It does not carry the cluster's claim, so nothing is to be done on it.

    Args:
        host: the instance's name.
        fault: why the host could not be taken into use.
    """

    def __init__(self, host: str, fault: str) -> None:
        self._host = host
        self._fault = fault

    def __getattr__(self, name: str) -> Never:
        raise Unreachable(
            f"could not be taken into use when hosts were claimed: it {self._fault}",
            host=self._host,
            hint="scale its node group to its count, and another host, or this one, is claimed in its place",
        )
