"""Monitoring on hosts in memory, with a Prometheus that reads what it was last told to read."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from smallest_plugin import Smallest

from serai.builtin_plugins.hadoop.configs import configs as hadoop_configs
from serai.builtin_plugins.spark.plugin import SPARK
from serai.contrib.prometheus.checks import targets_health
from serai.contrib.prometheus.plugin import PROMETHEUS_PLUGIN
from serai.contrib.prometheus.server import Condition, Seen, parse_targets
from serai.contrib.prometheus.sources import FRAMEWORKS, OWN, sources
from serai.contrib.prometheus.targets import Target, server_config, targets
from serai.hookspec.changes import Changes, Step
from serai.hookspec.errors import DeadlineExceeded, ValidationFailed
from serai.hookspec.gate import faults
from serai.hookspec.health import HealthColor
from serai.hookspec.objects import Cluster, Config, Instance, NodeGroup
from serai.hookspec.semantics import Role
from serai.hookspec.testing.fleet import Asked, Fleet, FleetHost, VirtualClock, said
from serai.hookspec.testing.stage import Stage

CONFIG = "/conf/prometheus/prometheus.yml"


class Server:
    """A Prometheus in memory: a configuration counts from a start or a HUP on, and a target is up that listens."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.read: dict[str, Any] = {}
        self._told: Any = None
        self.deaf = False
        fleet.answer(["test", "-x"], said())
        fleet.answer(lambda asked: "/api/v1/targets" in asked.argv[-1], self.answer)

    def answer(self, host: FleetHost, asked: Asked) -> Any:
        served = self.fleet.host("demo-head-1")
        state = (served.processes.service("prometheus"), served.processes.signals_of("prometheus"))
        if state != self._told and not self.deaf:
            (content,) = [file.content for path, file in served.files.items() if path.endswith(CONFIG)]
            self.read, self._told = json.loads(content), state
        return said(json.dumps({"status": "success", "data": {"activeTargets": list(map(self.seen, self.urls()))}}))

    def urls(self) -> list[str]:
        return [
            f"http://{address}{job['metrics_path']}"
            for job in self.read["scrape_configs"]
            for static in job["static_configs"]
            for address in static["targets"]
        ]

    def seen(self, url: str) -> dict[str, str]:
        asked = urlsplit(url)
        listens = any(
            host.address == asked.hostname and asked.port in host.processes.listeners
            for host in self.fleet.hosts.values()
        )
        return {"scrapeUrl": url, "health": "up" if listens else "down", "lastError": "" if listens else "refused"}


@pytest.fixture
def stage() -> Stage:
    """A framework that does nothing, and Prometheus."""
    return Stage({"smallest": Smallest(), "prometheus": PROMETHEUS_PLUGIN}, Fleet(clock=VirtualClock()))


@pytest.fixture
def server(stage: Stage) -> Server:
    return Server(stage.fleet)


@pytest.fixture
def cluster(stage: Stage, server: Server) -> Cluster:
    """Made: a head with Prometheus, and two workers."""
    groups = {"head": (["prometheus", "node_exporter"], 1), "workers": (["smallest", "node_exporter"], 2)}
    made = stage.cluster(groups)
    stage.create(made)
    return made


def on_paper(plugin: str, configs: list[Config], processes: dict[str, list[str]], **values: Any) -> Cluster:
    """A cluster of a framework, one instance a group."""
    groups = [NodeGroup(name, 1, [*group]) for name, group in processes.items()]
    for number, group in enumerate(groups):
        group.add_instance(Instance(group.name, f"demo-{group.name}-1", f"10.0.0.{number + 1}"))
    made = Cluster("demo", plugin, "1", groups, **values)
    made.bind_configs([*configs, *PROMETHEUS_PLUGIN.get_configs()])
    return made


def urls(cluster: Cluster) -> set[str]:
    return {target.url for target in targets(cluster, cluster.instances)}


def test_the_plugin_keeps_the_contract() -> None:
    """No fault at the gate that every plugin passes."""
    assert faults(PROMETHEUS_PLUGIN, Role.AUXILIARY) == []


def test_hook_extends_fits_every_framework(stage: Stage) -> None:
    """Machines there are everywhere."""
    assert PROMETHEUS_PLUGIN.extends()


def test_a_cluster_is_up_when_prometheus_says_so(stage: Stage, server: Server, cluster: Cluster) -> None:
    """Of itself, and of each machine with a node exporter."""
    assert len(server.urls()) == 4
    assert cluster.info["Prometheus"] == {"Web UI": "http://10.0.0.1:9090"}
    assert targets_health(cluster).color is HealthColor.GREEN
    assert [check.check().reason for check in stage.get_health_checks(cluster)] == ["4 up"]


def test_hook_scale_cluster_takes_new_machines_in_by_a_reload(stage: Stage, server: Server, cluster: Cluster) -> None:
    """Prometheus goes on, with what it has seen so far."""
    stage.scale(cluster, {"workers": 4})
    assert len(server.urls()) == 6
    assert stage.fleet.host("demo-head-1").processes.signals_of("prometheus") == ("HUP",)


def test_hook_decommission_nodes_lets_go_before_machines_do(stage: Stage, server: Server, cluster: Cluster) -> None:
    """What has left is no target that is down."""
    gone = cluster.node_group("workers").instances[-1]
    stage.scale(cluster, {"workers": 1})
    assert len(server.urls()) == 3
    assert not any(gone.internal_ip in url for url in server.urls())
    assert targets_health(cluster).color is HealthColor.GREEN


def test_a_machine_leaves_only_when_prometheus_has_let_go(stage: Stage, server: Server, cluster: Cluster) -> None:
    """By its own word, not since it was told."""
    server.deaf = True
    with pytest.raises(DeadlineExceeded, match="is still scraped"):
        stage.decommission_nodes(cluster, [cluster.node_group("workers").instances[-1]])


def test_hook_configure_and_start_converge(stage: Stage, server: Server, cluster: Cluster) -> None:
    """Done again they restart nothing; the configuration is read again, as nobody knows whether it was."""
    head = stage.fleet.host("demo-head-1")
    before = head.processes.service("prometheus"), dict(head.files)
    stage.create(cluster)
    assert (head.processes.service("prometheus"), dict(head.files)) == before
    assert head.processes.signals_of("prometheus") == ("HUP",)


def test_a_target_that_is_down_is_named_with_its_reason(stage: Stage, cluster: Cluster) -> None:
    """The cluster works, and is not seen whole; without Prometheus nothing is seen."""
    stage.fleet.host("demo-workers-2").processes.end("node-exporter")
    health = targets_health(cluster)
    assert (health.color, health.reason) == (HealthColor.YELLOW, "node of demo-workers-2 is down: refused")
    stage.fleet.answer(lambda asked: "/api/v1/targets" in asked.argv[-1], said("garbage"))
    assert targets_health(cluster).color is HealthColor.RED


def test_a_start_fails_with_the_target_at_fault(stage: Stage, server: Server) -> None:
    """Not with a limit that passed alone."""
    cluster = stage.cluster({"head": (["prometheus", "node_exporter"], 1)})
    server.seen = lambda url: {"scrapeUrl": url, "health": "unknown", "lastError": ""}  # type: ignore[method-assign]
    with pytest.raises(DeadlineExceeded, match="node of demo-head-1 is unknown"):
        stage.create(cluster)


def test_hook_on_terminate_cluster_stops_what_was_started(stage: Stage, cluster: Cluster) -> None:
    """On every machine."""
    stage.on_terminate_cluster(cluster)
    assert [host.processes.listeners for host in stage.fleet.hosts.values()] == [{}, {}, {}]


def test_hook_reconfigure_cluster_reloads_what_can_be_reloaded(stage: Stage, server: Server, cluster: Cluster) -> None:
    """Another interval is read anew; another port is another command line, and so a restart."""
    head = stage.fleet.host("demo-head-1")
    values = cluster.cluster_configs.setdefault("service:Prometheus", {})
    for name, value, policy, signals in (("Scrape interval", 5, "reload", 1), ("Prometheus port", 9999, "restart", 0)):
        values[name] = value
        step = Step(policy, {"prometheus": ("demo-head-1",)})
        stage.reconfigure_cluster(cluster, Changes((), (step,), step))
        assert len(head.processes.signals_of("prometheus")) == signals
    assert server.read["global"]["scrape_interval"] == "5s"
    assert 9999 in head.processes.listeners
    assert cluster.info["Prometheus"]["Web UI"].endswith(":9999")


@pytest.mark.parametrize(("policy", "told"), [("reload", 0), ("restart", 1)])
def test_hook_get_disruptions_tells_of_restarts_alone(policy: str, told: int) -> None:
    """A reload disturbs nobody."""
    step = Step(policy, {"prometheus": ("demo-head-1",)})
    assert len(PROMETHEUS_PLUGIN.get_disruptions(Changes((), (step,), step))) == told


def codes(cluster: Cluster) -> list[str]:
    try:
        PROMETHEUS_PLUGIN.validate(cluster)
    except ValidationFailed as failed:
        return [error.code for error in failed.errors]
    return []


def test_hook_validate_wants_one_prometheus() -> None:
    """With places of its own; node exporters as many as wanted, none included."""
    assert codes(on_paper("other", [], {"a": ["prometheus"]})) == []
    assert codes(on_paper("other", [], {"a": ["node_exporter"]})) == ["NOT_SINGLE_PROMETHEUS"]
    assert codes(on_paper("other", [], {"a": ["prometheus"], "b": ["prometheus"]})) == ["NOT_SINGLE_PROMETHEUS"]
    taken = {"service:Prometheus": {"Prometheus port": 9100}}
    both = on_paper("other", [], {"a": ["prometheus", "node_exporter"]}, cluster_configs=taken)
    assert codes(both) == ["PORT_CONFLICT"]


def test_hook_validate_scaling_keeps_one_prometheus() -> None:
    """In groups that are there, and in those that come."""
    made = on_paper("other", [], {"a": ["prometheus"], "b": ["node_exporter"]})
    scaling = PROMETHEUS_PLUGIN.validate_scaling
    assert [error.code for error in scaling(made, {"a": 2}, {})] == ["NOT_SINGLE_PROMETHEUS"]
    assert [error.code for error in scaling(made, {"a": 0}, {})] == ["NOT_SINGLE_PROMETHEUS"]
    assert scaling(made, {"b": 5}, {}) == []


def test_hook_get_open_ports_are_those_configured() -> None:
    """Of the processes that a group has."""
    values = {"service:Prometheus": {"Prometheus port": 9999}}
    made = on_paper("other", [], {"a": ["prometheus"], "b": ["node_exporter"], "c": []}, cluster_configs=values)
    assert [PROMETHEUS_PLUGIN.get_open_ports(group) for group in made.node_groups] == [[9999], [9100], []]


def test_hook_recommend_configs_turns_a_frameworks_metrics_on() -> None:
    """By one config of its own; of frameworks that are unknown nothing is touched."""
    (advice,) = PROMETHEUS_PLUGIN.recommend_configs(on_paper("spark", [], {}))
    assert (advice.target, advice.name, advice.value) == ("service:Spark", "Prometheus metrics", True)
    (advice,) = PROMETHEUS_PLUGIN.recommend_configs(on_paper("hadoop", [], {}))
    assert (advice.target, advice.name) == ("service:HDFS", "hadoop.prometheus.endpoint.enabled")
    assert PROMETHEUS_PLUGIN.recommend_configs(on_paper("dask", [], {})) == []


def test_sparks_metrics_are_scraped_where_they_are_told() -> None:
    """On the ports of its pages, as the user set them; not when the user wants none told."""
    values = {"service:Spark": {"Prometheus metrics": True, "Master webui port": 8888}}
    groups = {"head": ["master"], "workers": ["worker"]}
    assert urls(on_paper("spark", [*SPARK.get_configs()], groups, cluster_configs=values)) == {
        "http://10.0.0.1:8888/metrics/master/prometheus",
        "http://10.0.0.1:8888/metrics/applications/prometheus",
        "http://10.0.0.2:8081/metrics/prometheus",
    }
    values["service:Spark"]["Prometheus metrics"] = False
    assert urls(on_paper("spark", [*SPARK.get_configs()], groups, cluster_configs=values)) == set()


def test_hadoops_metrics_are_scraped_where_its_addresses_say() -> None:
    """Its daemons' own ports, unless the user chose others."""
    configs = list(hadoop_configs("3.5.0"))
    values = {
        "service:HDFS": {"hadoop.prometheus.endpoint.enabled": True, "dfs.namenode.http-address": "0.0.0.0:19870"}
    }
    groups = {"head": ["namenode", "resourcemanager"], "workers": ["datanode", "nodemanager"]}
    assert urls(on_paper("hadoop", configs, groups, cluster_configs=values)) == {
        "http://10.0.0.1:19870/prom",
        "http://10.0.0.1:8088/prom",
        "http://10.0.0.2:9864/prom",
        "http://10.0.0.2:8042/prom",
    }


@pytest.mark.parametrize(
    ("plugin", "offered"), [("spark", [*SPARK.get_configs()]), ("hadoop", [*hadoop_configs("3.5.0")])]
)
def test_what_is_known_of_frameworks_is_what_they_offer(plugin: str, offered: list[Config]) -> None:
    """Switches and ports by the names there are; a default of a number is the port that is taken."""
    by_key = {config.key: config for config in offered}
    switch = FRAMEWORKS[plugin]
    assert (switch.target, switch.config) in by_key
    for source in switch.sources:
        default = by_key[source.target, source.config].default_value
        assert type(default) is not int or default == source.port


def test_without_a_switch_a_cluster_has_its_machines() -> None:
    """And Prometheus itself."""
    assert sources(on_paper("dask", [], {})) == OWN


def test_the_configuration_names_instances_and_bounds_a_look() -> None:
    """A look ends before the next one begins."""
    made = on_paper("other", [], {}, cluster_configs={"service:Prometheus": {"Scrape interval": 3}})
    one, two = (Target("node", "/metrics", f"10.0.0.{n}:9100", f"demo-a-{n}", "a") for n in (1, 2))
    other = Target("spark_worker", "/metrics/prometheus", "10.0.0.1:8081", "demo-a-1", "a")
    document = json.loads(server_config(made, [one, two, other]))
    assert document["global"]["scrape_timeout"] == "3s"
    assert [(job["job_name"], len(job["static_configs"])) for job in document["scrape_configs"]] == [
        ("node", 2),
        ("spark_worker", 1),
    ]
    assert document["scrape_configs"][0]["static_configs"][0] == {
        "targets": ["10.0.0.1:9100"],
        "labels": {"instance_name": "demo-a-1", "node_group": "a"},
    }


def test_answers_are_read_strictly() -> None:
    """A condition that is unknown to us is no condition."""
    item = {"scrapeUrl": "http://a/metrics", "health": "up", "lastError": "", "labels": {}}
    answer = {"status": "success", "data": {"activeTargets": [item]}}
    assert parse_targets(json.dumps(answer).encode()) == {"http://a/metrics": Seen("http://a/metrics", Condition.UP)}
    wrong: list[Any] = [
        {**answer, "status": "error"},
        {"status": "success", "data": {}},
        {"status": "success", "data": {"activeTargets": [{**item, "health": "fine"}]}},
        {"status": "success", "data": {"activeTargets": [{**item, "lastError": None}]}},
        [],
    ]
    for each in wrong:
        with pytest.raises((ValueError, KeyError, TypeError)):
            parse_targets(json.dumps(each).encode())
