"""The Spark plugin with one fault at a time."""

from unit.conformance.mutants.seeding import mutant

from serai.builtin_plugins.spark import plugin, settings
from serai.builtin_plugins.spark.settings import MASTER, WORKER

# The names that are replaced are those of the modules that use them.


@mutant("ports")
def default_ports(patch):
    """Firewalls open the default ports: a cluster with ports of its own cannot be reached."""

    def open_ports(node_group):
        ports = {MASTER: (settings.MASTER_PORT, settings.MASTER_UI_PORT)}
        ports[WORKER] = (settings.WORKER_PORT, settings.WORKER_UI_PORT)
        return [port.default_value for process in node_group.node_processes for port in ports[process]]

    patch.setattr(plugin, "open_ports", open_ports)


MUTANTS = (default_ports,)
