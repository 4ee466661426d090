"""Two engines on one store are told anything, in any order, killed, and stopped longer than their leases last."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from example_counts import at_most
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from faults.life import Life
from faults.nursery import TESTS
from serai.engine.store.store import Store
from serai.hookspec.cluster import ClusterStatus

LEASE = 1.5
PATIENCE = 90.0
CLUSTERS = ["a", "b"]
REFUSALS = {
    "CLUSTER_BUSY",
    "CLUSTER_CHANGED",
    "CLUSTER_NOT_FOUND",
    "NOTHING_TO_CANCEL",
    "OPERATION_INTERRUPTED",
    "PLAN_OUTDATED",
    "VALIDATION_FAILED",  # of a name that is taken
    "WRONG_STATUS",
}
"""Why somebody who comes at a bad moment is turned away: each tells the truth about the cluster."""

engines, clusters, counts = st.sampled_from([0, 1]), st.sampled_from(CLUSTERS), st.integers(1, 3)
acts = st.sampled_from(["create", "scale", "apply", "retry", "cancel", "delete"])


class EngineProcess:
    """An engine that does what it is told."""

    def __init__(self, life: Life) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "faults.obeying", life.url, str(life.root), str(LEASE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(TESTS)},
            text=True,
        )

    def answer(self) -> dict[str, Any]:
        """What it says next."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the engine process ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def told(self, **order: Any) -> dict[str, Any]:
        """Have it do something."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self.answer()

    def stopped(self, seconds: float) -> None:
        """Have it stand still, and go on as if no time had passed."""
        self._process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """As ``kill -9`` does; nothing where it was before."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate(timeout=30)


class Engines(RuleBasedStateMachine):
    """Whatever happens to two engines: what was begun ends, by one owner after the other, and nothing is left over."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = dict(os.environ)
        self.directory = tempfile.TemporaryDirectory()
        self.life = Life(Path(self.directory.name))
        self.store = Store.open(self.life.url)
        self.begun: set[str] = set()
        self.engines = [EngineProcess(self.life) for _ in range(2)]
        for engine in self.engines:
            engine.answer()

    # What people and fate do

    @rule(which=engines, act=acts, name=clusters, count=counts)
    def tell(self, which: int, act: str, name: str, count: int) -> None:
        self._tell(which, act, name, count)

    @rule(name=clusters, count=counts, each=st.lists(acts, min_size=2, max_size=2))
    def tell_both(self, name: str, count: int, each: list[str]) -> None:
        """Two people want something of one cluster, at almost the same time."""
        for which, act in enumerate(each):
            self._tell(which, act, name, count)

    @rule(which=engines, name=clusters, count=counts, moment=st.sampled_from([0.0, 0.05, 0.2, 0.5]))
    def dies_at_work(self, which: int, name: str, count: int, moment: float) -> None:
        """Another one takes its place, and either goes on."""
        self._tell(which, "create", name, count)
        self._tell(which, "scale", name, count)
        time.sleep(moment)
        self.engines[which].kill()
        self.engines[which] = EngineProcess(self.life)
        self.engines[which].answer()

    @rule(which=engines, name=clusters, count=counts, leases=st.sampled_from([0.3, 1.3]))
    def stands_still_at_work(self, which: int, name: str, count: int, leases: float) -> None:
        """For longer than its lease lasts, the other one takes its operation; it wakes, and does not know."""
        self._tell(which, "create", name, count)
        self._tell(which, "scale", name, count)
        self.engines[which].stopped(leases * LEASE)

    @rule(seconds=st.sampled_from([0.1, 1.0]))
    def time_passes(self, seconds: float) -> None:
        time.sleep(seconds)

    def _tell(self, which: int, act: str, name: str, count: int) -> None:
        answer = self.engines[which].told(act=act, name=name, count=count)
        self.begun |= {answer["operation"]} if "operation" in answer else set()
        assert answer.get("refused", "WRONG_STATUS") in REFUSALS, answer

    # What always holds

    @invariant()
    def one_owner_after_the_other(self) -> None:
        """In the journal tokens never fall, and each is of one engine; no two operations are at work on one cluster."""
        for record in self.store.operations():
            lines = self.store.journal_of(record.id)
            assert [line.token for line in lines] == sorted(line.token for line in lines)
            assert len({line.token for line in lines}) == len({(line.token, line.owner) for line in lines})
        busy = [record.cluster_id for record in self.store.operations(unfinished=True)]
        assert len(busy) == len(set(busy))

    @invariant()
    def no_operation_is_lost(self) -> None:
        """What was said to have begun is on record."""
        known = {record.id for record in self.store.operations()}
        assert self.begun <= known

    def teardown(self) -> None:
        """Whoever lives brings everything to its end, and it can all be taken down."""
        try:
            self._until(lambda: not self.store.operations(unfinished=True))
            for engine in self.engines:
                engine.kill()
            self._all_is_as_it_is_said()
            self._all_can_be_ended()
        finally:
            for engine in self.engines:
                engine.kill()
            self.life.end()
            self.store.close()
            os.environ.clear()
            os.environ.update(self.kept)
            self.directory.cleanup()

    def _until(self, probe: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not probe():
            assert time.monotonic() < deadline, self.store.operations(unfinished=True)
            time.sleep(0.1)

    def _all_is_as_it_is_said(self) -> None:
        with self.life.engine("manual") as engine:
            assert engine.clusters.orphans(["counted"]).orphans == ()
            assert self.life.twice() == []
            for cluster in engine.clusters.list():
                if cluster.status is ClusterStatus.ACTIVE:
                    assert [len(group.instances) for group in cluster.node_groups] == [
                        group.count for group in cluster.node_groups
                    ]
                    assert engine.clusters.health(cluster.name).color == "green"

    def _all_can_be_ended(self) -> None:
        with self.life.engine("manual") as engine:
            for cluster in engine.clusters.list():
                engine.clusters.delete(cluster.name).result(PATIENCE)
        assert self.life.left() == []


Engines.TestCase.settings = settings(
    at_most(6),
    stateful_step_count=8,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
TestTwoEngines = pytest.mark.slow(Engines.TestCase)
