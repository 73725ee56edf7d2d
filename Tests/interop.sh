#!/bin/bash
# Walks sessions through a cluster of one Caracal node and one Apache Tomcat node, each in both roles.
#
#   Tests/interop.sh [KIND ...]
#
# KIND is a manager, delta or backup, and what else the cluster has: "delta async", "delta gzip frag encrypt", "backup
# engine". The nodes know each other by a static list; with "mcast" they find each other by multicast, with "staticsvc"
# through a StaticMembershipService. Without any, the kinds of the list at the end are walked. Needs Debian's package
# tomcat10-common and a JDK; without them nothing is tested and the reason is printed. CARACAL_CONFIGURATION=debug takes
# the programs of a debug build.
# Packages: curl python3 tomcat10-common default-jdk-headless
set -u
source "$(dirname "$0")/instance.sh"
source "$root/Tests/nodes.sh"

if ! has_tomcat; then
    echo "skipped: there is no Tomcat in $tomcat, or no JDK"
    echo "0 passed, 0 failed"
    exit 0
fi

# The lines of a page of SessionExample: "name = value".
on_b() { ask "$b" "$@" | sed -n 's/ <a href.*//; s/^\([a-z0-9]* = \)/\1/p' | grep ' = ' | sort; }

walk() {
    local id
    echo "# $kind: a session made by Tomcat"
    new_client
    ask "$a" -d op=fill > "$CATALINA_BASE/before"
    expect "Caracal holds every value" "$(grep -vc '^idle' "$CATALINA_BASE/before")" "$(on_b | wc -l)"
    expect "a class of the application is shown by its name" "basket = Sessions\$Basket" "$(on_b | grep ^basket)"
    expect "a number is a number" "int = 42" "$(on_b | grep '^int =')"
    ask "${b%/s}/e" -d c=sess > /dev/null
    expect "Tomcat sees what Caracal changed" "n: java.lang.Long 1" "$(ask "$a" | grep ^n:)"
    on_b -d dataname=n > /dev/null
    ask "$a" > "$CATALINA_BASE/after"
    expect "and what it took away; every other value is as it was" "" \
        "$(diff "$CATALINA_BASE/before" "$CATALINA_BASE/after")"

    echo "# $kind: Tomcat is killed, comes back and takes everything from Caracal"
    kill_node a
    expect "Caracal goes on" "int = 42" "$(on_b | grep '^int =')"
    expect "with its own route" "b" "$(route)"
    start_node a
    heartbeat
    ask "$a" > "$CATALINA_BASE/after"
    expect "every value is as it was" "" "$(diff "$CATALINA_BASE/before" "$CATALINA_BASE/after")"
    expect "the session has Tomcat's route" "a" "$(route)"

    echo "# $kind: Caracal is killed, comes back and takes everything from Tomcat"
    kill_node b
    expect "Tomcat goes on" "string" "$(ask "$a" | sed -n 's/^\(string\):.*/\1/p')"
    start_node b
    heartbeat
    expect "Caracal holds every value" "$(grep -vc '^idle' "$CATALINA_BASE/before")" "$(on_b | wc -l)"
    expect "the session ends on Tomcat" invalidated "$(ask "$a" -d op=invalidate)"
    expect "and so on Caracal" 0 "$(on_b | wc -l)"

    echo "# $kind: a session made by Caracal"
    new_client
    on_b -d dataname=x -d datavalue=y > /dev/null
    expect "Tomcat holds it" "x: java.lang.String y idle 1800" "$(ask "$a" | tr '\n' ' ' | sed 's/ $//')"
    ask "$a" -d op=remove -d name=x > /dev/null
    expect "what Tomcat took away is gone" 0 "$(on_b | wc -l)"
    ask "$a" -d op=set -d name=z -d value=1 > /dev/null
    expect "what Tomcat put in is there" "z = 1" "$(on_b)"
    ask "$a" -d op=rotate > /dev/null
    expect "the session has a new id on both" "z = 1" "$(on_b)"
    ask "${b%/s}/e" -d c=inv > /dev/null
    expect "it ends on Caracal, and so on Tomcat" "no session" "$(ask "$a")"

    echo "# $kind: time"
    new_client
    on_b -d dataname=x -d datavalue=y > /dev/null
    id=$(session_id)
    soon "Caracal holds it" 1 holds b "$id"
    ask "$a" -d op=idle -d value=1 > /dev/null
    id=$(session_id)
    soon "an idle session ends on Tomcat" 0 holds a "$id"
    soon "and so on Caracal" 0 holds b "$id"
}

# holds NODE ID: 1 if the node has the session, else 0; the session does not count as used.
holds() { held_by "$1" | grep -c "^$2 "; }

# heartbeat: lets pass the time in which Tomcat's maps do not take in a listed node that was gone for less than it took to
# notice.
heartbeat() { ! is staticsvc || sleep 2; }

# steps A B KIND: the nine steps of the how-to, with the programs of node a and node b.
steps() {
    echo "# nine steps, a is $1, b is $2, $3"
    "$root/Tests/nine-steps.sh" "$@" | tee "$CATALINA_BASE/steps"
    checks=$((checks + $(grep -c -e '^ok:' -e '^FAILED' "$CATALINA_BASE/steps")))
    failures=$((failures + $(grep -c '^FAILED' "$CATALINA_BASE/steps")))
    expect "the steps were walked to their end" 1 "$(grep -c '^[0-9]* passed, ' "$CATALINA_BASE/steps")"
}

route() { sed -n 's/.*JSESSIONID.*\.\(.\)$/\1/p' "$CATALINA_BASE/jar"; }

CATALINA_HOME=$root
make_base
trap 'status=$?; kill_nodes; (exit $status); finish_instance' EXIT
add_node a tomcat && add_node b caracal || exit 1
if [ $# -eq 0 ]; then
    steps caracal caracal delta
    steps caracal tomcat "delta mcast"
    steps tomcat caracal "delta staticsvc"
    set -- delta backup "delta async" "delta gzip frag encrypt" "backup encrypt engine" "delta async order engine" \
        "backup mcast"
fi
for kind; do
    configure_nodes
    a=$(url_of a)/s
    b=$(url_of b)/s
    start_node a
    start_node b
    walk
    kill_nodes
done
echo "$((checks - failures)) passed, $failures failed"
[ "$failures" -eq 0 ]
