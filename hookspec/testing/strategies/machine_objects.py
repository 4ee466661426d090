"""Strategies for machines: what they are like, how they are reached, what providers and the engine say of them."""

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from serai.hookspec.access import Claim, Findings, Inquiry, Place
from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.facts import Disk, Facts, JavaRuntime
from serai.hookspec.infrastructure import Host, Machine, MachineRequest
from serai.hookspec.remote import CompletedCommand, DirectEndpoint, File, Layout, LocalEndpoint, SshEndpoint
from serai.hookspec.testing.fleet import Fleet
from serai.hookspec.testing.strategies.plain import extras, moments, names, paths, secrets, texts, variables, words

_PORTS: Final = st.integers(1, 65535)


def java_runtimes() -> SearchStrategy[JavaRuntime]:
    """Javas, new and old: the versions of both ways of counting."""
    return st.builds(JavaRuntime, paths(), st.sampled_from(("17.0.15", "1.8.0_462", "21", "25-ea", "11.0.2+9")))


def disks() -> SearchStrategy[Disk]:
    """File systems, none with more room than it has."""
    sizes = st.tuples(st.integers(0, 1 << 24), st.integers(0, 1 << 24)).map(sorted)
    return st.builds(lambda path, size: Disk(path, size[1], size[0]), paths(), sizes)


def facts() -> SearchStrategy[Facts]:
    """What machines are like, from those of which nothing is known to large ones."""
    return st.builds(
        Facts,
        hostname=words(),
        machine_id=words(),
        distribution=st.sampled_from(("", "debian", "ubuntu", "rhel")),
        distribution_version=st.sampled_from(("", "12", "24.04")),
        architecture=st.sampled_from(("", "x86_64", "aarch64")),
        cpus=st.integers(1, 256),
        memory_mb=st.integers(0, 1 << 20),
        disks=st.lists(disks(), max_size=2).map(tuple),
        java=st.none() | java_runtimes(),
        python=st.sampled_from(("", "/usr/bin/python3")),
        python_version=st.sampled_from(("", "3.11.7")),
        user=words(),
        home=st.just("") | paths(),
        addresses=texts(),
        is_root=st.booleans(),
        has_systemd=st.booleans(),
    )


def machine_requests() -> SearchStrategy[MachineRequest]:
    """Machines that are wanted."""
    return st.builds(MachineRequest, name=names(), node_group=names(), client_token=words())


def machines() -> SearchStrategy[Machine]:
    """Machines that exist, those without addresses yet among them."""
    return st.builds(
        Machine,
        machine_id=words(),
        name=names(),
        client_token=words(),
        cluster_id=words(),
        internal_ip=words(),
        management_ip=words(),
        username=words(),
        fqdn=words(),
        volumes=st.lists(paths(), max_size=2),
        info=extras(),
    )


def claims() -> SearchStrategy[Claim]:
    """Claims of clusters on machines."""
    return st.builds(Claim, words(), words(), words(), words(), moments(), extras())


def hosts() -> SearchStrategy[Host]:
    """Machines of a stock: free, claimed, unreachable."""
    return st.builds(
        Host,
        name=words(),
        address=words(),
        tags=st.lists(words(), max_size=2),
        rack=words(),
        facts=st.none() | facts(),
        claim=st.none() | claims(),
        note=words(),
    )


def inquiries() -> SearchStrategy[Inquiry]:
    """What is to be looked at on machines."""
    ports = st.lists(_PORTS, max_size=2).map(tuple)
    return st.builds(Inquiry, ports, texts(), st.lists(paths(), max_size=2), st.lists(paths(), max_size=2))


def places() -> SearchStrategy[Place]:
    """Where directories are or would be."""
    return st.builds(Place, disks(), st.booleans())


def findings() -> SearchStrategy[Findings]:
    """What was found on machines."""
    return st.builds(
        Findings,
        facts=facts(),
        clock_skew=st.floats(-1e6, 1e6),
        ports_taken=st.lists(_PORTS, max_size=2).map(tuple),
        addresses=st.dictionaries(words(), words(), max_size=2),
        files=st.dictionaries(paths(), words(), max_size=2),
        places=st.dictionaries(paths(), places(), max_size=2),
        root_refused=words(),
        host_keys=texts(),
    )


def endpoints() -> SearchStrategy[LocalEndpoint | SshEndpoint | DirectEndpoint]:
    """How machines are reached, in each way there is."""
    return st.one_of(local_endpoints(), ssh_endpoints(), direct_endpoints())


def local_endpoints() -> SearchStrategy[LocalEndpoint]:
    """Machines that are this one."""
    return st.builds(LocalEndpoint, names(), paths(), variables())


def ssh_endpoints() -> SearchStrategy[SshEndpoint]:
    """Machines reached with ``ssh``."""
    return st.builds(
        SshEndpoint,
        host=names(),
        address=words(),
        prefix=paths(),
        user=words(),
        port=st.just(0) | _PORTS,
        identity_file=words(),
        config_file=words(),
        host_keys=texts(),
        first_contact=st.booleans(),
        env=variables(),
    )


def direct_endpoints() -> SearchStrategy[DirectEndpoint]:
    """Machines in memory, each with nothing on it, of a fleet of its own."""
    return names().map(_in_memory)


def _in_memory(name: str) -> DirectEndpoint:
    endpoint = Fleet().get_endpoint(Cluster("demo", "", ""), Instance(instance_name=name))
    assert isinstance(endpoint, DirectEndpoint)  # noqa: S101 - a fleet has no others
    return endpoint


def layouts() -> SearchStrategy[Layout]:
    """Where things are on machines."""
    return st.builds(Layout, paths())


def completed_commands() -> SearchStrategy[CompletedCommand]:
    """How commands ended."""
    argv = st.lists(words(), min_size=1, max_size=3).map(tuple)
    return st.builds(CompletedCommand, argv, st.integers(0, 255), words(), words(), st.floats(0, 1e4))


def files() -> SearchStrategy[File]:
    """Files to be put on hosts: text, bytes, secrets."""
    content: SearchStrategy[Any] = words() | st.binary(max_size=12) | secrets()
    return st.builds(File, content, st.integers(0, 0o777), st.sampled_from(("", "hdfs", "hdfs:hadoop")))
