"""Spans of operations, as OpenTelemetry's own SDK sees them."""

import subprocess
import sys
from typing import ClassVar

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from smallest_plugin import Smallest

from serai.contrib.opentelemetry.plugin import VARIABLE, OnDemand
from serai.contrib.opentelemetry.spans import SpanListener
from serai.engine import ClusterSpec, Engine, plugin
from serai.hookspec import hookimpl
from serai.hookspec.errors import HostsFailed
from serai.hookspec.semantics import Role
from serai.hookspec.testing.fleet import Fleet


class Herd(Smallest):
    """Its sheep go astray when told so."""

    services: ClassVar = {"Herd": ["sheep"]}

    def __init__(self):
        self.astray = ()

    @hookimpl
    def start_cluster(self, cluster, run):
        def graze(instance):
            if instance.instance_name in self.astray:
                raise ValueError("astray")

        run.each(cluster.instances, graze, step="graze")


@pytest.fixture
def exporter():
    return InMemorySpanExporter()


@pytest.fixture
def herd():
    return Herd()


@pytest.fixture
def engine(exporter, herd, tmp_path):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    plugins = [
        plugin("herd", Role.PROVISIONING, herd),
        plugin("fleet", Role.INFRASTRUCTURE, Fleet()),
        plugin("spans", Role.LISTENER, SpanListener(provider)),
    ]
    with Engine.open(plugins=plugins, discover=False, cache=tmp_path) as engine:
        yield engine
    provider.shutdown()


SPEC = {
    "name": "demo",
    "plugin_name": "herd",
    "hadoop_version": "1",
    "infrastructure": {"provider": "fleet"},
    "node_groups": [{"name": "w", "count": 2, "node_processes": ["sheep"]}],
}


def lineage(span, spans):
    """Names from the operation down to a span."""
    by_id = {each.context.span_id: each for each in spans}
    names = [span.name]
    while span.parent is not None:
        span = by_id[span.parent.span_id]
        names.insert(0, span.name)
    return names


def test_an_operation_is_a_tree_of_spans(engine, exporter):
    """Operation, phase, step, host; each within its parent; all ended."""
    engine.clusters.create(ClusterSpec.from_dict(SPEC)).result(30)
    spans = exporter.get_finished_spans()
    assert len({span.context.trace_id for span in spans}) == 1
    assert ["create demo", "start", "graze", "demo-w-1"] in [lineage(span, spans) for span in spans]
    host = next(span for span in spans if span.name == "demo-w-1" and span.attributes["serai.step"] == "graze")
    assert host.attributes["serai.cluster"] == "demo"
    assert host.attributes["serai.host"] == "demo-w-1"
    assert host.start_time <= host.end_time
    assert all(span.status.status_code is not StatusCode.ERROR for span in spans)


def test_a_failure_is_told_on_every_span_it_is_in(engine, exporter, herd):
    """The host's with its error; those of hosts that did well are well."""
    herd.astray = ("demo-w-2",)
    with pytest.raises(HostsFailed):
        engine.clusters.create(ClusterSpec.from_dict(SPEC)).result(30)
    spans = exporter.get_finished_spans()
    failed = {tuple(lineage(each, spans)) for each in spans if each.status.status_code is StatusCode.ERROR}
    top = ("create demo",)
    assert failed == {top, (*top, "start"), (*top, "start", "graze"), (*top, "start", "graze", "demo-w-2")}
    operation = next(span for span in spans if span.name == "create demo")
    assert operation.attributes["error.type"] == "HOSTS_FAILED"


def test_several_operations_are_several_traces(engine, exporter):
    engine.clusters.create(ClusterSpec.from_dict(SPEC)).result(30)
    engine.clusters.delete("demo").result(30)
    roots = [span.name for span in exporter.get_finished_spans() if span.parent is None]
    assert sorted(roots) == ["create demo", "terminate demo"]


def test_the_installed_listener_is_off_and_imports_nothing(monkeypatch):
    """Serai works without OpenTelemetry, which is not even looked for."""
    monkeypatch.delenv(VARIABLE, raising=False)
    OnDemand().on_event(None)  # looks at nothing
    code = (
        "import sys; from serai.contrib.opentelemetry.plugin import LISTENER; LISTENER.on_event(None);"
        "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
