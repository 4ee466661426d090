"""Where the processes of an instance listen: on its own address, and on nothing else."""

from ipaddress import ip_address
from typing import Final

from serai.builtin_plugins.hadoop.listening import LISTENING
from serai.builtin_plugins.hadoop.ports import port
from serai.builtin_plugins.hadoop.processes import DATANODE
from serai.hookspec.objects import Instance

_LOOPBACK: Final = "127.0.0.1"
_STRIDE: Final = 4
"""More than the difference of any two of a DataNode's ports, by Hadoop's own choice."""
_ROOM: Final = 5000
"""How many DataNodes this machine may have before ports repeat; all of theirs stay below the ephemeral ones."""


def binding(instance: Instance, name: str) -> tuple[str, int]:
    """The address and the port of one of :data:`~serai.builtin_plugins.hadoop.listening.LISTENING`; port 0 for any.

    The NameNode knows a DataNode by the address its connection comes from. Within 127.0.0.0/8 that is 127.0.0.1, for
    all of them: there they differ by port instead.

    Args:
        instance: whose process it is.
        name: of the property.
    """
    chosen = port(instance.node_group, name)
    if LISTENING[name].process == DATANODE and is_loopback(instance):
        offset = _STRIDE * (int(ip_address(instance.internal_ip)) % _ROOM)
        return _LOOPBACK, chosen + offset if chosen + offset <= 65535 else chosen - offset
    return instance.internal_ip, chosen


def authority(instance: Instance, name: str) -> str:
    """The same as ``ip:port``."""
    host, number = binding(instance, name)
    return f"{host}:{number}"


def is_loopback(instance: Instance) -> bool:
    """Whether an instance shares this machine, and nothing but its address is its own."""
    return ip_address(instance.internal_ip).is_loopback
