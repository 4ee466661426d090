"""What authors get wrong: scaling."""

from itertools import count

from attrs import evolve
from unit.conformance.breaks.parts import impl

from serai.hookspec.services import Listening


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


BREAKS = [
    (starts_new_ones_elsewhere, "scales"),
    (installs_nothing_on_new_ones, "scales"),
    (restarts_the_chief_when_scaling, "scaling-undisturbing"),
    (signals_everybody, "drains"),
    (writes_who_ever_came, "scaling-restores"),
    (writes_who_left, "scaling-restores"),
    (signals_hands_that_have_ended, "scaling-resumes"),
    (waits_for_prefixes, "drains"),
]
"""Each with the check that finds it."""
