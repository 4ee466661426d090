"""Looking at a machine: one script to ask, one pure function to read the answer."""

import binascii
import re
import time
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import ip_address
from typing import Final

from serai.engine.remote import facts
from serai.hookspec.access import Findings, Inquiry, Place
from serai.hookspec.remote import Remote

_ASK: Final = rf"""
({facts.SCRIPT})
shift

name() {{
    printf 'name=%s %s\n' "$1" "$(timeout 10 getent ahosts "$2" 2>/dev/null | sed -n '1s/[[:space:]].*//p')"
}}
file() {{
    if [ -f "$2" ] && [ -r "$2" ]; then
        printf 'file=%s %s\n' "$1" "$(head -c 65536 "$2" | base64 | tr -d '\n')"
    elif [ -e "$2" ] || [ -L "$2" ]; then
        printf 'file=%s\n' "$1"
    fi
}}
directory() {{
    path=$2 writable=no
    until [ -e "$path" ] || [ "$path" = / ]; do path=$(dirname -- "$path"); done
    [ -d "$path" ] && [ -w "$path" ] && writable=yes
    printf 'directory=%s %s %s\n' "$1" "$writable" "$(df -P -k "$path" 2>/dev/null | sed -n 2p)"
}}
root() {{
    [ "$(id -u)" != 0 ] || return
    said=$(LC_ALL=C sudo -n -- env true 2>&1) ||
        printf 'root_refused=%s\n' "$(printf '%s\n' "${{said:-sudo said nothing}}" | tail -n 1)"
}}

index=0
for question; do
    value=${{question#*:}}
    case $value in '~/'*) value=$HOME/${{value#??}} ;; esac
    case $question in
        name:*) name "$index" "$value" & ;;  # each may take its time, and all of them together no more
        file:*) file "$index" "$value" ;;
        directory:*) directory "$index" "$value" ;;
        root:) root ;;
    esac
    index=$((index + 1))
done
listening='s/^ *[0-9]*: [0-9A-F]*:\([0-9A-F]\{{4\}}\) [0-9A-F:]* 0A .*/listens=\1/p'
sed -n "$listening" /proc/net/tcp /proc/net/tcp6 2>/dev/null
wait
printf 'clock=%s\n' "$(date +%s.%N)"  # last: from here to the engine it is but half a round trip
"""

_CLOCK: Final = re.compile(r"([0-9]{1,12})(\.[0-9]{1,12})?")
_PORT: Final = re.compile(r"[0-9A-F]{4}")


def inspect(remote: Remote, inquiry: Inquiry, *, timeout: float, clock: Callable[[], float] = time.time) -> Findings:
    """Look at a machine in one round trip, changing nothing.

    Args:
        remote: the connection.
        inquiry: what to look at beside the facts.
        timeout: seconds.
        clock: the engine's, in seconds of the epoch.

    Raises:
        RemoteError: the machine could not be looked at.
    """
    answer = remote.script(_ASK, remote.layout.prefix, *questions(inquiry), timeout=timeout)
    return parse(answer.stdout, inquiry, now=clock())


def questions(inquiry: Inquiry) -> tuple[str, ...]:
    """The script's arguments: what to look at, each told by its index in the answer."""
    return (
        *(f"name:{name}" for name in inquiry.names),
        *(f"file:{path}" for path in inquiry.files),
        *(f"directory:{path}" for path in inquiry.directories),
        *(["root:"] if inquiry.root else []),
    )


def parse(answer: str, inquiry: Inquiry, *, now: float) -> Findings:
    """Read the answer; what it does not say, or says in a way not understood, was not found.

    Args:
        answer: what the script wrote.
        inquiry: what was asked.
        now: the engine's clock when it came, in seconds of the epoch.
    """
    said = facts.spoken(answer)
    asked = questions(inquiry)
    told = {kind: dict(_told(kind, said.get(kind, ()), asked)) for kind in ("name", "file", "directory")}
    listening = {int(port, 16) for port in said.get("listens", ()) if _PORT.fullmatch(port)}
    return Findings(
        facts=facts.parse(answer),
        clock_skew=_skew(said.get("clock", ()), now),
        ports_taken=tuple(port for port in inquiry.ports if port in listening),
        addresses={name: _address(told["name"].get(name, "")) for name in inquiry.names},
        files={path: _content(encoded) for path, encoded in told["file"].items()},
        places=dict(_places(told["directory"])),
        root_refused=next(iter(said.get("root_refused", ())), "") if inquiry.root else "",
    )


def _told(kind: str, lines: Iterable[str], asked: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What ``INDEX VALUE`` lines tell, by what was asked."""
    for line in lines:
        index, _, value = line.partition(" ")
        if index.isascii() and index.isdecimal() and len(index) < 9 and int(index) < len(asked):
            what, _, name = asked[int(index)].partition(":")
            if what == kind:
                yield name, value


def _skew(readings: Iterable[str], now: float) -> float:
    match = _CLOCK.match(next(iter(readings), ""))
    return round(float(match.group()) - now, 3) if match else 0.0


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


def _content(encoded: str) -> str:
    try:
        return b64decode(encoded, validate=True).decode(errors="backslashreplace")
    except (binascii.Error, ValueError):
        return ""


def _places(lines: Mapping[str, str]) -> Iterator[tuple[str, Place]]:
    for path, line in lines.items():
        writable, _, system = line.partition(" ")
        for disk in facts.disks([system]):
            yield path, Place(disk, writable == "yes")
