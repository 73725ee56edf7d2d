#!/bin/sh
# Runs whole clusters on virtual time, each from one seed, under faults; what fails is named by its seed.
#
# Usage: simulation.sh [SEEDS [FIRST]]   10000 seeds from 1; one seed alone shows what happens
# The same seed does the same again: simulation.sh 1 SEED. The last line says how many passed.

cd "$(dirname "$0")/.." || exit 1
seeds=${1:-10000}
first=${2:-1}
last=$((first + seeds - 1))
# Processes are short so that memory is.
chunk=250

export CARACAL_TESTS=ClusterSimulation
export SWIFT_DETERMINISTIC_HASHING=1
flags="-c release --scratch-path .build-simulation -Xswiftc -enable-testing -debug-info-format none"
swift build --build-tests $flags || exit 1

log=.build-simulation/simulation.log
: > "$log"
while [ "$first" -le "$last" ]; do
    end=$((first + chunk - 1))
    [ "$end" -le "$last" ] || end=$last
    CARACAL_SIMULATION_SEEDS=$first-$end swift test --skip-build $flags --filter ClusterSimulationTests \
        > .build-simulation/chunk.log 2>&1
    cat .build-simulation/chunk.log >> "$log"
    [ "$seeds" -gt 1 ] || cat .build-simulation/chunk.log
    grep '^seed .* failed' .build-simulation/chunk.log
    echo "$(grep -c '^seed .* passed' "$log") of $((end - last + seeds)) seeds passed"
    first=$((end + 1))
done
passed=$(grep -c '^seed .* passed' "$log")
echo "$passed passed, $((seeds - passed)) failed"
[ "$passed" -eq "$seeds" ]
