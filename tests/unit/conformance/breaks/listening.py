"""What authors get wrong: listening."""

from unit.conformance.breaks.parts import impl

from serai.hookspec.configs import Config


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


BREAKS = [
    (tells_default_ports, "ports"),
    (tells_default_ports_and_has_many_configs, "ports"),
    (starts_the_first_of_each_group, "alike"),
]
"""Each with the check that finds it."""
