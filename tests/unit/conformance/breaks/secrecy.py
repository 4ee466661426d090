"""What authors get wrong: secrecy."""

from attrs import evolve
from unit.conformance.breaks.parts import PASSWORD, impl

from serai.hookspec.edp import JobType
from serai.hookspec.errors import RemoteError
from serai.hookspec.health import Health
from serai.hookspec.job_files import main_path
from serai.hookspec.process_jobs import ProcessJobEngine
from serai.hookspec.remote import File


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


BREAKS = [
    (secret_in_argv, "secrets"),
    (secret_in_a_readable_file, "secrets"),
    (secret_in_a_log, "secrets"),
    (secret_in_an_error, "secrets"),
    (secret_in_a_state_of_health, "secrets"),
    (secret_in_argv_when_scaling, "secrets"),
    (secret_in_a_log_when_draining, "secrets"),
    (secret_in_argv_of_a_job, "secrets"),
]
"""Each with the check that finds it."""
