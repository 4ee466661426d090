"""What processes of Hadoop read on a host in memory: the configuration on their class path, and lists of members."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit
from xml.etree import ElementTree

from serai.hookspec.testing.fleet import FleetHost, StoredFile

_SITES: Final = ("core", "hdfs", "yarn", "mapred")
NO_FILE_SYSTEM: Final = "Invalid URI for NameNode address (check fs.defaultFS): file:/// has no authority."
"""What processes of HDFS say where they find no configuration of their own."""


def properties(host: FleetHost, argv: Sequence[str]) -> dict[str, str]:
    """What a JVM with Hadoop in it finds set, by name; nothing where no configuration is on its class path.

    Args:
        host: where it runs.
        argv: its argument list.
    """
    entries = argv[argv.index("-cp") + 1].split(":") if "-cp" in argv else ()
    found: dict[str, str] = {}
    for file in _SITES:
        paths = (f"{entry}/{file}-site.xml" for entry in entries)
        found |= next((_site(host.files[path]) for path in paths if path in host.files), {})
    return found


def _site(file: StoredFile) -> dict[str, str]:
    root = ElementTree.fromstring(file.content)  # noqa: S314 - the plugin wrote it
    return {each.findtext("name", ""): each.findtext("value", "") for each in root.iter("property")}


def namenode_addresses(found: Mapping[str, str], name: str = "dfs.namenode.rpc-address") -> dict[str, str]:
    """Where NameNodes are, ``ip:port`` each, by the id that each of two has; ``""`` for one alone.

    Args:
        found: the properties of whoever looks for them.
        name: of the property that tells.
    """
    service = found.get("dfs.nameservices", "")
    if not service:
        alone = found.get(name, "") or urlsplit(found.get("fs.defaultFS", "")).netloc
        return {"": alone} if alone else {}
    ids = found.get(f"dfs.ha.namenodes.{service}", "").split(",")
    return {each: address for each in ids if (address := found.get(f"{name}.{service}.{each}"))}


def directories(value: str) -> list[str]:
    """The directories that a property lists, as paths."""
    return [each.removeprefix("file://") for each in value.split(",") if each]


def lines(host: FleetHost, path: str) -> list[str]:
    """The entries of a list on a host; none where there is no such file."""
    file = host.files.get(path)
    return file.content.decode().split() if file else []


def names(entries: Iterable[str], host: FleetHost, port: int | None = None) -> bool:
    """Whether a list names a host, with any port or with one: each entry is compared as a whole."""
    ways = {host.address, host.name}
    if port is not None:
        ways |= {f"{host.address}:{port}", f"{host.name}:{port}"}
    return not ways.isdisjoint(entries)


def port_of(address: str) -> int:
    """The port of ``ip:port``."""
    return int(address.rpartition(":")[2])


def written(content: str) -> StoredFile:
    """A file that a process of Hadoop writes."""
    return StoredFile(content.encode(), 0o644, "hadoop")
