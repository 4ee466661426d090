"""What the Dask plugin says of itself, and the command lines and files it makes."""

import json
from collections.abc import Callable

from serai.builtin_plugins.dask.installation import dask_config, dask_environment
from serai.builtin_plugins.dask.plugin import DASK
from serai.builtin_plugins.dask.settings import ClusterSettings
from serai.builtin_plugins.dask.versions import VERSIONS, dask_artifact
from serai.hookspec.artifacts import PyPI
from serai.hookspec.gate import faults
from serai.hookspec.objects import Cluster
from serai.hookspec.remote import Layout
from serai.hookspec.semantics import Role


def test_the_plugin_keeps_the_contract() -> None:
    """No fault at the gate that every plugin passes."""
    assert faults(DASK, Role.PROVISIONING) == []


def test_every_config_belongs_to_the_service_and_explains_itself() -> None:
    """A user sees nothing but these words."""
    configs = DASK.get_configs()
    assert {config.applicable_target for config in configs} == {"service:Dask"}
    assert all(config.description.endswith(".") and len(config.description) > 30 for config in configs)
    assert len({config.key for config in configs}) == len(configs)


def test_every_default_is_a_valid_value() -> None:
    """A cluster without any config is valid."""
    with_default = [config for config in DASK.get_configs() if config.default_value is not None]
    assert [config.problem_with(config.default_value) for config in with_default] == [""] * len(with_default)
    assert with_default


def test_ports_are_the_configured_ones(cluster: Callable[..., Cluster]) -> None:
    """Of each process in the group, and of no other."""
    made = cluster({"Scheduler port": 1, "Worker port": 2}, s=(["scheduler"], 1), w=(["worker"], 1), other=([], 1))
    assert [DASK.get_open_ports(group) for group in made.node_groups] == [[1, 8787], [2, 8789], []]


def test_job_types_are_told_for_the_versions_asked_about() -> None:
    """All when none is named."""
    assert DASK.get_edp_job_types([]) == {version: ["Shell"] for version in VERSIONS}
    assert DASK.get_edp_job_types([VERSIONS[1], "0.1"]) == {VERSIONS[1]: ["Shell"]}


def test_only_shell_jobs_have_an_engine(cluster: Callable[..., Cluster]) -> None:
    """For other types the next plugin is asked."""
    made = cluster(s=(["scheduler"], 1), w=(["worker"], 1))
    assert DASK.get_edp_engine(made, "Shell") is not None
    assert (DASK.get_edp_engine(made, "Spark"), DASK.get_edp_config_hints("Spark")) == (None, None)


def test_both_halves_of_a_release_are_pinned() -> None:
    """dask and distributed work only as a pair."""
    assert dask_artifact("1.2.3").sources == (PyPI(("distributed==1.2.3", "dask==1.2.3")),)


def test_the_configuration_is_one_dask_can_read(cluster: Callable[..., Cluster]) -> None:
    """JSON is YAML; the API by which workers are listed and retired is switched on."""
    settings = ClusterSettings.of(cluster({"Worker TTL": 7}, s=(["scheduler"], 1)))
    config = json.loads(json.dumps(dask_config(settings, Layout("/p"))))
    scheduler = config["distributed"]["scheduler"]
    assert (config["temporary-directory"], scheduler["worker-ttl"]) == ("/p/data/dask", "7s")
    assert "distributed.http.scheduler.api" in scheduler["http"]["routes"]


def test_dask_reads_its_configuration_from_the_instance_alone() -> None:
    """And writes none into the home directory."""
    environment = dask_environment("/d", Layout("/p"))
    assert (environment["PYTHONPATH"], environment["DASK_CONFIG"]) == ("/d", "/p/conf/dask")
