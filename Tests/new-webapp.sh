#!/bin/bash
# What `catalina.sh new-webapp` writes builds, is deployed into a running server, and answers.
#
# Environment: KEEP=1 keeps the temporary directory. The last line is "N passed, N failed".

set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/instance.sh"
. "$root/bin/setup.sh"
caracal_find_swift
PATH=${caracal_swift%/*}:$PATH
CATALINA_HOME=$root
passed=0

pass() {
    echo "ok: $1"
    passed=$((passed + 1))
}

fail() {
    echo "FAILED: $1"
    tail -n 30 "$CATALINA_BASE/logs/console.log" || true
    echo "$passed passed, 1 failed"
    exit 1
}

# waits_for URL TEXT: until the answer contains the text; the server looks for applications every second here.
waits_for() {
    local tries
    for tries in $(seq 60); do
        if curl -gs "$1" | grep -qF "$2"; then return 0; fi
        sleep 0.5
    done
    return 1
}

make_base
shipped_configuration
mkdir "$CATALINA_BASE/webapps/ROOT"
echo root > "$CATALINA_BASE/webapps/ROOT/index.html"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat > "$CATALINA_BASE/conf/server.xml" << END
<Server port="-1">
  <Service name="Catalina">
    <Connector port="$port" address="127.0.0.1" />
    <Engine name="Catalina" defaultHost="localhost" backgroundProcessorDelay="1">
      <Host name="localhost" />
    </Engine>
  </Service>
</Server>
END
start_server "http://127.0.0.1:$port/"

package=$CATALINA_BASE/temp/shop
"$root/bin/catalina.sh" new-webapp Shop "$package" > "$CATALINA_BASE/logs/new-webapp.log" || fail "the package is written"
pass "the package is written"
if "$root/bin/catalina.sh" new-webapp Shop "$package" > /dev/null 2>&1; then fail "a folder in use is refused"; fi
pass "a folder in use is refused"
for name in Swift ServletAPI 1st a-b; do
    if "$root/bin/catalina.sh" new-webapp "$name" "$package.none" > /dev/null 2>&1; then fail "the name $name is refused"; fi
    pass "the name $name is refused"
done
"$package/deploy.sh" > "$CATALINA_BASE/logs/deploy.log" 2>&1 || {
    tail -n 20 "$CATALINA_BASE/logs/deploy.log"
    fail "the package builds"
}
pass "the package builds"
waits_for "http://127.0.0.1:$port/shop/hello?name=you" "Hello, you!" || fail "the servlet answers"
pass "the servlet answers"
waits_for "http://127.0.0.1:$port/shop/" "Say hello" || fail "the page is served"
pass "the page is served"

sed -i 's/Hello, /Good day, /' "$package/Sources/Shop/HelloServlet.swift"
"$package/deploy.sh" >> "$CATALINA_BASE/logs/deploy.log" 2>&1 || fail "the changed package builds"
waits_for "http://127.0.0.1:$port/shop/hello" "Good day, world!" || fail "the changed servlet answers"
pass "the changed servlet answers"

# ---- The manual's examples ---------------------------------------------------------------------------------------------

python3 "$root/Tests/manual_examples.py" "$root/webapps/docs/writing-a-webapp.html" "$package"
"$package/deploy.sh" >> "$CATALINA_BASE/logs/deploy.log" 2>&1 || {
    grep error: "$CATALINA_BASE/logs/deploy.log" || tail -n 20 "$CATALINA_BASE/logs/deploy.log"
    fail "the manual's examples build"
}
pass "the manual's examples build"
shop=http://127.0.0.1:$port/shop
jar=$CATALINA_BASE/temp/cookies
waits_for "$shop/page" "A page from WEB-INF" || fail "PageServlet reads a resource"
pass "PageServlet reads a resource"

# answers TEXT PATH [CURL ARGUMENTS]: whether the whole answer is the text.
answers() {
    local wanted=$1 path=$2 got
    shift 2
    got=$(curl -gsS --max-time 10 "$@" "$shop$path") || fail "$path answers"
    [ "$got" = "$wanted" ] || fail "$path answers [$wanted], not [$got]"
    pass "$path answers"
}
answers 'Hello, world!' /hello
answers 1 /counter -b "$jar" -c "$jar"
answers 2 /counter -b "$jar" -c "$jar"
answers 'text: 5 bytes' /upload -F text=hello
answers 'Waited without holding a thread.' /slow
answers 'Written after the servlet returned.' /later
answers 'Hello, guest!' /visit -L
answers "Held one thread of the connector's executor." /report
answers "$(printf '/shop/raw/a%%20b;x=1\n/a b')" '/raw/a%20b;x=1'
curl -gsSI "$shop/hello" | grep -qi '^X-Frame-Options: DENY' || fail "FrameFilter sets its header"
pass "FrameFilter sets its header"
grep -q '\[/shop\].* ready$' "$CATALINA_BASE"/logs/* || fail "StartListener logs"
pass "StartListener logs"
[ "$(curl -gsS -o /dev/null -w '%{http_code}' "$shop/WEB-INF/page.html")" = 404 ] || fail "WEB-INF is not served"
pass "WEB-INF is not served"
echo "$passed passed, 0 failed"
