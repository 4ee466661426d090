"""What authors get wrong: draining."""

from contextlib import suppress

from unit.conformance.breaks.parts import impl

from serai.hookspec.errors import RemoteError, ServiceFailed


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
    (asks_nobody, "drain-asks"),
    (takes_silence_for_yes, "drain-unanswered"),
    (takes_a_mark_for_a_drain, "drain-anew"),
    (takes_others_for_a_drain, "drain-anew"),
    (takes_garbage_for_yes, "drain-garbage"),
    (compares_prefixes, "drain-waits"),
]
"""Each with the check that finds it."""
