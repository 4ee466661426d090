"""The Hadoop plugin with one fault at a time. A function is replaced in the module that calls it."""

import json
import re

from attrs import evolve
from unit.conformance.mutants.seeding import mutant

from serai.builtin_plugins.hadoop import (
    checks,
    components,
    configs,
    daemons,
    decommissioning,
    formatting,
    high_availability,
    hosts_files,
    installation,
    lifecycle,
    listening,
    namenode,
    plugin,
    processes,
    sites,
    sizing,
    starting,
    values,
)
from serai.builtin_plugins.hadoop.layout import hadoop_paths

# What it declares, accepts and recommends


@mutant("config-targets")
def service_in_other_letters(patch):
    """Ports of ZooKeeper cannot be set: their configs are for a service Zookeeper, which no process belongs to."""

    def get_configs(version):
        found = configs.configs(version)
        return tuple(
            evolve(each, applicable_target="service:Zookeeper")
            if each.applicable_target == "service:ZooKeeper"
            else each
            for each in found
        )

    patch.setattr(plugin, "configs", get_configs)


@mutant("ports")
def default_ports(patch):
    """Firewalls open Hadoop's default ports, and nobody reaches a cluster that was given others."""

    def open_ports(node_group):
        known = listening.LISTENING.values()
        zookeeper = [2181, 2888, 3888, 8080] if processes.ZOOKEEPER_SERVER in node_group.node_processes else []
        return [each.port for each in known if each.process in node_group.node_processes] + zookeeper

    patch.setattr(plugin, "open_ports", open_ports)


@mutant("validate-refuses")
def first_of_no_datanodes(patch):
    """Who forgets the datanodes gets a traceback, and not what is missing."""
    original = components.count_path

    def count_path(cluster, process):
        if process == processes.DATANODE:
            return f"node_groups[{cluster.node_groups.index(next(iter(cluster.groups_with(process))))}].count"
        return original(cluster, process)

    patch.setattr(components, "count_path", count_path)


@mutant("provisions")
def two_namenodes(patch):
    """A cluster with two namenodes that share nothing is accepted, and the second one ends as it has no image."""
    original = components._namenode_problems
    patch.setattr(
        components,
        "_namenode_problems",
        lambda cluster: () if cluster.count_of(processes.NAMENODE) else original(cluster),
    )


@mutant("examples")
def whole_machine(patch):
    """All memory of a machine is recommended for containers; the plugin's own rules refuse every cluster for it."""
    patch.setattr(sizing, "daemon_memory", lambda machine: 0)
    patch.setattr(sizing.formulas, "usable_memory", lambda memory_mb: memory_mb)


# Making a cluster, looking at it, ending it


@mutant("provisions")
def journals_last(patch):
    """No cluster with two NameNodes gets up: HDFS is formatted before the JournalNodes run that it is formatted on."""
    original = high_availability.start_processes

    def start_processes(instances, wanted, run, *, step):
        if processes.JOURNALNODE not in wanted:
            original(instances, wanted, run, step=step)

    patch.setattr(high_availability, "start_processes", start_processes)
    patch.setattr(lifecycle, "_FIRST", (processes.JOURNALNODE, *lifecycle._FIRST))


@mutant("converges")
def formatted_again(patch):
    """All files are lost when a creation is retried: HDFS is formatted again each time."""

    def format_once(cluster, instance, run):
        run.each([instance], lambda each: formatting._format(each, again=True), step="Format HDFS")

    patch.setattr(lifecycle, "format_once", format_once)


@mutant("resumes")
def installed_by_its_marker(patch):
    """An engine that dies after the first file leaves a machine half installed: it takes the file for all of it."""

    def install(instance, run):
        marker = f"{hadoop_paths(instance).root}/installed"
        if instance.remote.put({marker: instance.node_group.cluster.hadoop_version}):
            installation.install(instance, run)

    patch.setattr(lifecycle, "install", install)


@mutant("health")
def nobody_waits(patch):
    """A cluster is Active before HDFS has any DataNode, and the first jobs fail."""
    patch.setattr(lifecycle, "wait_for_hadoop", lambda cluster, run: None)


@mutant("health")
def masters_alone(patch):
    """A cluster without a single DataNode stays green, as masters are asked for themselves alone."""

    def health_checks(cluster):
        asked = ("HDFS NameNode", "YARN ResourceManager")
        return [each for each in checks.health_checks(cluster) if each.name in asked]

    patch.setattr(plugin, "health_checks", health_checks)


@mutant("terminates")
def zookeeper_goes_on(patch):
    """ZooKeeper outlives its cluster: what is stopped was listed before there was high availability."""
    kept = {name: each for name, each in daemons.DAEMONS.items() if name != processes.ZOOKEEPER_SERVER}
    patch.setattr(lifecycle, "DAEMONS", kept)


# Scaling it


@mutant("scales")
def lists_not_read(patch):
    """Clusters cannot grow: new nodes are in the lists of members, and nobody has the masters read them again."""
    patch.setattr(hosts_files, "_refresh", lambda instance, masters, grace: None)


@mutant("scaling-undisturbing")
def all_datanodes_restarted(patch):
    """One more node breaks off every write: all DataNodes are restarted, so that they have the new configuration."""

    def scale(cluster, instances, run):
        lifecycle.install_on(cluster.instances, run)
        hosts_files.announce(cluster, hosts_files.Members(cluster.instances), run)
        for instance in cluster.instances_with(processes.DATANODE):
            instance.remote.services.restart(daemons.daemon_service(instance, processes.DATANODE))
        starting.start_processes(instances, (processes.DATANODE, processes.NODEMANAGER), run, step="Start")
        lifecycle.wait_for_hadoop(cluster, run)

    patch.setattr(lifecycle, "scale", scale)


@mutant("scaling-restores")
def left_in_the_lists(patch):
    """Who has left stays in the lists, and a new machine with that address is told to leave at once."""
    original = decommissioning.announce

    def announce(cluster, members, run, **rest):
        if members.leaving:
            original(cluster, members, run, **rest)

    patch.setattr(decommissioning, "announce", announce)


@mutant("scaling-resumes")
def read_when_written(patch):
    """After a crash between two calls nobody leaves any more: lists that stand there already are not read again."""

    def announce(cluster, members, run, *, grace=0, masters=hosts_files.MASTERS):
        told = hosts_files.with_any(cluster.instances, masters)
        for instance in told:
            if instance.remote.put(hosts_files.hosts_files(instance, members)):
                hosts_files._refresh(instance, masters, grace)

    patch.setattr(decommissioning, "announce", announce)
    patch.setattr(lifecycle, "announce", announce)


@mutant("")
def one_of_two_namenodes_told(patch):
    """After a failover those that left count again, and those that came do not: the active NameNode alone was told."""
    original = hosts_files._refresh

    def _refresh(instance, masters, grace):
        namenodes = instance.node_group.cluster.instances_with(processes.NAMENODE)
        if instance not in namenodes or instance is namenodes[0]:
            original(instance, masters, grace)

    patch.setattr(hosts_files, "_refresh", _refresh)


@mutant("drain-waits")
def report_without_nodes(patch):
    """Sahara's first bug: a report with another heading lists nobody, so nodes go while their blocks are copied."""

    def states(cluster):
        instance = cluster.instances_with(processes.NAMENODE)[0]
        told = instance.remote.run(*daemons.hadoop_command(instance, hosts_files._HDFS_ADMIN, "-report")).stdout
        _, _, listed = told.partition("Datanodes available")
        return dict(re.findall(r"^Name: (\S+):\d+ .*?^Decommission Status : (.*?)$", listed, re.M | re.S))

    def _await_blocks(cluster, leaving, run, limit):
        def drained():
            found = states(cluster)
            return all(found.get(each.internal_ip, "Decommissioned") == "Decommissioned" for each in leaving)

        run.wait_until(drained, what="the blocks to be elsewhere", timeout=limit)

    patch.setattr(decommissioning, "_await_blocks", _await_blocks)


@mutant("drains")
def beginning_of_an_address(patch):
    """Sahara's second bug: to remove 10.0.0.1 it waits for 10.0.0.10 as well, which stays, until time is over."""

    def is_drained(state, leaving, unmeetable=0):
        found = [each for each in state.datanodes for own in leaving if each.address.host.startswith(own.host)]
        return bool(found) and all(each.state == namenode.DECOMMISSIONED for each in found)

    patch.setattr(decommissioning, "is_drained", is_drained)


@mutant("drain-waits")
def in_progress_is_done(patch):
    """Nodes go with blocks that are nowhere else: whatever is not in service is taken for decommissioned."""

    def is_drained(state, leaving, unmeetable=0):
        found = [state.find(address) for address in leaving]
        return all(each is not None and each.state != namenode.IN_SERVICE for each in found)

    patch.setattr(decommissioning, "is_drained", is_drained)


@mutant("drain-garbage")
def unreadable_is_drained(patch):
    """Nodes go with blocks that are nowhere else when a proxy answers for the NameNode: it lists nobody as busy."""

    def _await_blocks(cluster, leaving, run, limit):
        def drained():
            instance = cluster.instances_with(processes.NAMENODE)[0]
            url = f"{namenode.namenode_url(instance)}/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo"
            try:
                (bean,) = json.loads(instance.remote.http(url))["beans"]
                live = json.loads(bean["LiveNodes"])
            except (ValueError, KeyError, TypeError):
                live = {}
            busy = [address for address, each in live.items() if each["adminState"] != "Decommissioned"]
            return not [each for each in leaving if f"{each.internal_ip}:9866" in busy]

        run.wait_until(drained, what="the blocks to be elsewhere", timeout=limit)

    patch.setattr(decommissioning, "_await_blocks", _await_blocks)


@mutant("drain-waits")
def containers_not_waited_for(patch):
    """Jobs fail at each scaling down: NodeManagers are stopped with the containers they run."""
    patch.setattr(decommissioning, "await_containers", lambda cluster, leaving, run, limit: None)


@mutant("")
def one_look(patch):
    """A NameNode that has just become active counts no block yet, and nodes go on the strength of that."""

    def drained(self):
        return self._is_proved(*self.look())

    patch.setattr(decommissioning.Watch, "drained", drained)


# What must not be seen


@mutant("secrets")
def readable_sites(patch):
    """Every login of a machine can read the keys of object stores in core-site.xml."""
    patch.setattr(sites, "site_file", lambda site: sites.site_xml(site.values))


@mutant("secrets")
def secret_as_option(patch):
    """Every login of a machine sees the keys of object stores among the arguments of the NameNode."""
    original = daemons._java

    def _java(instance, heap, options=(), before=()):
        own = values.set_properties(instance.node_group)["core"].values
        keys = [f"-D{name}={own[name]}" for name in own if name.endswith((".secret.key", ".password"))]
        return original(instance, heap, (*options, *keys), before)

    patch.setattr(daemons, "_java", _java)


MUTANTS = (
    service_in_other_letters,
    default_ports,
    first_of_no_datanodes,
    two_namenodes,
    whole_machine,
    journals_last,
    formatted_again,
    installed_by_its_marker,
    nobody_waits,
    masters_alone,
    zookeeper_goes_on,
    lists_not_read,
    all_datanodes_restarted,
    left_in_the_lists,
    read_when_written,
    one_of_two_namenodes_told,
    report_without_nodes,
    beginning_of_an_address,
    in_progress_is_done,
    unreadable_is_drained,
    containers_not_waited_for,
    one_look,
    readable_sites,
    secret_as_option,
)
