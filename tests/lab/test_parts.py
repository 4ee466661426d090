"""What the lab is made of, where it can be tried alone."""

import random
import subprocess
from ipaddress import IPv4Network
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lab import cgroups, requirements
from lab.addresses import RANGE, free
from lab.asking import ending
from lab.cgroups import Cgroup, Hierarchy, hierarchies
from lab.firewall import ruleset
from lab.fixtures import need_lab
from lab.image import account_files

MOUNTS = """\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
37 31 0:34 / /sys/fs/cgroup/freezer rw,relatime shared:1 - cgroup cgroup rw,freezer
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
"""


def test_hierarchies_that_freeze_are_found_and_the_newer_kind_comes_first() -> None:
    unified = Hierarchy(Path("/sys/fs/cgroup/unified"), True)
    assert hierarchies(MOUNTS) == [unified, Hierarchy(Path("/sys/fs/cgroup/freezer"), False)]


@pytest.mark.parametrize("unified", [True, False])
def test_both_kinds_of_control_groups_freeze_thaw_and_end(unified: bool) -> None:
    need_lab()
    found = [hierarchy for hierarchy in cgroups.mounted() if hierarchy.unified == unified]
    if not found:
        pytest.skip(f"no such hierarchy is mounted here (version {2 if unified else 1})")
    name = f"serai-lab-test-{uuid4().hex}"
    group = Cgroup.make_in(found[0], f"{name}/one")
    with ending(subprocess.Popen(["sleep", "60"], text=True)) as sleeper:
        group.add(sleeper.pid)
        group.freeze()
        assert group.frozen
        group.thaw()
        assert not group.frozen
        assert group.pids() == [sleeper.pid]
        group.freeze()
        cgroups.remove(name)
        assert sleeper.wait(5) == -9
    assert not group.path.parent.exists()


networks = st.builds(
    lambda start, length: IPv4Network((start, length), strict=False), st.integers(0, 2**32 - 1), st.integers(1, 32)
)


@given(taken=st.lists(networks, max_size=8), seed=st.integers())
def test_a_free_network_overlaps_nothing(taken: list[IPv4Network], seed: int) -> None:
    assume(sum(network.num_addresses for network in taken) < RANGE.num_addresses)
    network = free(taken, random.Random(seed))
    assert network.subnet_of(RANGE)
    assert network.prefixlen == 24
    assert not any(network.overlaps(other) for other in taken)


def test_no_network_is_free_where_all_is_taken() -> None:
    with pytest.raises(LookupError, match=r"10\.0\.0\.0/8"):
        free([RANGE], random.Random(1))


def test_root_can_log_in_by_key_though_its_account_is_locked_here() -> None:
    files = account_files("root:x:0:0::/root:/bin/sh\n", "root:!:1::::::\nbin:*:1::::::\n", "root:x:0:\n")
    assert files["/etc/shadow"].splitlines()[:2] == ["root:*:20000::::::", "bin:*:1::::::"]


def test_ports_are_opened_one_rule_each() -> None:
    rules = ruleset("10.0.0.1", 22, [80], [range(7000, 7010)], ["10.0.0.11", "10.0.0.12"])
    assert "tcp dport 80 accept" in rules
    assert "ip saddr { 10.0.0.11, 10.0.0.12 } tcp dport 7000-7009 accept" in rules


def test_what_is_missing_for_a_lab_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert "apt-get install iproute2" in requirements.missing(lambda name: None if name == "ip" else name)


def test_a_lab_without_root_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert "needs root" in requirements.missing()
