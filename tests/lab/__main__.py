"""A lab for a person at a terminal: ``make lab``."""

import argparse
import signal
import sys
from contextlib import suppress
from pathlib import Path

from lab import site
from lab.network import Lab
from lab.requirements import missing


def main() -> int:
    """Bring a lab up and hold it until it is interrupted, or remove what dead ones left."""
    arguments = _arguments()
    if reason := missing():
        print(reason, file=sys.stderr)
        return 1
    if arguments.command == "down":
        removed = site.sweep()
        print(f"removed what {len(removed)} dead labs left" if removed else "nothing was left")
        return 0
    return _hold(arguments.hosts, arguments.inventory, arguments.user)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab", description="Hosts to try Serai on, all on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="bring hosts up, and take them down when interrupted")
    up.add_argument("--hosts", type=int, default=4, help="how many (default: 4)")
    up.add_argument("--user", default="root", help="login in the inventory (default: root)")
    up.add_argument("--inventory", type=Path, default=Path("build/lab/hosts.yaml"), help="file to write")
    commands.add_parser("down", help="remove what labs left whose process is dead")
    return parser.parse_args()


def _hold(hosts: int, inventory: Path, user: str) -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)  # also where a shell let interrupts be ignored
    inventory.parent.mkdir(parents=True, exist_ok=True)
    with suppress(KeyboardInterrupt), Lab.up(hosts=hosts) as lab:
        lab.inventory(inventory, user=user)
        try:
            print(_greeting(lab, inventory), flush=True)
            while True:
                signal.pause()
        finally:
            inventory.unlink()
    return 0


def _greeting(lab: Lab, inventory: Path) -> str:
    first = lab.hosts[0]
    known = f"-o UserKnownHostsFile={lab.known_hosts}"
    return "\n".join(
        [
            *(f"{host.name}  {host.address}  {host.rack}" for host in lab.hosts),
            "",
            f"What they are like:  serai hosts --inventory {inventory}",
            f"In the document of a cluster, {inventory.parent}/cluster.yaml:",
            f"    infrastructure: {{provider: ssh, inventory: {inventory.name}}}",
            f"and then:            serai up {inventory.parent}/cluster.yaml",
            f"A shell on a host:   ssh -i {lab.identity_file} {known} root@{first.address}",
            "",
            "Ctrl-C takes the lab down.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
