#!/bin/bash
# Runs whole clusters on virtual time, each from one seed, under faults; what fails is named by its seed.
#
# Usage: simulation.sh [SEEDS [FIRST [PROCESSES]]]
#   10000 seeds from 1, as many at the same time as there are processors; one seed alone shows what happens
# Each seed stands for three clusters: one whose clients go anywhere, and two behind a balancer, of a DeltaManager and
# of a BackupManager. The same seed does the same again: simulation.sh 1 SEED. The last lines name the seeds that failed
# and say how many passed.

cd "$(dirname "$0")/.." || exit 1
seeds=${1:-10000}
first=${2:-1}
processes=${3:-$(nproc)}
last=$((first + seeds - 1))
# Processes are short so that memory is.
chunk=100

export CARACAL_TESTS=ClusterSimulation
export SWIFT_DETERMINISTIC_HASHING=1
flags="-c release --scratch-path .build-simulation -Xswiftc -enable-testing -debug-info-format none"
swift build --build-tests $flags || exit 1

logs=.build-simulation/logs
rm -rf "$logs" && mkdir -p "$logs" || exit 1
export LD_LIBRARY_PATH=.build-simulation/release

# run_chunk FIRST LAST: some seeds, in a process of their own.
run_chunk() {
    local end=$(($1 + chunk - 1))
    [ "$end" -le "$2" ] || end=$2
    CARACAL_SIMULATION_SEEDS=$1-$end .build-simulation/release/caracalPackageTests.xctest \
        --testing-library swift-testing --filter ClusterSimulationTests > "$logs/$1" 2>&1
    grep -E '^(balanced |twofold )?seed .* failed' "$logs/$1"
    echo "seeds $1 to $end: $(grep -cE '^(balanced |twofold )?seed .* passed' "$logs/$1") of $((3 * (end - $1 + 1))) clusters passed"
}
export -f run_chunk
export chunk logs

if [ "$seeds" -gt 1 ]; then
    seq "$first" "$chunk" "$last" | xargs -P "$processes" -I START bash -c "run_chunk START $last"
else
    run_chunk "$first" "$last"
    cat "$logs/$first"
fi
failed=$(cat "$logs"/* | sed -nE 's/^(balanced |twofold )?seed ([0-9]+) failed.*/\2/p' | sort -nu)
[ -z "$failed" ] || echo "failed:" $failed
passed=$(cat "$logs"/* | grep -cE '^(balanced |twofold )?seed .* passed')
echo "$passed passed, $((3 * seeds - passed)) failed"
[ "$passed" -eq $((3 * seeds)) ]
