"""Checks of what a plugin declares: its hooks, its versions, its labels, its jobs."""

from collections.abc import Iterator, Mapping

from serai.hookspec.edp import JobEngine, JobType
from serai.hookspec.errors import SeraiError
from serai.hookspec.gate import faults
from serai.hookspec.semantics import Role
from serai.hookspec.testing.conformance.checks import check
from serai.hookspec.testing.conformance.subject import Subject

_LABELS = frozenset({"enabled", "hidden", "stable", "deprecated"})
_UNKNOWN = "no-such-version"


@check("hooks", fix="do what is found missing or wrong; the reference of hooks has their names and arguments")
def hooks(subject: Subject) -> Iterator[str]:
    """An engine takes it for a plugin: required hooks are there, and what is marked is a hook, called as it can be."""
    for name, plugin in subject.plugins.items():
        role = Role.PROVISIONING if name == subject.name else Role.AUXILIARY
        yield from (f"{name}: {fault}" for fault in faults(plugin, role))


@check("versions", fix="return a list of strings, each version once, the newest first", needs=["hooks"])
def versions(subject: Subject) -> Iterator[str]:
    """There is a version, and each is told once."""
    told = subject.offers.get_versions()
    if not isinstance(told, list | tuple) or not all(isinstance(each, str) and each for each in told):
        yield f"get_versions returned {told!r}"
    elif not told:
        yield "get_versions returned no version"
    elif twice := sorted({each for each in told if list(told).count(each) > 1}):
        yield f"get_versions tells {', '.join(twice)} more than once"


@check("unknown-version", fix="raise a SeraiError, or answer as for any version", needs=["versions"])
def unknown_version(subject: Subject) -> Iterator[str]:
    """Asked about a version that it has not, a plugin answers or refuses; it does not crash."""
    for hook in ("get_configs", "get_node_processes", "get_required_image_tags", "get_image_arguments"):
        try:
            getattr(subject.offers, hook)(_UNKNOWN)
        except SeraiError:
            continue
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            yield f"{hook}({_UNKNOWN!r}) raised {type(error).__name__}: {error}"


@check("labels", fix='return {"plugin_labels": {label: {"status": bool}}, "version_labels": …}', needs=["versions"])
def labels(subject: Subject) -> Iterator[str]:
    """Labels are known ones, of the plugin and of versions that it has."""
    subject.implements("get_labels")
    told = subject.offers.get_labels()
    if not isinstance(told, Mapping):
        yield f"get_labels returned {type(told).__name__}"
        return
    of_versions = told.get("version_labels", {})
    for version in set(of_versions) - set(subject.versions):
        yield f"labels are told of {version}, which get_versions does not tell"
    for where, given in (("the plugin", told.get("plugin_labels", {})), *of_versions.items()):
        for label, value in given.items():
            if label not in _LABELS or not isinstance(value, Mapping) or type(value.get("status")) is not bool:
                yield f"{where} has the label {label!r}: {value!r}"


@check("jobs", fix="declare the types that get_edp_engine has an engine for, and no others", needs=["examples"])
def jobs(subject: Subject) -> Iterator[str]:
    """There is a cluster with an engine for every type of jobs that is declared."""
    subject.implements("get_edp_job_types")
    declared = subject.offers.get_edp_job_types([])
    for version in set(declared) - set(subject.versions):
        yield f"job types are told of {version}, which get_versions does not tell"
    clusters = [subject.stage().cluster(each) for each in subject.covering]
    for job_type in declared.get(subject.smallest.hadoop_version, ()):
        if job_type not in list(JobType):
            yield f"{job_type!r} is no type of jobs"
        elif not any(isinstance(subject.offers.get_edp_engine(each, job_type), JobEngine) for each in clusters):
            yield f"get_edp_engine gives no engine for {job_type}, in whatever cluster"
