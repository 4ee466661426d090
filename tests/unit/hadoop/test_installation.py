"""Hadoop on one instance, before anything of it runs."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from serai.builtin_plugins.hadoop.installation import install
from serai.engine.remote.pool import connect
from serai.hookspec.errors import SeraiError
from serai.hookspec.objects import Cluster
from serai.hookspec.remote import LocalEndpoint


class NothingDelivered(Exception):
    """What is delivered is asked for."""


class Run:
    """Delivers nothing."""

    def artifact(self, *_: Any) -> str:
        raise NothingDelivered


@pytest.mark.parametrize("name", ["my disk", "a,b", "c++", "a:b", "100%", "x=y", "$HOME", "it's"])
def test_a_directory_that_hadoop_cannot_work_in_is_told_before_it_is_touched(
    placed: Callable[..., Cluster], tmp_path: Path, name: str
) -> None:
    """A NameNode would end, or each job: none of them would say why."""
    instance = placed().instances[0]
    with closing(connect(LocalEndpoint(instance.instance_name, str(tmp_path / name)))) as remote:
        instance.bind(remote)
        with pytest.raises(SeraiError, match="Hadoop cannot work in") as refused:
            install(instance, Run())
    assert (refused.value.code, refused.value.place) == ("HADOOP_UNFIT_DIRECTORY", instance.instance_name)
    assert not (tmp_path / name / "dist").exists()


@pytest.mark.parametrize("name", ["plain", "jörg@host", "~a-b_c.d"])
def test_other_names_are_as_good_as_any(placed: Callable[..., Cluster], tmp_path: Path, name: str) -> None:
    """Such as those of people."""
    instance = placed().instances[0]
    with closing(connect(LocalEndpoint(instance.instance_name, str(tmp_path / name)))) as remote:
        instance.bind(remote)
        with pytest.raises(NothingDelivered):
            install(instance, Run())
