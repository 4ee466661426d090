# The first process of the switch the hosts hang on. Ends as a host does.
set -eu
read -r pid _ </proc/self/stat
echo "$pid"
ip link add bridge type bridge
ip link set bridge up
cat >/dev/null
