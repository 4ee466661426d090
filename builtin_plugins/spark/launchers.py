"""Small scripts that start Java and Spark's programs the way an instance needs it."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Final

from serai.builtin_plugins.spark.java import VECTOR_MODULE, InstalledJava
from serai.hookspec.remote import File

_JAVA: Final = """\
#!/bin/sh
# Starts the Java of this machine for Spark.
java={java}
jars={jars}
archives={archives}
{changes}\
if [ -r "${{archives##*:}}" ]; then
    set -- "-XX:SharedArchiveFile=$archives" '-Xlog:cds*=off' "$@"
fi
exec "$java" "$@"
"""

_CHANGES: Final = """\
for argument do
    shift
    case $argument in{cases}
    esac
    set -- "$@" "$argument"
done
"""

_WITHOUT_MODULE: Final = f"""
        # It lacks this module, and Spark can do without.
        --add-modules={VECTOR_MODULE}) continue ;;"""

_EACH_JAR_ONCE: Final = """
        # Spark 4 names one jar before all of them; this Java shares no classes when a jar comes twice.
        *"$jars"/*.jar:"$jars/*")
            argument=${argument%:*}
            for jar in "$jars"/*.jar; do
                case :$argument: in *":$jar:"*) ;; *) argument=$argument:$jar ;; esac
            done ;;"""

_PROGRAM: Final = """\
#!/bin/sh
# Runs {program} of Spark in this cluster.
{exports}
exec "$SPARK_HOME"/bin/{program}{options} "$@"
"""

_ENVIRONMENT: Final = """\
#!/bin/sh
# Runs a program of yours: with-spark python3 program.py. When it imports pyspark, that finds this cluster.
{exports}
export PYTHONPATH={python_path}"${{PYTHONPATH:+:$PYTHONPATH}}"
exec "$@"
"""


def java_launcher(java: InstalledJava, jars: str, archives: str) -> File:
    """A ``bin/java``.

    Args:
        java: what it starts.
        jars: the directory of Spark's jars.
        archives: archives of classes, each built on the one before, separated by colons; they need not exist.
    """
    cases = "" if java.has_vector_module else _WITHOUT_MODULE
    cases += _EACH_JAR_ONCE if java.minds_repetition else ""
    text = _JAVA.format(
        java=shlex.quote(f"{java.home}/bin/java"),
        jars=shlex.quote(jars),
        archives=shlex.quote(archives),
        changes=_CHANGES.format(cases=cases) if cases else "",
    )
    return File(text, 0o755)


def program_launcher(program: str, environment: Mapping[str, str], options: Sequence[str]) -> File:
    """A program of Spark with its environment.

    Args:
        program: its name in Spark's ``bin``.
        environment: variables; SPARK_HOME among them.
        options: come before the arguments it is given.
    """
    given = "".join(f" {shlex.quote(option)}" for option in options)
    return File(_PROGRAM.format(program=program, exports=_exports(environment), options=given), 0o755)


def environment_launcher(environment: Mapping[str, str], python_path: str) -> File:
    """A program that runs others with an environment.

    Args:
        environment: variables.
        python_path: comes first on PYTHONPATH.
    """
    text = _ENVIRONMENT.format(exports=_exports(environment), python_path=shlex.quote(python_path))
    return File(text, 0o755)


def _exports(environment: Mapping[str, str]) -> str:
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in environment.items())
