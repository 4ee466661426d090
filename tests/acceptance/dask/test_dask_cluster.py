"""A real Dask cluster on this machine: it comes up, works, grows, shrinks without loss, falls ill, goes away."""

import math
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from serai.builtin_plugins.dask.decommissioning import NotDrained
from serai.builtin_plugins.dask.membership import wait_for_workers
from serai.builtin_plugins.dask.plugin import DASK
from serai.builtin_plugins.dask.topology import worker_address, workers_by_address
from serai.builtin_plugins.dask.versions import VERSIONS, dask_artifact
from serai.engine.artifacts import ArtifactCache
from serai.hookspec.edp import JobSpec, JobStatus, JobType
from serai.hookspec.errors import DeadlineExceeded
from serai.hookspec.health import HealthColor

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"

MakeBed = Callable[..., Any]

# Scattered data exists nowhere else: what is lost cannot be computed again.
SPREAD = """
from distributed import Client
client = Client()
workers = sorted(client.nthreads())
spread = [client.scatter(bytes([n]) * 5_000_000, workers=[w], hash=False) for n, w in enumerate(workers)]
client.publish_dataset(kept=spread)
print(workers)
"""
GATHER = """
from distributed import Client
client = Client()
kept = client.get_dataset("kept")
print(sorted(client.nthreads()), [(data[0], len(data)) for data in client.gather(kept)])
"""


def expected_output(text: Path) -> str:
    """What the word count must print, computed here in one go."""
    words = Counter(re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", text.read_text(encoding="utf-8").lower()))
    top = sorted(words.items(), key=lambda item: (-item[1], item[0]))[:10]
    pieces = math.ceil(len(text.read_text(encoding="utf-8").splitlines()) / 500)
    head = f"{words.total()} words, {len(words)} different, in {pieces} pieces on 2 workers\n"
    return head + "".join(f"{times:7} {word}\n" for word, times in top)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_cluster_comes_up_counts_words_and_goes(bed: MakeBed, cache: ArtifactCache, version: str) -> None:
    """Each release: up within 10 s once fetched, all green, the right answer from both workers, nothing left."""
    cache.fetch(dask_artifact(version))
    made = bed(version)
    begun = time.monotonic()
    made.up(workers=2)
    assert time.monotonic() - begun < 10
    assert {color for color, _ in made.health().values()} == {HealthColor.GREEN}
    text = EXAMPLES / "text" / "opticks.txt"
    job = JobSpec(JobType.SHELL, str(EXAMPLES / "dask_wordcount.py"), (str(text),), (text.name,))
    status, output = made.result(*made.submit(job))
    assert (status, output) == (JobStatus.SUCCEEDED, expected_output(text))
    made.down()
    assert [each.remote.services.status() for each in made.cluster.instances] == [{}] * 3


def test_growing_and_shrinking_keep_data_and_scheduler(bed: MakeBed) -> None:
    """A new worker joins a running scheduler; data of the ones that leave is with those that stay."""
    made = bed()
    made.up(workers=2)
    services = made.cluster.instances[0].remote.services
    before = services.status("dask-scheduler")
    new = made.add("workers", 1)
    DASK.scale_cluster(made.cluster, new, made.run)
    status, output = made.result(*made.program(SPREAD))
    assert (status, output.count("tcp://")) == (JobStatus.SUCCEEDED, 3)
    stays, *leave = made.cluster.node_group("workers").instances
    DASK.decommission_nodes(made.cluster, leave, made.run)
    assert [each.remote.services.status("dask-worker")["dask-worker"].exit_code for each in leave] == [0, 0]
    status, output = made.result(*made.program(GATHER))
    assert output == f"['{worker_address(stays)}'] [(0, 5000000), (1, 5000000), (2, 5000000)]\n"
    assert services.status("dask-scheduler") == before


def test_a_worker_whose_data_nobody_can_take_stays(bed: MakeBed) -> None:
    """The drain is refused by name, and the data is still there."""
    made = bed()
    made.up(workers=1)
    made.result(*made.program(SPREAD))
    worker = made.cluster.node_group("workers").instances[0]
    with pytest.raises(NotDrained, match=f"{worker.instance_name} cannot leave: nobody could take their data"):
        DASK.decommission_nodes(made.cluster, [worker], made.run)
    assert made.result(*made.program(GATHER))[1] == f"['{worker_address(worker)}'] [(0, 5000000)]\n"


def test_a_killed_worker_turns_health_red_and_is_named(bed: MakeBed) -> None:
    """By the scheduler's list and by its own process; taken out, the rest is well."""
    made = bed()
    made.up(workers=2)
    victim = made.cluster.node_group("workers").instances[1]
    made.kill(victim, "dask-worker")
    name = victim.instance_name
    made.run.wait_until(lambda: made.health()["Dask workers"][0] is HealthColor.RED, what="red", timeout=5)
    assert {check: text for check, (color, text) in made.health().items() if color is HealthColor.RED} == {
        "Dask workers": f"the scheduler does not list the workers of {name}",
        f"Dask worker on {name}": f"the worker of {name} does not run, it ended with status 137",
    }
    for _ in range(2):  # done twice it is no error
        DASK.decommission_nodes(made.cluster, [victim], made.run)
    made.cluster.node_group("workers").remove_instance(victim)
    assert {color for color, _ in made.health().values()} == {HealthColor.GREEN}


def test_starting_again_brings_back_what_is_missing(bed: MakeBed) -> None:
    """As after a crash of the engine: what runs is left alone, what does not is started."""
    made = bed()
    made.up(workers=2)
    before, victim = made.processes(), made.cluster.node_group("workers").instances[1]
    made.kill(victim, "dask-worker")
    DASK.configure_cluster(made.cluster, made.run)
    DASK.start_cluster(made.cluster, made.run)
    after = made.processes()
    assert {name for name in before if before[name] != after[name]} == {victim.instance_name}
    assert {color for color, _ in made.health().values()} == {HealthColor.GREEN}


def test_workers_that_do_not_join_are_named(bed: MakeBed) -> None:
    """And so are those that nobody asked for; both within the start timeout."""
    made = bed(**{"Start timeout": 10})
    made.up(workers=1)
    made.cluster.cluster_configs["service:Dask"]["Start timeout"] = 1
    absent = made.add("workers", 1)[0]
    everyone = workers_by_address(made.cluster.instances)
    with pytest.raises(DeadlineExceeded, match=f"does not list the workers of {absent.instance_name}$") as caught:
        wait_for_workers(made.cluster, everyone, made.run, alone=True)
    assert (caught.value.code, caught.value.host) == ("DASK_WORKERS_MISSING", absent.instance_name)
    with pytest.raises(DeadlineExceeded, match="still lists workers of no instance") as caught:
        wait_for_workers(made.cluster, {}, made.run, alone=True)
    assert caught.value.code == "DASK_FOREIGN_WORKERS"
