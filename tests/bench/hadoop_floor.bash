#!/bin/bash
# The floor: what someone who knows OpenSSH and Hadoop well writes by hand to have exactly this cluster, and nothing more.
#
# One connection a host that is there already (ControlMaster); hosts in parallel; the files are ready, and the
# distribution is on the hosts. No checks of what is there already, no deadlines, no errors of its own.
#
# Arguments: directory of what goes to each host (<name>.tar, .prepare, .format, .first, .then), key, known
# hosts, directory of the connections' sockets, how many workers, and of each host "name address", the master first.
set -eu
ready=$1 identity=$2 known=$3 sockets=$4 workers=$5
shift 5
read -r master address <<<"$1"

on() {
    ssh -F none -i "$identity" -o "UserKnownHostsFile=$known" -o BatchMode=yes -o ControlMaster=auto \
        -o ControlPersist=600 -o "ControlPath=$sockets/%C" "root@$1" "$2"
}

# Hosts in parallel; the first that fails ends it.
everywhere() {
    local host pids=()
    for host in "${hosts[@]}"; do
        "$1" $host &
        pids+=($!)
    done
    for host in "${pids[@]}"; do
        wait "$host"
    done
}

prepare() { on "$2" "$(cat "$ready/$1.prepare")" <"$ready/$1.tar"; }
first() { on "$2" "$(cat "$ready/$1.first")"; }
then_() { on "$2" "$(cat "$ready/$1.then")"; }

asked() { curl -sf "http://$address:$1" || true; }

until_said() {
    until asked "$1" | grep -q "$2"; do sleep 0.1; done
}

hosts=("$@")
everywhere prepare
on "$address" "$(cat "$ready/$master.format")"  # before the others: they would take its processor, and wait for it
everywhere first
everywhere then_
until_said "9870/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState" "\"NumLiveDataNodes\" : $workers,"
until_said "9870/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo" '"Safemode" : ""'
until_said "8088/ws/v1/cluster/metrics" "\"activeNodes\":$workers,"
echo kept >"$sockets/probe"
file="http://$address:9870/webhdfs/v1/probe?user.name=root"
curl -sf -X PUT -L -T "$sockets/probe" "$file&op=CREATE" -o "$sockets/created"
[ "$(curl -sfL "$file&op=OPEN")" = kept ]
