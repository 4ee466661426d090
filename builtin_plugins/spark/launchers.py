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
archives={archives}
{filter}\
if [ -r "${{archives##*:}}" ]; then
    set -- "-XX:SharedArchiveFile=$archives" '-Xlog:cds*=off' "$@"
fi
exec "$java" "$@"
"""

_FILTER: Final = f"""\
# It lacks a module that Spark asks for and can do without.
for argument do
    shift
    [ "$argument" = --add-modules={VECTOR_MODULE} ] || set -- "$@" "$argument"
done
"""

_PROGRAM: Final = """\
#!/bin/sh
# Runs {program} of Spark in this cluster.
{exports}
exec "$SPARK_HOME"/bin/{program}{options} "$@"
"""


def java_launcher(java: InstalledJava, archives: str) -> File:
    """A ``bin/java``.

    Args:
        java: what it starts.
        archives: archives of classes, each built on the one before, separated by colons; they need not exist.
    """
    text = _JAVA.format(
        java=shlex.quote(f"{java.home}/bin/java"),
        archives=shlex.quote(archives),
        filter="" if java.has_vector_module else _FILTER,
    )
    return File(text, 0o755)


def program_launcher(program: str, environment: Mapping[str, str], options: Sequence[str]) -> File:
    """A program of Spark with its environment.

    Args:
        program: its name in Spark's ``bin``.
        environment: variables; SPARK_HOME among them.
        options: come before the arguments it is given.
    """
    exports = "\n".join(f"export {name}={shlex.quote(value)}" for name, value in environment.items())
    given = "".join(f" {shlex.quote(option)}" for option in options)
    return File(_PROGRAM.format(program=program, exports=exports, options=given), 0o755)
