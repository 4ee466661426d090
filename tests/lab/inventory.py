"""The hosts of a lab as an inventory of the provider ``ssh``."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from lab.host import Host


def document(hosts: Sequence[Host], identity_file: str, user: str, tags: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The inventory.

    Args:
        hosts: of the lab.
        identity_file: the private key they let in.
        user: login on all of them.
        tags: of some hosts, by their names.
    """
    return {
        "defaults": {"user": user, "port": 22, "identity_file": identity_file},
        "hosts": [
            {
                "name": host.name,
                "address": host.address,
                "rack": host.rack,
                "tags": list(tags.get(host.name, ())),
                "host_key": host.host_key,
            }
            for host in hosts
        ],
    }


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write it as YAML."""
    path.write_text(yaml.safe_dump(dict(content), sort_keys=False))
