"""What the Dask plugin says of itself, and the command lines and files it makes."""

import json
import platform
from collections.abc import Callable

import pytest

from serai.builtin_plugins.dask.installation import check_python, dask_config, dask_environment, feature_release
from serai.builtin_plugins.dask.plugin import DASK
from serai.builtin_plugins.dask.settings import ClusterSettings
from serai.builtin_plugins.dask.versions import VERSIONS, dask_artifact
from serai.engine.plugins.gate import faults
from serai.hookspec.artifacts import PyPI
from serai.hookspec.errors import SeraiError
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster
from serai.hookspec.remote import Layout
from serai.hookspec.semantics import Role

HERE = Facts(python="/usr/bin/python3", python_version=platform.python_version(), architecture=platform.machine())


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


def test_a_fitting_python_is_accepted() -> None:
    """The engine's own feature release and architecture."""
    check_python("w-1", HERE)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (Facts(python="", python_version=""), "PYTHON_MISSING"),
        (Facts(python="/usr/bin/python3", python_version="?"), "PYTHON_MISSING"),
        (Facts(python="/usr/bin/python3", python_version="3.4.1"), "PYTHON_MISMATCH"),
        (Facts(python="/p", python_version=platform.python_version(), architecture="pdp11"), "PYTHON_MISMATCH"),
    ],
)
def test_a_python_that_does_not_fit_is_refused_by_name(facts: Facts, code: str) -> None:
    """Before anything is installed, with the host and what to do."""
    with pytest.raises(SeraiError) as caught:
        check_python("w-1", facts)
    assert (caught.value.code, caught.value.place, bool(caught.value.hint)) == (code, "w-1", True)


@pytest.mark.parametrize(
    ("version", "release"),
    [("3.11.7", "3.11"), ("3.14.0rc1", "3.14"), ("3.9", "3.9"), ("3", ""), ("", ""), ("a.b", "")],
)
def test_feature_release_of_a_version(version: str, release: str) -> None:
    """Major and minor, or nothing."""
    assert feature_release(version) == release
