"""Jobs of type Shell: a program of the user's own, run beside a cluster's service."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.configs import ValidationError
from serai.hookspec.edp import JobExecution, JobSpec, JobType
from serai.hookspec.job_files import main_path
from serai.hookspec.process_jobs import ProcessJobEngine

_EXECUTE: Final = 'chmod u+x "$0" && exec "$0" "$@"'
"""A shell executes a file without a ``#!`` line as a script of its own, which a bare exec refuses."""

EDP_PREFIX: Final = "edp."


class ShellJobEngine(ProcessJobEngine):
    """Runs ``main`` with its arguments, or without ``main`` the arguments themselves as a command.

    A ``.py`` file runs under the instance's Python, any other by its ``#!`` line, else as a shell script.
    """

    job_types: ClassVar[tuple[JobType, ...]] = (JobType.SHELL,)
    main_required: ClassVar[bool] = False

    def command(self, execution: JobExecution, instance: Instance, directory: str) -> Sequence[str]:
        """The command line; see :func:`shell_command`."""
        python = instance.remote.facts.python or "python3"
        return shell_command(python, main_path(execution, directory), execution.spec.args)

    def problems(self, cluster: Cluster, job: JobSpec) -> Iterable[ValidationError]:
        """Those of every job; nothing to run; and configs, which a program of the user's own has no use for."""
        yield from super().problems(cluster, job)
        if not job.main and not job.args:
            yield ValidationError(
                error_message="there is nothing to run",
                path="main",
                code="JOB_MAIN_MISSING",
                hint="give a program as main, or a command as args",
            )
        for name in job.configs:
            if not name.startswith(EDP_PREFIX):
                yield ValidationError(
                    error_message=f"a {job.type} job has no config {name!r}",
                    path=f"configs.{name}",
                    code="JOB_CONFIG_UNKNOWN",
                    hint="hand settings to the program in its args or params",
                )


def shell_command(python: str, main: str, args: Sequence[str]) -> tuple[str, ...]:
    """The command line of a Shell job.

    Args:
        python: the Python that runs ``.py`` files.
        main: path of the program on its instance, or ``""``.
        args: its arguments; without a program, the whole command.
    """
    if not main:
        return tuple(args)
    if main.endswith(".py"):
        return (python, main, *args)
    return ("sh", "-c", _EXECUTE, main, *args)
