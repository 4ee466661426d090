# The first process of the switch the hosts hang on. Says the number it has outside when the switch is there, and ends
# as a host does.
set -eu
read -r pid _ </proc/self/stat

quiet=/proc/sys/net/ipv6/conf/default/disable_ipv6 # a switch has nothing to say itself
[ ! -e "$quiet" ] || echo 1 >"$quiet"
ip link add bridge type bridge
ip link set bridge up

echo "$pid"
cat >/dev/null
