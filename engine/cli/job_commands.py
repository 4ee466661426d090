"""Commands for jobs: job run, ls, show, logs, cancel."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Waiting
from typing import TYPE_CHECKING, Any, Final

import click

from serai.engine.cli import arguments, job_views
from serai.engine.cli.blocks import Text
from serai.engine.cli.documents import document_of
from serai.engine.cli.exits import Exit
from serai.engine.cli.options import SeraiCommand, SeraiGroup, with_session
from serai.engine.cli.session import Session

if TYPE_CHECKING:
    from serai.engine.jobs import Job
    from serai.hookspec.edp import JobExecution, JobOutput, JobSpec

_ID = click.argument("job_id", metavar="ID")
_FIRST_POLL: Final = 0.2
_LAST_POLL: Final = 2.0
"""Seconds between two looks at a job: short jobs are not kept waiting, long ones not asked all the time."""


class RunCommand(SeraiCommand):
    """A command whose options end where the program's arguments begin."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, leaving alone what belongs to the program."""
        options = [parameter for parameter in self.params if isinstance(parameter, click.Option)]
        with_value = {name for option in options if not (option.is_flag or option.count) for name in option.opts}
        given, positionals = arguments.split_program(args, with_value)
        return super().parse_args(ctx, [*given, "--", *positionals])


@click.group(cls=SeraiGroup)
def job() -> None:
    """Run jobs on clusters, and look at them."""


@job.command(cls=RunCommand)
@click.argument("cluster")
@click.argument("program", metavar="PROGRAM")
@click.argument("args", metavar="[ARGS]...", nargs=-1)
@click.option("--type", "job_type", required=True, metavar="TYPE", help="Type of the job: Spark, Shell…")
@click.option("--lib", "libs", multiple=True, metavar="FILE", help="A further file beside the program. Repeatable.")
@click.option("--conf", "confs", multiple=True, metavar="K=V", help="A setting of the framework. Repeatable.")
@click.option("--param", "params", multiple=True, metavar="K=V", help="A variable of its environment. Repeatable.")
@click.option("--command", is_flag=True, help="PROGRAM is a command of the machine, no file to bring there.")
@click.option("--detach", is_flag=True, help="Do not wait for the end; print the job's id.")
@with_session
def run(session: Session, /, cluster: str, detach: bool, **asked: Any) -> int:
    """Run PROGRAM on a cluster, show what it writes, and end as it ended.

    Options come before PROGRAM: what follows it is the program's own. Ctrl-C leaves the job running.
    """
    submitted = session.engine.jobs.submit(cluster, _spec(**asked))
    if detach:
        execution = submitted.execution
        session.answer(lambda: document_of(execution), lambda: [Text(submitted.id)])
        return Exit.OK
    session.say(f"job {submitted.id} runs on {cluster}")
    try:
        output = _followed(session, submitted)
    except KeyboardInterrupt:
        session.say(
            f"\nthe job goes on; see it: serai job show {submitted.id}; end it: serai job cancel {submitted.id}"
        )
        raise
    return _tell_end(session, submitted.execution, output)


@job.command("ls", cls=SeraiCommand)
@click.argument("cluster", required=False)
@with_session
def list_jobs(session: Session, cluster: str | None) -> None:
    """List jobs, of one cluster or of all, as last known."""
    jobs = session.engine.jobs.list(cluster)
    session.answer(lambda: document_of(jobs), lambda: [job_views.listing(jobs, datetime.now(UTC))])


@job.command(cls=SeraiCommand)
@_ID
@with_session
def show(session: Session, job_id: str) -> None:
    """Look at a job now."""
    execution = session.engine.jobs.get(job_id).refresh()
    session.answer(lambda: document_of(execution), lambda: job_views.overview(execution, datetime.now(UTC)))


@job.command(cls=SeraiCommand)
@_ID
@click.option("-f", "--follow", is_flag=True, help="Go on until the job ends.")
@with_session
def logs(session: Session, job_id: str, follow: bool) -> None:
    """Show what a job wrote: its standard output, and on standard error the rest."""
    found = session.engine.jobs.get(job_id)
    output = _followed(session, found) if follow else found.output()
    if session.as_json:
        session.answer(lambda: document_of(output), lambda: ())
    elif not follow:
        _write(output)
    _tell_cut(session, found.execution, output)


@job.command(cls=SeraiCommand)
@_ID
@with_session
def cancel(session: Session, job_id: str) -> None:
    """End a job."""
    execution = session.engine.jobs.get(job_id).cancel()
    session.answer(lambda: document_of(execution), lambda: job_views.overview(execution, datetime.now(UTC)))


def _spec(
    job_type: str,
    program: str,
    args: tuple[str, ...],
    libs: tuple[str, ...],
    confs: tuple[str, ...],
    params: tuple[str, ...],
    command: bool,
) -> "JobSpec":
    from serai.hookspec.edp import JobSpec, JobType

    known = {each.value.lower(): each for each in JobType}
    if job_type.lower() not in known:
        raise click.BadParameter(f"{job_type!r} is none of {', '.join(JobType)}", param_hint="'--type'")
    try:
        settings = {"configs": arguments.pairs(confs), "params": arguments.pairs(params)}
    except arguments.Misread as error:
        raise click.BadArgumentUsage(str(error)) from error
    return JobSpec(
        type=known[job_type.lower()],
        main="" if command else str(Path(program).absolute()),
        libs=tuple(str(Path(lib).absolute()) for lib in libs),
        args=(program, *args) if command else args,
        **settings,
    )


def _followed(session: Session, followed: "Job") -> "JobOutput":
    """Show what a job writes while it runs; its output when it has ended. Scripts are shown nothing yet."""
    from serai.hookspec.edp import JobOutput

    shown, pause = JobOutput("", ""), _FIRST_POLL
    while True:
        ended = followed.refresh().status.is_final  # before reading: what was written until then is read below
        output = followed.output()
        if not session.as_json:
            _write(
                JobOutput(job_views.unseen(shown.stdout, output.stdout), job_views.unseen(shown.stderr, output.stderr))
            )
        shown = output
        if ended:
            return output
        Waiting().wait(pause)
        pause = min(pause * 1.5, _LAST_POLL)


def _write(output: "JobOutput") -> None:
    for text, stream in ((output.stdout, sys.stdout), (output.stderr, sys.stderr)):
        stream.write(text)
        stream.flush()


def _tell_cut(session: Session, execution: "JobExecution", output: "JobOutput") -> None:
    """Say that more was written than is shown, and where all of it is while the cluster lasts."""
    from serai.hookspec.process_jobs import may_be_cut

    cut = [name for name in ("stdout", "stderr") if may_be_cut(getattr(output, name))]
    if cut:
        where = f"; all of it is among the logs of {execution.engine_job_id}" if execution.engine_job_id else ""
        session.say(f"only the end of {' and '.join(cut)} is shown{where}")


def _tell_end(session: Session, execution: "JobExecution", output: "JobOutput") -> int:
    from serai.hookspec.edp import JobStatus

    if session.as_json:
        document = {**document_of(execution), "output": document_of(output)}
        session.answer(lambda: document, lambda: ())
    _tell_cut(session, execution, output)
    reason = f": {execution.reason}" if execution.reason else ""
    session.say(f"job {execution.id} {execution.status}{reason}  ({job_views.took(execution, datetime.now(UTC))})")
    return Exit.OK if execution.status is JobStatus.SUCCEEDED else Exit.FAILED
