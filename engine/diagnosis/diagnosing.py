"""Making the diagnosis of a cluster: what the store tells, what plugins and machines answer, secrets masked."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from serai.engine.connections import Connections
from serai.engine.diagnosis import archive, looking, records
from serai.engine.diagnosis.archive import Entry, Missing
from serai.engine.diagnosis.records import Section, Subject
from serai.engine.diagnosis.versions import versions
from serai.engine.operations.explaining import findings
from serai.engine.plugins.catalog import Catalog
from serai.engine.redaction import Found, Redactor, holdings, secrets_in
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import NotFound, SeraiError, briefly

if TYPE_CHECKING:
    from serai.engine.store.store import Store

_NOT_OPENED: Final = (
    "left out, since a secret of the cluster could not be opened and so could not be masked in it: {reason}"
)


@frozen
class Diagnosis:
    """What was written.

    Attributes:
        path: the archive.
        files: what is in it, the index first.
        missing: what could not be had, each with the reason.
    """

    path: Path
    files: tuple[str, ...]
    missing: Mapping[str, str]


def diagnose(
    subject: Subject,
    path: Path,
    catalog: Catalog,
    connections: Connections,
    clock: Callable[[], datetime],
    attachments: Mapping[str, str],
) -> Diagnosis:
    """Write the archive; see :meth:`serai.engine.clusters.Clusters.diagnose`."""
    archive.check_place(path)
    at = clock()
    found = _secrets(subject)
    redactor = Redactor(found.values)
    results = [*_gathered(subject, found, catalog, connections, at)]
    texts = [Entry(section.name, section.about, _text(data, redactor)) for section, data in _had(results)]
    texts += [Entry(name, "added by who asked", redactor.text(text)) for name, text in attachments.items()]
    missing = [Missing(each.name, redactor.text(each.reason)) for each in results if isinstance(each, Missing)]
    entries = archive.fitted(texts)
    title = [redactor.text(line) for line in _title(subject, found, at)]
    entries.insert(0, archive.index(title, entries, missing))
    archive.write(path, f"{subject.name}-diagnosis", entries, at)
    return Diagnosis(path, tuple(each.name for each in entries), {each.name: each.reason for each in missing})


def subject_of(name: str, store: "Store") -> Subject:
    """Whom a name means: a cluster, or one that is gone and left its operations.

    Raises:
        NotFound: there is and was none.
    """
    operations = store.operations(cluster_name=name)
    try:
        return Subject(name, store.cluster(name), operations, store)
    except NotFound:
        if not operations:
            raise
        return Subject(name, None, operations, store)


def _secrets(subject: Subject) -> Found:
    kept = [[record.request, record.state] for record in subject.operations]
    return secrets_in(kept, holdings(subject.cluster) if subject.cluster is not None else [])


Result = tuple[Section, Any] | Missing


def _gathered(
    subject: Subject, found: Found, catalog: Catalog, connections: Connections, at: datetime
) -> Iterator[Result]:
    at_rest = Section("versions.json", "what is installed where the engine runs", lambda: versions(catalog))
    for section in (at_rest, *records.sections(subject)):
        yield _made(section)
    if subject.cluster is None:
        yield Missing("plan.json, health.json, machines", "the cluster is gone")
    elif found.sealed:
        yield Missing("plan.json, health.json, machines", _NOT_OPENED.format(reason=found.sealed[0]))
    else:
        yield from _asked(subject.cluster, connections, at)


def _asked(cluster: Cluster, connections: Connections, at: datetime) -> Iterator[Result]:
    try:
        with connections.open_anyway(cluster) as (stack, lacking):
            yield from (Missing(what, briefly(error)) for what, error in lacking.items())
            yield from looking.made(list(looking.sections(cluster, stack, at)))
    except SeraiError as error:
        yield Missing("machines", briefly(error))
    if (more := len(cluster.instances) + len(cluster.quarantined) - looking.MACHINES) > 0:
        yield Missing("machines", f"{more} more were not looked at")


def _made(section: Section) -> Result:
    try:
        return section, section.make()
    except Exception as error:  # noqa: BLE001 - whatever is broken, the rest is still worth having
        return Missing(section.name, briefly(error))


def _had(results: Iterable[Result]) -> Iterator[tuple[Section, Any]]:
    return (result for result in results if not isinstance(result, Missing))


def _text(data: Any, redactor: Redactor) -> str:
    """Masked before and after it is written: as data, so that it stays JSON; as text, since that is what is read."""
    if not isinstance(data, str):
        data = json.dumps(redactor.data(data), indent=2, ensure_ascii=False, default=str) + "\n"
    return redactor.text(data)


def _title(subject: Subject, found: Found, at: datetime) -> Iterator[str]:
    yield f"Diagnosis of cluster {subject.name}, made {at:%Y-%m-%d %H:%M:%S} UTC."
    yield f"{len(found.values)} secrets were looked for, and masked wherever they stood."
    if subject.cluster is not None:
        yield f"It is {subject.cluster.status}{_because(subject.cluster.status_reason)}."
    for record in subject.operations[-1:]:
        yield f"Its last operation, {record.kind} {record.id}, {record.status} ({record.phase or 'no phase'})."
        for each in findings(record.error)[:3] if record.error else ():
            yield f"  {each.host or each.step or each.phase}: {each.reason}"
            yield from ([f"    hint: {each.hint}"] if each.hint else [])


def _because(reason: str) -> str:
    first = reason.partition("\n")[0]
    return f": {first}" if first else ""
