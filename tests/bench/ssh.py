"""Work on machines over ssh, on the hosts of the lab: Serai, and its peers, against raw OpenSSH.

Each job is done in a process of its own, and measured in it from before the first connection to the last result;
interpreter and imports are apart for everyone. Closing comes after the last result. All hosts share this machine's
processors with the contenders: what a job costs the hosts counts too.

A ratio is the median of the ratios of each round, so that a machine that is busy for a while is busy for both.
"""

import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

import ssh_peers
import ssh_run
from attrs import frozen
from ssh_task import Target, Task

from lab.network import Lab
from lab.requirements import missing

HERE = Path(__file__).parent
JOBS = {
    "commands": "20 sequential commands",
    "output": "one command with output",
    "files-first": "25 config files, first",
    "files-again": "25 config files, again",
    "upload": "1 MiB with checksum",
}
ROUNDS = {1: 5, 4: 5, 16: 3}
"""How often each job is done with that many hosts."""

KEY_EXCHANGE = "curve25519-sha256"
"""What OpenSSH does by default paramiko cannot, and it costs either end of a connection several times as much: a choice
between speed and security that is the operator's, and not what is compared here."""

PYINFRA_ROUNDS = 2
ANSIBLE_ROUNDS = 1
"""How often by those who take many times as long."""


@frozen
class Contender:
    """One who does the jobs.

    Attributes:
        name: what it is called.
        argv: how a process is started that does a task.
        most: with how many hosts it is tried at most.
        rounds: how often at most.
    """

    name: str
    argv: Callable[[Task, Path], list[str]]
    most: int = 10**6
    rounds: int = 10**6


Runs = dict[tuple[str, int, str], list[ssh_run.Cost]]
"""Costs by job, number of hosts, and contender, a round each."""


def main() -> None:
    """Print a block for each job and number of hosts."""
    if reason := missing():
        print(f"ssh: left out, {reason}")
        return
    ssh_run.adopt()
    contenders = _contenders()
    with tempfile.TemporaryDirectory(prefix="serai-bench-") as directory, Lab.up(hosts=max(ROUNDS)) as lab:
        bench = Bench(lab, Path(directory))
        runs: Runs = {}
        for size, rounds in ROUNDS.items():
            able = [contender for contender in contenders if size <= contender.most]
            for number in range(rounds):
                _round(bench, [one for one in able if number < one.rounds], size, number, runs)
            for job in JOBS:
                _print_job(job, size, {one.name: runs[job, size, one.name] for one in able})
        _print_memory(bench, contenders)


def _round(bench: "Bench", contenders: Sequence[Contender], size: int, number: int, runs: Runs) -> None:
    for job in JOBS:
        # Who comes first changes, so that nobody always follows the same one.
        turn = number % len(contenders)
        for contender in [*contenders[turn:], *contenders[:turn]]:
            runs.setdefault((job, size, contender.name), []).append(bench.run(contender, job, size))


class Bench:
    """The hosts, and what is put on them.

    Args:
        lab: the hosts.
        directory: for files here.
    """

    def __init__(self, lab: Lab, directory: Path) -> None:
        self._lab = lab
        self._directory = directory
        (directory / "ssh_config").write_text(f"KexAlgorithms {KEY_EXCHANGE}\n")
        drawn = random.Random(0)
        (directory / "config").mkdir()
        for number in range(25):
            text = "".join(f"key.{line} = {drawn.random()}\n" for line in range(drawn.randrange(10, 200)))
            (directory / "config" / f"file-{number}.conf").write_text(text)
        (directory / "blob").write_bytes(drawn.randbytes(1 << 20))

    def run(self, contender: Contender, job: str, size: int, *, watch: bool = False) -> ssh_run.Cost:
        """Have a job done on so many hosts, and see that it was."""
        hosts = self._lab.hosts[:size]
        remote = f"/opt/bench-{contender.name}"
        places = [host.root / remote[1:] for host in hosts]
        for place in places if job != "files-again" else ():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
        scratch = Path(tempfile.mkdtemp(dir=self._directory))
        task = Task(
            job=job,
            targets=tuple(Target(host.name, host.address, host.port, "root") for host in hosts),
            identity_file=self._lab.identity_file,
            known_hosts=self._lab.known_hosts,
            ssh_config=str(self._directory / "ssh_config"),
            config=str(self._directory / "config"),
            blob=str(self._directory / "blob"),
            remote=remote,
            scratch=str(scratch),
        )
        task.write(scratch / "task")
        cost = ssh_run.run(contender.argv(task, scratch / "task"), log=scratch / "log", watch=watch)
        for place in places:
            self._check(job, place)
        shutil.rmtree(scratch)
        return cost

    def _check(self, job: str, place: Path) -> None:
        if job.startswith("files"):
            wanted = {path.name: path.read_bytes() for path in (self._directory / "config").iterdir()}
            there = {path.name: path.read_bytes() for path in (place / "conf").iterdir()}
            modes = {path.stat().st_mode & 0o7777 for path in (place / "conf").iterdir()}
            assert (there, modes) == (wanted, {0o644}), place
        elif job == "upload":
            assert (place / "blob").read_bytes() == (self._directory / "blob").read_bytes(), place


def _contenders() -> list[Contender]:
    ours = [Contender("floor", _floor), Contender("serai", _python("ssh_serai.py", sys.executable))]
    try:
        interpreter = ssh_peers.python()
    except RuntimeError as error:
        print(f"ssh: without peers, which could not be installed: {error}")
        return ours
    print(f"ssh: {ssh_peers.versions(interpreter)}; keys exchanged by {KEY_EXCHANGE}, not OpenSSH's default")
    return [
        *ours,
        Contender("pyinfra", _python("ssh_pyinfra.py", interpreter), rounds=PYINFRA_ROUNDS),
        Contender("ansible", _python("ssh_ansible.py", interpreter), most=4, rounds=ANSIBLE_ROUNDS),
    ]


def _python(script: str, interpreter: str) -> Callable[[Task, Path], list[str]]:
    return lambda task, path: [interpreter, str(HERE / script), str(path)]


def _floor(task: Task, path: Path) -> list[str]:
    files = [task.remote, task.config, task.blob, task.ssh_config, task.identity_file, task.known_hosts, task.scratch]
    hosts = [f"{target.name} {target.address} {target.port} {target.user}" for target in task.targets]
    return ["bash", str(HERE / "ssh_floor.bash"), task.job, *files, *hosts]


def _print_job(job: str, size: int, costs: Mapping[str, Sequence[ssh_run.Cost]]) -> None:
    print(f"{JOBS[job]}, {_count(size, 'host')}")
    for name, runs in costs.items():
        seconds = [cost.seconds for cost in runs]
        ratio = median(cost.seconds / floor.seconds for cost, floor in zip(runs, costs["floor"], strict=False))
        processor = median(cost.processor for cost in runs) / size
        spread = f"{min(seconds):.3f}-{max(seconds):.3f}, {_count(len(runs), 'round')}"
        print(
            f"  {name:8} {median(seconds):7.3f} s  ({spread})"
            f"  = {ratio:6.2f} x floor   {processor * 1e3:6.0f} ms of processor a host"
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _print_memory(bench: Bench, contenders: Sequence[Contender]) -> None:
    print("memory here, all processes at their peak")
    for contender, few, many in _sizes(contenders):
        low, high = (bench.run(contender, "commands", size, watch=True).memory for size in (few, many))
        each = (high - low) / (many - few)
        print(f"  {contender.name:8} {low:6.1f} MiB with {few} host, {high:6.1f} with {many}: {each:.1f} a host")


def _sizes(contenders: Sequence[Contender]) -> Iterator[tuple[Contender, int, int]]:
    for contender in contenders:
        yield contender, min(ROUNDS), max(size for size in ROUNDS if size <= contender.most)
