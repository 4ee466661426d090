"""Where a job's files are on its instance, and how they get there."""

from pathlib import Path

from serai.hookspec.cluster import Instance
from serai.hookspec.edp import JobExecution
from serai.hookspec.errors import NotFound


def job_directory(execution: JobExecution, instance: Instance) -> str:
    """The working directory of a job on an instance."""
    return f"{instance.remote.layout.data}/jobs/{execution.id}"


def main_path(execution: JobExecution, directory: str) -> str:
    """Where a job's main program is on its instance; ``""`` when it has none."""
    return f"{directory}/{Path(execution.spec.main).name}" if execution.spec.main else ""


def lib_paths(execution: JobExecution, directory: str) -> tuple[str, ...]:
    """Where a job's libs are on its instance, in their order."""
    return tuple(f"{directory}/{Path(lib).name}" for lib in execution.spec.libs)


def upload_job(execution: JobExecution, instance: Instance, directory: str) -> None:
    """Make the job's directory, and upload its files into it.

    Raises:
        NotFound: one of them is not on the engine's machine any more.
        RemoteError: the machine did not do its part.
    """
    instance.remote.run("mkdir", "-p", directory)
    sources = (execution.spec.main, *execution.spec.libs) if execution.spec.main else execution.spec.libs
    for source in map(Path, sources):
        if not source.exists():
            hint = "submit the job again with files that are there"
            raise NotFound(f"{source} has gone since the job was accepted", place=execution.id, hint=hint)
        instance.remote.upload(source, f"{directory}/{source.name}")


def cancel_mark(execution: JobExecution, instance: Instance) -> str:
    """The directory whose being there says that a job was cancelled.

    It is outside the job's own directory, where the job may do as it likes, and holds a file for each who cancelled.
    """
    return f"{instance.remote.layout.run}/cancelled-jobs/{execution.id}"
