"""What must hold for the files and the environment of a job before it is accepted."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from serai.hookspec.configs import ValidationError
from serai.hookspec.edp import JobSpec, JobType

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def file_problems(job: JobSpec, *, main_required: bool) -> Iterator[ValidationError]:
    """What is wrong with ``main`` and ``libs``: all of it.

    Args:
        job: what is asked for.
        main_required: whether the job cannot do without a program of its own.
    """
    if job.main and not Path(job.main).is_file():
        yield _problem("main", "JOB_FILE_MISSING", f"{job.main} is no file on this machine")
    if not job.main and main_required:
        yield _problem("main", "JOB_MAIN_MISSING", f"a {job.type} job needs a program", "give its path as main")
    for index, lib in enumerate(job.libs):
        if not Path(lib).exists():
            yield _problem(f"libs[{index}]", "JOB_FILE_MISSING", f"{lib} does not exist on this machine")
    yield from _name_clashes(job)


def _name_clashes(job: JobSpec) -> Iterator[ValidationError]:
    """All files of a job land in one directory, under their own names."""
    sources = {f"libs[{index}]": lib for index, lib in enumerate(job.libs)}
    if job.main:
        sources = {"main": job.main, **sources}
    owners: dict[str, str] = {}
    for path, source in sources.items():
        name = Path(source).name
        if not name or name == "..":
            yield _problem(path, "JOB_FILE_NAME", f"{source!r} has no file name")
        elif name in owners:
            message = f"{source} has the same file name as {owners[name]}"
            yield _problem(path, "JOB_FILE_NAME_TWICE", message, "rename one: a job's files share one directory")
        owners.setdefault(name, path)


def environment_problems(job: JobSpec) -> Iterator[ValidationError]:
    """What is wrong with ``args`` and ``params``, as far as an operating system cares."""
    for index, argument in enumerate(job.args):
        if "\0" in argument:
            yield _problem(f"args[{index}]", "JOB_ARGUMENT", "an argument cannot hold a NUL character")
    for name, value in job.params.items():
        if not _VARIABLE.fullmatch(name):
            hint = "use letters, digits and _; not a digit first"
            yield _problem(f"params.{name}", "JOB_PARAMETER", f"{name!r} is no name of an environment variable", hint)
        if "\0" in value:
            yield _problem(f"params.{name}", "JOB_PARAMETER", "an environment variable cannot hold a NUL character")


def type_problems(job: JobSpec, supported: Sequence[JobType]) -> Iterator[ValidationError]:
    """Whether the job's type is among those an engine runs."""
    if job.type not in supported:
        known = ", ".join(supported)
        yield _problem("type", "JOB_TYPE_UNSUPPORTED", f"jobs of type {job.type} do not run here", f"known: {known}")


def _problem(path: str, code: str, message: str, hint: str = "") -> ValidationError:
    return ValidationError(error_message=message, path=path, code=code, hint=hint)
