import os
import subprocess
from ipaddress import ip_address
from pathlib import Path

import pytest

from serai.engine.remote.facts import addresses, java, machine_id, memory_mb, parse
from serai.engine.remote.pool import connect
from serai.hookspec.facts import Disk, Facts, JavaRuntime
from serai.hookspec.remote import LocalEndpoint, Remote

ANSWER = """\
hostname=node-7
machine_id=0123456789abcdef
boot_id=6fdfe27d
architecture=aarch64
cpus=16
user=hadoop
uid=1000
systemd=yes
os_ID="rocky"
os_VERSION_ID="9.4"
memory_kb=8388608
memory_limit=max
memory_limit=4294967296
disk=/dev/vda1 41152736 11152736 30000000 28% /
disk=/dev/vdb 104857600 1 52428800 1% /srv/with blank
python=/usr/bin/python3
python_version=Python 3.9.18
java=/usr/bin/java
java_binary=/usr/lib/jvm/java-17/bin/java
java_release="17.0.11"
"""


def test_an_answer_is_read_whole() -> None:
    """Every line of the script's answer has its place."""
    assert parse(ANSWER) == Facts(
        hostname="node-7",
        machine_id="0123456789abcdef",
        distribution="rocky",
        distribution_version="9.4",
        architecture="aarch64",
        cpus=16,
        memory_mb=4096,
        disks=(Disk("/", 40188, 29296), Disk("/srv/with blank", 102400, 51200)),
        java=JavaRuntime("/usr/lib/jvm/java-17", "17.0.11"),
        python="/usr/bin/python3",
        python_version="3.9.18",
        user="hadoop",
        is_root=False,
        has_systemd=True,
    )


def test_an_empty_answer_is_all_defaults() -> None:
    """A machine that says nothing is not an error."""
    assert parse("") == Facts()


def test_a_machine_without_id_is_known_by_its_boot() -> None:
    """Also when its image was never initialised."""
    assert machine_id("", "boot", "host") == machine_id("uninitialized", "boot", "host") == "boot-host"


def test_the_lowest_limit_of_memory_counts() -> None:
    """A limit above what is there is none."""
    assert [memory_mb(2048, limits) for limits in ([], ["max"], ["1048576", "9223372036854771712"])] == [2, 2, 1]


@pytest.mark.parametrize(
    ("release", "says", "version"),
    [
        ('"17.0.11"', "", "17.0.11"),
        ("", 'openjdk version "21.0.8" 2025-07-15 LTS', "21.0.8"),
        ("", 'java version "1.8.0_392"', "1.8.0_392"),
    ],
)
def test_javas_version_comes_from_its_file_or_its_mouth(release: str, says: str, version: str) -> None:
    """Both notations, old and new."""
    assert java("/jvm/bin/java", release, says) == JavaRuntime("/jvm", version)


@pytest.mark.parametrize(
    "says", ["", "Error: could not find libjava.so", 'openjdk version ""', 'openjdk version "$(x)"']
)
def test_a_java_that_does_not_tell_its_version_is_none(says: str) -> None:
    """A broken installation is not taken for a working one."""
    assert java("/jvm/bin/java", "", says) is None


def test_the_facts_of_this_machine_are_right(remote: Remote) -> None:
    """Against what the system itself tells."""
    facts = remote.facts
    assert (facts.hostname, facts.architecture) == (os.uname().nodename, os.uname().machine)
    assert (facts.cpus, facts.is_root) == (len(os.sched_getaffinity(0)), os.getuid() == 0)
    assert 0 < facts.memory_mb <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    assert facts.disks[0].path == "/"
    assert facts.machine_id


def test_facts_are_read_once(remote: Remote) -> None:
    """The second look is the same object."""
    assert remote.facts is remote.facts


def test_javas_home_is_asked_before_the_path(tmp_path: Path) -> None:
    """JAVA_HOME wins, links in it are resolved, and a Java without release file is asked itself."""
    home = tmp_path / "jvm-21"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "java").write_text("#!/bin/sh\necho 'openjdk version \"21.0.1\" 2023-10-17' >&2\n")
    (home / "bin" / "java").chmod(0o755)
    (tmp_path / "default").symlink_to(home)
    env = {"JAVA_HOME": str(tmp_path / "default")}
    remote = connect(LocalEndpoint("worker-1", str(tmp_path / "prefix"), env))
    assert remote.facts.java == JavaRuntime(str(home), "21.0.1")


def test_the_cpus_are_those_this_process_may_use(tmp_path: Path) -> None:
    """Affinity counts, as for the programs that will run."""
    code = (
        "from serai.engine.remote.pool import connect; from serai.hookspec.remote import LocalEndpoint;"
        f"print(connect(LocalEndpoint('w', {str(tmp_path / 'p')!r})).facts.cpus)"
    )
    import sys

    done = subprocess.run(
        ["taskset", "-c", str(min(os.sched_getaffinity(0))), sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1\n"


def test_addresses_are_those_that_others_can_use() -> None:
    """The loopback's and a link's own are none of them; what the kernel lists twice is one."""
    six = ["fd000000000000000000000000000002", "00000000000000000000000000000001", "fe8000000000000000fc00fffe000001"]
    assert addresses(["127.0.0.1", "10.0.0.7", "10.0.0.7", "rubbish"], six) == ("10.0.0.7", "fd00::2")


def test_this_machines_addresses_and_home_are_told(remote: Remote) -> None:
    """From the kernel's own tables."""
    own = [ip_address(text) for text in remote.facts.addresses]
    assert not any(address.is_loopback for address in own)
    assert remote.facts.home == remote.script('echo "$HOME"').stdout.strip()
