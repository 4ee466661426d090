import subprocess
from pathlib import Path

import pytest
from unit.remote.own_sshd import OwnSshd, own

from serai.engine.remote.pool import Pool
from serai.hookspec.errors import HostKeyRefused, RemoteError


def test_an_unknown_machine_is_refused(own_sshd: OwnSshd) -> None:
    """Whatever the user's own known_hosts say."""
    with Pool() as pool, pytest.raises(HostKeyRefused, match="is unknown") as caught:
        pool.get(own_sshd.endpoint(host_keys=())).run("true")
    assert (caught.value.code, caught.value.host) == ("HOST_KEY_UNKNOWN", "worker-1")


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_a_machine_with_another_key_is_refused(own_sshd: OwnSshd, kind: str) -> None:
    """Also when the pinned one is of a kind that it does not have."""
    other = own_sshd.make_key(f"other-{kind}", kind)
    with Pool() as pool, pytest.raises(HostKeyRefused, match="and not what is pinned") as caught:
        pool.get(own_sshd.endpoint(host_keys=(other,))).run("true")
    assert (caught.value.code, caught.value.host) == ("HOST_KEY_CHANGED", "worker-1")
    assert caught.value.details["pinned"] == [other]


def test_a_refusal_stops_everything() -> None:
    """It is no RemoteError, which waiting and quarantine put up with."""
    assert not issubclass(HostKeyRefused, RemoteError)


def test_one_of_several_pinned_keys_is_enough(own_sshd: OwnSshd) -> None:
    """A machine has one of each kind; the pinned kind is the one it is asked for."""
    other = own_sshd.make_key("spare")
    with Pool() as pool:
        assert pool.get(own_sshd.endpoint(host_keys=(other, own_sshd.key))).run("true").status == 0


def test_the_pinned_kind_of_key_is_asked_for() -> None:
    """A machine that prefers to show another is not refused for that."""
    with own() as sshd, Pool() as pool:
        rsa = sshd.make_key("rsa_host_key", "rsa")
        with (sshd.directory / "config").open("r+") as file:
            text = file.read()
            file.seek(0)
            file.write(f"HostKey {sshd.directory}/rsa_host_key\n{text}")
        sshd.stop()
        sshd.start()
        assert pool.get(sshd.endpoint(host_keys=(rsa,))).run("true").status == 0


def test_an_authority_may_vouch_for_a_machine() -> None:
    """By a certificate for its key."""
    with own() as sshd, Pool() as pool:
        authority = sshd.make_key("authority")
        sign = ["ssh-keygen", "-q", "-s", "authority", "-h", "-I", "it", "-n", sshd.address, "host_key.pub"]
        subprocess.run(sign, check=True, cwd=sshd.directory)
        with (sshd.directory / "config").open("r+") as file:
            text = file.read()
            file.seek(0)
            file.write(f"HostCertificate {sshd.directory}/host_key-cert.pub\n{text}")
        sshd.stop()
        sshd.start()
        assert pool.get(sshd.endpoint(host_keys=(f"@cert-authority {authority}",))).run("true").status == 0
        with pytest.raises(HostKeyRefused):
            pool.get(sshd.endpoint(host_keys=(f"@cert-authority {sshd.make_key('another')}",))).run("true")


def test_the_key_of_first_contact_is_told(own_sshd: OwnSshd) -> None:
    """When it is allowed; and from then on it is the only one."""
    with Pool() as pool:
        endpoint = own_sshd.endpoint(host_keys=(), first_contact=True)
        assert pool.host_keys(endpoint) == ()
        pool.get(endpoint).run("true")
        assert pool.host_keys(endpoint) == (own_sshd.key,)


def test_first_contact_is_once() -> None:
    """A machine that shows another key when the connection is opened again is refused."""
    with own() as sshd, Pool() as pool:
        endpoint = sshd.endpoint(host_keys=(), first_contact=True)
        pool.get(endpoint).run("true")
        sshd.make_key("host_key")
        sshd.restart()
        with pytest.raises(HostKeyRefused) as caught:
            pool.get(endpoint).run("true")
        assert caught.value.code == "HOST_KEY_CHANGED"


def test_pins_count_also_where_first_contact_is_allowed(own_sshd: OwnSshd) -> None:
    """A machine with pinned keys was met before."""
    endpoint = own_sshd.endpoint(host_keys=(own_sshd.make_key("wrong"),), first_contact=True)
    with Pool() as pool, pytest.raises(HostKeyRefused):
        pool.get(endpoint).run("true")


def test_one_machine_has_one_connection(own_sshd: OwnSshd, tmp_path: Path) -> None:
    """Whatever it is called, wherever it works, and also after its key was pinned."""
    before = own_sshd.sessions()
    with Pool() as pool:
        pool.get(own_sshd.endpoint(host_keys=(), first_contact=True)).run("true")
        for changes in ({}, {"host": "b"}, {"prefix": str(tmp_path / "p")}, {"env": {"A": "1"}}):
            assert pool.get(own_sshd.endpoint(**changes)).run("true").status == 0
        assert len(own_sshd.sessions()) == len(before) + 1


def test_a_shared_connection_is_no_way_past_a_pin(own_sshd: OwnSshd) -> None:
    """One that must show another key does not get what showed this one."""
    with Pool() as pool:
        pool.get(own_sshd.endpoint()).run("true")
        with pytest.raises(HostKeyRefused):
            pool.get(own_sshd.endpoint(host_keys=(own_sshd.make_key("elsewhere"),))).run("true")
        with pytest.raises(HostKeyRefused):
            pool.get(own_sshd.endpoint(host_keys=())).run("true")


def test_what_cannot_be_an_endpoint_is_a_value_error(own_sshd: OwnSshd) -> None:
    """Before ssh is started."""
    with Pool() as pool:
        for changes in ({"address": "-oProxyCommand=false"}, {"host_keys": ("ssh-ed25519 rubbish",)}):
            with pytest.raises(ValueError, match="not a"):
                pool.get(own_sshd.endpoint(**changes))


@pytest.mark.slow
def test_a_jump_host_is_believed_as_ssh_config_says(own_sshd: OwnSshd, tmp_path: Path) -> None:
    """The way there is the user's; the machine's own key is still the pinned one."""
    config, known = tmp_path / "config", tmp_path / "known"
    jump = own_sshd.endpoint()
    known.write_text(f"* {own_sshd.key}\n")
    config.write_text(
        f"Host jump\n HostName {own_sshd.address}\n Port {own_sshd.port}\n User {jump.user or 'root'}\n"
        f" IdentityFile {jump.identity_file}\n UserKnownHostsFile {known}\n"
        f"Host target\n HostName {own_sshd.address}\n ProxyJump jump\n"
    )
    endpoint = own_sshd.endpoint(address="target", config_file=str(config))
    with Pool() as pool:
        assert pool.get(endpoint).run("echo", "there").stdout == "there\n"
    known.write_text("")
    with Pool() as pool, pytest.raises(HostKeyRefused, match="on the way to target") as caught:
        pool.get(endpoint).run("true")
    assert caught.value.code == "HOST_KEY_UNKNOWN"


def test_ssh_config_cannot_talk_into_a_command(own_sshd: OwnSshd, tmp_path: Path) -> None:
    """Neither a terminal nor a command of the user's, nor forwardings; LocalCommand is not run."""
    config = tmp_path / "config"
    wishes = {
        "RequestTTY": "force",
        "RemoteCommand": "false",
        "PermitLocalCommand": "yes",
        "LocalCommand": f"touch {tmp_path}/ran",
        "LocalForward": "127.0.0.1:1 127.0.0.1:1",
        "ExitOnForwardFailure": "yes",
        "ControlMaster": "auto",
        "ControlPath": f"{tmp_path}/theirs",
        "ControlPersist": "60",
        "SessionType": "none",
        "StdinNull": "yes",
        "LogLevel": "DEBUG3",
        "StrictHostKeyChecking": "no",
        "ForwardAgent": "yes",
    }
    config.write_text("Host *\n" + "".join(f" {name} {value}\n" for name, value in wishes.items()))
    with Pool() as pool:
        remote = pool.get(own_sshd.endpoint(config_file=str(config)))
        done = remote.run("sh", "-c", "cat; test -t 0", stdin="x", check=False)
        assert (done.stdout, done.stderr, done.status) == ("x", "", 1)
        with pytest.raises(HostKeyRefused):
            pool.get(own_sshd.endpoint(config_file=str(config), host_keys=())).run("true")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config"]


def test_an_agents_key_is_used(own_sshd: OwnSshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the inventory names none."""
    socket = str(tmp_path / "agent")
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", socket)
        for _ in range(100):
            add = ["ssh-add", "-q", str(own_sshd.directory / "identity")]
            if subprocess.run(add, stderr=subprocess.DEVNULL).returncode == 0:
                break
        with Pool() as pool:
            assert pool.get(own_sshd.endpoint(identity_file="")).run("true").status == 0
    finally:
        agent.terminate()
        agent.wait()
