#!/bin/bash
# Breaks the nodes of a cluster, one after the other, while clients count in their sessions: no count may go back.
#
#   Tests/chaos.sh [-m MINUTES] [-n "PROGRAM…"] [-k KIND] [-c CLIENTS] [-p PACE] [-s SECONDS] [-f FAULT]...
#
# Three nodes stand behind HAProxy, each in a network namespace of its own; in turn one is killed, asked to stop, paused
# and cut off from everybody for SECONDS (8), then made whole again. With synchronous messages no client may see a count
# smaller than one it has seen; with asynchronous ones (KIND "delta async") only what was answered in the second before
# the node was lost, or while it was, may be gone. Without -n and -k, four clusters have a quarter of the MINUTES (10)
# each: three nodes of Caracal, then two and one of Tomcat, with synchronous and with asynchronous messages. 200 CLIENTS
# ask about every PACE (0.5) seconds. Each -f names a fault: killed, stopped, paused or cut; without any, all four come.
# What went back is told with the last answers of its client, the nodes that gave them, and the last fault. What Tomcat
# loses alone shows -n "tomcat tomcat tomcat". CARACAL_CONFIGURATION=debug takes the programs of a debug build; KEEP=1
# keeps logs.
# Packages: curl python3 util-linux iproute2 haproxy
set -u
source "$(dirname "$0")/instance.sh"
source "$root/Tests/nodes.sh"

minutes=10 programs= kinds= clients=200 pace=0.5 seconds=8 faults=()
while getopts m:n:k:c:p:s:f: option; do
    case $option in
        m) minutes=$OPTARG ;;
        n) programs=$OPTARG ;;
        k) kinds=$OPTARG ;;
        c) clients=$OPTARG ;;
        p) pace=$OPTARG ;;
        s) seconds=$OPTARG ;;
        f) faults+=("$OPTARG") ;;
        *) exit 2 ;;
    esac
done
[ ${#faults[@]} -gt 0 ] || faults=(killed stopped paused cut)
if [ -z "${IN_OWN_NETWORK:-}" ]; then
    probe_library > /dev/null || exit 1
    IN_OWN_NETWORK=1 exec unshare --user --map-root-user --net --mount "$0" "$@"
fi

# join_network NAME NUMBER: a namespace whose only way out leads here.
join_network() {
    ip netns add "$1" &&
        ip link add "to-$1" type veth peer name eth0 netns "$1" &&
        ip addr add "10.99.$2.1/24" dev "to-$1" &&
        ip link set "to-$1" up &&
        ip -n "$1" addr add "10.99.$2.2/24" dev eth0 &&
        ip -n "$1" link set lo up &&
        ip -n "$1" link set eth0 up &&
        ip -n "$1" route add default via "10.99.$2.1"
}

write_balancer() {
    local name
    cat << X
defaults
  mode http
  option redispatch 1
  retries 3
  timeout connect 1s
  timeout client 30s
  timeout server 15s
  timeout check 1s
frontend all
  bind 127.0.0.1:8080
  default_backend nodes
backend nodes
  balance roundrobin
  option httpchk GET /demo/c
X
    for name in "${nodes[@]}"; do echo "  use-server $name if { cook(JSESSIONID) -m end .$name }"; done
    for name in "${nodes[@]}"; do
        echo "  server $name ${host_of[$name]}:${http_of[$name]} check inter 300 fall 2 rise 2" \
            "on-marked-down shutdown-sessions"
    done
}

# hurt NODE FAULT, heal NODE FAULT
hurt() {
    case $2 in
        killed) kill_node "$1" ;;
        stopped) stop_node "$1" ;;
        paused) kill -STOP "${pid_of[$1]}" ;;
        cut) ip link set "to-$1" down ;;
    esac
}

heal() {
    case $2 in
        killed | stopped) start_node "$1" ;;
        paused) kill -CONT "${pid_of[$1]}" ;;
        cut) ip link set "to-$1" up ;;
    esac
}

fault() {
    local name=$1 fault=$2
    echo "$(date +%s.%N) begin $name $fault" >> "$CATALINA_BASE/faults"
    hurt "$name" "$fault"
    sleep "$seconds"
    heal "$name" "$fault"
    echo "$(date +%s.%N) end $name $fault" >> "$CATALINA_BASE/faults"
    # The balancer takes the node in, and the members find each other.
    sleep "$seconds"
    printf '%-9s %s (%s): %s\n' "$fault" "$name" "${program_of[$name]}" "$(cat "$CATALINA_BASE/status")"
}

# run PROGRAMS KIND SECONDS: one cluster, until its time is over.
run() {
    local name number=0 rule=sync until counters status fault
    kind=$2
    ! is async || rule=async
    nodes=()
    rm -rf "${CATALINA_BASE:?}"/[abc]
    : > "$CATALINA_BASE/faults"
    for name in a b c; do
        number=$((number + 1))
        add_node "$name" "$(echo "$1" | cut -d ' ' -f "$number")" "10.99.$number.2" || exit 1
        place_of[$name]="ip netns exec $name"
    done
    configure_nodes
    write_balancer > "$CATALINA_BASE/conf/haproxy.cfg"
    for name in "${nodes[@]}"; do start_node "$name"; done
    haproxy -db -f "$CATALINA_BASE/conf/haproxy.cfg" >> "$CATALINA_BASE/logs/haproxy.log" 2>&1 &
    balancer_pid=$!
    sleep 2
    echo "== $1, $2: $clients clients for $3 seconds"
    python3 "$root/Tests/interop/counters.py" "http://127.0.0.1:8080/demo/c?op=count" "$clients" "$pace" "$rule" \
        "$CATALINA_BASE/faults" "$CATALINA_BASE/status" > "$CATALINA_BASE/counters" &
    counters=$!
    until=$(($(date +%s) + $3))
    sleep 3
    while :; do
        for fault in "${faults[@]}"; do
            for name in "${nodes[@]}"; do
                [ "$(date +%s)" -lt "$until" ] || break 3
                fault "$name" "$fault"
            done
        done
    done
    kill -TERM "$counters"
    wait "$counters"
    status=$?
    cat "$CATALINA_BASE/counters"
    expect "no count went back that may not" 0 "$status"
    end_run
}

end_run() {
    kill_nodes
    kill "${balancer_pid:-}" 2> /dev/null
    wait "${balancer_pid:-}" 2> /dev/null
    balancer_pid=
}

CATALINA_HOME=$root
make_base
trap 'status=$?; end_run 2> /dev/null; (exit $status); finish_instance' EXIT
mount -t tmpfs tmpfs /run && mkdir -p /run/netns && ip link set lo up && echo 1 > /proc/sys/net/ipv4/ip_forward || exit 1
join_network a 1 && join_network b 2 && join_network c 3 || exit 1
if [ -n "$programs$kinds" ]; then
    run "${programs:-caracal caracal caracal}" "${kinds:-delta}" $((minutes * 60))
else
    run "caracal caracal caracal" delta $((minutes * 15))
    run "caracal caracal caracal" "delta async" $((minutes * 15))
    if has_tomcat; then
        run "caracal caracal tomcat" delta $((minutes * 15))
        run "caracal caracal tomcat" "delta async" $((minutes * 15))
    else
        echo "skipped: there is no Tomcat in $tomcat, or no JDK"
    fi
fi
echo "$((checks - failures)) passed, $failures failed"
[ "$failures" -eq 0 ]
