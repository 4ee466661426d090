"""Whatever a plugin does in whichever hook: the operation ends in time, names plugin and hook; the engine goes on."""

import threading
from contextvars import ContextVar

import pytest

from serai.engine import ClusterSpec, Engine, plugin
from serai.hookspec import hookimpl
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.errors import OperationCancelled, SeraiError
from serai.hookspec.objects import Config
from serai.hookspec.semantics import Role
from serai.hookspec.testing.fleet import Fleet

SECONDS = 0.3
TARGET = "service:Tiny"
VALUE = Config("Value", config_type="integer", default_value=1, applicable_target=TARGET, update_policy="rolling")


class Tiny:
    """The smallest plugin with every hook that operations call."""

    @hookimpl
    def get_versions(self):
        return ["1"]

    @hookimpl
    def get_configs(self):
        return [VALUE]

    @hookimpl
    def get_node_processes(self):
        return {"Tiny": ["tiny"]}

    @hookimpl
    def recommend_configs(self, cluster):
        return []

    @hookimpl
    def validate(self, cluster): ...

    @hookimpl
    def update_infra(self, cluster): ...

    @hookimpl
    def validate_images(self, cluster): ...

    @hookimpl
    def configure_cluster(self, cluster): ...

    @hookimpl
    def start_cluster(self, cluster): ...

    @hookimpl
    def scale_cluster(self, cluster): ...

    @hookimpl
    def decommission_nodes(self, cluster): ...

    @hookimpl
    def reconfigure_cluster(self, cluster): ...

    @hookimpl
    def on_terminate_cluster(self, cluster): ...

    @hookimpl
    def get_health_checks(self, cluster):
        return []

    @hookimpl
    def get_root_commands(self, node_group):
        return []


PROVIDING = ("create_machines", "list_machines", "delete_machines", "get_endpoint")
MEETS = {
    "create": (
        "recommend_configs",
        "validate",
        "update_infra",
        "validate_images",
        "configure_cluster",
        "start_cluster",
        "get_root_commands",
        "create_machines",
        "list_machines",
        "get_endpoint",
    ),
    "grow": ("scale_cluster",),
    "shrink": ("decommission_nodes", "delete_machines"),
    "change": ("reconfigure_cluster", "get_health_checks"),
}
EACH = [(act, hook) for act, hooks in MEETS.items() for hook in hooks]


def hang(real):
    """Not return before the test is over."""
    return lambda **_: OVER.wait(60)


def fail(real):
    """Raise what no plugin should."""

    def raising(**_):
        raise ZeroDivisionError("never")

    return raising


OVER = threading.Event()

SPARED = ContextVar("spared", default=False)
"""Whether hooks behave: those that are called for a look, as contexts go along into their threads."""


class Trap:
    """Turns bad at a chosen moment, in a chosen hook."""

    def __init__(self, hook, badly):
        self.hook, self.badly, self.is_set = hook, badly, False

    def around(self, kind):
        """The kind of plugin, with the trap in it."""
        real, trap = getattr(kind, self.hook), self

        def trapped(self, **arguments):
            if trap.is_set and not SPARED.get():
                return trap.badly(real)(**arguments)
            return real(self, **arguments)

        return type(kind.__name__, (kind,), {self.hook: hookimpl(renamed(trapped, real, self.hook))})


def renamed(trapped, real, name):
    """The function with the arguments that the real one takes: pluggy looks at them."""
    code = real.__code__
    names = code.co_varnames[1 : code.co_argcount]
    scope = {"trapped": trapped}
    text = f"def {name}(self, {', '.join(names)}): return trapped(self, {', '.join(f'{n}={n}' for n in names)})"
    exec(text, scope)  # noqa: S102 - names of the spec's own
    return scope[name]


@pytest.fixture
def bad(tmp_path):
    """An engine over a fleet, with a trap in one hook."""
    OVER.clear()
    opened, spared = [], SPARED.set(True)

    def open_with(hook, badly, timeout=SECONDS):
        trap = Trap(hook, badly)
        tiny, fleet = (trap.around(Tiny), Fleet) if hook not in PROVIDING else (Tiny, trap.around(Fleet))
        plugins = [plugin("tiny", Role.PROVISIONING, tiny()), plugin("fleet", Role.INFRASTRUCTURE, fleet())]
        engine = Engine.open(plugins=plugins, discover=False, cache=tmp_path, hook_timeout=timeout)
        opened.append(engine)
        return engine, trap

    yield open_with
    SPARED.reset(spared)
    OVER.set()
    for engine in opened:
        engine.close()


def spec(name="t", count=2, value=1):
    """A cluster of Tiny's."""
    group = {"name": "all", "count": count, "node_processes": ["tiny"], "node_configs": {TARGET: {"Value": value}}}
    document = {"name": name, "plugin_name": "tiny", "hadoop_version": "1", "node_groups": [group]}
    return ClusterSpec.from_dict({**document, "infrastructure": {"provider": "fleet"}})


def begin(engine, act, trap):
    """Begin what meets the hook, with the trap set."""
    if act != "create":
        engine.clusters.create(spec()).result(30)
    trap.is_set = True
    match act:
        case "create":
            return engine.clusters.create(spec())
        case "grow":
            return engine.clusters.scale("t", {"all": 3})
        case "shrink":
            return engine.clusters.scale("t", {"all": 1})
        case _:
            return engine.clusters.apply(spec(value=2))


@pytest.mark.parametrize(("act", "hook"), EACH)
@pytest.mark.parametrize(("badly", "code"), [(hang, "HOOK_TIMEOUT"), (fail, "PLUGIN_FAILED")])
def test_an_operation_ends_in_time_and_names_who_kept_it(bad, act, hook, badly, code):
    """The engine goes on: another cluster is made; with the hook mended this one is finished, and ends."""
    engine, trap = bad(hook, badly)
    operation = begin(engine, act, trap)
    with pytest.raises(SeraiError) as caught:
        operation.result(10)
    origin = caught.value.origin
    assert (caught.value.code, origin.plugin, origin.hook) == (code, "fleet" if hook in PROVIDING else "tiny", hook)
    assert engine.clusters.get("t").status is ClusterStatus.ERROR
    trap.is_set = False
    assert engine.clusters.create(spec("other")).result(30).status is ClusterStatus.ACTIVE
    assert engine.clusters.retry("t").result(30).status is ClusterStatus.ACTIVE
    engine.clusters.delete("t").result(30)


@pytest.mark.parametrize("badly", [hang, fail])
def test_a_deletion_ends_whatever_the_farewell_does(bad, badly):
    """It is told, and stops nothing."""
    engine, trap = bad("on_terminate_cluster", badly)
    engine.clusters.create(spec()).result(30)
    trap.is_set = True
    operation = engine.clusters.delete("t")
    operation.result(10)
    (warning,) = [event.message for event in operation.events() if event.kind == "warning"]
    assert "on_terminate_cluster" in warning
    assert engine.clusters.list() == []


def test_a_forced_deletion_ends_over_a_provider_that_hangs(bad):
    """And tells what is left."""
    engine, trap = bad("delete_machines", hang)
    engine.clusters.create(spec()).result(30)
    trap.is_set = True
    with pytest.raises(SeraiError, match="did not return within"):
        engine.clusters.delete("t").result(10)
    engine.clusters.delete("t", force=True).result(10)
    (record,) = engine.clusters.operations("t")[-1:]
    assert [line.split(" ")[0] for line in record.state["left"]] == ["t-all-1", "t-all-2"]
    trap.is_set = False
    assert len(engine.clusters.remove_orphans().removed) == 2


def test_who_hangs_is_found_where_it_hangs(bad):
    """The place is told, for its authors."""
    engine, trap = bad("configure_cluster", hang)
    with pytest.raises(SeraiError) as caught:
        begin(engine, "create", trap).result(10)
    assert any("test_bad_hooks.py" in line for line in caught.value.details["stack"])


def test_a_hook_that_does_not_heed_cancelling_is_left_behind(bad, monkeypatch):
    """Cancelling stops at once, as far as anybody can tell."""
    monkeypatch.setattr("serai.engine.plugins.limits.GRACE", 0.1)
    engine, trap = bad("configure_cluster", hang, timeout=60)
    operation = begin(engine, "create", trap)
    for event in operation.events():
        if event.kind == "phase.started" and event.phase == "configure":
            operation.cancel()
    with pytest.raises(OperationCancelled, match="configure_cluster did not heed it"):
        operation.result(10)
    trap.is_set = False
    assert engine.clusters.retry("t").result(30).status is ClusterStatus.ACTIVE


def changed(real):
    """Do what a plugin may not."""
    return lambda **_: 7


ANSWERING = [
    *[("create", hook) for hook in ("create_machines", "list_machines", "get_endpoint")],
    *[("create", hook) for hook in ("recommend_configs", "get_root_commands")],
    ("change", "get_health_checks"),
]
"""Of the others nobody reads the answer."""


@pytest.mark.parametrize(("act", "hook"), ANSWERING)
def test_garbage_is_no_answer(bad, act, hook):
    """The operation fails, and says what was expected of whom."""
    engine, trap = bad(hook, changed)
    with pytest.raises(SeraiError) as caught:
        begin(engine, act, trap).result(10)
    assert caught.value.code in ("INVALID_RESULT", "VALIDATION_FAILED")
    assert hook in f"{caught.value} {caught.value.to_dict()}"
    trap.is_set = False
    assert engine.clusters.retry("t").result(30).status is ClusterStatus.ACTIVE


def meddle(real):
    """Change what is the user's and the engine's."""

    def meddling(**arguments):
        cluster = arguments["cluster"] if "cluster" in arguments else arguments["node_group"].cluster
        group = cluster.node_groups[0]
        group.count, group.node_configs[TARGET]["Value"], cluster.is_protected = 7, 99, True
        cluster.node_groups.clear()

    return meddling


WITHOUT_CLUSTER = ("list_machines", "delete_machines")


@pytest.mark.parametrize(("act", "hook"), [(act, hook) for act, hook in EACH if hook not in WITHOUT_CLUSTER])
def test_what_a_hook_changes_and_may_not_is_put_back_and_told(bad, act, hook):
    """Values, counts, groups are what the user asked for, and it is told who meddled; mended, it is finished."""
    engine, trap = bad(hook, meddle)
    with pytest.raises(SeraiError) as caught:
        begin(engine, act, trap).result(10)
    origin = caught.value.origin
    assert (caught.value.code, origin.hook) == ("INVALID_RESULT", hook)
    assert origin.plugin == ("fleet" if hook in PROVIDING else "tiny")
    trap.is_set = False
    cluster = engine.clusters.retry("t").result(30)
    (group,) = cluster.node_groups
    count, value = {"create": (2, 1), "grow": (3, 1), "shrink": (1, 1), "change": (2, 2)}[act]
    assert (group.count, len(group.instances), group.node_configs) == (count, count, {TARGET: {"Value": value}})
    engine.clusters.delete("t").result(30)


@pytest.mark.parametrize(
    ("act", "hook", "argument"),
    [("create", "create_machines", "requests"), ("shrink", "delete_machines", "machine_ids")],
)
def test_a_provider_cannot_make_an_operation_forget_what_it_asked_for(bad, act, hook, argument):
    """What it is handed cannot be changed: an emptied list would be one of machines that are all there."""
    engine, trap = bad(hook, lambda real: lambda **arguments: arguments[argument].clear())
    with pytest.raises(SeraiError) as caught:
        begin(engine, act, trap).result(10)
    assert (caught.value.code, caught.value.origin.hook) == ("PLUGIN_FAILED", hook)
    trap.is_set = False
    assert engine.clusters.retry("t").result(30).status is ClusterStatus.ACTIVE
