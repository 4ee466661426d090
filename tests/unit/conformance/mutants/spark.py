"""The Spark plugin with one fault at a time. A function is replaced in the module that calls it."""

import json
import time

from attrs import evolve
from unit.conformance.mutants.seeding import mutant

from serai.builtin_plugins.leader_workers import shape
from serai.builtin_plugins.spark import (
    configuration,
    daemons,
    decommissioning,
    installation,
    layout,
    lifecycle,
    master,
    plugin,
    settings,
    sizing,
    topology,
    validation,
    values,
)
from serai.builtin_plugins.spark.settings import MASTER, WORKER
from serai.hookspec.health import Health, HealthCheck
from serai.hookspec.places import group_path

SERVICE = daemons.SERVICE_NAMES[WORKER]

# What it declares, accepts and recommends


@mutant("config-targets")
def former_name_of_a_process(patch):
    """A plan says that new memory of workers restarts nothing, since the config still names the process slave."""
    memory = evolve(settings.WORKER_MEMORY, update_processes=("slave",))
    configs = [memory if config is settings.WORKER_MEMORY else config for config in settings.CONFIGS]
    patch.setattr(plugin, "CONFIGS", configs)


@mutant("ports")
def default_ports(patch):
    """Firewalls open the default ports, and nobody reaches a cluster that was given others."""
    ports = {
        MASTER: (settings.MASTER_PORT, settings.MASTER_UI_PORT),
        WORKER: (settings.WORKER_PORT, settings.WORKER_UI_PORT),
    }

    def open_ports(node_group):
        return [port.default_value for process in node_group.node_processes for port in ports[process]]

    patch.setattr(plugin, "open_ports", open_ports)


@mutant("alike")
def two_masters(patch):
    """A cluster with two masters is accepted, and the second one is never started."""

    def leader_problems(cluster, roles, *, path):
        return () if cluster.count_of(MASTER) else shape.leader_problems(cluster, roles, path=path)

    patch.setattr(validation, "leader_problems", leader_problems)


@mutant("validate-refuses")
def first_of_no_masters(patch):
    """Who forgets the master gets a traceback, and not what is missing."""

    def _masters_path(cluster):
        return f"{group_path(next(iter(cluster.groups_with(MASTER))))}.count"

    patch.setattr(validation, "_masters_path", _masters_path)


@mutant("validate-order")
def first_group_of_workers(patch):
    """A cluster is refused for want of workers where a node group without instances is written first."""

    def worker_problems(cluster, roles, counts):
        first = [group.name for group in cluster.groups_with(WORKER)][:1]
        counted = {name: count if name in first else 0 for name, count in counts.items()}
        return shape.worker_problems(cluster, roles, counted)

    patch.setattr(validation, "worker_problems", worker_problems)


@mutant("examples")
def whole_machine(patch):
    """All memory of a machine is recommended to its worker; the plugin's own rules refuse every cluster for it."""
    patch.setattr(sizing, "worker_memory", lambda memory_mb, tenants: memory_mb)


@mutant("recommendations")
def less_than_nothing(patch):
    """Small machines are recommended what the daemons leave of their memory, though that is below zero."""

    def worker_memory(memory_mb, tenants):
        left = memory_mb - sizing.system_reserve(memory_mb) - tenants.daemons - tenants.given
        return left // tenants.sharing if tenants.sharing else None

    patch.setattr(sizing, "worker_memory", worker_memory)


# Making a cluster, looking at it, ending it


@mutant("converges")
def time_of_writing(patch):
    """A configuration that is as it should be is written anew each time, as it tells when it was written."""
    original = configuration.properties_file

    def properties_file(*given):
        content = original(*given)
        return f"# Written at {time.ctime()}\n{content}" if isinstance(content, str) else content

    patch.setattr(configuration, "properties_file", properties_file)


@mutant("resumes")
def installed_by_its_properties(patch):
    """An engine that dies after its first write leaves a machine that never gets Spark: its properties are there."""

    def install(instance, run):
        cluster = instance.node_group.cluster
        where, url = layout.spark_paths(instance).properties, topology.master_url(cluster)
        content = configuration.properties_file(values.cluster_values(cluster), url, instance.internal_ip)
        if instance.remote.put({where: content}):
            installation.install(instance, run)

    patch.setattr(lifecycle, "install", install)


@mutant("health")
def nobody_waits(patch):
    """A cluster is Active before its master has any worker, and the first jobs fail."""
    patch.setattr(lifecycle, "wait_for_workers", lambda cluster, expected, run, *, alone: None)


@mutant("health")
def supervisors_of_workers(patch):
    """A cluster without its master stays green, as only processes of workers are looked at."""

    def look(instance):
        found = instance.remote.services.status(SERVICE)[SERVICE]
        return Health("green" if found.is_running else "red", f"process {found.pid}")

    def health_checks(cluster):
        workers = cluster.instances_with(WORKER)
        return [HealthCheck(each.instance_name, lambda each=each: look(each)) for each in workers]

    patch.setattr(plugin, "health_checks", health_checks)


@mutant("terminates")
def master_or_worker(patch):
    """Where a master and a worker share a machine, the worker outlives its cluster."""

    def _stop(instance):
        process = MASTER if MASTER in instance.node_group.node_processes else WORKER
        instance.remote.services.stop(daemons.SERVICE_NAMES[process])

    patch.setattr(lifecycle, "_stop", _stop)


# Scaling it


@mutant("scaling-undisturbing")
def stop_all(patch):
    """One more worker ends every application: all is stopped and started again, as by Sahara's plugin."""

    def scale(cluster, instances, run):
        lifecycle.configure(instances, run)
        lifecycle.terminate(cluster, run)
        lifecycle.start(cluster, run)

    patch.setattr(lifecycle, "scale", scale)


@mutant("scales")
def new_ones_not_configured(patch):
    """Clusters cannot grow: on new machines a worker is started that was never installed."""

    def scale(cluster, instances, run):
        new = topology.workers_by_address(instances)
        lifecycle.start_workers(list(new.values()), run)
        lifecycle.wait_for_workers(cluster, new, run, alone=False)

    patch.setattr(lifecycle, "scale", scale)


@mutant("drain-asks")
def stopped_at_once(patch):
    """Machines go with all their executors computed and did not hand over: their workers are stopped, and no more."""

    def decommission(cluster, instances, run):
        workers = list(topology.workers_by_address(instances).values())
        run.each(workers, lambda each: each.remote.services.stop(SERVICE), step="Stop Spark workers")

    patch.setattr(plugin, "decommission", decommission)


@mutant("drain-garbage")
def report_without_workers(patch):
    """Sahara's first bug: a report in another form lists nobody who is busy, so machines go with what they hold."""

    def is_drained(cluster, instance):
        report = json.loads(instance.remote.http(f"{topology.master_ui_url(cluster)}/json/"))
        own = [each for each in report.get("workers", ()) if each["host"] == instance.internal_ip]
        busy = [each for each in own if each["state"] != "DECOMMISSIONED" or master.ask_worker(instance).executors]
        return not busy

    def _drain(cluster, instance, run):
        instance.remote.services.signal(SERVICE, "PWR")
        run.wait_until(lambda: is_drained(cluster, instance), what="the worker to be drained", timeout=3600)
        instance.remote.services.stop(SERVICE)

    patch.setattr(decommissioning, "_drain", _drain)


@mutant("drains")
def beginning_of_an_address(patch):
    """Sahara's second bug: to remove 10.0.0.1 it waits for 10.0.0.10 as well, which stays, until time is over."""

    def on_host(self, host):
        return tuple(worker for worker in self.workers if worker.address.host.startswith(host))

    patch.setattr(master.MasterState, "on_host", on_host)


@mutant("drain-waits")
def any_for_all(patch):
    """Of two machines that leave, the second goes with what it holds once the first is empty."""

    def decommission(cluster, instances, run):
        leaving = list(topology.workers_by_address(instances).values())
        run.each(leaving, lambda each: each.remote.services.signal(SERVICE, "PWR"), step="Signal Spark workers")
        drained = decommissioning.is_drained
        run.wait_until(lambda: any(drained(cluster, each) for each in leaving), what="the drain", timeout=3600)
        run.each(leaving, lambda each: each.remote.services.stop(SERVICE), step="Stop Spark workers")

    patch.setattr(plugin, "decommission", decommission)


@mutant("drains")
def everybody_leaves(patch):
    """To remove one machine all workers are told to leave, and applications are left without any."""

    def decommission(cluster, instances, run):
        workers = cluster.instances_with(WORKER)
        run.each(workers, lambda each: each.remote.services.signal(SERVICE, "PWR"), step="Signal Spark workers")
        decommissioning.decommission(cluster, instances, run)

    patch.setattr(plugin, "decommission", decommission)


@mutant("")
def forgotten_by_the_master(patch):
    """A master that was restarted and lists no workers yet makes a machine go with what it holds."""

    def is_drained(cluster, instance):
        state = master.ask_master(cluster)
        listed = state.on_host(instance.internal_ip)
        return all(
            decommissioning._is_idle(worker, instance, state) for worker in listed if worker.state != master.DEAD
        )

    patch.setattr(decommissioning, "is_drained", is_drained)


# What must not be seen


@mutant("secrets")
def readable_properties(patch):
    """Every login of a machine can read the cluster's secret in spark-defaults.conf."""
    original = configuration.properties_file

    def properties_file(values, *rest):
        return original(evolve(values, has_secrets=False), *rest)

    patch.setattr(configuration, "properties_file", properties_file)


MUTANTS = (
    former_name_of_a_process,
    default_ports,
    two_masters,
    first_of_no_masters,
    first_group_of_workers,
    whole_machine,
    less_than_nothing,
    time_of_writing,
    installed_by_its_properties,
    nobody_waits,
    supervisors_of_workers,
    master_or_worker,
    stop_all,
    new_ones_not_configured,
    stopped_at_once,
    report_without_workers,
    beginning_of_an_address,
    any_for_all,
    everybody_leaves,
    forgotten_by_the_master,
    readable_properties,
)
