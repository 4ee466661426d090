"""Leaving a host as it was: what runs there of a cluster is ended, its files go, and the claim file last."""

from collections.abc import Sequence
from typing import Final

from serai.builtin_plugins.infrastructure.ssh.claim_file import CLAIM_FILE
from serai.builtin_plugins.infrastructure.ssh.holding import MARK
from serai.hookspec.errors import SeraiError
from serai.hookspec.remote import Remote

LIMIT: Final = 300.0
"""Seconds for a host, the connection included: there may be many files."""

CLEAN: Final = r"""
set -u
claim=$1 token=$2 mark=$3
shift 3

# Its own claim file, or none: with another's, the directories may be that one's by now.
mine=1
if [ -e "$claim" ] || [ -L "$claim" ]; then
    grep -qsF -e "\"token\": \"$token\"" "$claim" || mine=
fi
[ -n "$mine" ] || set --

# Services as the engine's records tell them, PID/START: they may have cleared their environment.
recorded() {
    read -r this_boot </proc/sys/kernel/random/boot_id
    for directory; do
        for record in "$directory"/run/services/*/record; do
            [ -r "$record" ] || continue
            boot='' pid='' start=''
            while IFS='=' read -r key value; do
                case $key in boot) boot=$value ;; pid) pid=$value ;; start) start=$value ;; esac
            done <"$record"
            [ "$boot" != "$this_boot" ] || [ -z "$pid" ] || printf '%s/%s ' "$pid" "$start"
        done
    done
}

# What belongs to the machine, as PID/START: marked or recorded, the sessions they lead, and all descendants. In several
# rounds: whoever loses its parent in one must still be known in the next. What this very script runs in is spared.
members() {
    marked=$(grep -lszxF -e "$mark" /proc/[0-9]*/environ)
    cat /proc/[0-9]*/stat 2>/dev/null | marked=$marked known="$found $services" self=$$ awk '
        # All descendants of some processes; with sessions, also what is in a session that one of them leads.
        function grow(family, with_sessions, pid, grown) {
            do {
                grown = 0
                for (pid in parent) {
                    if (pid in family || pid in spared) continue
                    if ((parent[pid] in family) || (with_sessions && (session[pid] in family))) {
                        family[pid] = 1
                        grown = 1
                    }
                }
            } while (grown)
        }
        {
            line = line $0
            if (line !~ /^[0-9]+ \(.*\) [A-Za-z] -?[0-9]+ /) { line = line " "; next }
            pid = line + 0
            sub(/^.*\) /, "", line)
            split(line, field, " ")
            line = ""
            if (field[1] == "Z" || field[1] == "X") next
            parent[pid] = field[2]
            session[pid] = field[4]
            start[pid] = field[20]
        }
        END {
            own[ENVIRON["self"]] = 1
            grow(own, 0)
            for (pid = ENVIRON["self"]; pid in parent && !(pid in spared); pid = parent[pid]) spared[pid] = 1
            for (pid in own) spared[pid] = 1
            count = split(ENVIRON["marked"], path, /[^0-9]+/)
            for (i = 1; i <= count; i++) if (path[i] in parent && !(path[i] in spared)) member[path[i]] = 1
            count = split(ENVIRON["known"], pair, " ")
            for (i = 1; i <= count; i++) {
                split(pair[i], part, "/")
                if (part[1] in parent && !(part[1] in spared) && start[part[1]] == part[2]) member[part[1]] = 1
            }
            grow(member, 1)
            for (pid in member) print pid "/" start[pid]
        }'
}

# TERM first, KILL after five seconds, and fifteen in all.
services=$(recorded "$@") found='' asked=' ' round=0
while found=$(members) && [ -n "$found" ]; do
    pids='' new=''
    for pair in $found; do
        pids="$pids ${pair%/*}"
        case $asked in *" $pair "*) ;; *) new="$new ${pair%/*}" asked="$asked$pair " ;; esac
    done
    if [ "$round" -ge 300 ]; then
        echo "processes that do not end:$pids" >&2
        exit 1
    fi
    [ -z "$new" ] || { kill -s TERM $new; kill -s CONT $new; } 2>/dev/null
    [ "$round" -lt 100 ] || kill -s KILL $pids 2>/dev/null
    sleep 0.05
    round=$((round + 1))
done

left=0
for directory; do
    rm -rf -- "$directory" 2>/dev/null || {
        # Software may take away its own right to write.
        chmod -R u+rwX -- "$directory" 2>/dev/null
        rm -rf -- "$directory" || left=1
    }
    # The one above is there for clusters alone, if it is called so.
    case ${directory%/*} in */serai | */.serai) rmdir -- "${directory%/*}" 2>/dev/null ;; esac
done
[ "$left" = 0 ] || exit 1
[ -z "$mine" ] || rm -f -- "$claim"
"""
"""Cleans a host. Arguments: the claim file, the token, the mark, directories. Standard error: what is left."""


def clean(remote: Remote, token: str, directories: Sequence[str], *, root: bool) -> None:
    """Leave a host as it was before a cluster had it. Done again, it finishes what it began.

    Where another has the host by its claim file, processes are ended alone: the files may be that one's.

    Args:
        remote: a connection of which nothing carries the machine's mark.
        token: the machine's.
        directories: everything the cluster has there is below these.
        root: whether something of it runs as root.

    Raises:
        SeraiError: something is left, saying what.
    """
    ended = remote.script(
        CLEAN, CLAIM_FILE, token, f"{MARK}={token}", *directories, root=root, check=False, timeout=LIMIT
    )
    if ended.status != 0:
        raise SeraiError(
            f"something is left: {ended.stderr.strip() or f'cleaning ended with status {ended.status}'}",
            code="HOST_NOT_CLEAN",
            place=remote.host,
            hint=f"see why; on the host it is {', '.join(directories) or 'processes alone'} and {CLAIM_FILE}",
        )
