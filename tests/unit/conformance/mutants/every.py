"""Every mutant there is, with the plugin that it is of."""

from unit.conformance.mutants import spark

from serai.builtin_plugins.spark.plugin import SPARK

MUTANTS = {"spark": (SPARK, spark.MUTANTS)}
"""By the name of the plugin: the plugin, and its mutants."""
