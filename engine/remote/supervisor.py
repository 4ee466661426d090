"""The pidfile supervisor, as it runs on the host: plain POSIX sh with coreutils, util-linux, grep and awk.

Each service is two processes. A *keeper* in a session of its own waits for the service and writes down how it
ended; the service is the leader of another session, so that a signal to that one never reaches the keeper.

``<run>/services/<name>/record`` has ``key=value`` lines: ``boot`` (the kernel's boot id), ``pid`` and ``start`` (the
service, with its start time from ``/proc``), ``keeper`` and ``keeper_start``, ``token`` (of this start; the service
has it in its environment as ``SERAI_SERVICE``), ``fingerprint`` (of the declaration), ``signal`` and ``patience`` (how
to stop it, in hundredths of a second). ``exit`` beside it has the token and the status it ended with.
"""

from typing import Final

NOT_RUNNING: Final = 3
"""Status of ``signal`` when there is no process to send it to, and of ``runs`` when none is as declared."""

SUPERVISOR: Final = r"""
set -u
run=$1 log=$2 action=$3
shift 3
# Ours to give, and not to hand down, should the engine itself be such a service.
unset SERAI_SERVICE
read -r this_boot </proc/sys/kernel/random/boot_id

# Time since boot, in hundredths of a second.
now() {
    read -r NOW rest </proc/uptime
    NOW=${NOW%.*}${NOW#*.}
}

# State and start time of a process; fails when there is none.
look() {
    line=
    while IFS= read -r part; do line="$line $part"; done 2>/dev/null <"/proc/$1/stat" || return 1
    [ -n "$line" ] || return 1
    set -- ${line##*) }
    STATE=$1 START=${20}
}

# Whether the process of that number is the one that started then, and lives.
lives() {
    [ "$boot" = "$this_boot" ] && [ -n "$1" ] && look "$1" && [ "$START" = "$2" ] && [ "$STATE" != Z ]
}

load() {
    home=$run/services/$1
    boot='' pid='' start='' keeper='' keeper_start='' token='' fingerprint='' signal=TERM patience=3000
    [ -f "$home/record" ] || return 1
    while IFS='=' read -r key value; do
        case $key in
            boot) boot=$value ;; pid) pid=$value ;; start) start=$value ;;
            keeper) keeper=$value ;; keeper_start) keeper_start=$value ;;
            token) token=$value ;; fingerprint) fingerprint=$value ;;
            signal) signal=$value ;; patience) patience=$value ;;
        esac
    done <"$home/record"
}

runs() { lives "$pid" "$start"; }

# Once the service has ended, give its keeper a second to write down how.
settle() {
    now
    limit=$((NOW + 100))
    while lives "$keeper" "$keeper_start" && [ "$NOW" -lt "$limit" ]; do
        sleep 0.02
        now
    done
}

# The status it ended with, or "-".
exit_code() {
    CODE=-
    if [ -f "$home/exit" ]; then
        read -r ended code <"$home/exit"
        [ "$ended" = "$token" ] && CODE=$code
    fi
}

# What belongs to the service, as PID/START: processes with its token, its session, what was found before, and all
# descendants. Stopping comes in several rounds: whoever loses its parent in one must still be known in the next.
members() {
    [ -n "$token" ] || return 0
    marked=$(grep -lsF "SERAI_SERVICE=$token" /proc/[0-9]*/environ)
    cat /proc/[0-9]*/stat 2>/dev/null | session=$session marked=$marked known=$found awk '
        BEGIN { session = ENVIRON["session"] }
        {
            line = line $0
            if (line !~ /^[0-9]+ \(.*\) [A-Za-z] -?[0-9]+ /) { line = line " "; next }
            pid = line + 0
            sub(/^.*\) /, "", line)
            split(line, field, " ")
            line = ""
            if (field[1] == "Z" || field[1] == "X") next
            parent[pid] = field[2]
            start[pid] = field[20]
            if (session != "" && field[4] == session) member[pid] = 1
        }
        END {
            count = split(ENVIRON["marked"], path, /[^0-9]+/)
            for (i = 1; i <= count; i++) if (path[i] in parent) member[path[i]] = 1
            count = split(ENVIRON["known"], pair, " ")
            for (i = 1; i <= count; i++) {
                split(pair[i], part, "/")
                if (part[1] in parent && start[part[1]] == part[2]) member[part[1]] = 1
            }
            do {
                grown = 0
                for (pid in parent) if (!(pid in member) && (parent[pid] in member)) { member[pid] = 1; grown = 1 }
            } while (grown)
            for (pid in member) print pid "/" start[pid]
        }'
}

# End the service with all that belongs to it; fails when something will not go.
halt() {
    [ "$boot" = "$this_boot" ] || return 0
    session='' found='' asked=''
    # Once its leader is gone, a session's number may have been given away.
    ! runs || session=$pid
    now
    limit=$((NOW + patience))
    while found=$(members) && [ -n "$found" ]; do
        pids=
        for pair in $found; do pids="$pids ${pair%/*}"; done
        now
        if [ -z "$asked" ]; then
            kill -s "$signal" $pids 2>/dev/null
            # One that was stopped would not hear the signal.
            kill -s CONT $pids 2>/dev/null
            asked=1
        elif [ "$NOW" -ge $((limit + 1000)) ]; then
            echo "still there after KILL:$pids" >&2
            return 1
        elif [ "$NOW" -ge "$limit" ]; then
            kill -s KILL $pids 2>/dev/null
        fi
        sleep 0.03
    done
    settle
}

# The keeper, and in it what becomes the service. Read from standard input, so that they do not fill the process list.
# Arguments: title out err home token fingerprint signal patience cwd [NAME=VALUE…] argv…
keeper() {
    cat <<'KEEPER'
title=$1 out=$2 err=$3
home=$4 token=$5
shift 3
setsid sh -s -- "$title" "$$" "$@" >"$out" 2>"$err" <<'SERVICE'
keeper=$2 home=$3 token=$4 fingerprint=$5 signal=$6 patience=$7 cwd=$8
shift 8
start_of() {
    line=
    while IFS= read -r part; do line="$line $part"; done <"/proc/$1/stat"
    set -- ${line##*) }
    START=${20}
}
read -r boot </proc/sys/kernel/random/boot_id
start_of "$keeper"
keeper_start=$START
start_of "$$"
printf '%s\n' "boot=$boot" "pid=$$" "start=$START" "keeper=$keeper" "keeper_start=$keeper_start" "token=$token" \
    "fingerprint=$fingerprint" "signal=$signal" "patience=$patience" >"$home/record.new" || exit 126
mv -f "$home/record.new" "$home/record" || exit 126
cd "$cwd" || exit 126
exec env "$@" </dev/null
SERVICE
code=$?
printf '%s %s\n' "$token" "$code" >"$home/exit.new" && mv -f "$home/exit.new" "$home/exit"
KEEPER
}

# Not with "&" if it can be helped: a shell makes its background deaf to INT and QUIT, and all that come from it.
detach() {
    keeper | setsid -f sh -s -- "$@" >/dev/null 2>&1 9>&- && return
    keeper | setsid sh -s -- "$@" >/dev/null 2>&1 9>&- &
}

# Arguments: [NAME=VALUE…] argv…
spawn() {
    for stream in out err; do
        [ ! -f "$log/$name.$stream" ] || mv -f "$log/$name.$stream" "$log/$name.$stream.1"
    done
    detach "serai-keeper:$name" "$log/$name.out" "$log/$name.err" "$home" "$new_token" "$new_fingerprint" \
        "$new_signal" "$new_patience" "$cwd" "$@"
    now
    limit=$((NOW + 1000))
    until recorded; do
        now
        token=$new_token
        exit_code
        if [ "$NOW" -ge "$limit" ] || [ "$CODE" != - ]; then
            recorded && return
            echo "$name could not be started" >&2
            tails
            exit 1
        fi
        sleep 0.01
    done
}

recorded() { load "$name" && [ "$token" = "$new_token" ]; }

# Whether every probe holds. Ports are sets of keys, separated by blanks; within a set one is enough.
ready() {
    if [ -n "$ports" ]; then
        cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v wanted="$ports" '
            $4 == "0A" { seen[$2] = 1; sub(/^[^:]*/, "*", $2); seen[$2] = 1 }
            END {
                sets = split(wanted, set, " ")
                for (i = 1; i <= sets; i++) {
                    found = 0
                    keys = split(set[i], key, ",")
                    for (j = 1; j <= keys; j++) if (key[j] in seen) found = 1
                    if (!found) exit 1
                }
            }' || return 1
    fi
    left=$texts
    for text; do
        [ "$left" -gt 0 ] || break
        left=$((left - 1))
        grep -qsF -e "$text" "$log/$name.out" "$log/$name.err" || return 1
    done
}

tails() {
    for stream in out err; do
        [ ! -s "$log/$name.$stream" ] || tail -n 200 "$log/$name.$stream" >&2
    done
}

# Prints: whether it was started, how the wait ended, and the exit status.
await() {
    now
    deadline=$((NOW + limit_ready)) rounds=0
    # Without a probe, long enough to see a program that is not there at all.
    [ -n "$ports" ] || [ "$texts" -gt 0 ] || sleep 0.1
    while :; do
        verdict=
        if ! runs; then
            settle
            exit_code
            verdict="ended $CODE"
        elif ready "$@"; then
            verdict="ready -"
        else
            now
            [ "$NOW" -lt "$deadline" ] || verdict="late -"
        fi
        if [ -n "$verdict" ]; then
            echo "$started $verdict"
            case $verdict in ready*) ;; *) tails ;; esac
            return
        fi
        rounds=$((rounds + 1))
        if [ "$rounds" -lt 40 ]; then sleep 0.05; else sleep 0.2; fi
    done
}

lock() {
    home=$run/services/$name
    mkdir -p "$home" "$log" || exit 1
    command -v flock >/dev/null || { echo "the host lacks flock (util-linux)" >&2; exit 1; }
    exec 9>"$home/lock"
    flock -w "$1" 9 && return
    echo "$name is being started or stopped by someone else" >&2
    exit 1
}

case $action in
start)
    # Arguments: [text…] [NAME=VALUE…] argv…
    name=$1 again=$2 limit_ready=$3 ports=$4 new_token=$5 new_fingerprint=$6 new_signal=$7 new_patience=$8 cwd=$9
    shift 9
    texts=$1
    shift
    lock 120
    started=0
    if [ "$again" = 1 ] || ! load "$name" || ! runs || [ "$fingerprint" != "$new_fingerprint" ]; then
        started=1
        ! load "$name" || halt || exit 1
        (
            shift "$texts"
            spawn "$@"
        ) || exit 1
        load "$name"
    fi
    exec 9>&-
    await "$@"
    ;;
stop)
    # Arguments: 1 to forget them, then for each its name, signal and patience ("" for those it was started with)
    forget=$1
    shift
    while [ "$#" -gt 0 ]; do
        name=$1
        if [ -d "$run/services/$name" ]; then
            lock 120
            was=stopped
            if load "$name"; then
                [ -z "$2" ] || signal=$2
                [ -z "$3" ] || patience=$3
                ! runs || was=running
                halt || exit 1
            fi
            echo "$was"
            [ "$forget" = 0 ] || rm -rf "$home" "$log/$name.out" "$log/$name.err" "$log/$name.out.1" "$log/$name.err.1"
            exec 9>&-
        fi
        shift 3
    done
    ;;
runs)
    load "$1" && runs && [ "$fingerprint" = "$2" ] || exit 3
    ;;
signal)
    load "$2" && runs || exit 3
    kill -s "$1" "$pid"
    ;;
status)
    if [ "$#" -eq 0 ] && [ -d "$run/services" ]; then
        for record in "$run"/services/*/record; do
            [ ! -f "$record" ] || { record=${record%/record} && set -- "$@" "${record##*/}"; }
        done
    fi
    for name; do
        if ! load "$name"; then
            echo "$name absent 0 -"
        elif runs; then
            echo "$name running $pid -"
        else
            settle
            exit_code
            echo "$name exited 0 $CODE"
        fi
    done
    ;;
log)
    [ ! -f "$log/$1" ] || tail -n "$2" "$log/$1"
    ;;
esac
"""
