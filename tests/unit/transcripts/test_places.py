"""What differs from machine to machine, and what stands for it."""

import pytest

from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.facts import Facts
from serai.hookspec.remote import Layout
from serai.hookspec.transcripts.places import Places, role_of


def machine(number: int, address: str, prefix: str, *, cluster: str = "Demo") -> tuple[Instance, Layout]:
    group = NodeGroup("workers")
    Cluster(cluster, "p", "1", [group])
    name = f"{cluster.lower()}-workers-{number}"
    return group.add_instance(Instance(name, name, address, address, fqdn=f"{name}.example.org")), Layout(prefix)


@pytest.fixture
def places() -> Places:
    places = Places()
    for number in (1, 12):
        role = places.learn(*machine(number, f"10.0.0.{number}", f"/srv/demo-workers-{number}"))
        places.learn_facts(role, Facts(hostname="node-7", home="/home/ann"))
    return places


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("tcp://10.0.0.1:80,10.0.0.12", "tcp://@{workers-1.address}:80,@{workers-12.address}"),
        ("110.0.0.1 10.0.0.120 10.0.0.1.", "110.0.0.1 10.0.0.120 @{workers-1.address}."),
        ("demo-workers-12 demo-workers-123", "@{workers-12} demo-workers-123"),
        ("on demo-workers-1.example.org", "on @{workers-1.fqdn}"),
        ("/srv/demo-workers-1/conf", "@{prefix}/conf"),
        ("-I/srv/demo-workers-12/include", "-I@{workers-12.prefix}/include"),
        ("/home/ann/.cache /home/anna /x/home/ann", "@{home}/.cache /home/anna /x/home/ann"),
        ("node-7 says @{workers-1}", "@{hostname} says @{}workers-1}"),
    ],
)
def test_values_have_placeholders(places: Places, text: str, hidden: str) -> None:
    """The longest first, whole ones only, its own directories simply by name; and it can be undone."""
    assert places.hide(text, "workers-1") == hidden
    assert places.show(hidden, "workers-1") == text


def test_a_text_shows_the_values_of_other_machines() -> None:
    """Of another cluster, at other addresses."""
    others = Places()
    others.learn(*machine(1, "192.168.7.7", "/opt/other", cluster="other"))
    told = others.show("@{workers-1} at @{workers-1.address} in @{prefix}, with @{workers-9}", "workers-1")
    assert told == "other-workers-1 at 192.168.7.7 in /opt/other, with @{workers-9}"


def test_an_address_that_comes_back_is_that_of_the_machine_that_has_it_now(places: Places) -> None:
    """Machines go, and others take their addresses."""
    places.learn(*machine(13, "10.0.0.12", "/srv/demo-workers-13"))
    assert places.hide("10.0.0.12") == "@{workers-13.address}"


def test_a_machines_own_name_that_could_be_any_word_is_left_alone(places: Places) -> None:
    """A machine called spark is no reason to call everything spark a machine."""
    places.learn_facts("workers-1", Facts(hostname="spark"))
    assert places.hide("spark-submit", "workers-1") == "spark-submit"


def test_a_role_is_group_and_number() -> None:
    """Whatever the cluster is called."""
    assert role_of(machine(3, "10.0.0.3", "/x")[0]) == "workers-3"
