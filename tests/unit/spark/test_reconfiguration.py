"""What it takes to change a value of a Spark cluster that runs, and what is said about it."""

from collections.abc import Callable

import pytest

from serai.builtin_plugins.spark import settings
from serai.builtin_plugins.spark.job_properties import is_for_jobs
from serai.builtin_plugins.spark.plugin import SPARK
from serai.builtin_plugins.spark.settings import CONFIGS, MASTER, WORKER
from serai.hookspec.changes import Changes, Step, ValueChange
from serai.hookspec.configs import Config, UpdatePolicy
from serai.hookspec.objects import Cluster, Secret

Clusters = Callable[..., Cluster]

JOBS = "spark.sql.shuffle.partitions 8\nspark.executor.extraJavaOptions -Xss4m\nspark.hadoop.fs.s3a.endpoint here"


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_each_config_can_change(config: Config) -> None:
    """None is immutable, and those that name processes name the plugin's."""
    assert config.update_policy in (UpdatePolicy.LIVE, UpdatePolicy.ROLLING, UpdatePolicy.RESTART)
    assert set(config.update_processes) <= {MASTER, WORKER}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, JOBS, UpdatePolicy.LIVE),
        (JOBS, None, UpdatePolicy.LIVE),
        (JOBS, f"# the same\n{JOBS.replace(' ', '   ')}", UpdatePolicy.LIVE),
        (JOBS, f"{JOBS}\nspark.deploy.spreadOut false", None),
        ("spark.deploy.spreadOut true", "spark.deploy.spreadOut false", None),
        ("spark.deploy.spreadOut true", f"{JOBS}\nspark.deploy.spreadOut true", UpdatePolicy.LIVE),
        (None, "spark.unheard.of 1", None),
    ],
)
def test_properties_of_jobs_disturb_nothing(
    cluster: Clusters, old: str | None, new: str | None, expected: UpdatePolicy | None
) -> None:
    """What differs counts, not what is there; in clear or secret."""
    assert SPARK.get_update_policy(cluster(), settings.SPARK_DEFAULTS, old, new) is expected
    hidden = [None if text is None else Secret(text) for text in (old, new)]
    assert SPARK.get_update_policy(cluster(), settings.SECRET_SPARK_DEFAULTS, *hidden) is expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("spark.executor.cores", True),
        ("spark.executor.logs.rolling.strategy", False),
        ("spark.shuffle.compress", True),
        ("spark.shuffle.service.enabled", False),
        ("spark.storage.cleanupFilesAfterExecutorExit", False),
        ("spark.serializer", True),
        ("spark.master.ui.title", False),
        ("spark.worker.cleanup.interval", False),
        ("spark.network.crypto.enabled", False),
        ("spark.ssl.enabled", False),
        ("spark.sqlx", False),
    ],
)
def test_what_daemons_may_heed_is_not_taken_for_the_jobs(key: str, expected: bool) -> None:
    """In doubt it is theirs."""
    assert is_for_jobs(key) is expected


@pytest.mark.parametrize(("serves", "expected"), [(False, UpdatePolicy.LIVE), (True, None)])
def test_the_port_of_no_server_disturbs_nothing(cluster: Clusters, serves: bool, expected: UpdatePolicy | None) -> None:
    """It only waits for one."""
    made = cluster({"REST server": serves})
    assert SPARK.get_update_policy(made, settings.REST_PORT, 6066, 6067) is expected


def told(cluster: Cluster, *steps: Step, change: tuple[Config, int, int] | None = None) -> str:
    """What is said of changes with these steps."""
    values = () if change is None else (ValueChange(*change, ["workers"], "rolling", [WORKER]),)
    return " ".join(SPARK.get_disruptions(cluster, Changes(values, steps, steps[0])))


def test_what_is_lost_is_told(cluster: Clusters) -> None:
    """Whether applications go on with the master away; with workers they do, unless there is one worker only."""
    live, master = Step("live"), Step("restart", {MASTER: ["demo-master-1"]})
    turns = [Step("rolling", {WORKER: [f"demo-workers-{number}"]}) for number in (1, 2)]
    two, one = cluster(), cluster(master=([MASTER], 1), workers=([WORKER], 1))
    assert told(two, live) == ""
    assert "go on with the executors they have" in told(two, live, master)
    forgetful = cluster({"Spark defaults": "spark.deploy.recoveryMode NONE"})
    assert "for good" in told(forgetful, live, master)
    everything = Step("restart", {MASTER: ["demo-master-1"], WORKER: ["demo-workers-1", "demo-workers-2"]})
    assert "for good" in told(two, live, everything)
    assert "in turn" in told(two, live, master, *turns)
    assert "go on" in told(two, live, *turns)
    assert "no other worker" not in told(two, live, *turns)
    assert "no other worker" in told(one, live, turns[0])


def test_executors_that_will_not_fit_are_told(cluster: Clusters) -> None:
    """An application does not ask for smaller ones because workers shrink."""
    turns = [Step("rolling", {WORKER: ["demo-workers-1"]})]
    assert "smaller" in told(cluster(), *turns, change=(settings.WORKER_MEMORY, 2000, 1000))
    assert "smaller" not in told(cluster(), *turns, change=(settings.WORKER_MEMORY, 1000, 2000))
