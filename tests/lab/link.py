"""The cable of a host, and what can be wrong with it."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from lab.enclosure import NET, Enclosure

_RELAY = Path(__file__).with_name("relay.py")
_SILENCE = """\
table inet silence {
    chain incoming { type filter hook input priority -300; policy drop; iifname "lo" accept; }
    chain outgoing { type filter hook output priority -300; policy drop; oifname "lo" accept; }
}
"""


@frozen
class Link:
    """The cable between a host and the switch.

    Attributes:
        port: the switch's end.
        enclosure: the host's namespaces.
        switch: the switch's.
    """

    port: str
    enclosure: Enclosure
    switch: Enclosure

    @contextmanager
    def down(self) -> Iterator[None]:
        """It is pulled out: the host sees no carrier, and others soon find no way to it."""
        self._switch([f"link set {self.port} down"])
        try:
            yield
        finally:
            self._switch([f"link set {self.port} up"])

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Every packet is lost, either way, and nobody is told."""
        self.enclosure.run(["nft", "-f", "-"], only=NET, input=_SILENCE)
        try:
            yield
        finally:
            self.enclosure.run(["nft", "delete", "table", "inet", "silence"], only=NET)

    @contextmanager
    def slow(self, delay: float) -> Iterator[None]:
        """Every packet arrives later, either way.

        Args:
            delay: seconds; a round trip takes twice as much longer.
        """
        near, far = f"{self.port}-near", f"{self.port}-far"
        added = [f"link add {near} type veth peer name {far}", f"link set {near} up", f"link set {far} up"]
        self._switch(added)
        try:
            with self._relay(far, delay):
                self._switch([f"link set {self.port} nomaster", f"link set {near} master bridge"])
                yield
        finally:
            self._switch([f"link delete {near}", f"link set {self.port} master bridge"])

    @contextmanager
    def _relay(self, far: str, delay: float) -> Iterator[None]:
        argv = [sys.executable, "-I", str(_RELAY), self.port, far, str(delay)]
        relay = self.switch.popen(argv, only=NET, stdout=subprocess.PIPE)
        try:
            assert relay.stdout is not None
            if relay.stdout.readline() != "ready\n":
                raise RuntimeError(f"the relay of {self.port} did not start")
            yield
        finally:
            relay.kill()
            relay.communicate()

    def _switch(self, lines: Sequence[str]) -> None:
        self.switch.run(["ip", "-batch", "-"], only=NET, input="\n".join([*lines, ""]))
