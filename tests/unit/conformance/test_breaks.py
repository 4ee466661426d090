"""Each check finds what it is for, and no other check finds it: a sound plugin, broken in one way at a time."""

import logging
import random
import time
from contextlib import suppress
from itertools import count

import pytest
from attrs import evolve

from serai.hookspec import hookimpl
from serai.hookspec.configs import Config, Recommendation, ValidationError
from serai.hookspec.edp import JobType
from serai.hookspec.errors import InvalidCluster, RemoteError, ServiceFailed
from serai.hookspec.health import Health
from serai.hookspec.job_files import main_path
from serai.hookspec.process_jobs import ProcessJobEngine
from serai.hookspec.remote import File
from serai.hookspec.services import Listening, Service
from serai.hookspec.testing.conformance import CHECKS, Outcome, run_checks

PASSWORD = Config("Password", "Of the chief.", "secret", applicable_target="service:Sound", scope="cluster")


def impl(function):
    return hookimpl(function)


def with_config(**fields):
    """A plugin with a config more, well formed but for some fields."""

    def break_(sound):
        extra = evolve(Config("Extra", "Nothing.", applicable_target="service:Sound"), **fields)
        return {"configs": (*sound.configs, extra)}

    return break_


def versions_twice(sound):
    return {"get_versions": impl(lambda self: ["2", "2", "1"])}


def misspelt(sound):
    return {"get_open_port": impl(lambda self: [])}


def crashes_on_unknown_version(sound):
    return {
        "get_configs": impl(
            lambda self, hadoop_version: {"1": list(self.configs), "2": list(self.configs)}[hadoop_version]
        )
    }


def labels_a_version_it_has_not(sound):
    return {"get_labels": impl(lambda self: {"version_labels": {"9": {"stable": {"status": True}}}})}


def declares_jobs_without_an_engine(sound):
    return {"get_edp_job_types": impl(lambda self: {"2": [str(JobType.SHELL)], "1": []})}


def a_process_without_a_name(sound):
    return {"services": {"Sound": ["chief", "hand"], "Other": [" "]}}


def recommends_too_much(sound):
    return {"recommend_configs": impl(lambda self, cluster: [Recommendation("service:Sound", "Mode", "slow")])}


def recommends_what_is_left(sound):
    def recommend_configs(self, cluster):
        groups = [group for group in cluster.groups_with("hand") if group.facts]
        return [Recommendation("service:Sound", "Size", group.facts.memory_mb - 1024, group.name) for group in groups]

    return {"recommend_configs": impl(recommend_configs)}


def validate_crashes_without_groups_of_hands(sound):
    def validate(self, cluster):
        next(iter(cluster.groups_with("hand"))).name.upper()
        sound.validate(self, cluster)

    return {"validate": impl(validate)}


def validate_by_chance(sound):
    draws = random.Random(1)

    def validate(self, cluster):
        if draws.random() < 0.5:
            raise InvalidCluster("not today", code="NOT_TODAY")
        sound.validate(self, cluster)

    return {"validate": impl(validate)}


def validate_by_the_first_group(sound):
    def validate(self, cluster):
        if len(cluster.node_groups) > 1 and "chief" not in cluster.node_groups[0].node_processes:
            raise InvalidCluster("the chief comes first", code="CHIEF_FIRST")
        sound.validate(self, cluster)

    return {"validate": impl(validate)}


def validate_looks_at_the_first_group_of_hands(sound):
    def validate(self, cluster):
        sound.validate(self, cluster)
        if not next(iter(cluster.groups_with("hand"))).count:
            raise InvalidCluster("a hand is wanted", code="NO_HAND")

    return {"validate": impl(validate)}


def validate_keeps_something(sound):
    def validate(self, cluster):
        cluster.extra["seen"] = True
        sound.validate(self, cluster)

    return {"validate": impl(validate)}


def refuses_everything(sound):
    def validate(self, cluster):
        raise InvalidCluster("no", code="NEVER")

    return {"validate": impl(validate)}


def wants_an_even_number(sound):
    def validate(self, cluster):
        sound.validate(self, cluster)
        if cluster.count_of("hand") not in (1, 2, 4):
            raise InvalidCluster("that number brings bad luck", code="BAD_LUCK")

    return {"validate": impl(validate)}


def refuses_to_stay_as_it_is(sound):
    def validate_scaling(self, cluster, existing):
        if not existing:
            raise InvalidCluster("nothing to do", code="NOTHING_TO_DO")
        return sound.validate_scaling(self, cluster, existing)

    return {"validate_scaling": impl(validate_scaling)}


def cannot_be_safe(sound):
    def start_cluster(self, cluster, run):
        if cluster.cluster_configs.get("service:Sound", {}).get("Mode") == "safe":
            raise RemoteError("mode safe is not there yet")
        sound.start_cluster(self, cluster, run)

    return {"start_cluster": impl(start_cluster)}


def tells_default_ports(sound):
    return {"get_open_ports": impl(lambda self, node_group: [7000, 7001])}


def tells_default_ports_and_has_many_configs(sound):
    """So many that hardly any example has a value for the one that matters."""
    others = [Config(f"Option {number}", "Nothing.", applicable_target="service:Sound") for number in range(500)]
    return {**tells_default_ports(sound), "configs": (*sound.configs, *others)}


def starts_the_first_of_each_group(sound):
    def start_cluster(self, cluster, run):
        self.start([group.instances[0] for group in cluster.node_groups if group.instances], run)
        cluster.info["Sound"] = {"Chief": self.url(cluster)}

    return {"start_cluster": impl(start_cluster)}


def publishes_an_object(sound):
    def start_cluster(self, cluster, run):
        sound.start_cluster(self, cluster, run)
        cluster.info["Sound"] = {"ports": {1: (2, 3)}}

    return {"start_cluster": impl(start_cluster)}


def restarts_always(sound):
    def configure_cluster(self, cluster, run):
        for instance in cluster.instances:
            instance.remote.services.stop("hand")
        sound.configure_cluster(self, cluster, run)

    return {"configure_cluster": impl(configure_cluster)}


def tells_when_it_wrote(sound):
    def install(self, instance):
        sound.install(self, instance)
        instance.remote.put({f"{instance.remote.layout.conf}/when": time.strftime("%Y-%m-%d %H:%M:%S")})

    return {"install": install}


def writes_the_rest_only_the_first_time(sound):
    def install(self, instance):
        conf = instance.remote.layout.conf
        if instance.remote.put({f"{conf}/first": "1"}):
            sound.install(self, instance)

    return {"install": install}


def is_always_green(sound):
    return {"health": lambda self, cluster: Health("green")}


def looks_at_hands_alone(sound):
    def health(self, cluster):
        hands = [each.remote.services.status("hand")["hand"] for each in cluster.instances_with("hand")]
        return Health("green" if all(each.is_running for each in hands) else "red")

    return {"health": health}


def leaves_the_chief(sound):
    def on_terminate_cluster(self, cluster, run):
        run.each(cluster.instances, lambda each: each.remote.services.stop("hand"), step="Stop")

    return {"on_terminate_cluster": impl(on_terminate_cluster)}


def with_scribe(sound):
    """A sound plugin with a process more, which the simplest cluster has not."""

    def scribes(cluster):
        return cluster.instances_with("scribe")

    def start(self, instances, run):
        sound.start(self, instances, run)
        for instance in instances:
            if "scribe" in instance.node_group.node_processes:
                instance.remote.services.start(Service("scribe", ["scribe"]))

    def validate_scaling(self, cluster, existing):
        fixed = [
            ValidationError(None, "scribes stay", group.name, "SCRIBE_NOT_SCALABLE")
            for group in cluster.groups_with("scribe")
            if existing.get(group.name, group.count) != group.count
        ]
        return [*fixed, *sound.validate_scaling(self, cluster, existing)]

    def on_terminate_cluster(self, cluster, run):
        run.each(scribes(cluster), lambda each: each.remote.services.stop("scribe"), step="Stop scribes")
        sound.on_terminate_cluster(self, cluster, run)

    def health(self, cluster):
        found = [each.remote.services.status("scribe")["scribe"].is_running for each in scribes(cluster)]
        return sound.health(self, cluster) if all(found) else Health("yellow", "a scribe is missing")

    return {
        "services": {"Sound": [*sound.services["Sound"], "scribe"]},
        "start": start,
        "validate_scaling": impl(validate_scaling),
        "on_terminate_cluster": impl(on_terminate_cluster),
        "health": health,
    }


def leaves_scribes(sound):
    return {**with_scribe(sound), "on_terminate_cluster": sound.on_terminate_cluster}


def restarts_scribes(sound):
    def configure_cluster(self, cluster, run):
        for instance in cluster.instances_with("scribe"):
            instance.remote.services.stop("scribe")
        sound.configure_cluster(self, cluster, run)

    return {**with_scribe(sound), "configure_cluster": impl(configure_cluster)}


def looks_past_scribes(sound):
    return {**with_scribe(sound), "health": sound.health}


def starts_new_ones_elsewhere(sound):
    def scale_cluster(self, instances, run):
        run.each(instances, self.install, step="Install")
        for instance in instances:
            self.launch(instance, evolve(self.service(instance, "hand"), ready=[Listening(9, instance.internal_ip)]))

    return {"scale_cluster": impl(scale_cluster)}


def installs_nothing_on_new_ones(sound):
    def scale_cluster(self, instances, run):
        self.start(instances, run)

    return {"scale_cluster": impl(scale_cluster)}


def restarts_the_chief_when_scaling(sound):
    def scale_cluster(self, cluster, instances, run):
        sound.scale_cluster(self, cluster, instances, run)
        chief = cluster.instances_with("chief")[0]
        chief.remote.services.restart(self.service(chief, "chief"))

    return {"scale_cluster": impl(scale_cluster)}


def writes_who_ever_came(sound):
    numbers = count()

    def scale_cluster(self, cluster, instances, run):
        sound.scale_cluster(self, cluster, instances, run)
        chief = cluster.instances_with("chief")[0].remote
        chief.put({f"{chief.layout.conf}/came": str(next(numbers))})

    return {"scale_cluster": impl(scale_cluster)}


def writes_who_left(sound):
    def decommission_nodes(self, cluster, instances, run):
        sound.decommission_nodes(self, cluster, instances, run)
        chief = cluster.instances_with("chief")[0].remote
        chief.put({f"{chief.layout.conf}/left": "".join(each.internal_ip for each in instances)})

    return {"decommission_nodes": impl(decommission_nodes)}


def signals_hands_that_have_ended(sound):
    def decommission_nodes(self, cluster, instances, run):
        for instance in instances:
            instance.remote.services.signal("hand", "TERM")
        sound.decommission_nodes(self, cluster, instances, run)
        run.log.info("they said: %s", [each.remote.services.log("hand") for each in instances])

    return {"decommission_nodes": impl(decommission_nodes)}


def signals_everybody(sound):
    def decommission_nodes(self, cluster, instances, run):
        sound.decommission_nodes(self, cluster, instances, run)
        for instance in cluster.instances_with("chief"):
            instance.remote.services.signal("chief", "USR1")

    return {"decommission_nodes": impl(decommission_nodes)}


def waits_for_prefixes(sound):
    def drained(self, cluster, instances):
        busy = [address for address, is_busy in self.ask(cluster).items() if is_busy]
        return not any(address.startswith(each.internal_ip) for each in instances for address in busy)

    return {"drained": drained}


def asks_nobody(sound):
    def decommission_nodes(self, instances):
        for instance in instances:
            instance.remote.services.stop("hand")

    return {"decommission_nodes": impl(decommission_nodes)}


def takes_silence_for_yes(sound):
    def drained(self, cluster, instances):
        try:
            return sound.drained(self, cluster, instances)
        except RemoteError as error:
            if "no chief" in error.message:
                raise
            return True

    def decommission_nodes(self, cluster, instances, run):
        for instance in instances:
            with suppress(ServiceFailed):  # it has ended
                instance.remote.services.signal("hand", "TERM")
        run.wait_until(lambda: self.drained(cluster, instances), what="hands to be empty", timeout=60)
        for instance in instances:
            instance.remote.services.stop("hand")

    return {"drained": drained, "decommission_nodes": impl(decommission_nodes)}


def takes_garbage_for_yes(sound):
    def drained(self, cluster, instances):
        try:
            return sound.drained(self, cluster, instances)
        except RemoteError as error:
            if "no chief" not in error.message:
                raise
            return True

    return {"drained": drained}


def compares_prefixes(sound):
    def drained(self, cluster, instances):
        busy = self.ask(cluster)
        empty = [address for address, is_busy in busy.items() if not is_busy]
        return all(any(address.startswith(each.internal_ip) for address in empty) for each in instances)

    return {"drained": drained}


def secret_in_argv(sound):
    def service(self, instance, name):
        made = sound.service(self, instance, name)
        password = instance.node_group.cluster.cluster_configs.get("service:Sound", {}).get("Password")
        return evolve(made, argv=(*made.argv, password.reveal())) if password else made

    return {"service": service}


def secret_in_a_readable_file(sound):
    def install(self, instance):
        password = instance.node_group.cluster.cluster_configs.get("service:Sound", {}).get("Password")
        sound.install(self, instance)
        if password:
            instance.remote.put({f"{instance.remote.layout.conf}/open": File(password.reveal())})

    return {"install": install}


def secret_in_a_log(sound):
    def start_cluster(self, cluster, run):
        password = cluster.cluster_configs.get("service:Sound", {}).get("Password")
        run.log.debug("starting with %s", password.reveal() if password else "nothing")
        sound.start_cluster(self, cluster, run)

    return {"start_cluster": impl(start_cluster)}


def secret_in_an_error(sound):
    def launch(self, instance, service):
        try:
            sound.launch(self, instance, service)
        except RemoteError as error:
            password = instance.node_group.cluster.cluster_configs.get("service:Sound", {}).get("Password")
            raise RemoteError(f"with {password.reveal() if password else 'nothing'}: {error}") from None

    return {"launch": launch}


def secret_in_a_state_of_health(sound):
    def health(self, cluster):
        password, found = cluster.value(PASSWORD), sound.health(self, cluster)
        return Health(found.color, f"{found.reason}, asked with {password.reveal() if password else 'nothing'}")

    return {"health": health}


def secret_in_argv_when_scaling(sound):
    def scale_cluster(self, cluster, instances, run):
        password = cluster.value(PASSWORD)
        run.each(instances, lambda each: each.remote.run("join", password.reveal() if password else ""), step="Join")
        sound.scale_cluster(self, cluster, instances, run)

    return {"scale_cluster": impl(scale_cluster)}


def secret_in_a_log_when_draining(sound):
    def decommission_nodes(self, cluster, instances, run):
        password = cluster.value(PASSWORD)
        run.log.info("draining with %s", password.reveal() if password else "nothing")
        sound.decommission_nodes(self, cluster, instances, run)

    return {"decommission_nodes": impl(decommission_nodes)}


def secret_in_argv_of_a_job(sound):
    class Jobs(ProcessJobEngine):
        job_types = (JobType.SHELL,)

        def command(self, execution, instance, directory):
            password = self.cluster.value(PASSWORD)
            return ("sh", main_path(execution, directory), password.reveal() if password else "")

    return {
        "get_edp_job_types": impl(lambda self: {"2": [str(JobType.SHELL)]}),
        "get_edp_engine": impl(lambda self, cluster, job_type: Jobs(cluster, "chief")),
    }


def of_another_contract(sound):
    return {"SERAI_SPI": "9.0"}


def is_awaited(sound):
    async def start_cluster(self, cluster, run): ...

    return {"start_cluster": impl(start_cluster)}


def exits(sound):
    def validate(self, cluster):
        if not cluster.count_of("hand"):
            raise SystemExit("a hand is wanted")
        sound.validate(self, cluster)

    return {"validate": impl(validate)}


def keeps_errors_to_itself(sound):
    def install(self, instance):
        with suppress(RemoteError):
            sound.install(self, instance)

    return {"install": install}


def keeps_notes_in_groups(sound):
    def install(self, instance):
        sound.install(self, instance)
        instance.node_group.node_configs.setdefault("general", {})["installed"] = True

    return {"install": install}


def prints(sound):
    def install(self, instance):
        sound.install(self, instance)
        print("installed on", instance.instance_name)

    return {"install": install}


def is_root_untold(sound):
    def install(self, instance):
        sound.install(self, instance)
        instance.remote.run("sysctl", "-w", "vm.swappiness=1", root=True)

    return {"install": install}


def writes_beside_its_directory(sound):
    def install(self, instance):
        sound.install(self, instance)
        instance.remote.put({"/etc/sound.conf": "mode"})

    return {"install": install}


def takes_a_mark_for_a_drain(sound):
    def decommission_nodes(self, cluster, instances, run):
        if instances[0].remote.put({f"{instances[0].remote.layout.data}/leaving": ""}):
            sound.decommission_nodes(self, cluster, instances, run)
        for instance in instances:
            instance.remote.services.stop("hand")

    return {"decommission_nodes": impl(decommission_nodes)}


def takes_others_for_a_drain(sound):
    def decommission_nodes(self, cluster, instances, run):
        if not cluster.extra.get("drained"):
            sound.decommission_nodes(self, cluster, instances, run)
        cluster.extra["drained"] = True

    return {"decommission_nodes": impl(decommission_nodes)}


BREAKS = [
    (misspelt, "hooks"),
    (of_another_contract, "hooks"),
    (is_awaited, "hooks"),
    (versions_twice, "versions"),
    (crashes_on_unknown_version, "unknown-version"),
    (labels_a_version_it_has_not, "labels"),
    (declares_jobs_without_an_engine, "jobs"),
    (with_config(description=""), "configs"),
    (with_config(name="Port"), "configs"),
    (a_process_without_a_name, "processes"),
    (with_config(default_value=7), "config-defaults"),
    (with_config(config_values=["a"]), "config-choices"),
    (with_config(config_type="integer", minimum=3, maximum=2), "config-bounds"),
    (with_config(applicable_target="service:Other"), "config-targets"),
    (with_config(update_processes=["foot"]), "config-targets"),
    (with_config(update_policy="live"), "config-changes"),
    (recommends_too_much, "recommendations"),
    (recommends_what_is_left, "recommendations"),
    (validate_crashes_without_groups_of_hands, "validate-refuses"),
    (exits, "validate-refuses"),
    (validate_by_chance, "validate-deterministic"),
    (validate_by_the_first_group, "validate-order"),
    (validate_looks_at_the_first_group_of_hands, "validate-order"),
    (validate_keeps_something, "validate-untouched"),
    (refuses_everything, "examples"),
    (wants_an_even_number, "validate-monotone"),
    (refuses_to_stay_as_it_is, "validate-scaling"),
    (cannot_be_safe, "provisions"),
    (tells_default_ports, "ports"),
    (tells_default_ports_and_has_many_configs, "ports"),
    (starts_the_first_of_each_group, "alike"),
    (publishes_an_object, "info"),
    (restarts_always, "converges"),
    (restarts_scribes, "converges"),
    (tells_when_it_wrote, "converges"),
    (writes_the_rest_only_the_first_time, "resumes"),
    (keeps_errors_to_itself, "failures-told"),
    (keeps_notes_in_groups, "cluster-untouched"),
    (prints, "prints-nothing"),
    (is_root_untold, "root-told"),
    (writes_beside_its_directory, "files-in-place"),
    (is_always_green, "health"),
    (looks_at_hands_alone, "health"),
    (looks_past_scribes, "health"),
    (leaves_the_chief, "terminates"),
    (leaves_scribes, "terminates"),
    (starts_new_ones_elsewhere, "scales"),
    (installs_nothing_on_new_ones, "scales"),
    (restarts_the_chief_when_scaling, "scaling-undisturbing"),
    (signals_everybody, "drains"),
    (writes_who_ever_came, "scaling-restores"),
    (writes_who_left, "scaling-restores"),
    (signals_hands_that_have_ended, "scaling-resumes"),
    (waits_for_prefixes, "drains"),
    (asks_nobody, "drain-asks"),
    (takes_silence_for_yes, "drain-unanswered"),
    (takes_a_mark_for_a_drain, "drain-anew"),
    (takes_others_for_a_drain, "drain-anew"),
    (takes_garbage_for_yes, "drain-garbage"),
    (compares_prefixes, "drain-waits"),
    (secret_in_argv, "secrets"),
    (secret_in_a_readable_file, "secrets"),
    (secret_in_a_log, "secrets"),
    (secret_in_an_error, "secrets"),
    (secret_in_a_state_of_health, "secrets"),
    (secret_in_argv_when_scaling, "secrets"),
    (secret_in_a_log_when_draining, "secrets"),
    (secret_in_argv_of_a_job, "secrets"),
]


@pytest.mark.slow
def test_the_sound_plugin_passes_every_check(sound, testing):
    """But for that of jobs, which it has none of."""
    report = run_checks(sound(), name="sound", testing=testing, examples=6)
    assert report.is_clean, report
    assert [each.check.name for each in report.results if each.outcome is not Outcome.PASSED] == ["jobs"]


@pytest.mark.slow
def test_a_process_that_the_simplest_cluster_has_not_is_looked_at_and_found_sound(sound, testing):
    """In a cluster that has it."""
    report = run_checks(type("Scribing", (sound,), with_scribe(sound))(), name="scribing", testing=testing, examples=6)
    assert report.is_clean, report


@pytest.mark.slow
def test_a_topology_that_is_told_and_refused_is_a_finding(sound, testing):
    """Of one that allows several, it is enough that one is accepted."""
    told = evolve(testing, topologies=({"chief": 1, "hand": range(3)}, {"chief": 2, "hand": 1}))
    report = run_checks(sound(), name="sound", testing=told, examples=6)
    assert [each.check.name for each in report.failed] == ["examples"], report
    [problem] = report.failed[0].problems
    assert "{'chief': 2, 'hand': 1}" in problem
    assert "one chief is wanted" in problem


@pytest.mark.slow
@pytest.mark.parametrize(("broken", "check"), BREAKS, ids=[f"{check}-{n}" for n, (_, check) in enumerate(BREAKS)])
def test_a_break_is_found_by_its_check_alone(broken, check, sound, testing):
    """The others pass, or are not run since they need that one."""
    plugin = type("Broken", (sound,), broken(sound))()
    report = run_checks(plugin, name="broken", testing=testing, examples=6)
    assert [each.check.name for each in report.failed] == [check], report


def test_every_check_has_a_plugin_that_it_finds():
    """No check is there that never failed."""
    assert {check for _, check in BREAKS} == set(CHECKS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "value"),
    [("level", logging.ERROR), ("propagate", False), ("disabled", True)],
    ids=["level", "propagate", "disabled"],
)
def test_a_secret_in_a_log_is_heard_whatever_is_set_of_loggers(setting, value, sound, testing, monkeypatch):
    """Who runs the plugin may set others: the command that runs the suite keeps its records to itself."""
    monkeypatch.setattr(logging.getLogger("serai"), setting, value)
    plugin = type("Broken", (sound,), secret_in_a_log(sound))()
    report = run_checks(plugin, name="broken", testing=testing, examples=6, only=["secrets"])
    assert [each.check.name for each in report.failed] == ["secrets"], report


def test_listening_for_secrets_leaves_loggers_as_they_were(sound, testing, monkeypatch):
    logger = logging.getLogger("serai")
    monkeypatch.setattr(logger, "propagate", False)
    monkeypatch.setattr(logger, "level", logging.ERROR)
    run_checks(sound(), name="sound", testing=testing, examples=2, only=["secrets"])
    assert (logger.propagate, logger.level) == (False, logging.ERROR)
