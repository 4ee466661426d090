"""Secrets do not come out of what goes wrong before an operation exists, whatever plugins put into their errors."""

import json
import traceback

import pytest

from serai.hookspec import hookimpl
from serai.hookspec.errors import InvalidCluster, SeraiError
from serai.hookspec.health import Health, HealthCheck, HealthColor

SECRET = "open sesame"
ANOTHER = "shut, o simsim"


@pytest.fixture
def band(band):
    """The plugin, telling every secret it knows as soon as it talks; when it is told to, it stumbles over it."""
    password = next(config for config in band.get_configs() if config.is_secret)

    class Gossip(type(band)):
        talks, stumbles = False, False

        @hookimpl
        def validate(self, cluster):
            self.gossip(cluster)

        @hookimpl
        def validate_scaling(self, cluster):
            self.gossip(cluster)

        @hookimpl
        def get_edp_engine(self, cluster):
            self.gossip(cluster)

        @hookimpl
        def get_health_checks(self, cluster):
            return [HealthCheck("ears", lambda: Health(HealthColor.RED, self.told(cluster)))]

        def gossip(self, cluster):
            if self.talks and self.stumbles:
                raise ZeroDivisionError(self.told(cluster))
            if self.talks:
                raise InvalidCluster(f"no: {self.told(cluster)}", hint=self.told(cluster), code="GOSSIP")

        def told(self, cluster):
            secret = cluster.value(password)
            return "nothing" if secret is None else secret.reveal()

    return Gossip()


def all_of(error):
    """Everything that anybody sees of an error, as text, as data, and as a traceback."""
    return "".join(traceback.format_exception(error)) + json.dumps(error.to_dict())


def assert_silent(error):
    """Neither secret is in it, though there was something to tell."""
    shown = all_of(error)
    assert not [secret for secret in (SECRET, ANOTHER) if secret in shown]
    assert "******" in shown


@pytest.mark.parametrize("stumbles", [False, True])
def test_a_document_that_is_refused_keeps_its_secrets(engine, spec, band, stumbles):
    """Planning, creating: what plugins raise, and what they stumble over."""
    band.talks, band.stumbles = True, stumbles
    for ask in (engine.clusters.plan, engine.clusters.create):
        with pytest.raises(SeraiError) as caught:
            ask(spec(Password=SECRET))
        assert_silent(caught.value)


@pytest.mark.parametrize("stumbles", [False, True])
def test_a_change_that_is_refused_keeps_new_secrets_and_old_ones(engine, spec, band, stumbles):
    """Those of the document, and those of the cluster."""
    engine.clusters.create(spec(Password=ANOTHER)).result(30)
    band.talks, band.stumbles = True, stumbles
    for ask in (
        lambda: engine.clusters.plan_changes(spec(Password=SECRET)),
        lambda: engine.clusters.apply(spec(Password=SECRET)),
        lambda: engine.clusters.scale("demo", {"players": 4}),
    ):
        with pytest.raises(SeraiError) as caught:
            ask()
        assert_silent(caught.value)


def test_looks_keep_secrets(engine, spec, band):
    """Reasons of health checks, and what job engines raise."""
    from serai.hookspec.edp import JobSpec

    engine.clusters.create(spec(Password=SECRET)).result(30)
    (reason,) = [check.reason for check in engine.clusters.health("demo").checks if check.name == "ears"]
    assert reason == "******"
    band.talks = True
    with pytest.raises(SeraiError) as caught:
        engine.jobs.submit("demo", JobSpec(type="Shell", main="x"))
    assert_silent(caught.value)


def test_a_secret_of_a_wrong_type_is_one_too(engine, document):
    """Whatever it was written as."""
    from serai.engine import ClusterSpec

    with pytest.raises(SeraiError) as caught:
        engine.clusters.plan(ClusterSpec.from_dict(document(Password=12345678)))
    assert "12345678" not in str(caught.value) + json.dumps(caught.value.to_dict())
