"""Hosts of the lab are hosts: they reach each other, and share nothing that hosts do not."""

import subprocess

import pytest

from lab.host import USER, Host
from lab.network import Lab


def over_ssh(lab: Lab, host: Host, line: str, user: str = "root") -> str:
    """What a shell line says, run as anybody would run it."""
    done = subprocess.run(lab.ssh(host, line, user=user), capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def answers(lab: Lab, source: Host, target: Host) -> bool:
    """Whether one host reaches another's sshd."""
    connect = f"import socket; print(socket.create_connection(({target.name!r}, 22), 5).recv(4).decode())"
    return source.run(["/usr/bin/python3", "-c", connect]).stdout == "SSH-\n"


@pytest.mark.parametrize("user", ["root", USER])
def test_every_host_lets_the_controller_in(lab: Lab, user: str) -> None:
    said = [over_ssh(lab, host, "hostname; id -un", user) for host in lab.hosts]
    assert said == [f"{host.name}\n{user}" for host in lab.hosts]


def test_hosts_reach_each_other_by_name(lab: Lab) -> None:
    first, *others = lab.hosts
    assert all(answers(lab, first, other) and answers(lab, other, first) for other in others)
