"""The built-in plugins pass the suite that is for everybody's."""

import pytest

from serai.builtin_plugins.dask.plugin import DASK
from serai.builtin_plugins.hadoop.plugin import HADOOP
from serai.builtin_plugins.spark.plugin import SPARK
from serai.contrib.jupyter.plugin import JUPYTER_PLUGIN
from serai.contrib.prometheus.plugin import PROMETHEUS_PLUGIN
from serai.hookspec.testing.conformance import Conformance

pytestmark = pytest.mark.slow


class TestDask(Conformance):
    """One scheduler, and workers."""

    plugin = {"dask": DASK}  # noqa: RUF012 - it is not changed
    examples = 8


class TestSpark(Conformance):
    """One master, and workers."""

    plugin = {"spark": SPARK}  # noqa: RUF012 - it is not changed
    examples = 8


class TestHadoop(Conformance):
    """Masters and workers, files or computing alone, and two NameNodes with all that they need."""

    plugin = {"hadoop": HADOOP}  # noqa: RUF012 - it is not changed
    examples = 8


class TestSparkWatched(Conformance):
    """With both auxiliaries that come with Serai."""

    plugin = {  # noqa: RUF012 - it is not changed
        "spark": SPARK,
        "prometheus": PROMETHEUS_PLUGIN,
        "jupyter": JUPYTER_PLUGIN,
    }
    examples = 5
