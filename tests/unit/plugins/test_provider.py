"""Each hook of providers and listeners, through what calls it."""

import threading
from datetime import UTC, datetime

import pytest

from serai.engine.plugins.catalog import Catalog, admitted
from serai.engine.plugins.limits import Limit
from serai.hookspec import hookimpl
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import InvalidResult, NotFound, PluginFailed
from serai.hookspec.facts import Facts
from serai.hookspec.infrastructure import Host, Machine, MachineRequest
from serai.hookspec.listening import Event, EventKind
from serai.hookspec.remote import LocalEndpoint
from serai.hookspec.semantics import Role


class Farm:
    """A provider whose machines are words."""

    def __init__(self):
        self.machines = []

    @hookimpl
    def validate_infrastructure(self, cluster):
        return [ValidationError(error_message="no room", code="NO_ROOM", path="node_groups[0].count")]

    @hookimpl
    def get_machine_facts(self, node_group):
        return Facts(cpus=4, memory_mb=8192) if node_group.name == "known" else None

    @hookimpl
    def create_machines(self, cluster, requests):
        made = [Machine(f"m-{r.name}", r.name, r.client_token, cluster.id) for r in requests]
        self.machines += made
        return made

    @hookimpl
    def list_machines(self, cluster_id):
        return [machine for machine in self.machines if cluster_id in ("", machine.cluster_id)]

    @hookimpl
    def delete_machines(self, machine_ids):
        self.machines = [machine for machine in self.machines if machine.machine_id not in machine_ids]

    @hookimpl
    def get_endpoint(self, instance):
        return LocalEndpoint(instance.instance_name, "/nowhere")


@pytest.fixture
def cluster():
    return Cluster("demo", "p", "1", [NodeGroup("known"), NodeGroup("unknown")], id="c1")


def provider(farm):
    """The typed face of a provider."""
    return Catalog(plugins=[admitted("farm", Role.INFRASTRUCTURE, farm)], discover=False).provider("farm")


REQUESTS = [MachineRequest("a", "known", "t1"), MachineRequest("b", "known", "t2")]


def test_hook_validate_infrastructure_gives_the_errors(cluster):
    """What the provider finds wrong."""
    assert [error.code for error in provider(Farm()).validate_infrastructure(cluster)] == ["NO_ROOM"]


def test_hook_get_machine_facts_may_not_know(cluster):
    """Facts where they are known, None elsewhere."""
    farm = provider(Farm())
    known, unknown = (farm.get_machine_facts(cluster, group) for group in cluster.node_groups)
    assert (known, unknown) == (Facts(cpus=4, memory_mb=8192), None)


def test_hook_create_machines_answers_each_request(cluster):
    """One machine for each request, in their order."""
    made = provider(Farm()).create_machines(cluster, REQUESTS)
    assert [(machine.name, machine.client_token) for machine in made] == [("a", "t1"), ("b", "t2")]


def test_hook_create_machines_is_held_to_its_requests(cluster):
    """A provider that answers other requests is stopped, by name."""

    class Careless(Farm):
        @hookimpl
        def create_machines(self, cluster, requests):
            return [Machine("m", "a", "another token", cluster.id)]

    with pytest.raises(InvalidResult, match="one machine for each request") as caught:
        provider(Careless()).create_machines(cluster, REQUESTS)
    assert caught.value.origin.plugin == "farm"


def test_hook_list_machines_tells_one_cluster_or_all(cluster):
    """By cluster, or everything for the empty id."""
    farm = provider(Farm())
    farm.create_machines(cluster, REQUESTS)
    assert [len(farm.list_machines(cluster_id)) for cluster_id in ("c1", "other", "")] == [2, 0, 2]


def test_hook_delete_machines_removes_those_named(cluster):
    """Others stay."""
    farm = provider(Farm())
    farm.create_machines(cluster, REQUESTS)
    farm.delete_machines("c1", ["m-a", "never was"])
    assert [machine.machine_id for machine in farm.list_machines("c1")] == ["m-b"]


def test_hook_get_endpoint_must_be_an_endpoint(cluster):
    """What cannot be connected to is refused at once."""

    class Vague(Farm):
        @hookimpl
        def get_endpoint(self):
            return "over there"

    instance = Instance(instance_name="a")
    assert provider(Farm()).get_endpoint(cluster, instance) == LocalEndpoint("a", "/nowhere")
    with pytest.raises(InvalidResult, match="an endpoint"):
        provider(Vague()).get_endpoint(cluster, instance)


class Stock(Farm):
    """A farm with a fixed number of machines, which it hands out with what it is lent."""

    @hookimpl
    def list_hosts(self, infrastructure, access):
        return [Host(name, access) for name in infrastructure["names"]]

    @hookimpl
    def clean_host(self, infrastructure, name, access):
        if name not in infrastructure["names"]:
            raise NotFound(f"there is no host {name}")
        infrastructure["names"].remove(name)


def test_hook_list_hosts_is_lent_what_its_provider_is(cluster):
    """The same provider can be lent different things at a time; what is no host is refused."""
    stock = provider(Stock())
    here, there = stock.using("here"), stock.using("there")
    assert here.list_hosts({"names": ["a", "b"]}) == [Host("a", "here"), Host("b", "here")]
    assert there.list_hosts({"names": ["a"]}) == [Host("a", "there")]

    class Careless(Stock):
        @hookimpl
        def list_hosts(self):
            return ["a"]

    with pytest.raises(InvalidResult, match="list_hosts must return Host"):
        provider(Careless()).list_hosts({})


def test_hook_list_hosts_must_be_a_list():
    """Which is told of that hook, and no other."""

    class Silent(Stock):
        @hookimpl
        def list_hosts(self):
            return None

    with pytest.raises(InvalidResult, match="list_hosts must return a list of Host"):
        provider(Silent()).list_hosts({})


def test_hook_clean_host_cleans_the_one_named():
    """One that the provider does not know is not found."""
    names = ["a", "b"]
    provider(Stock()).clean_host({"names": names}, "a")
    assert names == ["b"]
    with pytest.raises(NotFound):
        provider(Stock()).clean_host({"names": names}, "a")


def test_a_provider_that_crashes_is_named(cluster):
    """The error says which provider and which hook."""

    class Broken(Farm):
        @hookimpl
        def list_machines(self):
            raise OSError("disk gone")

    with pytest.raises(PluginFailed, match="disk gone") as caught:
        provider(Broken()).list_machines("c1")
    assert (caught.value.origin.plugin, caught.value.origin.hook) == ("farm", "list_machines")


def test_hook_on_event_reaches_every_listener_whatever_another_does():
    """One listener's failure is returned, and the next still hears."""
    heard = []

    class Deaf:
        @hookimpl
        def on_event(self):
            raise ValueError("deaf")

    class Keen:
        @hookimpl
        def on_event(self, event):
            heard.append(event)

    plugins = [admitted("deaf", Role.LISTENER, Deaf()), admitted("keen", Role.LISTENER, Keen())]
    event = Event(EventKind.WARNING, "demo", "op", datetime.now(UTC))
    failures = Catalog(plugins=plugins, discover=False).hear(event)
    assert heard == [event]
    assert [failure.origin.plugin for failure in failures] == ["deaf"]


def test_hook_on_event_that_hangs_is_left_behind_and_not_called_again():
    """Operations would wait for it at each event; the others go on hearing."""
    heard = []
    end = threading.Event()

    class Hanging:
        @hookimpl
        def on_event(self):
            heard.append("hanging")
            end.wait(60)

    class Keen:
        @hookimpl
        def on_event(self):
            heard.append("keen")

    plugins = [admitted("hanging", Role.LISTENER, Hanging()), admitted("keen", Role.LISTENER, Keen())]
    catalog = Catalog(plugins=plugins, discover=False, limit=Limit(0.5))
    event = Event(EventKind.WARNING, "demo", "op", datetime.now(UTC))
    (failure,) = catalog.hear(event)
    assert (failure.code, failure.origin.plugin) == ("HOOK_TIMEOUT", "hanging")
    assert catalog.hear(event) == []
    end.set()
    assert sorted(heard) == ["hanging", "keen", "keen"]
    assert catalog.listener.quarantine == {"hanging": failure}
