"""What a machine is like: one script to ask, one pure function to read the answer."""

import posixpath
import re
import textwrap
from collections.abc import Iterable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from serai.hookspec.facts import Disk, Facts, JavaRuntime

SCRIPT: Final = r"""
say() { [ -z "$2" ] || printf '%s=%s\n' "$1" "$2"; }

say hostname "$(uname -n)"
say machine_id "$(cat /etc/machine-id 2>/dev/null)"
say boot_id "$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)"
say architecture "$(uname -m)"
say cpus "$(nproc)"
say user "$(id -un 2>/dev/null || id -u)"
say uid "$(id -u)"
say home "$HOME"
# The kernel's own tables: a host may have neither ip nor hostname.
sed -n '/|-- /h; /\/32 host LOCAL/{g; s/.*|-- /address=/p}' /proc/net/fib_trie 2>/dev/null
sed -n 's/^\([0-9a-f]\{32\}\) .*/address6=\1/p' /proc/net/if_inet6 2>/dev/null
[ ! -d /run/systemd/system ] || say systemd yes
for file in /etc/os-release /usr/lib/os-release; do
    [ ! -r "$file" ] || { sed -n 's/^\(ID\|VERSION_ID\)=/os_\1=/p' "$file" && break; }
done
sed -n 's/^MemTotal: *\([0-9]*\) kB$/memory_kb=\1/p' /proc/meminfo

# Every limit from the control group up to the root holds; version 2, then version 1.
limits() {
    while :; do
        say memory_limit "$(cat "$1$2/$3" 2>/dev/null)"
        case $2 in '' | /) break ;; esac
        set -- "$1" "${2%/*}" "$3"
    done
}
while IFS=: read -r number controllers path; do
    case $number,$controllers in
        0,) limits /sys/fs/cgroup "$path" memory.max ;;
        *,memory | *,memory,*) limits /sys/fs/cgroup/memory "$path" memory.limit_in_bytes ;;
    esac
done </proc/self/cgroup 2>/dev/null

df -P -k / "$1" 2>/dev/null | sed -n '2,$s/^/disk=/p'

python=$(command -v python3) && say python "$python" && say python_version "$("$python" --version 2>&1)"

java=${JAVA_HOME:+$JAVA_HOME/bin/java}
[ -n "$java" ] && [ -x "$java" ] || java=$(command -v java)
if [ -n "$java" ]; then
    binary=$(readlink -f "$java")
    say java "$java"
    say java_binary "$binary"
    # A runtime tells its version in a file: asking itself takes a hundred times as long.
    say java_release "$(sed -n 's/^JAVA_VERSION=//p' "${binary%/bin/java}/release" 2>/dev/null)"
    [ -r "${binary%/bin/java}/release" ] || say java_says "$("$java" -version 2>&1 | head -n 1)"
fi
exit 0
"""

_VERSION: Final = re.compile(r"[0-9]+([._+-][0-9A-Za-z]+)*")
_JAVA_SAYS: Final = re.compile(r'\w+ version "([^"]+)"')


def command(prefix: str) -> tuple[str, ...]:
    """What to run on a machine whose prefix is at that path."""
    return ("sh", "-c", SCRIPT, "sh", prefix)


def parse(answer: str) -> Facts:
    """Read the answer; what it does not say, or says in a way not understood, keeps its default."""
    said = spoken(answer)

    def first(key: str) -> str:
        return said.get(key, [""])[0]

    hostname = first("hostname")
    return Facts(
        hostname=hostname,
        machine_id=machine_id(first("machine_id"), first("boot_id"), hostname),
        distribution=_unquoted(first("os_ID")),
        distribution_version=_unquoted(first("os_VERSION_ID")),
        architecture=first("architecture"),
        cpus=max(1, _number(first("cpus"))),
        memory_mb=memory_mb(_number(first("memory_kb")), said.get("memory_limit", ())),
        disks=disks(said.get("disk", ())),
        java=java(first("java_binary"), first("java_release"), first("java_says")),
        python=first("python"),
        python_version=first("python_version").removeprefix("Python "),
        user=first("user"),
        home=first("home"),
        addresses=addresses(said.get("address", ()), said.get("address6", ())),
        is_root=first("uid") == "0",
        has_systemd=first("systemd") == "yes",
    )


def spoken(answer: str) -> dict[str, list[str]]:
    """The ``key=value`` lines of an answer: the values by key, in their order."""
    said: dict[str, list[str]] = {}
    for line in answer.splitlines():
        key, separator, value = line.partition("=")
        if separator:
            said.setdefault(key, []).append(value.strip())
    return said


def machine_id(stored: str, boot_id: str, hostname: str) -> str:
    """Equal for two instances on one machine: what is stored on it, else what the kernel drew at boot."""
    if stored and stored != "uninitialized":
        return stored
    return f"{boot_id}-{hostname}" if boot_id else ""


def memory_mb(total_kb: int, limits: Iterable[str]) -> int:
    """Memory in MiB: the machine's, or the lowest limit of its control groups (bytes, or ``max``)."""
    bounds = [limit for text in limits if (limit := _number(text)) > 0]
    return min([total_kb * 1024, *bounds]) // 2**20 if total_kb else 0


def disks(lines: Sequence[str]) -> tuple[Disk, ...]:
    """The file systems of ``df -P -k`` lines, each once."""
    found: dict[str, Disk] = {}
    for line in lines:
        fields = line.split(maxsplit=5)
        if len(fields) == 6 and fields[1].isdecimal() and fields[3].isdecimal():
            found[fields[5]] = Disk(fields[5], int(fields[1]) // 1024, int(fields[3]) // 1024)
    return tuple(found.values())


def java(binary: str, release: str, says: str) -> JavaRuntime | None:
    """The Java whose program that is, when its version can be read: from its release file, or as it says itself."""
    told = _JAVA_SAYS.match(says)
    version = _unquoted(release) or (told.group(1) if told else "")
    if not posixpath.isabs(binary) or not binary.endswith("/bin/java") or not _VERSION.fullmatch(version):
        return None
    return JavaRuntime(binary.removesuffix("/bin/java").removesuffix("/jre"), version)


def addresses(four: Iterable[str], six: Iterable[str]) -> tuple[str, ...]:
    """What others can reach the machine at: IPv4 as it is written, IPv6 in 32 digits; each once."""
    found: dict[str, None] = {}
    for text in (*four, *(":".join(textwrap.wrap(digits, 4)) for digits in six)):
        with suppress(ValueError):
            address = ip_address(text)
            if not address.is_loopback and not address.is_link_local:
                found[str(address)] = None
    return tuple(found)


def _unquoted(value: str) -> str:
    return value.strip("\"'")


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdecimal() else 0
