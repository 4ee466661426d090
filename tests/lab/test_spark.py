"""Spark, as it is, on hosts over SSH behind firewalls that open what its plugin says and nothing else."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from lab.network import Lab
from lab.secrecy import files_with, watched

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
CANARY = "canary-8c1f5e77b0"  # a secret that nobody may see
DRIVERS, BLOCKS = range(36000, 36016), range(37000, 37016)

DOCUMENT = f"""
name: spark-lab
plugin_name: spark
hadoop_version: "4.3.0"
infrastructure: {{provider: ssh, inventory: hosts.yaml, tags: {{master: [first], workers: [other]}}}}
cluster_configs:
  "service:Spark":
    Authentication secret: {CANARY}
    Class data sharing: false
    Driver port: {DRIVERS.start}
    Block manager port: {BLOCKS.start}
    Port range: {len(DRIVERS)}
node_groups:
  - {{name: master, count: 1, node_processes: [master]}}
  - name: workers
    count: 3
    node_processes: [worker]
    node_configs: {{"service:Spark": {{"Worker memory": 1024, "Worker cores": 1}}}}
"""


@pytest.fixture
def serai(lab: Lab, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """The command, with a store of its own and the lab's inventory beside the documents."""
    master, *workers = (host.name for host in lab.hosts)
    lab.inventory(tmp_path / "hosts.yaml", tags={master: ["first"], **{name: ["other"] for name in workers}})
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "SERAI_STORE": f"sqlite:///{tmp_path}/serai.db", "PATH": path}

    def run(*arguments: str, code: int = 0) -> Any:
        done: Any = subprocess.run(
            ["serai", *arguments], capture_output=True, text=True, timeout=500, check=False, env=environment
        )
        assert done.returncode == code, f"{arguments} ended with {done.returncode}: {done.stdout}{done.stderr}"
        assert CANARY not in done.stdout + done.stderr
        done.document = json.loads(done.stdout) if "--json" in arguments else None
        return done

    yield run
    for cluster in run("ls", "--json").document:
        run("down", cluster["name"], "--force")


@pytest.fixture
def listened() -> Iterator[list[str]]:
    """Command lines of all processes, here and on all hosts, in which the canary was seen while the test ran."""
    with watched(CANARY) as seen:
        yield seen


def opened(plan: dict[str, Any], group: str) -> list[int]:
    """The ports that the plan says a group opens."""
    (ports,) = [each["open_ports"] for each in plan["node_groups"] if each["name"] == group]
    return list(ports)


@pytest.mark.timeout(900)
def test_spark_computes_behind_firewalls_and_keeps_its_secret(
    lab: Lab, serai: Callable[..., Any], listened: list[str], tmp_path: Path
) -> None:
    """Up, a job, health, more logs than anybody reads, down: no port was missing, no secret seen, nothing left."""
    document = tmp_path / "cluster.yaml"
    document.write_text(DOCUMENT)
    document.chmod(0o600)
    plan = serai("plan", str(document), "--json").document
    before = [host.run(["ls", "-A", "/opt", "/var/tmp", "/root"]).stdout for host in lab.hosts]  # noqa: S108
    with ExitStack() as stack:
        walls = []
        for host, group in zip(lab.hosts, ["master", "workers", "workers", "workers"], strict=True):
            inner = [*opened(plan, "master"), *opened(plan, "workers"), BLOCKS]
            inside = [*inner, DRIVERS] if group == "master" else inner
            walls.append(stack.enter_context(host.firewall(outside=opened(plan, group), inside=inside)))
        serai("up", str(document))
        text, program = EXAMPLES / "text" / "opticks.txt", EXAMPLES / "spark_wordcount.py"
        counted = serai("job", "run", "spark-lab", "--type", "Spark", "--lib", str(text), str(program), "opticks.txt")
        assert "   9825 the" in counted.stdout
        assert [drop for wall in walls for drop in wall.dropped()] == []
        serai("health", "spark-lab")
        told = [serai(*asked).stdout for asked in (("events", "spark-lab"), ("show", "spark-lab", "--json"))]
        assert all(told)
        for host in lab.hosts:
            found = files_with(CANARY, host)
            assert all(line.startswith("600 ") and "/log/" not in line for line in found), found
        serai("down", "spark-lab")
    store = b"".join(path.read_bytes() for path in tmp_path.glob("serai.db*"))
    assert CANARY.encode() not in store
    assert [host.run(["ls", "-A", "/opt", "/var/tmp", "/root"]).stdout for host in lab.hosts] == before  # noqa: S108
    assert listened == []
