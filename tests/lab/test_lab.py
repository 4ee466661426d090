"""Hosts of the lab are hosts: they reach each other, and share nothing that hosts do not."""

import socket
import subprocess
from pathlib import Path

import pytest
import yaml

from lab.asking import connects, told
from lab.image import HIDDEN, USER
from lab.network import Lab
from lab.waiting import until


@pytest.mark.parametrize("user", ["root", USER])
def test_every_host_lets_the_controller_in(lab: Lab, user: str) -> None:
    said = [told(lab, host, "hostname; id -un", user) for host in lab.hosts]
    assert said == [f"{host.name}\n{user}" for host in lab.hosts]


def test_hosts_reach_each_other(lab: Lab) -> None:
    first, *others = lab.hosts
    assert all(connects(first, other.address, 22) and connects(other, first.address, 22) for other in others)


def test_hosts_know_each_other_by_name(lab: Lab) -> None:
    said = lab.hosts[0].run(["getent", "hosts", *(host.name for host in lab.hosts)]).stdout.split()
    assert said == [word for host in lab.hosts for word in (host.address, host.name)]


def test_a_host_reaches_the_controller(lab: Lab) -> None:
    with socket.create_server((lab.address, 0)) as listener:
        assert connects(lab.hosts[0], lab.address, listener.getsockname()[1])


def test_no_host_proves_itself_as_another(lab: Lab) -> None:
    assert len({host.host_key for host in lab.hosts}) == len(lab.hosts)


@pytest.mark.parametrize("source", ["/etc/machine-id", "/proc/sys/kernel/random/boot_id", "/etc/hostname"])
def test_no_host_is_taken_for_another(lab: Lab, source: str) -> None:
    said = {told(lab, host, f"cat {source}") for host in lab.hosts} | {Path(source).read_text().strip()}
    assert len(said) == len(lab.hosts) + 1


@pytest.mark.parametrize("directory", ["/tmp", "/var/tmp", "/opt", "/etc", "/root", "/usr", "/run"])  # noqa: S108
def test_a_file_of_one_host_is_nowhere_else(lab: Lab, directory: str) -> None:
    first, second, *_ = lab.hosts
    file = Path(directory, "left-by-a-test")
    told(lab, first, f"echo here >{file}")
    assert told(lab, first, f"cat {file}") == "here"
    assert told(lab, second, f"ls {directory} | grep -c {file.name} || true") == "0"
    assert not file.exists()
    told(lab, first, f"rm {file}")


def test_what_a_host_removes_stays_on_this_machine(lab: Lab) -> None:
    told(lab, lab.hosts[0], "cp /etc/profile /root && rm /etc/profile && test ! -e /etc/profile")
    assert Path("/etc/profile").exists()
    told(lab, lab.hosts[0], "mv /root/profile /etc")


@pytest.mark.parametrize("path", HIDDEN)
def test_a_host_does_not_see_what_this_machine_has_in(lab: Lab, path: str) -> None:
    seen = set(told(lab, lab.hosts[3], f"ls -A {path} 2>/dev/null || true").split())
    assert seen <= {
        *("operator", ".ssh", "sshd", "sshd.pid", "sshd.log", "disk", "mount", "sudo"),
        *("ssh_host_ed25519_key", "ssh_host_ed25519_key.pub", "sshd_config"),
    }


def test_the_private_key_is_on_no_host(lab: Lab) -> None:
    body = Path(lab.identity_file).read_text().splitlines()[2]
    places = ["/tmp", "/var/tmp", "/etc", "/root", "/home", "/run"]  # noqa: S108
    found = lab.hosts[0].run(["grep", "-rlF", "-e", body, *places], check=False)
    assert (found.returncode, found.stdout) == (1, "")


def test_hosts_do_not_see_each_others_processes(lab: Lab) -> None:
    first, second, *_ = lab.hosts
    sleeper = first.enclosure.popen(["sleep", "4242"])
    until(lambda: "sleep 4242" in first.run(["ps", "ax", "-o", "args"]).stdout, "it to run")
    assert "sleep 4242" not in second.run(["ps", "ax", "-o", "args"]).stdout
    first.run(["pkill", "-x", "sleep"])
    sleeper.communicate(timeout=5)


def test_an_orphan_is_reaped(lab: Lab) -> None:
    host = lab.hosts[0]
    before = len(host.pids())
    host.run(["sh", "-c", "(sleep 0.1 &) ; exit 0"])
    until(lambda: len(host.pids()) == before, "the orphan to be gone")
    assert "<defunct>" not in host.run(["ps", "ax"]).stdout


def test_a_host_has_a_terminal_to_give(lab: Lab) -> None:
    host = lab.hosts[0]
    command = lab.ssh(host, "test -t 0 && echo yes")
    command.insert(1, "-tt")
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, check=True)
    assert done.stdout.strip() == "yes"


def test_sftp_works(lab: Lab) -> None:
    command = ["sftp", *lab.ssh(lab.hosts[0])[1:-1], "-b", "-", f"root@{lab.hosts[0].address}"]
    subprocess.run(command, input="ls /etc\n", capture_output=True, text=True, timeout=30, check=True)


def test_the_account_without_root_may_not_use_sudo(lab: Lab) -> None:
    assert lab.hosts[0].run(["sudo", "-n", "true"], user=USER, check=False).returncode == 1


def test_sudo_may_be_free(lab: Lab) -> None:
    with lab.hosts[0].sudo.free():
        assert told(lab, lab.hosts[0], "sudo -n id -un", USER) == "root"
    assert lab.hosts[0].run(["sudo", "-n", "true"], user=USER, check=False).returncode == 1


def test_sudo_may_ask_for_a_password(lab: Lab) -> None:
    host = lab.hosts[0]
    with host.sudo.with_password():
        refused = host.run(["sudo", "-n", "true"], user=USER, check=False)
        assert "a password is required" in refused.stderr
        assert host.run(["sudo", "-kS", "id", "-un"], user=USER, input="lab\n").stdout == "root\n"


def test_the_inventory_tells_how_to_reach_every_host(lab: Lab, tmp_path: Path) -> None:
    lab.inventory(tmp_path / "hosts.yaml", user=USER, tags={"h2": ["big"]})
    document = yaml.safe_load((tmp_path / "hosts.yaml").read_text())
    assert document["defaults"] == {"user": USER, "port": 22, "identity_file": lab.identity_file}
    assert document["hosts"][1] == {
        "name": "h2",
        "address": lab.hosts[1].address,
        "rack": "r2",
        "tags": ["big"],
        "host_key": lab.hosts[1].host_key,
    }


def test_two_labs_live_side_by_side(lab: Lab) -> None:
    with Lab.up(hosts=1) as other:
        assert told(other, other.hosts[0], "hostname") == "h1"
        assert other.hosts[0].address not in {host.address for host in lab.hosts}
    assert told(lab, lab.hosts[0], "hostname") == "h1"


def test_java_runs_on_a_host_where_it_runs_here(lab: Lab) -> None:
    if not Path("/usr/bin/java").exists():
        pytest.skip("no /usr/bin/java here")
    assert "version" in told(lab, lab.hosts[0], "java -version 2>&1", USER)
