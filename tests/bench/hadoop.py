"""From machines that are reached to a Hadoop cluster that is active: Serai against a plain shell script.

A master and three workers, on the hosts of the lab; Hadoop's jars are on them already. Both write the same files, start
the same JVMs in the same order, and wait for the same: every process listens, all nodes live, safe mode left, a file
kept. What the script needs is learned from a cluster that Serai made. All JVMs share this machine's processors with
both, and who begins changes from round to round.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from attrs import frozen

from lab.host import Host
from lab.network import Lab
from lab.requirements import missing
from serai.builtin_plugins.hadoop import processes
from serai.builtin_plugins.hadoop.daemons import DAEMONS
from serai.builtin_plugins.hadoop.listening import LISTENING
from serai.builtin_plugins.hadoop.versions import RELEASES, STREAMING
from serai.engine import ClusterSpec, Engine
from serai.engine.artifacts import ArtifactCache, default_root, label
from serai.hookspec.listening import EventKind

HERE = Path(__file__).parent
PREFIX = "/opt/serai/bench"
WORKERS = 3
ROUNDS = int(os.environ.get("ROUNDS", "5"))
FIRST: Final = (processes.NAMENODE, processes.RESOURCEMANAGER, processes.DATANODE)
"""What is started before the rest, by both."""
HEAPS = {
    "service:HDFS": {"NameNode Heap Size": 256, "DataNode Heap Size": 256},
    "service:YARN": {"ResourceManager Heap Size": 256, "NodeManager Heap Size": 256},
    "service:MapReduce": {"JobHistoryServer Heap Size": 256},
}


@frozen
class Bench:
    """Hosts, an engine, and a directory for what the script sends to each host."""

    lab: Lab
    engine: Engine
    spec: ClusterSpec
    directory: Path

    def serai(self) -> float:
        """Seconds of Serai, from the machines' answers to the end of the operation."""
        operation = self.engine.clusters.create(self.spec)
        operation.result(900)
        events = list(operation.events())
        finished = [event for event in events if event.kind is EventKind.PHASE_FINISHED]
        (reached,) = [event.time for event in finished if event.phase == "wait"]
        return (events[-1].time - reached).total_seconds()

    def script(self) -> float:
        """Seconds of the script; its connections are made before."""
        sockets = self.directory / "sockets"
        sockets.mkdir(exist_ok=True)
        options = [f"ControlPath={sockets}/%C", "ControlMaster=auto", "ControlPersist=600"]
        for host in self.lab.hosts:
            connect = self.lab.ssh(host, "true", options=options)
            subprocess.run(connect, check=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        given = [self.directory, self.lab.identity_file, self.lab.known_hosts, sockets, WORKERS]
        hosts = [f"{host.name} {host.address}" for host in self.lab.hosts]
        began = time.monotonic()
        subprocess.run(["bash", HERE / "hadoop_floor.bash", *map(str, given), *hosts], check=True, timeout=900)
        return time.monotonic() - began

    def learn(self) -> None:
        """Keep what the hosts of a running cluster have and run, for the script."""
        for host in self.lab.hosts:
            place = host.root / PREFIX[1:]
            with tarfile.open(self.directory / f"{host.name}.tar", "w") as archive:
                for name in ("conf", "dist/hadoop"):
                    archive.add(place / name, arcname=name)
            needed = [f"{PREFIX}/{name}" for name in ("log", "data/hadoop-scratch", "data/hdfs", "data/yarn")]
            prepare = f"set -e; mkdir -p {shlex.join(needed)}; tar -x -C {PREFIX}"
            (self.directory / f"{host.name}.prepare").write_text(prepare)
            (self.directory / f"{host.name}.format").write_text(formatting(host))
            (self.directory / f"{host.name}.first").write_text(starting(host, lambda process: process in FIRST))
            (self.directory / f"{host.name}.then").write_text(starting(host, lambda process: process not in FIRST))

    def clear(self) -> None:
        """Leave nothing on the hosts but the distribution."""
        for cluster in self.engine.clusters.list():
            self.engine.clusters.delete(cluster.name).result(300)
        for host in self.lab.hosts:
            for pid, _, _ in daemons(host):
                os.kill(pid, signal.SIGKILL)
            place = host.root / PREFIX[1:]
            shutil.rmtree(place, ignore_errors=True)
            for artifact in (RELEASES[self.spec.hadoop_version].artifact, STREAMING):
                source = ArtifactCache(default_root()).fetch(artifact)
                shutil.copytree(source, place / "dist" / label(artifact))


def daemons(host: Host) -> list[tuple[int, str, list[str]]]:
    """The processes of Hadoop on a host: number, which it is, command line."""
    names = {daemon.main_class: process for process, daemon in DAEMONS.items()}
    lines = [(pid, Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")) for pid in host.pids()]
    return [(pid, names[argv[-1]], argv) for pid, argv in lines if argv[0].endswith("/java") and argv[-1] in names]


def starting(host: Host, is_meant: Callable[[str], bool]) -> str:
    """A script that starts daemons of a host, and waits until they listen."""
    lines, ports = [], []
    for pid, process, argv in daemons(host):
        if is_meant(process):
            words = command(pid, argv)
            lines.append(f"setsid {shlex.join(words)} </dev/null >{PREFIX}/log/{process} 2>&1 &")
            ports += [each.port for each in LISTENING.values() if each.process == process and each.is_address]
    return "\n".join([*lines, *(f"until ss -Hltn sport = :{port} | grep -q .; do sleep 0.1; done" for port in ports)])


def formatting(host: Host) -> str:
    """A script that formats HDFS, where a host has the NameNode."""
    found = [command(pid, argv) for pid, process, argv in daemons(host) if process == processes.NAMENODE]
    return "".join(f"{shlex.join([*words, '-format', '-nonInteractive'])} >/dev/null 2>&1" for words in found)


def command(pid: int, argv: list[str]) -> list[str]:
    """What starts a process of Hadoop as it was started."""
    environment = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return ["env", *(word for word in environment if word.startswith(("JAVA_HOME=", "HADOOP_"))), *argv]


def main() -> None:
    """Print what both took, and the median of the rounds' ratios."""
    if reason := missing():
        print(f"hadoop: left out, {reason}")
        return
    with TemporaryDirectory(prefix="serai-bench-") as name, Lab.up(hosts=WORKERS + 1) as lab:
        directory = Path(name)
        master, *workers = (host.name for host in lab.hosts)
        lab.inventory(directory / "hosts.yaml", tags={master: ["first"], **{worker: ["other"] for worker in workers}})
        with Engine.open(f"sqlite:///{directory}/serai.db") as engine:
            bench = Bench(lab, engine, specification(directory / "hosts.yaml"), directory)
            bench.clear()
            bench.serai()
            bench.learn()
            bench.clear()
            rounds = [_round(bench, number) for number in range(ROUNDS)]
    ours, floor = [one for one, _ in rounds], [other for _, other in rounds]
    ratio = median(one / other for one, other in rounds)
    print(f"hadoop: until a cluster of 1 + {WORKERS} is active, machines reached; {ROUNDS} rounds")
    for title, seconds in (("floor", floor), ("serai", ours)):
        print(f"  {title:8} {median(seconds):7.2f} s  ({min(seconds):.2f}-{max(seconds):.2f})")
    print(f"  serai = {ratio:.2f} x floor")


def specification(inventory: Path) -> ClusterSpec:
    """The cluster."""
    groups = [
        {"name": "master", "count": 1, "node_processes": ["namenode", "resourcemanager", "historyserver"]},
        {"name": "workers", "count": WORKERS, "node_processes": ["datanode", "nodemanager"]},
    ]
    tags = {"master": ["first"], "workers": ["other"]}
    return ClusterSpec.from_dict(
        {
            "name": "bench",
            "plugin_name": "hadoop",
            "hadoop_version": next(iter(RELEASES)),
            "infrastructure": {"provider": "ssh", "inventory": str(inventory), "tags": tags},
            "cluster_configs": HEAPS,
            "node_groups": groups,
        }
    )


def _round(bench: Bench, number: int) -> tuple[float, float]:
    """Seconds of Serai and of the script."""
    took = {}
    for contender in (bench.serai, bench.script)[:: 1 if number % 2 else -1]:
        took[contender.__name__] = contender()
        bench.clear()
    print(f"  round {number + 1}: serai {took['serai']:.1f} s, floor {took['script']:.1f} s", file=sys.stderr)
    return took["serai"], took["script"]


if __name__ == "__main__":
    sys.path.append(str(HERE.parent))
    main()
