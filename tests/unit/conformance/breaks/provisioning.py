"""What authors get wrong: provisioning."""

import time

from unit.conformance.breaks.parts import impl, with_scribe

from serai.hookspec.errors import RemoteError
from serai.hookspec.health import Health


def cannot_be_safe(sound):
    def start_cluster(self, cluster, run):
        if cluster.cluster_configs.get("service:Sound", {}).get("Mode") == "safe":
            raise RemoteError("mode safe is not there yet")
        sound.start_cluster(self, cluster, run)

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


BREAKS = [
    (cannot_be_safe, "provisions"),
    (publishes_an_object, "info"),
    (restarts_always, "converges"),
    (restarts_scribes, "converges"),
    (tells_when_it_wrote, "converges"),
    (writes_the_rest_only_the_first_time, "resumes"),
    (is_always_green, "health"),
    (looks_at_hands_alone, "health"),
    (looks_past_scribes, "health"),
    (leaves_the_chief, "terminates"),
    (leaves_scribes, "terminates"),
]
"""Each with the check that finds it."""
