#!/bin/bash
# Measures clusters of Caracal beside clusters of Tomcat, and prints the table of figures about replication.
#
#   cluster.sh [-s SECONDS] [-r ROUNDS] [-n SESSIONS] [WORK...]
#
# WORK is any of: sync async backup transfer memory curve. Without one: all of them. Each of ROUNDS (3) rounds loads each
# cluster for SECONDS (5), after one that is not counted. 200 sessions, 16 connections, and in each request one text of
# 66 characters is set. transfer and memory make SESSIONS (100000). Nodes speak by a static list on the loopback
# interface; Tomcat has the options of its virtual machine that Debian's Java has, and a heap of up to one gigabyte.
# README.md here says how to read it.
set -u
source "$(dirname "$0")/../instance.sh"
source "$root/Tests/nodes.sh"

seconds=5 rounds=3 sessions=100000
while getopts s:r:n: option; do
    case $option in
        s) seconds=$OPTARG ;;
        r) rounds=$OPTARG ;;
        n) sessions=$OPTARG ;;
        *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- sync async backup transfer memory curve
. "$root/bin/setup.sh"
caracal_install python3 curl wrk tomcat10-common libtomcat10-java default-jdk-headless || exit 1
caracal_setup "$root" || exit 1
java_options="-Xmx1g"
text=$(printf 'x%.0s' $(seq 66))

# make_cluster NODES PROGRAM KIND: that many nodes, with names from a on, none of them started.
make_cluster() {
    local name
    nodes=()
    kind=$3
    rm -rf "${CATALINA_BASE:?}"/[a-h]
    for name in $(echo a b c d e f g h | cut -d ' ' -f "1-$1"); do add_node "$name" "$2" || exit 1; done
    configure_nodes
}

# start_cluster NODES PROGRAM KIND: the same, started.
start_cluster() {
    local name
    make_cluster "$@"
    for name in "${nodes[@]}"; do start_node "$name"; done
    # The maps of the nodes find each other at a heartbeat.
    sleep 3
}

# write_load FILE COOKIES: requests of the sessions in turn.
write_load() {
    cat > "$1" << X
local cookies, last = {}, 0
for cookie in io.lines("$2") do cookies[#cookies + 1] = cookie end
function request()
  last = last % #cookies + 1
  return wrk.format("GET", "/demo/c?op=set&name=a&value=$text", { Cookie = "JSESSIONID=" .. cookies[last] })
end
X
}

# make_sessions COUNT FILE: sessions of node a, their ids in the file.
make_sessions() {
    python3 - "${host_of[a]}" "${http_of[a]}" "$1" "$text" > "$2" << 'X'
import http.client, sys
host, port, count, text = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
connection = http.client.HTTPConnection(host, port)
for _ in range(count):
    connection.request("GET", "/demo/c?op=set&name=a&value=" + text)
    answer = connection.getresponse()
    answer.read()
    print(answer.getheader("Set-Cookie").split("=", 1)[1].split(";")[0])
    if answer.getheader("Connection") == "close":
        connection.close()
X
}

# ticks: the processor time of all nodes so far, in clock ticks.
ticks() {
    local name
    for name in "${nodes[@]}"; do sed 's/.*) //' "/proc/${pid_of[$name]}/stat"; done | awk '{ sum += $12 + $13 } END { print sum }'
}

# load SECONDS: requests, microseconds of all nodes' processors per request, and the 99th percentile in milliseconds.
load() {
    local before after
    before=$(ticks)
    wrk -t1 -c16 "-d${1}s" --latency -s "$CATALINA_BASE/load.lua" "http://${host_of[a]}:${http_of[a]}" \
        > "$CATALINA_BASE/wrk" || exit 1
    # What was only queued is on its way.
    ! is async || sleep 1
    after=$(ticks)
    awk -v ticks=$((after - before)) -v rate="$(getconf CLK_TCK)" '
        / requests in / { requests = $1 }
        /99%/ { value = $2 + 0; if ($2 ~ /us$/) value /= 1000; else if ($2 !~ /ms$/) value *= 1000; p99 = value }
        /Non-2xx/ { bad = $NF }
        END { if (bad) exit 1; printf "%d %.1f %.2f\n", requests, ticks / rate * 1e6 / requests, p99 }' "$CATALINA_BASE/wrk"
}

# measure NODES PROGRAM KIND: the median of the rounds of one cluster: microseconds and 99th percentile.
measure() {
    local round
    start_cluster "$@"
    make_sessions 200 "$CATALINA_BASE/cookies"
    write_load "$CATALINA_BASE/load.lua" "$CATALINA_BASE/cookies"
    load "$((2 * seconds))" > "$CATALINA_BASE/warm" || exit 1
    for round in $(seq "$rounds"); do load "$seconds" || exit 1; done > "$CATALINA_BASE/rounds"
    kill_nodes
    echo "$(cut -d ' ' -f 2 "$CATALINA_BASE/rounds" | median) $(cut -d ' ' -f 3 "$CATALINA_BASE/rounds" | median)"
}

median() { sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

# compare NAME NODES KIND
compare() {
    local ours theirs
    ours=$(measure "$2" caracal "$3") && theirs=$(measure "$2" tomcat "$3") || exit 1
    echo "$1 $ours $theirs" | awk '{
        printf "| %s | %.0f µs | %.0f µs | %.2f | %.2f ms | %.2f ms | %.2f |\n", $1, $2, $4, $2 / $4, $3, $5, $3 / $5 }'
}

# many_sessions PROGRAM: a node with as many sessions as asked for; wrk without a cookie makes one with each request.
many_sessions() {
    local made=0
    cat > "$CATALINA_BASE/new.lua" << X
function request() return wrk.format("GET", "/demo/c?op=set&name=a&value=$text") end
X
    while [ "$made" -lt "$sessions" ]; do
        wrk -t1 -c16 -d2s -s "$CATALINA_BASE/new.lua" "http://${host_of[a]}:${http_of[a]}" > "$CATALINA_BASE/wrk"
        made=$((made + $(awk '/ requests in / { print $1 }' "$CATALINA_BASE/wrk")))
    done
    echo "$made"
}

# bytes NAME: what a node's sessions take: live objects of Tomcat, resident memory of Caracal.
bytes() {
    if [ "${program_of[$1]}" = tomcat ]; then
        jcmd "${pid_of[$1]}" GC.run > /dev/null
        jcmd "${pid_of[$1]}" GC.class_histogram | awk '$1 == "Total" { print $3 }'
    else
        awk '/VmRSS/ { print $2 * 1024 }' "/proc/${pid_of[$1]}/status"
    fi
}

# memory PROGRAM: bytes of one session on its node, and of its copy.
memory() {
    local made before_a before_b
    start_cluster 2 "$1" delta
    make_sessions 2000 "$CATALINA_BASE/cookies"
    before_a=$(bytes a) before_b=$(bytes b)
    made=$(many_sessions)
    # Copies that are still to be made have arrived.
    sleep 2
    echo "$((($(bytes a) - before_a) / made)) $((($(bytes b) - before_b) / made))"
    kill_nodes
}

# transfer PROGRAM: seconds from the start of a node until it serves what the other one holds.
transfer() {
    local made begin
    make_cluster 2 "$1" delta
    start_node a
    made=$(many_sessions)
    begin=$(date +%s%N)
    start_node b
    echo "$made $((($(date +%s%N) - begin) / 1000000))"
    kill_nodes
}

CATALINA_HOME=$root
make_base
trap 'status=$?; kill_nodes 2> /dev/null; (exit $status); finish_instance' EXIT
head='| work | Caracal | Tomcat | ratio | p99 | p99 of Tomcat | ratio |
|---|---|---|---|---|---|---|'
for work; do
    case $work in
        sync) echo "$head" && compare DeltaManager-6 2 delta ;;
        async) echo "$head" && compare DeltaManager-8 2 "delta async" ;;
        backup) echo "$head" && compare BackupManager-6 4 backup ;;
        transfer)
            echo '| state transfer | sessions | until it serves |'
            echo '|---|---|---|'
            for program in caracal tomcat; do
                transfer "$program" | awk -v name="$program" '{ printf "| %s | %d | %.2f s |\n", name, $1, $2 / 1000 }'
            done
            ;;
        memory)
            echo '| memory of one session | on its node | its copy |'
            echo '|---|---|---|'
            for program in caracal tomcat; do
                memory "$program" | awk -v name="$program" '{ printf "| %s | %d bytes | %d bytes |\n", name, $1, $2 }'
            done
            ;;
        curve)
            echo '| nodes of Caracal | DeltaManager-6 | BackupManager-6 |'
            echo '|---|---|---|'
            for count in 2 4 8; do
                delta=$(measure "$count" caracal delta) && backup=$(measure "$count" caracal backup) || exit 1
                echo "| $count | ${delta% *} µs | ${backup% *} µs |"
            done
            ;;
        *) echo "no such work: $work" >&2 && exit 2 ;;
    esac
done
