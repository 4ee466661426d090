"""What authors get wrong: declaration."""

from unit.conformance.breaks.parts import impl

from serai.hookspec.edp import JobType


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


def of_another_contract(sound):
    return {"SERAI_SPI": "9.0"}


def is_awaited(sound):
    async def start_cluster(self, cluster, run): ...

    return {"start_cluster": impl(start_cluster)}


BREAKS = [
    (misspelt, "hooks"),
    (of_another_contract, "hooks"),
    (is_awaited, "hooks"),
    (versions_twice, "versions"),
    (crashes_on_unknown_version, "unknown-version"),
    (labels_a_version_it_has_not, "labels"),
    (declares_jobs_without_an_engine, "jobs"),
]
"""Each with the check that finds it."""
