"""Strategies for what goes on in a cluster: changes and their steps, events, how things are, services."""

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from serai.hookspec.changes import Changes, Step, ValueChange
from serai.hookspec.configs import UpdatePolicy
from serai.hookspec.health import Health, HealthCheck, HealthColor
from serai.hookspec.listening import Event, EventKind
from serai.hookspec.services import Listening, LogLine, Service, ServiceState, ServiceStatus
from serai.hookspec.testing.strategies.config_objects import configs
from serai.hookspec.testing.strategies.plain import extras, moments, names, paths, texts, variables, words
from serai.hookspec.testing.strategies.typed_values import values_for

_POLICIES: Final = st.sampled_from(UpdatePolicy)


@st.composite
def value_changes(draw: st.DrawFn) -> ValueChange:
    """Configs whose value changes, from one that they allow to another one, or to or from none."""
    config = draw(configs())
    values = st.none() | values_for(config)
    return ValueChange(config, draw(values), draw(values), draw(texts()), draw(_POLICIES), draw(texts()))


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """Steps of a change: what is written, what is touched where, or which machines are replaced."""
    policy = draw(_POLICIES)
    if policy is UpdatePolicy.REPLACE:
        return Step(policy, instances=draw(texts()), goes_first=draw(st.booleans()))
    touched = st.dictionaries(words(), st.lists(names(), min_size=1, max_size=2), max_size=2)
    return Step(policy, {} if policy is UpdatePolicy.LIVE else draw(touched))


@st.composite
def changes(draw: st.DrawFn) -> Changes:
    """Changes of a cluster, at one of their steps."""
    way = draw(st.lists(steps(), min_size=1, max_size=3))
    return Changes(tuple(draw(st.lists(value_changes(), max_size=2))), tuple(way), draw(st.sampled_from(way)))


def healths() -> SearchStrategy[Health]:
    """What checks find."""
    return st.builds(Health, st.sampled_from(HealthColor), words())


def health_checks() -> SearchStrategy[HealthCheck]:
    """Checks; each finds the same whenever it looks."""
    return st.builds(lambda name, found, limit: HealthCheck(name, lambda: found, limit), words(), healths(), _SECONDS)


_SECONDS: Final = st.floats(0.5, 3600)
_PORTS: Final = st.integers(1, 65535)


def listenings() -> SearchStrategy[Listening]:
    """Ports that are to be listened on."""
    return st.builds(Listening, _PORTS, st.sampled_from(("", "127.0.0.1", "::1")))


def log_lines() -> SearchStrategy[LogLine]:
    """Texts that are to be written."""
    return st.builds(LogLine, words())


def services() -> SearchStrategy[Service]:
    """Declarations of services."""
    return st.builds(
        Service,
        name=st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,11}\Z"),
        argv=st.lists(words(), min_size=1, max_size=3),
        env=variables(),
        cwd=st.just("") | paths(),
        ready=st.lists(listenings() | log_lines(), max_size=2),
        ready_timeout=_SECONDS,
        stop_signal=st.sampled_from(("TERM", "INT", "QUIT")),
        stop_timeout=_SECONDS,
    )


@st.composite
def service_statuses(draw: st.DrawFn) -> ServiceStatus:
    """How services are: a pid where one runs, an exit code where one ended and it is known."""
    state = draw(st.sampled_from(ServiceState))
    pid = draw(st.integers(1, 1 << 22)) if state is ServiceState.RUNNING else 0
    code = draw(st.none() | st.integers(0, 255)) if state is ServiceState.EXITED else None
    return ServiceStatus(draw(words()), state, pid, code)


def events() -> SearchStrategy[Event]:
    """Events of operations."""
    return st.builds(
        Event,
        kind=st.sampled_from(EventKind),
        cluster=words(),
        operation=words(),
        time=moments(),
        phase=words(),
        step=words(),
        host=words(),
        message=words(),
        data=extras(),
        sequence=st.integers(0),
    )
