#!/bin/sh
# A real Spark cluster on this machine, a real job on it, and everything gone again.
set -eu
cd "$(dirname "$0")"
serai=${SERAI:-serai}
SERAI_STORE=${SERAI_STORE:-sqlite:///$(mktemp -d)/quickstart.db}
export SERAI_STORE
trap '"$serai" down quickstart --force >/dev/null 2>&1 || true; rm -rf "$(dirname "${SERAI_STORE#sqlite:///}")"' EXIT

"$serai" up quickstart.yaml
"$serai" show quickstart
"$serai" job run quickstart --type Spark --lib text/opticks.txt spark_wordcount.py opticks.txt
"$serai" down quickstart
