"""Which rack an instance stands in, told to HDFS and YARN, so that replicas of a block are not all in one.

Hadoop reads a table of racks once, when a process starts (``TableMapping``): a node added later would count as one of
the default rack until NameNode and ResourceManager are restarted. It asks a program, though, for every node that it
does not know yet (``ScriptBasedMapping``): one that looks into the table of that moment.
"""

import re
from collections.abc import Iterable
from typing import Final

from serai.builtin_plugins.hadoop.layout import hadoop_paths
from serai.hookspec.objects import Instance
from serai.hookspec.remote import File

UNKNOWN: Final = "/default-rack"
"""Hadoop's own name for the rack of machines that stand nobody knows where."""

_LOOK_UP: Final = """#!/bin/sh
# Prints the rack of each address given; the table beside this file has one address and its rack in each line.
for wanted in "$@"; do
    found=/default-rack
    while read -r address rack; do
        if [ "$address" = "$wanted" ]; then found=$rack; fi
    done < "${0%/*}/topology.table"
    printf '%s\\n' "$found"
done
"""
_ODD: Final = re.compile(r"[^\w.-]+", re.ASCII)


def rack_of(instance: Instance) -> str:
    """The rack of an instance as Hadoop takes it: all racks on one level."""
    return f"/{_ODD.sub('-', instance.rack)}" if instance.rack else UNKNOWN


def rack_files(instance: Instance, instances: Iterable[Instance]) -> dict[str, str | File]:
    """The table and the program that looks things up in it, by path; none where no rack is known.

    Args:
        instance: where the files are to be.
        instances: those of the cluster.
    """
    known = [each for each in instances if each.rack]
    if not known:
        return {}
    paths = hadoop_paths(instance)
    table = "".join(f"{each.internal_ip} {rack_of(each)}\n" for each in known)
    return {paths.racks: table, _program(instance): File(_LOOK_UP, mode=0o755)}


def rack_properties(instance: Instance, instances: Iterable[Instance]) -> dict[str, str]:
    """The properties of core-site.xml that have the racks looked up; arguments are those of :func:`rack_files`."""
    if not any(each.rack for each in instances):
        return {}
    return {"net.topology.script.file.name": _program(instance)}


def _program(instance: Instance) -> str:
    return f"{hadoop_paths(instance).conf}/topology.sh"
