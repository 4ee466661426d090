"""Claims on machines: no machine has two, whoever asks at the same time."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from textwrap import dedent

import pytest
from attrs import evolve
from kept_clusters import add_cluster, remove_cluster

from serai.engine.store import claims
from serai.engine.store.store import Store
from serai.hookspec.access import Claim
from serai.hookspec.errors import SeraiError
from serai.hookspec.secrets import Secret

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
CLAIM = Claim("host-1", "id-of-demo", "demo", "token-1", NOW, {"address": "10.0.0.1", "port": 22, "keys": ["a"]})


def test_a_claim_comes_back_equal(store):
    """When it is taken, and when all are asked for."""
    assert store.take_claim("ssh", CLAIM) == CLAIM
    assert store.claims("ssh") == {"host-1": CLAIM}


def test_the_same_token_keeps_its_claim_and_renews_what_is_known(store):
    """Asked again after a crash: the machine, its cluster and its date are as they were."""
    store.take_claim("ssh", CLAIM)
    later = evolve(CLAIM, since=datetime.now(UTC), info={"address": "10.0.0.2"})
    assert store.take_claim("ssh", later) == evolve(CLAIM, info={"address": "10.0.0.2"})
    assert store.claims("ssh") == {"host-1": evolve(CLAIM, info={"address": "10.0.0.2"})}


def test_another_token_is_told_which_cluster_has_the_machine(store):
    """And nothing changes."""
    store.take_claim("ssh", CLAIM)
    with pytest.raises(SeraiError, match="host-1 is claimed by cluster demo since 2026-01-02") as refused:
        store.take_claim("ssh", evolve(CLAIM, token="token-2", cluster_name="other"))
    assert (refused.value.code, refused.value.details["cluster"]) == ("MACHINE_TAKEN", "demo")
    assert store.claims("ssh") == {"host-1": CLAIM}


def test_a_token_has_one_machine(store):
    """Two would leave one of them without an owner."""
    store.take_claim("ssh", CLAIM)
    with pytest.raises(SeraiError, match="has host-1 already") as refused:
        store.take_claim("ssh", evolve(CLAIM, machine_id="host-2"))
    assert refused.value.code == "TOKEN_TAKEN"
    assert list(store.claims("ssh")) == ["host-1"]


def test_providers_do_not_share_machines(store):
    """The same name means another machine elsewhere."""
    store.take_claim("ssh", CLAIM)
    store.take_claim("rack", evolve(CLAIM, cluster_name="other"))
    assert {name: store.claims(name)["host-1"].cluster_name for name in ("ssh", "rack")} == {
        "ssh": "demo",
        "rack": "other",
    }


def test_a_released_machine_can_be_claimed_again(store):
    """By anybody; and releasing what nobody has is no error."""
    store.take_claim("ssh", CLAIM)
    store.release_claim("ssh", "host-1")
    store.release_claim("ssh", "host-1")
    assert store.claims("ssh") == {}
    assert store.take_claim("ssh", evolve(CLAIM, token="token-2")).token == "token-2"


def test_a_claim_can_be_released_by_its_token_alone(store):
    """Who does not know whether the machine changed hands meanwhile takes it from nobody."""
    store.take_claim("ssh", CLAIM)
    store.release_claim("ssh", "host-1", token="token-2")
    assert store.claims("ssh") == {"host-1": CLAIM}
    store.release_claim("ssh", "host-1", token="token-1")
    assert store.claims("ssh") == {}


def test_a_claim_outlives_its_cluster(store, make_cluster):
    """Only who gives the machine back ends it: a machine in use is never taken for a free one."""
    add_cluster(store, make_cluster())
    store.take_claim("ssh", CLAIM)
    remove_cluster(store, "id-of-demo")
    assert list(store.claims("ssh")) == ["host-1"]


def test_what_cannot_be_kept_is_refused(store):
    """Rather than changed: a machine is to be found again by it."""
    with pytest.raises(SeraiError):
        store.take_claim("ssh", evolve(CLAIM, info={"what": object()}))
    assert store.claims("ssh") == {}


def test_a_secret_in_a_claim_is_sealed(store):
    """There should be none; one that is there all the same is not readable in the file."""
    claim = evolve(CLAIM, info={"password": Secret("hunter2")})
    assert store.take_claim("ssh", claim) == claim
    with store._database.reading() as connection:
        assert "hunter2" not in str(claims.some(connection, "ssh"))


def test_of_many_threads_one_claims_a_machine(store):
    """The others are told that it is taken."""
    starting_line = threading.Barrier(8)

    def take(number: int) -> bool:
        starting_line.wait(10)
        try:
            store.take_claim("ssh", evolve(CLAIM, token=f"token-{number}"))
        except SeraiError as error:
            assert error.code == "MACHINE_TAKEN"  # noqa: PT017
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(take, range(8)))
    assert won.count(True) == 1
    assert store.claims("ssh")["host-1"].token == f"token-{won.index(True)}"


TAKE_MANY = dedent(
    """
    import sys
    from datetime import UTC, datetime
    from serai.engine.store.store import Store
    from serai.hookspec.access import Claim
    from serai.hookspec.errors import SeraiError

    me, url = sys.argv[1:]
    store = Store.open(url)
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(50):
        try:
            store.take_claim("ssh", Claim(f"host-{number}", me, me, f"{me}-{number}", datetime.now(UTC)))
        except SeraiError as error:
            assert error.code == "MACHINE_TAKEN", error
            continue
        print(f"host-{number}", flush=True)
    """
)


@pytest.mark.slow
def test_of_two_processes_one_claims_each_machine(url):
    """Both try the same fifty machines at once: each is won by exactly one of them."""
    with Store.open(url) as store:
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", TAKE_MANY, me, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for me in ("one", "two")
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        won = dict(
            zip(("one", "two"), (process.communicate(timeout=60)[0].split() for process in processes), strict=True)
        )
        assert {host: me for me, hosts in won.items() for host in hosts} == {
            claim.machine_id: claim.cluster_name for claim in store.claims("ssh").values()
        }
        assert len(won["one"]) + len(won["two"]) == 50
