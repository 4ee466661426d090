"""Secrets: sealed in the store, opened when revealed, readable with the one key alone."""

import copy
import pickle
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.fernet import Fernet
from kept_clusters import add_cluster, cluster_documents, remove_cluster, save_cluster

from serai.engine.store.store import Store
from serai.engine.store.vault import Vault
from serai.hookspec.configs import Config, ConfigType
from serai.hookspec.errors import SeraiError
from serai.hookspec.secrets import Secret

HIDDEN = "correct horse battery staple"


@pytest.fixture
def with_secret(make_cluster):
    """A cluster with a secret in its values and another in its infrastructure."""
    return make_cluster(
        cluster_configs={"general": {"password": Secret(HIDDEN)}},
        infrastructure={"provider": "x", "token": Secret("t")},
    )


def password(store: Store, name: str = "demo") -> Secret:
    return store.cluster(name).cluster_configs["general"]["password"]


def test_a_secret_comes_back(store, with_secret):
    """What was stored is what is revealed."""
    add_cluster(store, with_secret)
    assert store.cluster("demo") == with_secret
    assert password(store).reveal() == HIDDEN


def test_no_secret_is_in_the_files(url, tmp_path, with_secret, make_operation):
    """Neither in the database nor in its log, however often it was saved."""
    with Store.open(url) as store:
        store.begin_operation(make_operation(request={"password": Secret(HIDDEN)}), with_secret)
        save_cluster(store, store.cluster("demo"))
        files = [path for path in tmp_path.iterdir() if path.is_file()]
        assert {"serai.db", "serai.db-wal", "serai.key"} <= {path.name for path in files}
        assert not [path.name for path in files if HIDDEN.encode() in path.read_bytes()]


def test_the_key_is_its_owners_alone(url, tmp_path, with_secret):
    """The key file has the mode 0600."""
    with Store.open(url) as store:
        add_cluster(store, with_secret)
    assert stat.S_IMODE((tmp_path / "serai.key").stat().st_mode) == 0o600


def test_a_store_without_secrets_has_no_key(url, tmp_path, make_cluster):
    """The key is made when it is first needed."""
    with Store.open(url) as store:
        add_cluster(store, make_cluster())
        store.clusters()
    assert not (tmp_path / "serai.key").exists()


def test_the_key_is_kept_for_the_next_time(url, with_secret):
    """A store that is opened again opens its secrets."""
    with Store.open(url) as store:
        add_cluster(store, with_secret)
    with Store.open(url) as store:
        assert password(store).reveal() == HIDDEN


def test_a_key_can_be_passed_in(url, tmp_path, with_secret):
    """Then none is kept in a file."""
    key = Fernet.generate_key()
    with Store.open(url, key=key) as store:
        add_cluster(store, with_secret)
    with Store.open(url, key=key.decode()) as store:
        assert password(store).reveal() == HIDDEN
    assert not (tmp_path / "serai.key").exists()


def test_without_the_key_all_but_the_secret_is_readable(url, tmp_path, with_secret):
    """A lost key costs the secrets, not the clusters: they can be listed, saved and deleted."""
    with Store.open(url) as store:
        add_cluster(store, with_secret)
    (tmp_path / "serai.key").unlink()
    with Store.open(url) as store:
        cluster = store.cluster("demo")
        save_cluster(store, cluster)
        with pytest.raises(SeraiError) as missing:
            cluster.cluster_configs["general"]["password"].reveal()
        assert missing.value.code == "STORE_KEY_MISSING"
        assert missing.value.hint
        remove_cluster(store, cluster.id)
    assert not (tmp_path / "serai.key").exists()


def test_another_key_is_told_when_a_secret_is_revealed(url, with_secret):
    """And not before."""
    with Store.open(url) as store:
        add_cluster(store, with_secret)
    with Store.open(url, key=Fernet.generate_key()) as store:
        secret = password(store)
        with pytest.raises(SeraiError) as wrong:
            secret.reveal()
    assert wrong.value.code == "STORE_KEY_WRONG"


def test_what_is_no_key_is_told(make_cluster, with_secret):
    """A mistyped key is refused when the first secret is saved, without repeating it."""
    with Store.open(key="mistyped") as store, pytest.raises(SeraiError) as refused:
        add_cluster(store, with_secret)
    assert refused.value.code == "STORE_KEY_INVALID"
    assert "mistyped" not in str(refused.value)


def test_a_directory_that_takes_no_key_is_told(tmp_path):
    """The error names the key file and what to do."""
    vault = Vault(None, tmp_path / "missing" / "serai.key")
    with pytest.raises(SeraiError) as refused:
        vault.seal(Secret(HIDDEN))
    assert refused.value.code == "STORE_KEY_MISSING"
    assert str(tmp_path) in str(refused.value)


def test_many_that_need_the_first_key_get_the_same(tmp_path):
    """The key is made once, whole, whoever comes first; nothing else is left in the directory."""
    vaults = [Vault(None, tmp_path / "serai.key") for _ in range(16)]
    with ThreadPoolExecutor(16) as threads:
        tokens = list(threads.map(lambda vault: vault.seal(Secret(HIDDEN)), vaults))
    assert {Vault(None, tmp_path / "serai.key").open(token) for token in tokens} == {HIDDEN}
    assert [path.name for path in tmp_path.iterdir()] == ["serai.key"]


def test_a_secret_that_was_read_is_not_sealed_anew(url, with_secret):
    """Saving what was read writes the same bytes."""
    with Store.open(url) as store:
        add_cluster(store, with_secret)
        (before,) = cluster_documents(store)
        save_cluster(store, store.cluster("demo"))
        (after,) = cluster_documents(store)
    assert before["cluster_configs"] == after["cluster_configs"]


def test_a_secret_that_was_read_is_as_masked_as_any(store, with_secret):
    """Its representation gives nothing away."""
    add_cluster(store, with_secret)
    secret = password(store)
    assert {repr(secret), str(secret), f"{secret}"} == {"******"}


def test_a_secret_that_was_read_can_be_copied_and_pickled(store, with_secret):
    """As any other secret can."""
    add_cluster(store, with_secret)
    secret = password(store)
    copies = [copy.copy(secret), copy.deepcopy(secret), pickle.loads(pickle.dumps(secret))]  # noqa: S301
    assert [copied.reveal() for copied in copies] == [HIDDEN] * 3
    assert len({secret, Secret(HIDDEN), *copies}) == 1


def test_a_secret_from_the_store_is_a_value_for_a_config() -> None:
    """What validation let in is still valid when it comes back: else plugins that look again would leave it out."""
    vault = Vault(None, ephemeral=True)
    config = Config("Password", "Of all.", ConfigType.SECRET, applicable_target="service:X", scope="cluster")
    assert config.problem_with(vault.sealed(vault.seal(Secret("hunter2")))) == ""
