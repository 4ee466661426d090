"""Every mutant there is, with the plugin that it is of."""

from unit.conformance.mutants import hadoop, spark

from serai.builtin_plugins.hadoop.plugin import HADOOP
from serai.builtin_plugins.spark.plugin import SPARK

MUTANTS = {"hadoop": (HADOOP, hadoop.MUTANTS), "spark": (SPARK, spark.MUTANTS)}
"""By the name of the plugin: the plugin, and its mutants."""
