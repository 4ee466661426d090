"""A sound plugin: one chief that knows its hands, which hold data. And how hosts with it answer."""

import json
from urllib.parse import urlsplit

import pytest

from serai.hookspec import hookimpl
from serai.hookspec.configs import Config, ConfigType, Recommendation, ValidationError
from serai.hookspec.errors import RemoteError, ValidationFailed
from serai.hookspec.health import Health, HealthCheck
from serai.hookspec.remote import File
from serai.hookspec.services import Listening, Service
from serai.hookspec.testing.conformance import Testing
from serai.hookspec.testing.fleet import Fleet, StoredFile, VirtualClock

TARGET = "service:Sound"
PORT = Config("Port", "Where it listens.", "integer", (), 7000, TARGET, minimum=1024, maximum=60000, scope="cluster")
MODE = Config("Mode", "How it works.", ConfigType.ENUM, ("fast", "safe"), "fast", TARGET, scope="cluster")
SIZE = Config("Size", "Of a hand, in MiB.", "integer", (), None, TARGET, minimum=1)
PASSWORD = Config("Password", "Of the chief.", ConfigType.SECRET, (), None, TARGET, scope="cluster")
HELD = "/held"


def sound_fleet() -> Fleet:
    """The chief tells which hands hold something: those that were not told to leave, and those that are held."""
    fleet = Fleet(clock=VirtualClock())

    def answer(host, service, asked):
        members = {
            other.address: not other.processes.signals_of("hand") or HELD in other.files
            for other in fleet.hosts.values()
            if other.processes.service("hand")
        }
        return json.dumps({"chief": True, "busy": members}) if urlsplit(asked.argv[1]).path == "/members" else "ok"

    fleet.serve("chief", answer)
    return fleet


def hold(fleet: Fleet, name: str) -> None:
    fleet.host(name).files[HELD] = StoredFile(b"", 0o644, "")


class Sound:
    """Each part of its work is a method, so that one can be broken and nothing else."""

    configs = (PORT, MODE, SIZE, PASSWORD)
    services = {"Sound": ["chief", "hand"]}  # noqa: RUF012 - broken plugins have others

    @hookimpl
    def get_versions(self):
        return ["2", "1"]

    @hookimpl
    def get_configs(self, hadoop_version):
        return list(self.configs)

    @hookimpl
    def get_node_processes(self):
        return self.services

    @hookimpl
    def get_labels(self):
        return {
            "plugin_labels": {"stable": {"status": True}},
            "version_labels": {"1": {"deprecated": {"status": True}}},
        }

    @hookimpl
    def recommend_configs(self, cluster):
        groups = [group for group in cluster.groups_with("hand") if group.facts]
        return [Recommendation(TARGET, "Size", max(1, group.facts.memory_mb // 2), group.name) for group in groups]

    @hookimpl
    def validate(self, cluster):
        errors = []
        if cluster.count_of("chief") != 1:
            errors.append(ValidationError(None, "one chief is wanted", "node_groups", "NOT_ONE_CHIEF"))
        if not cluster.count_of("hand"):
            errors.append(ValidationError(None, "a hand is wanted", "node_groups", "NO_HAND"))
        if errors:
            raise ValidationFailed(errors)

    @hookimpl
    def validate_scaling(self, cluster, existing):
        return [
            ValidationError(None, "the chief stays alone", group.name, "CHIEF_NOT_SCALABLE")
            for group in cluster.node_groups
            if "chief" in group.node_processes and existing.get(group.name, group.count) != group.count
        ]

    @hookimpl
    def get_open_ports(self, node_group):
        port = node_group.cluster.value(PORT)
        return [port + number for number, name in enumerate(["chief", "hand"]) if name in node_group.node_processes]

    @hookimpl
    def configure_cluster(self, cluster, run):
        run.each(cluster.instances, self.install, step="Install")

    @hookimpl
    def start_cluster(self, cluster, run):
        self.start(cluster.instances, run)
        cluster.info["Sound"] = {"Chief": self.url(cluster)}

    @hookimpl
    def scale_cluster(self, cluster, instances, run):
        run.each(instances, self.install, step="Install")
        self.start(instances, run)

    @hookimpl
    def decommission_nodes(self, cluster, instances, run):
        instances = [each for each in instances if "hand" in each.node_group.node_processes]
        for instance in instances:
            if instance.remote.services.status("hand")["hand"].is_running:
                instance.remote.services.signal("hand", "TERM")
        run.wait_until(lambda: self.drained(cluster, instances), what="hands to be empty", timeout=60)
        for instance in instances:
            instance.remote.services.stop("hand")

    @hookimpl
    def on_terminate_cluster(self, cluster, run):
        for name in ("hand", "chief"):
            run.each(cluster.instances, lambda each, name=name: each.remote.services.stop(name), step=f"Stop {name}")

    @hookimpl
    def get_health_checks(self, cluster):
        return [HealthCheck("chief", lambda: self.health(cluster))]

    # Its parts

    def url(self, cluster):
        chief = cluster.instances_with("chief")[0]
        return f"http://{chief.internal_ip}:{cluster.value(PORT)}"

    def ask(self, cluster):
        answer = cluster.instances_with("chief")[0].remote.http(f"{self.url(cluster)}/members")
        try:
            busy = json.loads(answer)["busy"]
            if not all(type(value) is bool for value in busy.values()):
                raise ValueError("no bool")
        except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            raise RemoteError("what answered is no chief") from error
        return busy

    def drained(self, cluster, instances):
        busy = self.ask(cluster)
        return all(busy.get(instance.internal_ip) is False for instance in instances)

    def health(self, cluster):
        missing = {each.internal_ip for each in cluster.instances_with("hand")} - self.ask(cluster).keys()
        return Health("red" if missing else "green", f"hands that are missing: {sorted(missing)}")

    def install(self, instance):
        remote, password = instance.remote, instance.node_group.cluster.value(PASSWORD)
        secret = File(password.reveal() if password else "", 0o600)
        remote.put({f"{remote.layout.conf}/sound": "mode\n", f"{remote.layout.conf}/secret": secret})

    def service(self, instance, name):
        port = instance.node_group.cluster.value(PORT) + (name == "hand")
        argv = [name, str(port), f"{instance.remote.layout.conf}/sound"]
        return Service(name, argv, ready=[Listening(port, instance.internal_ip)])

    def start(self, instances, run):
        for name in ("chief", "hand"):
            these = [each for each in instances if name in each.node_group.node_processes]
            run.each(these, lambda each, name=name: self.launch(each, self.service(each, name)), step=f"Start {name}")

    def launch(self, instance, service):
        instance.remote.services.start(service)


@pytest.fixture(scope="session")
def sound() -> type:
    return Sound


@pytest.fixture(scope="session")
def testing() -> Testing:
    return Testing(fleet=sound_fleet, hold=hold, monotone=("hand",), max_instances=4)
