#!/bin/bash
# Measures clusters of Caracal beside clusters of Tomcat, and prints the table of figures about replication.
#
#   cluster.sh [-s SECONDS] [-r ROUNDS] [-w WARM] [-n SESSIONS] [WORK...]
#
# WORK is any of: sync async backup transfer memory curve. Without one: all of them. Each of ROUNDS (3) rounds loads each
# cluster for SECONDS (5), after WARM (20) seconds that are not counted. 200 sessions, 16 connections, and in each request one text of
# 66 characters is set. transfer and memory make SESSIONS (100000). Nodes speak by a static list on the loopback
# interface; Tomcat has the options of its virtual machine that Debian's Java has, and a heap of up to one gigabyte.
# README.md here says how to read it.
set -u
source "$(dirname "$0")/../instance.sh"
source "$root/Tests/nodes.sh"

seconds=5 rounds=3 warm=20 sessions=100000
while getopts s:r:w:n: option; do
    case $option in
        s) seconds=$OPTARG ;;
        r) rounds=$OPTARG ;;
        w) warm=$OPTARG ;;
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

# make_cluster NODES PROGRAM KIND: that many nodes, named from a on for Caracal, from q on for Tomcat; none is started.
make_cluster() {
    local name letters=abcdefgh
    [ "$2" = caracal ] || letters=qrstuvwx
    nodes=()
    kind=$3
    for name in $(echo "${letters:0:$1}" | sed 's/./& /g'); do
        rm -rf "${CATALINA_BASE:?}/$name"
        add_node "$name" "$2" || exit 1
    done
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

# write_load PROGRAM: PROGRAM.lua, with requests of the sessions in PROGRAM.cookies in turn.
write_load() {
    cat > "$CATALINA_BASE/$1.lua" << X
local cookies, last = {}, 0
for cookie in io.lines("$CATALINA_BASE/$1.cookies") do cookies[#cookies + 1] = cookie end
function request()
  last = last % #cookies + 1
  return wrk.format("GET", "/demo/c?op=set&name=a&value=$text", { Cookie = "JSESSIONID=" .. cookies[last] })
end
X
}

# address: where the first node of the cluster is asked.
address() { echo "${host_of[${nodes[0]}]}:${http_of[${nodes[0]}]}"; }

# make_sessions COUNT FILE: sessions of the first node, their ids in the file.
make_sessions() {
    python3 - "${host_of[${nodes[0]}]}" "${http_of[${nodes[0]}]}" "$1" "$text" > "$2" << 'X'
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

# load SECONDS PROGRAM: requests, microseconds of all nodes' processors per request, 99th percentile in milliseconds.
load() {
    local before after
    before=$(ticks)
    wrk -t1 -c16 "-d${1}s" --latency -s "$CATALINA_BASE/$2.lua" "http://$(address)" > "$CATALINA_BASE/wrk" || return
    # What was only queued is on its way.
    ! is async || sleep 1
    after=$(ticks)
    awk -v ticks=$((after - before)) -v rate="$(getconf CLK_TCK)" '
        / requests in / { requests = $1 }
        /99%/ { value = $2 + 0; if ($2 ~ /us$/) value /= 1000; else if ($2 !~ /ms$/) value *= 1000; p99 = value }
        /Non-2xx/ { bad = $NF }
        END { if (bad || !requests) exit 1; printf "%d %.1f %.2f\n", requests, ticks / rate * 1e6 / requests, p99 }
        ' "$CATALINA_BASE/wrk"
}

# prepare NODES PROGRAM KIND: a cluster with 200 sessions that has answered for a while; its nodes are in the file
# PROGRAM.nodes, and the figures of its rounds will be in PROGRAM.rounds.
prepare() {
    start_cluster "$@"
    echo "nodes=(${nodes[*]})" > "$CATALINA_BASE/$2.nodes"
    make_sessions 200 "$CATALINA_BASE/$2.cookies"
    write_load "$2"
    : > "$CATALINA_BASE/$2.rounds"
    load "$warm" "$2" > "$CATALINA_BASE/warm"
}

# switch_to PROGRAM: the cluster that the functions above deal with.
switch_to() { source "$CATALINA_BASE/$1.nodes"; }

# measure NODES KIND PROGRAM...: loads the programs' clusters in turn, round by round.
measure() {
    local round program
    for program in "${@:3}"; do prepare "$1" "$program" "$2" || exit 1; done
    for round in $(seq "$rounds"); do
        for program in "${@:3}"; do
            switch_to "$program"
            load "$seconds" "$program" >> "$CATALINA_BASE/$program.rounds" || exit 1
        done
    done
    for program in "${@:3}"; do
        switch_to "$program"
        kill_nodes
    done
}

median() { sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

# of PROGRAM COLUMN: the median of a column of its rounds.
of() { cut -d ' ' -f "$2" "$CATALINA_BASE/$1.rounds" | median; }

# ratio COLUMN: the median of Caracal's by Tomcat's of the same round, the least and the greatest.
ratio() {
    paste -d ' ' "$CATALINA_BASE/caracal.rounds" "$CATALINA_BASE/tomcat.rounds" |
        awk -v column="$1" '{ print $column / $(column + 3) }' | sort -n |
        awk '{ value[NR] = $1 } END { printf "%.2f (%.2f-%.2f)", value[int((NR + 1) / 2)], value[1], value[NR] }'
}

# compare NAME NODES KIND
compare() {
    measure "$2" "$3" caracal tomcat
    echo "| $1 | $(of caracal 2) µs | $(of tomcat 2) µs | $(ratio 2) | $(of caracal 3) ms | $(of tomcat 3) ms | $(ratio 3) |"
}

# many_sessions: as many sessions as asked for on the first node, neither more nor less: each of so many requests without
# a cookie makes one. Fails if that takes more than ten minutes.
many_sessions() {
    cat > "$CATALINA_BASE/new.lua" << X
-- The first request is one that wrk only looks at.
local asked, made = -1, 0
function request()
  asked = asked + 1
  if asked > $sessions then return wrk.format("GET", "/demo/nothing") end
  return wrk.format("GET", "/demo/c?op=set&name=a&value=$text")
end
function response(status)
  if status ~= 200 then return end
  made = made + 1
  if made == $sessions then
    io.open("$CATALINA_BASE/enough", "w"):close()
    os.exit(0)
  end
end
X
    rm -f "$CATALINA_BASE/enough"
    wrk -t1 -c16 -d600s -s "$CATALINA_BASE/new.lua" "http://$(address)" > "$CATALINA_BASE/wrk"
    [ -e "$CATALINA_BASE/enough" ] || { echo "fewer than $sessions sessions were made" >&2 && return 1; }
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

# memory PROGRAM: sets on_node and on_copy to the bytes of one session on its node, and of its copy.
memory() {
    local node copy before_node before_copy
    start_cluster 2 "$1" delta
    node=${nodes[0]} copy=${nodes[1]}
    make_sessions 2000 "$CATALINA_BASE/cookies"
    before_node=$(bytes "$node") before_copy=$(bytes "$copy")
    many_sessions || exit 1
    # Copies that are still to be made have arrived.
    sleep 2
    on_node=$((($(bytes "$node") - before_node) / sessions)) on_copy=$((($(bytes "$copy") - before_copy) / sessions))
    kill_nodes
}

# transfer PROGRAM: sets elapsed to the milliseconds from the start of a node until it serves, while another one holds
# as many sessions as asked for.
transfer() {
    local begin
    make_cluster 2 "$1" delta
    start_node "${nodes[0]}"
    many_sessions || exit 1
    begin=$(date +%s%N)
    start_node "${nodes[1]}"
    elapsed=$((($(date +%s%N) - begin) / 1000000))
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
                transfer "$program"
                echo "| $program | $sessions | $elapsed ms |"
            done
            ;;
        memory)
            echo '| memory of one session | on its node | its copy |'
            echo '|---|---|---|'
            for program in caracal tomcat; do
                memory "$program"
                echo "| $program | $on_node bytes | $on_copy bytes |"
            done
            ;;
        curve)
            echo '| nodes of Caracal | DeltaManager-6 | BackupManager-6 |'
            echo '|---|---|---|'
            for count in 2 4 8; do
                measure "$count" delta caracal
                delta=$(of caracal 2)
                measure "$count" backup caracal
                echo "| $count | $delta µs | $(of caracal 2) µs |"
            done
            ;;
        *) echo "no such work: $work" >&2 && exit 2 ;;
    esac
done
