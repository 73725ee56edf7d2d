#!/bin/bash
# Walks sessions through a cluster of one Caracal node and one Apache Tomcat node, each in both roles.
#
#   Tests/interop.sh [KIND ...]
#
# KIND is a manager, delta or backup, and what else the cluster has: "delta async", "delta gzip frag encrypt", "backup
# engine". With "sso" sign-ons are walked instead of sessions, with "attributes" those of an application. The nodes know each other by a static list; with "mcast" they find each other by multicast, with "staticsvc"
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

# status URL: the status that the client gets.
status() { ask "$1" -o /dev/null -w '%{http_code}'; }

# sign_in URL: a new client logs in.
sign_in() {
    new_client
    ask "$1/p/who" -u watcher:watcher
}

# knows URL URL: whether who logs in at the first is known at the second, which takes until the nodes' maps have met.
knows() {
    sign_in "$1" > /dev/null
    ask "$2/p/who"
}

walk_sign_ons() {
    local from=$1 to=$2 here=$3 there=$4 before after
    echo "# $kind: a login on $from"
    soon "$to knows the client" "watcher BASIC" knows "$here/one" "$there/two"
    expect "in the same application, too" "watcher BASIC" "$(ask "$there/one/p/who")"
    expect "and $from in the other one" "watcher BASIC" "$(ask "$here/two/p/who")"
    expect "logged out on $to" "null null" "$(ask "$there/two/who" -d op=logout)"
    soon "the client is asked by $from" 401 status "$here/one/p/who"
    expect "in the other application, too" 401 "$(status "$here/two/p/who")"
    expect "and by $to" "401 401" "$(status "$there/one/p/who") $(status "$there/two/p/who")"

    echo "# $kind: a session ends on $to"
    sign_in "$here/one" > /dev/null
    ask "$there/one/p/who" > /dev/null
    ask "$here/two/p/who" > /dev/null
    expect "it is ended" "watcher BASIC" "$(ask "$there/one/who" -d op=invalidate)"
    soon "the client is asked by $from" 401 status "$here/two/p/who"

    echo "# $kind: time ends a session of $from alone"
    sign_in "$here/one" > /dev/null
    ask "$here/two/p/who" > /dev/null
    before=$(session_id | sed 's/\..*//' | sort)
    ask "$here/one/who" -d op=idle > /dev/null
    sleep 4
    expect "$to knows the client" "watcher BASIC" "$(ask "$there/two/p/who")"
    expect "and $from, too" "watcher BASIC" "$(ask "$here/one/p/who")"
    after=$(session_id | sed 's/\..*//' | sort)
    expect "which gives it one other session" 1 "$(comm -23 <(echo "$before") <(echo "$after") | wc -l)"
    ask "$there/two/who" -d op=logout > /dev/null
    soon "until it logs out" 401 status "$here/one/p/who"
}

# send_form URL: fills in the page of a login, and prints the status.
send_form() {
    curl -s -m 20 -b "$CATALINA_BASE/jar" -c "$CATALINA_BASE/jar" -o /dev/null -w '%{http_code} %{redirect_url}' \
        -d j_username=watcher -d j_password=watcher "$1/j_security_check"
}

# show_form URL: a new client is shown that page.
show_form() {
    new_client
    ask "$1/p/who" -d x=1
}

# pass_form URL URL: where a login leads that is shown at the first and sent to the second.
pass_form() {
    show_form "$1" > /dev/null
    ! is async || for _ in $(seq 50); do
        [ "$(holds_form "$2")" = 1 ] && break
        sleep 0.1
    done
    send_form "$2"
}

# holds_form URL: 1 if that node has the client's session of the application with a form, else 0.
holds_form() {
    local name=b
    case $1 in "$(url_of a | sed 's/demo$/form/')") name=a ;; esac
    held_by "$name" /form | grep -c "^$(session_id) "
}

# Of messages that nobody waits for a form sent at once may come before what it needs, and Tomcat's overtake each other:
# two Tomcats answer one such form in five with 408.
walk_form() {
    echo "# $kind: a login by form, shown by $1 and sent to $2"
    expect "$1 shows it" "null null" "$(show_form "$3")"
    if is async; then
        soon "$2 knows where it leads" "303 $4/p/who?x=1" pass_form "$3" "$4"
        expect "and there the client is known" "watcher FORM" "$(ask "$4/p/who" -d x=1)"
        soon "as it is by $1" "watcher FORM" ask "$3/p/who"
        return
    fi
    expect "$2 knows where it leads" "303 $4/p/who?x=1" "$(pass_form "$3" "$4")"
    expect "and there the client is known" "watcher FORM" "$(ask "$4/p/who" -d x=1)"
    expect "as it is by $1" "watcher FORM" "$(ask "$3/p/who")"
}

walk_sso() {
    local a=${a%/demo/s} b=${b%/demo/s}
    walk_sign_ons Tomcat Caracal "$a" "$b"
    walk_sign_ons Caracal Tomcat "$b" "$a"
    walk_form Tomcat Caracal "$a/form" "$b/form"
    walk_form Caracal Tomcat "$b/form" "$a/form"
    echo "# $kind: nodes are killed and come back"
    sign_in "$a/one" > /dev/null
    keep_sign_on
    kill_node a
    expect "Caracal knows the client" "watcher BASIC" "$(kept_sign_on "$b/two/p/who")"
    start_node a
    soon "the maps meet again" "watcher BASIC" knows "$b/one" "$a/two"
    expect "Tomcat knows the client" "watcher BASIC" "$(kept_sign_on "$a/two/p/who")"
    kill_node b
    expect "Tomcat goes on" "watcher BASIC" "$(kept_sign_on "$a/one/p/who")"
    start_node b
    soon "the maps meet again" "watcher BASIC" knows "$a/one" "$b/two"
    expect "Caracal knows the client" "watcher BASIC" "$(kept_sign_on "$b/one/p/who")"
}

# keep_sign_on: remembers what the client has besides its sessions.
keep_sign_on() { grep -v 'JSESSIONID[^S]' "$CATALINA_BASE/jar" > "$CATALINA_BASE/sign-on"; }

# kept_sign_on URL: asks as that client, without its sessions.
kept_sign_on() {
    cp "$CATALINA_BASE/sign-on" "$CATALINA_BASE/jar"
    ask "$1"
}

# attributes URL: the lines of the application's attributes, in one.
attributes() { ask "$1" "${@:2}" | tr '\n' ' ' | sed 's/ $//'; }

walk_attributes() {
    local a=${a%/s}/a b=${b%/s}/a
    new_client
    echo "# $kind: attributes set by Tomcat"
    soon "Caracal has a text" "x: y" together "$a" "$b" -d op=set -d name=x -d value=y
    ask "$a" -d op=number -d name=n -d value=7 > /dev/null
    ask "$a" -d op=list -d name=l > /dev/null
    ask "$a" -d op=basket -d name=o > /dev/null
    soon "a number, a list and an object" 'l: ["p", "q"] n: 7 o: Sessions$Basket x: y' attributes "$b"
    echo "# $kind: attributes set by Caracal"
    ask "$b" -d op=number -d name=n -d value=8 > /dev/null
    ask "$b" -d op=set -d name=z -d value=w > /dev/null
    ask "$b" -d op=local -d name=h > /dev/null
    ask "$b" -d op=remove -d name=l > /dev/null
    expect "what cannot travel stays" "h: here n: 8 o: Sessions\$Basket x: y z: w" "$(attributes "$b")"
    local all="n: java.lang.Integer 8 o: Sessions\$Basket Basket of joe [3, 1, 4]true x: java.lang.String y z: java.lang.String w"
    expect "Tomcat has the rest, and the number's class" "$all" "$(attributes "$a")"
    echo "# $kind: nodes are killed and come back"
    kill_node a
    expect "Caracal goes on" "h: here n: 8 o: Sessions\$Basket x: y z: w" "$(attributes "$b")"
    start_node a
    soon "Tomcat has them again" "$all" attributes "$a"
    kill_node b
    expect "Tomcat goes on" "$all" "$(attributes "$a")"
    start_node b
    soon "Caracal has them again" "n: 8 o: Sessions\$Basket x: y z: w" attributes "$b"
}

# together URL URL CURL-ARGUMENTS: the second one's attributes after something was done to the first one's.
together() {
    ask "$1" "${@:3}" > /dev/null
    attributes "$2"
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
        "backup mcast" "delta sso" "backup async sso" "delta attributes"
fi
for kind; do
    configure_nodes
    a=$(url_of a)/s
    b=$(url_of b)/s
    ! is sso || for name in a b; do
        add_protected "$name" one && add_protected "$name" two && add_protected "$name" form FORM
    done
    start_node a
    start_node b
    if is sso; then walk_sso; elif is attributes; then walk_attributes; else walk; fi
    kill_nodes
    ! is sso || rm -rf "$CATALINA_BASE"/?/webapps/{one,two,form}
done
echo "$((checks - failures)) passed, $failures failed"
[ "$failures" -eq 0 ]
