"""The scripts that run on a machine around a command, and the one line that starts them. Nothing here has effects."""

import math
import os
import shlex
from typing import Final

from serai.engine.remote.root import SUDO
from serai.engine.remote.transport import Command

LONGEST: Final = 128 * 1024 - 1
"""Bytes in the longest argument that Linux takes: sshd hands a whole command to the login shell as one."""

CANNOT_PREPARE: Final = 73
"""Exit status when a directory could not be made (EX_CANTCREAT)."""

_PREPARE: Final = r"""
# Arguments: "count" directories, and more that stays out of this. What is missing is made, by one process.
prepare() {
    others=$(($# - count)) left=$count missing=
    while [ "$left" -gt 0 ]; do
        [ -d "$1" ] || missing=yes
        set -- "$@" "$1"
        shift
        left=$((left - 1))
    done
    [ -n "$missing" ] || return 0
    shift "$others"
    mkdir -p -- "$@"
}
count=$1
shift
prepare "$@" || exit 73
shift "$count"
exec "$@"
"""
"""Arguments: a number, that many directories to be made, a command."""

_BECOME_ROOT: Final = f'[ "$(id -u)" = 0 ] || set -- {shlex.join(SUDO)} "$@"; exec "$@"'
"""Arguments: a command."""

_RUN: Final = r"""
token=$1 limit=$2 cwd=$3
shift 3
# What this shell has to say about a command that was killed is not the command's; and a command that ends all of its
# group, as some do, does not end who tells of it.
exec 3>&2 2>/dev/null
trap : HUP INT TERM
echo "$token begins"
echo "$token begins" >&3
if cd "$cwd"; then
    "$@" 2>&3 3>&-
    status=$?
elif [ -d "$cwd" ]; then
    printf '%s: Permission denied\n' "$cwd" >&3
    status=126
else
    printf '%s: No such file or directory\n' "$cwd" >&3
    status=127
fi
echo "$token ended $status"
echo "$token ended $status" >&3
"""
"""Arguments: a token, seconds, a directory, a command. The reaper reads the first two among the arguments."""

_VERBATIM: Final = ("/bin/sh", "-c", 'exec "$@"', "sh")
"""Stands before a program whose name env would take for a variable."""

REAPER: Final = r"""
pause=$1
read -r token && echo "$token" || exit 1

# Sets state, parent and session of a process, and when it started: hundredths of a second after the machine.
look() {
    stat=
    while read -r line; do stat="$stat $line"; done <"/proc/$1/stat" || return 1
    set -- ${stat##*)}
    state=$1 parent=$2 session=$4
    shift 19
    started=$1
}

doom() {
    case "$doomed$own " in *" $session "*) ;; *) doomed="$doomed$session " ;; esac
}

# Prints those that the token was given to.
marked() {
    grep -lsF -e "$token" /proc/[0-9]*/cmdline
}

# Dooms the sessions of all of them.
all() {
    for file in $(marked); do
        file=${file#/proc/}
        look "${file%/cmdline}" && doom
    done
}

# Dooms the sessions of those that outlive their limit, which stands behind the token.
overdue() {
    read -r now rest </proc/uptime
    now=${now%%.*}
    for file in $(marked); do
        limit=$(tr '\0' '\n' <"$file" | sed -n "/^$token/{n;p;q;}")
        file=${file#/proc/}
        look "${file%/cmdline}" && [ $((now - started / 100)) -gt "${limit:-$now}" ] && doom
    done
}

# Sets "kin" to the processes of the doomed sessions, and to what came out of them in whatever session.
gather() {
    kin=' ' table= grown=1
    for file in /proc/[0-9]*; do
        look "${file#/proc/}" && [ "$state" != Z ] && table="$table ${file#/proc/}:$parent:$session"
    done
    while [ -n "$grown" ]; do
        grown=
        for entry in $table; do
            pid=${entry%%:*} entry=${entry#*:}
            case $kin in *" $pid "*) continue ;; esac
            case $doomed,$kin in *" ${entry#*:} "*,* | *,*" ${entry%:*} "*) kin="$kin$pid " grown=1 ;; esac
        done
    done
}

# Kills what "$1" dooms, until nothing of it is left.
reap() {
    doomed=' ' rounds=0
    while "$1"; [ "$doomed" != ' ' ] && gather && [ "$kin" != ' ' ]; do
        [ "$rounds" -lt 100 ] || return 1
        kill -s KILL $kin
        rounds=$((rounds + 1))
        sleep 0.02
    done
}

# Who would have ended a command that outlives its limit is out of reach, and nobody here has been told so yet.
sweep() {
    trap 'kill "$!"; exit' TERM
    while sleep "$pause" & wait "$!" && [ -e "/proc/$$" ]; do reap overdue; done
}

exec 2>/dev/null
look $$ && own=$session || exit 1
sweep </dev/null >/dev/null &
sweeper=$!
# As long as the other end lives.
while read -r word; do [ "$word" = leave ] && break; done
kill "$sweeper"
[ "$word" = leave ] || reap all
"""
"""Argument: seconds between looks at what is overdue. Standard input: a token, which is echoed.

As soon as it ends, what was started with that token is killed; until then, what has outlived its limit.

A process is known by the token among its arguments, so that the number of one that has ended is never mistaken. A line
``leave`` spares them.
"""

_PAUSE: Final = 30


def start_line(command: Command, token: str, timeout: float) -> bytes:
    """What the login shell is to run for a command.

    Args:
        command: what to run.
        token: told before and after, on both streams.
        timeout: seconds after which it is ended even if nobody asks for that any more.
    """
    backstop = str(math.ceil(timeout) + 10)
    environment = [f"{name}={value}" for name, value in command.env.items()]
    argv = [*(["env", "--", *environment] if environment else []), *command.argv]
    if environment and "=" in command.argv[0]:
        argv[-len(command.argv) : -len(command.argv)] = _VERBATIM
    if command.root:
        # The reaper of a connection may not be allowed to end it.
        argv = ["timeout", "-k", "5", backstop, *argv]
    words = ["sh", "-c", _RUN, "serai", token, backstop, command.cwd, *argv]
    if command.root:
        words = _as_root(words)
    if command.directories:
        words = ["sh", "-c", _PREPARE, "serai", str(len(command.directories)), *command.directories, *words]
    return os.fsencode(shlex.join(words))


def reaper_line(*, root: bool = False) -> bytes:
    """What the login shell is to run for the reaper."""
    words = ["sh", "-c", REAPER, "serai", str(_PAUSE)]
    return os.fsencode(shlex.join(_as_root(words) if root else words))


def _as_root(words: list[str]) -> list[str]:
    return ["sh", "-c", _BECOME_ROOT, "serai", *words]
