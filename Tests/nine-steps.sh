#!/bin/bash
# Walks through the nine steps of the clustering how-to, and tells what each says over the wire and what each node holds.
#
#   Tests/nine-steps.sh [PROGRAM [PROGRAM [KIND]]]
#
# The programs, caracal or tomcat, are those of node a and of node b; without them both are caracal. KIND is as for
# interop.sh: "delta", "backup", "delta mcast async". Everything happens in a network of its own, where the wire may
# be watched without any right on this machine; where none can be made, the steps are walked and the wire is not shown.
# CARACAL_CONFIGURATION=debug takes the programs of a debug build.
# Packages: curl python3 util-linux iproute2
set -u
source "$(dirname "$0")/instance.sh"
source "$root/Tests/nodes.sh"

a=${1:-caracal} b=${2:-caracal} kind=${3:-delta}
if [ "$a $b" != "caracal caracal" ] && ! has_tomcat; then
    echo "skipped: there is no Tomcat in $tomcat, or no JDK"
    echo "0 passed, 0 failed"
    exit 0
fi
if [ -z "${IN_OWN_NETWORK:-}" ]; then
    probe_library > /dev/null || exit 1
    if unshare --user --map-root-user --net true 2> /dev/null; then
        IN_OWN_NETWORK=1 exec unshare --user --map-root-user --net "$0" "$@"
    fi
    echo "The wire is not shown: this machine lets nobody make a network namespace."
else
    ip link set lo up && ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo || exit 1
fi

# step NUMBER TEXT: what is said from now on belongs to this step.
step() {
    printf '\n== Step %s: %s\n' "$1" "$2"
    said_before=$(wc -l < "$wire")
}

said() { tail -n +$((said_before + 1)) "$wire"; }

# tell: what was said since the step began, and what the nodes hold.
tell() {
    local name
    # The last packets are on their way to the page.
    sleep 0.3
    [ -z "$watch_pid" ] || echo "-- on the wire; of what is said again and again, the first time"
    said | awk '!/ probe: | ping | PING|connection refused/ || !told[$2 $4 $5]++'
    for name in "${nodes[@]}"; do
        [ -n "${pid_of[$name]:-}" ] || continue
        echo "-- node $name (${program_of[$name]}) holds"
        held_by "$name" | sed 's/^/   /'
    done
}

# was_said PATTERN...: expects that the step said so; the messages of the DeltaManager are the how-to's.
was_said() {
    local pattern
    [ -n "$watch_pid" ] && ! is backup || return 0
    for pattern; do soon "the wire has: $pattern" yes is_said "$pattern"; done
}

is_said() { said | grep -q -- "$1" && echo yes; }

# roles NAME: the ids of the sessions of a node, each with its role.
roles() { held_by "$1" | cut -d ' ' -f 1,2; }

start_watch() {
    watch_pid=
    : > "$wire" > "$wire.errors"
    [ -n "${IN_OWN_NETWORK:-}" ] || return 0
    python3 "$root/Tests/interop/wire.py" "a=${host_of[a]}:${tribes_of[a]}" "b=${host_of[b]}:${tribes_of[b]}" \
        > "$wire" 2> "$wire.errors" &
    watch_pid=$!
    until grep -q watching "$wire.errors"; do kill -0 "$watch_pid" || exit 1; sleep 0.1; done
}

walk() {
    local id
    step 1 "node a starts, alone"
    start_node a
    tell

    step 2 "node b starts, finds a and takes its state"
    start_node b
    was_said "b → a  GET_ALL_SESSIONS" "a → b  ALL_SESSION_DATA: 0 sessions" "a → b  ALL_SESSION_TRANSFERCOMPLETE"
    tell

    step 3 "a client makes a session on a"
    new_client
    ask "$(url_of a)/c" -d op=set -d name=a -d value=hello > "$CATALINA_BASE/answer"
    id=$(session_id)
    soon "a is the session's node" "$id primary" roles a
    soon "b has a copy" "$id backup" roles b
    was_said "a → b  SESSION_CREATED $id" "a → b  SESSION_DELTA $id {.*a=hello"
    tell

    step 4 "node a crashes"
    kill_node a
    tell

    step 5 "node b serves the session"
    expect "with what it held" "a: hello" "$(ask "$(url_of b)/c" | grep ^a: | sed 's/java.lang.String //')"
    id=${id%.a}.b
    expect "its id has the route of b" "$id" "$(session_id)"
    soon "b is its node" "$id primary" roles b
    tell

    step 6 "node a comes back, takes the state from b, and serves the session"
    start_node a
    soon "a has a copy before anybody asks" "$id" held_ids a
    was_said "a → b  GET_ALL_SESSIONS" "b → a  ALL_SESSION_DATA: 1 sessions"
    expect "a serves it" "a: hello" "$(ask "$(url_of a)/c" | grep ^a: | sed 's/java.lang.String //')"
    id=${id%.b}.a
    expect "its id has the route of a" "$id" "$(session_id)"
    soon "a is its node" "$id primary" roles a
    was_said "a → b  CHANGE_SESSION_ID ${id%.a}.b to $id"
    tell

    step 7 "the client ends the session on a"
    expect "it ends" invalidated "$(ask "$(url_of a)/c" -d op=invalidate)"
    soon "b forgets it" "" roles b
    was_said "a → b  SESSION_EXPIRED $id"
    expect "the client has no session on b" "no session" "$(ask "$(url_of b)/c")"
    tell

    step 8 "a client makes a session on b that may be idle for two seconds"
    new_client
    ask "$(url_of b)/c" -d op=set -d name=b -d value=hello > "$CATALINA_BASE/answer"
    id=$(session_id)
    soon "a has a copy" "$id" held_ids a
    ask "$(url_of b)/c" -d op=idle -d value=2 > "$CATALINA_BASE/answer"
    was_said "b → a  SESSION_CREATED $id" "b → a  SESSION_DELTA $id {.*maxInactiveInterval=2"
    tell

    step 9 "its time is over, and b tells a"
    soon "b ends it" "" roles b
    soon "a forgets it" "" roles a
    was_said "b → a  SESSION_EXPIRED $id"
    tell
}

held_ids() { held_by "$1" | cut -d ' ' -f 1; }

stop_all() {
    kill_nodes
    [ -z "${watch_pid:-}" ] || kill "$watch_pid" 2> /dev/null
}

CATALINA_HOME=$root
make_base
trap 'status=$?; stop_all; (exit $status); finish_instance' EXIT
wire=$CATALINA_BASE/wire
add_node a "$a" && add_node b "$b" || exit 1
configure_nodes
start_watch
echo "Node a is $a, node b is $b; the cluster is: $kind"
walk
echo
echo "$((checks - failures)) passed, $failures failed"
[ "$failures" -eq 0 ]
