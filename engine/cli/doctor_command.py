"""The command doctor: what this machine lacks, and how to get it."""

from collections.abc import Callable, Iterator
from typing import Final

import click

from serai.engine.cli.documents import document_of
from serai.engine.cli.exits import Exit
from serai.engine.cli.findings import Finding, Verdict, fail, report
from serai.engine.cli.options import SeraiCommand, with_session
from serai.engine.cli.session import Session

Check = Callable[[Session], Iterator[Finding]]


@click.command(cls=SeraiCommand)
@with_session
def doctor(session: Session) -> int:
    """Check this machine, and tell what is missing.

    With how to get it. Fails when clusters cannot be made on it.
    """
    findings = examine(session)
    session.answer(lambda: document_of(findings), lambda: [report(findings)])
    return Exit.FAILED if any(finding.verdict is Verdict.FAIL for finding in findings) else Exit.OK


def examine(session: Session) -> list[Finding]:
    """Everything the doctor finds on this machine."""
    return [finding for check in CHECKS for finding in _performed(check, session)]


def _performed(check: Check, session: Session) -> Iterator[Finding]:
    """A check that stumbles is a finding, and the others go on."""
    try:
        yield from check(session)
    except Exception as error:  # noqa: BLE001 - a machine can be broken in any way
        yield fail(check.__name__.strip("_"), f"{type(error).__name__}: {error}", "see why, then ask the doctor again")


def _machine(session: Session) -> Iterator[Finding]:
    from serai.engine.cli import machine_checks

    yield machine_checks.python()
    yield machine_checks.system()
    yield machine_checks.loopback()
    yield machine_checks.pip()
    yield machine_checks.maven()
    yield machine_checks.ssh()


def _resources(session: Session) -> Iterator[Finding]:
    from serai.engine.cli import machine_checks

    facts = machine_checks.facts_of_this_machine()
    yield machine_checks.memory(facts)
    yield machine_checks.java(facts)


def _cache(session: Session) -> Iterator[Finding]:
    from serai.engine.artifacts import default_root
    from serai.engine.cli import installation_checks

    yield installation_checks.room(default_root())
    yield installation_checks.directory("cache", default_root(), private=False)


def _store(session: Session) -> Iterator[Finding]:
    from serai.engine.cli import installation_checks

    yield from installation_checks.store(session.url)


def _plugins(session: Session) -> Iterator[Finding]:
    from serai.engine.cli import installation_checks

    with session.opener("", None) as engine:  # in memory: a store that does not open says nothing about plugins
        yield from installation_checks.plugins(engine.plugins)


CHECKS: Final[tuple[Check, ...]] = (_machine, _resources, _cache, _store, _plugins)
