"""An archive of the classes Spark loads, which every later JVM maps instead of reading 280 jars.

It lies beside the distribution, so that it lives as long as that: where several instances or clusters use one
distribution they share it. A JVM that finds it does not fit its jars or itself goes without, silently. To be sure that
none ever finds half an archive, one is written aside, flushed, tried, and only then put in its place.
"""

import hashlib
from typing import Final

from attrs import frozen

from serai.builtin_plugins.spark.java import InstalledJava
from serai.builtin_plugins.spark.layout import SparkPaths
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Instance
from serai.hookspec.run import Run

LEAST_JAVA: Final = 17
"""Older ones either cannot keep what a program loaded, or are not worth it."""

_TIMEOUT: Final = 480.0
_DONE: Final = ("made", "there")

REHEARSAL: Final = '''\
"""A small job, run once so that the classes it needs can be kept."""

from operator import add

from pyspark.sql import SparkSession

with SparkSession.builder.getOrCreate() as spark:
    words = "the caravan rests the caravan goes on".split()
    pairs = spark.sparkContext.parallelize(words, 2).map(lambda word: (word, 1))
    assert dict(pairs.reduceByKey(add).collect())["caravan"] == 2
'''

_MAKE: Final = r"""
set -u
home=$1 java=$2 submit=$3 job=$4 address=$5
[ -r "$home/spark.jsa" ] && echo there && exit
mkdir -p "$home" && exec 9>"$home/lock" && flock -w 240 9 || exit 1
[ -r "$home/spark.jsa" ] && echo there && exit
[ -e "$home/failed.log" ] && echo failed && exit
work=$home/making
trap 'rm -rf "$work"' EXIT
rm -rf "$work"
mkdir "$work" && : >"$work/none.conf" || exit 1

make() {
    "$java" -Xshare:dump "-XX:SharedArchiveFile=$work/base.jsa" || return
    sync "$work/base.jsa" && mv -f "$work/base.jsa" "$home/base.jsa" || return
    SPARK_SUBMIT_OPTS="\"-XX:SharedArchiveFile=$home/base.jsa\" \"-XX:ArchiveClassesAtExit=$work/spark.jsa\"" \
        rehearse --master 'local-cluster[1,1,512]' "$job" || return
    [ -s "$work/spark.jsa" ] || return
    SPARK_SUBMIT_OPTS="\"-XX:SharedArchiveFile=$home/base.jsa:$work/spark.jsa\" \"-Xlog:class+load:file=loaded\"" \
        rehearse --version || return
    grep -q 'shared objects file (top)' "$work/loaded" || return
    chmod 444 "$work/spark.jsa" && sync "$work/spark.jsa" && mv -f "$work/spark.jsa" "$home/spark.jsa"
}

rehearse() {
    cd "$work" && timeout 180 "$submit" --properties-file "$work/none.conf" --driver-memory 512m \
        --driver-java-options '-XX:+UseSerialGC -XX:TieredStopAtLevel=1' \
        --conf spark.executor.memory=512m --conf spark.driver.host="$address" --conf spark.ui.port=0 "$@"
}

make >"$work/log" 2>&1 9>&-
case $? in
    0) echo made ;;
    124) echo 'not done in time' ;;
    *) mv -f "$work/log" "$home/failed.log" && echo failed ;;
esac
"""


@frozen
class ClassArchives:
    """Where the archives for one distribution and one Java are, whether they exist or not.

    Attributes:
        home: their directory.
    """

    home: str

    @property
    def option(self) -> str:
        """As the JVM takes them: the Java's own classes, and Spark's on top."""
        return f"{self.home}/base.jsa:{self.home}/spark.jsa"

    @property
    def failure(self) -> str:
        """What a rehearsal that failed wrote. While it is there no other is tried."""
        return f"{self.home}/failed.log"


def class_archives(distribution: str, java: InstalledJava) -> ClassArchives:
    """The archives for a distribution of Spark and a Java.

    Args:
        distribution: the directory the artifact is in.
        java: which Java maps them.
    """
    key = hashlib.sha256(java.home.encode()).hexdigest()[:8]
    return ClassArchives(f"{distribution}.classes/java-{java.version}-{key}")


def rehearsal_path(paths: SparkPaths) -> str:
    """Where an instance has :data:`REHEARSAL`."""
    return f"{paths.root}/rehearsal.py"


def share_classes(
    instance: Instance, java: InstalledJava, archives: ClassArchives, paths: SparkPaths, run: Run
) -> None:
    """Make the archives unless they are there. Whatever goes wrong is logged, and Spark starts as slowly as without.

    Args:
        instance: where; its files are written already.
        java: its Java.
        archives: what is to be made.
        paths: the instance's.
        run: the operation.
    """
    if java.major < LEAST_JAVA:
        return
    submit, java_program = paths.program("spark-submit"), f"{java.home}/bin/java"
    arguments = (archives.home, java_program, submit, rehearsal_path(paths), instance.internal_ip)
    try:
        made = instance.remote.script(_MAKE, *arguments, timeout=_TIMEOUT)
    except RemoteError as error:
        outcome = error.message
    else:
        outcome = made.stdout.strip()
    if outcome not in _DONE:
        hint = f"see {archives.failure}, and remove it to try again" if outcome == "failed" else outcome
        run.log.warning("%s: JVMs start slower, as classes cannot be shared: %s", instance.instance_name, hint)
