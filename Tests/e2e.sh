#!/bin/bash
# Walks through what a user does with the shipped distribution, with curl and, where there is one, a headless browser.
#
#   Tests/e2e.sh [NAME ...]
#
# Without names every walk runs: shipped, browser, manager, client, configtest, digest, tls, stopping, faults,
# sessions, refusals, instances, trouble, debian, repository. Each starts its own server in a temporary CATALINA_BASE;
# nothing outside it is touched but .build/venv, where the clients from PyPI are installed. Exits with 1 if a check
# failed.
# Packages: curl openssl python3 chromium iso-codes
set -u
source "$(dirname "$0")/instance.sh"
source "$root/Tests/e2e_faults.sh"
CATALINA_HOME=$root
checks=0
failures=0

# check TEXT COMMAND...: runs the command and counts it.
check() {
    local text=$1
    shift
    checks=$((checks + 1))
    if "$@" >"$CATALINA_BASE/temp/check.log" 2>&1; then return 0; fi
    failures=$((failures + 1))
    echo "FAILED: $text"
    head -c 800 "$CATALINA_BASE/temp/check.log" | sed 's/^/    /'
    return 1
}

# page PATH [CURL ARGUMENTS]: the body of an answer; fails above 399.
page() {
    local path=$1
    shift
    curl -gsS --fail-with-body --max-time 20 "$@" "http://localhost:$port$path"
}

# has PATH TEXT [CURL ARGUMENTS]: whether the body has the text.
has() {
    local path=$1 text=$2 body
    shift 2
    body=$(page "$path" "$@") || { echo "$body"; return 1; }
    grep -qF -- "$text" <<<"$body" || { echo "no [$text] in:"; echo "$body"; return 1; }
}

# answers STATUS PATH [CURL ARGUMENTS]: whether the answer has the status.
answers() {
    local wanted=$1 path=$2 got
    shift 2
    got=$(curl -gsS --max-time 20 -o /dev/null -w '%{http_code}' "$@" "http://localhost:$port$path")
    [ "$got" = "$wanted" ] || { echo "status $got"; return 1; }
}

# log_has TEXT: whether any log of the instance has the text.
log_has() { grep -rqF -- "$1" "$CATALINA_BASE/logs" || { tail -n 20 "$CATALINA_BASE"/logs/*; return 1; }; }

gone() { ! kill -0 "$1" 2>/dev/null; }

# until_gone PID SECONDS
until_gone() {
    local tries
    for tries in $(seq $((10 * $2))); do
        gone "$1" && return 0
        sleep 0.1
    done
    return 1
}

free_port() {
    python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# new_base: a base with the shipped configuration and applications, on ports of its own, and users for the manager.
new_base() {
    [ -z "${CATALINA_BASE:-}" ] || drop_base
    make_base
    shipped_configuration
    cp -r "$root"/webapps/. "$CATALINA_BASE/webapps/"
    port=$(free_port)
    shutdown_port=$(free_port)
    sed -i "s/port=\"8080\"/port=\"$port\"/; s/port=\"8005\"/port=\"$shutdown_port\"/" "$CATALINA_BASE/conf/server.xml"
    cat >"$CATALINA_BASE/conf/tomcat-users.xml" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<tomcat-users xmlns="http://tomcat.apache.org/xml" version="1.0">
  <user username="all" password="pw" roles="manager-gui,manager-script,manager-jmx,manager-status"/>
  <user username="gui" password="pw" roles="manager-gui"/>
  <user username="script" password="pw" roles="manager-script"/>
  <user username="jmx" password="pw" roles="manager-jmx"/>
  <user username="status" password="pw" roles="manager-status"/>
</tomcat-users>
XML
    export CATALINA_OPTS="-Dcordra.data=$CATALINA_BASE/data"
}

drop_base() {
    stop_server
    if [ "$failures" -gt "${failures_before:-0}" ]; then
        echo "    kept: $CATALINA_BASE"
    else
        rm -rf "$CATALINA_BASE"
    fi
    failures_before=$failures
}

serve() { start_server "http://localhost:$port/" || { failures=$((failures + 1)); return 1; }; }

walk_shipped() {
    new_base
    export CATALINA_PID=$CATALINA_BASE/temp/catalina.pid
    check "startup.sh starts in the background" "$root/bin/startup.sh"
    local tries
    for tries in $(seq 100); do curl -gs -o /dev/null "http://localhost:$port/" && break; sleep 0.1; done
    check "the first page is there" answers 200 /
    for path in /repository/ /examples/ /manager/ /docs/; do
        check "the first page links to $path" has / "href=\"$path"
    done
    for path in /docs/ /examples/ /examples/servlets/ /examples/servlets/index.html; do
        check "$path is there" answers 200 "$path" -L
    done
    walk_examples
    check "the log has Tomcat's line" log_has 'org.apache.catalina.startup.Catalina.start Server startup in ['
    check "and says what it was started with" log_has 'VersionLoggerListener.log Command line argument: -Dcatalina.base='
    check "a second start is refused" refused_start
    local pid
    pid=$(cat "$CATALINA_PID")
    check "shutdown.sh stops it" "$root/bin/shutdown.sh"
    check "the process is gone" until_gone "$pid" 10
    check "the PID file is gone" test ! -e "$CATALINA_PID"
    unset CATALINA_PID
}

refused_start() { ! "$root/bin/startup.sh"; }

walk_examples() {
    local servlets=/examples/servlets/servlet
    check "HelloWorldExample" has $servlets/HelloWorldExample 'Hello World!'
    check "RequestInfoExample shows the path info" has "$servlets/RequestInfoExample/a%3Cb" '/a&lt;b'
    check "RequestHeaderExample escapes" has $servlets/RequestHeaderExample '&lt;script&gt;' -H 'X-Test: <script>'
    check "RequestHeaderExample as JSON" has $servlets/RequestHeaderExample '{"x-test":"a\"b"}' \
        -H 'Accept: application/json' -H 'X-Test: a"b'
    check "RequestParamExample" has $servlets/RequestParamExample 'Ada &amp; Co' -d 'firstname=Ada+%26+Co'
    check "CookieExample sets a cookie" grep -qi '^set-cookie: colour=red; path=/examples/' \
        <(curl -gsSi "http://localhost:$port$servlets/CookieExample?cookiename=colour&cookievalue=red")
    local jar=$CATALINA_BASE/temp/cookies
    check "SessionExample stores" has "$servlets/SessionExample?dataname=town&datavalue=Graz" 'town = Graz' -b "$jar" -c "$jar"
    check "SessionExample remembers" has $servlets/SessionExample 'town = Graz' -b "$jar" -c "$jar"
    check "SessionExample without cookies offers its id" has $servlets/SessionExample ';jsessionid='
    check "hello is 13 bytes" test "$(page /examples/servlets/hello)" = 'Hello, world!'
    page /examples/servlets/counter -b "$jar" -c "$jar" >/dev/null
    check "counter counts" test "$(page /examples/servlets/counter -b "$jar" -c "$jar")" = 2
}

# find_browser: prints the path of a headless browser, or says on standard error that there is none.
find_browser() {
    command -v chromium || command -v chromium-browser || command -v google-chrome || {
        echo "browser: skipped, no chromium here" >&2
        return 1
    }
}

# browse [ARGUMENTS] URL: runs the browser of the calling walk until the page's scripts have come to rest.
browse() {
    timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
        --user-data-dir="$CATALINA_BASE/temp/browser" --virtual-time-budget=10000 "$@" 2>/dev/null
}

# shows URL TEXT: whether the page has the text once its scripts have run.
shows() {
    local dom
    dom=$(browse --dump-dom "$1")
    grep -qF -- "$2" <<<"$dom" || { echo "no [$2] in:"; echo "$dom"; return 1; }
}

walk_browser() {
    local browser address=http://localhost
    browser=$(find_browser) || return
    new_base
    serve || return
    address=$address:$port
    check "a browser shows the first page" shows "$address/" 'href="/docs/'
    check "a browser runs an example" shows "$address/examples/servlets/servlet/SessionExample" 'Session ID'
    check "a browser opens the manual" shows "$address/docs/" 'Writing a web application'
    check "a browser runs the page of the repository" shows "$address/repository/" 'Sign in'
    for size in 1200,800 400,800; do
        check "a browser paints the first page at $size" browse --window-size="$size" \
            --screenshot="$root/.build/first-page-${size%,*}.png" "$address/"
        check "and leaves a picture" test -s "$root/.build/first-page-${size%,*}.png"
    done
}

walk_manager() {
    new_base
    serve || return
    local me=(-u all:pw) proxy=/manager/jmxproxy
    check "the manager wants a login" answers 401 /manager/text/list
    check "a wrong password is refused" answers 401 /manager/text/list -u all:wrong
    check "the 401 page says how to get in" has_error /manager/text/list 401 'conf/tomcat-users.xml'
    check "the 403 page names the roles" has_error /manager/html 403 'manager-gui' -u script:pw
    walk_roles
    check "list" has /manager/text/list '/examples:running:0:examples' "${me[@]}"
    check "serverinfo" has /manager/text/serverinfo 'OS Name: [Linux]' "${me[@]}"
    page /examples/servlets/counter >/dev/null
    check "sessions" has '/manager/text/sessions?path=/examples' '[1] sessions' "${me[@]}"
    check "vminfo" has /manager/text/vminfo 'OK - VM info' "${me[@]}"
    check "threaddump" has /manager/text/threaddump 'OK - JVM thread dump' "${me[@]}"
    check "an unknown command" has /manager/text/nosuch 'FAIL - Unknown command [/nosuch]' "${me[@]}"
    check "stop" has '/manager/text/stop?path=/examples' 'OK - Stopped application at context path [/examples]' "${me[@]}"
    check "a stopped application answers 404" answers 404 /examples/servlets/hello
    check "start" has '/manager/text/start?path=/examples' 'OK - Started application at context path [/examples]' "${me[@]}"
    check "a started application answers" answers 200 /examples/servlets/hello
    check "reload" has '/manager/text/reload?path=/examples' 'OK - Reloaded application at context path [/examples]' "${me[@]}"
    check "a reloaded application answers" answers 200 /examples/servlets/hello
    check "jmxproxy finds beans" has "$proxy?qry=Catalina:type=Server" 'Name: Catalina:type=Server' "${me[@]}"
    local manager='Catalina:type=Manager,host=localhost,context=/examples'
    check "jmxproxy gets" has "$proxy?get=$manager&att=sessionCounter" "OK - Attribute get '$manager' - sessionCounter = " \
        "${me[@]}"
    check "jmxproxy sets" has "$proxy?set=$manager&att=maxActiveSessions&val=7" 'OK - Attribute set' "${me[@]}"
    check "jmxproxy has set it" has "$proxy?get=$manager&att=maxActiveSessions" 'maxActiveSessions = 7' "${me[@]}"
    check "jmxproxy invokes" has "$proxy?invoke=$manager&op=listSessionIds" 'OK - Operation listSessionIds' "${me[@]}"
    check "jmxproxy names what is missing" has "$proxy?get=Catalina:type=Server&att=nope" \
        'Error - javax.management.AttributeNotFoundException' "${me[@]}"
    check "status as HTML" has /manager/status '<html' -u status:pw
    check "status as XML" has '/manager/status?XML=true' "<status><jvm><memory" -u status:pw
    check "status as JSON" python3 -c 'import json,sys; json.load(sys.stdin)["tomcat"]["connector"][0]["threadInfo"]' \
        < <(page '/manager/status?JSON=true' -u status:pw)
    check "metrics" has /manager/metrics '# TYPE ' "${me[@]}"
    walk_uploads
    walk_manager_pages
}

# has_error PATH STATUS TEXT [CURL ARGUMENTS]: whether a refused answer has the status and the text.
has_error() {
    local path=$1 wanted=$2 text=$3 body
    shift 3
    answers "$wanted" "$path" "$@" || return
    body=$(curl -gsS --max-time 20 "$@" "http://localhost:$port$path")
    grep -qF -- "$text" <<<"$body" || { echo "no [$text] in:"; echo "$body"; return 1; }
}

# Each role opens what it is for, and nothing else.
walk_roles() {
    local user path wanted
    while read -r user path wanted; do
        check "$user and $path: $wanted" answers "$wanted" "/manager/$path" -u "$user:pw"
    done <<'ROWS'
gui html 200
gui status 200
gui text/list 403
gui jmxproxy?qry=a:b=c 403
script text/list 200
script status 200
script html 403
script jmxproxy?qry=a:b=c 403
jmx jmxproxy?qry=a:b=c 200
jmx metrics 200
jmx text/list 403
status status/all 200
status metrics 200
status html 403
status text/list 403
status jmxproxy?qry=a:b=c 403
ROWS
}

walk_uploads() {
    local war=$CATALINA_BASE/temp/up.war
    (cd "$CATALINA_BASE/temp" && mkdir -p up && echo one >up/page.txt && cd up && python3 -m zipfile -c "$war" page.txt)
    check "PUT deploys" has '/manager/text/deploy?path=/up&tag=v1' 'OK - Deployed application at context path [/up]' \
        "${me[@]}" -T "$war"
    check "what was put is served" has /up/page.txt one
    check "PUT does not replace" has '/manager/text/deploy?path=/up' 'FAIL - Application already exists at path [/up]' \
        "${me[@]}" -T "$war"
    check "a file that is no archive fails" has '/manager/text/deploy?path=/bad' 'FAIL - ' "${me[@]}" \
        -T "$CATALINA_BASE/conf/web.xml"
    page '/manager/text/undeploy?path=/bad' "${me[@]}" >"$CATALINA_BASE/temp/undeploy.log"
    check "undeploy" has '/manager/text/undeploy?path=/up' 'OK - Undeployed application at context path [/up]' "${me[@]}"
    check "undeployed files are gone" test ! -e "$CATALINA_BASE/webapps/up" -a ! -e "$CATALINA_BASE/webapps/up.war"
    check "a tag brings it back" has '/manager/text/deploy?path=/up&tag=v1' 'OK - Deployed' "${me[@]}"
    check "and it is served again" has /up/page.txt one
    check "POST is no way to list" answers 405 /manager/text/list "${me[@]}" -d ''
}

# The page, as a browser uses it: cookie, nonce, buttons.
walk_manager_pages() {
    local jar=$CATALINA_BASE/temp/pages nonce
    # The first request with the cookie logs the user in, and changes the session's id.
    local browser=("${me[@]}" -b "$jar" -c "$jar")
    check "the manager's address leads to its page" answers 302 /manager/
    page /manager/html "${browser[@]}" >/dev/null
    check "the page lists applications" has /manager/html 'Servlet examples' "${browser[@]}"
    check "the cookie stays on this site" grep -q SameSite=Strict <(curl -gsSi "${me[@]}" "http://localhost:$port/manager/html")
    check "a button without its nonce is refused" answers 403 /manager/html/stop "${browser[@]}" -d path=/up
    nonce=$(page /manager/html "${browser[@]}" | sed -n 's/.*[?]\(org[.]apache[.]catalina[.]filters[.]CSRF_NONCE=[0-9A-F]*\)".*/\1/p' |
        head -n 1)
    check "a button works" has "/manager/html/stop?$nonce" 'OK - Stopped application' "${browser[@]}" -d path=/up
    page /examples/servlets/counter >/dev/null
    check "sessions are shown" has "/manager/html/sessions?path=/examples&$nonce" '1 active sessions' "${browser[@]}"
    check "the upload form deploys" has "/manager/html/upload?$nonce" \
        'OK - Deployed application' "${browser[@]}" -F "deployWar=@$CATALINA_BASE/temp/up.war;filename=form.war"
    check "what was uploaded is served" has /form/page.txt one
    local chromium
    chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || return 0
    local name
    for name in html status/all; do
        local picture=$root/.build/manager-${name%%/*}.png
        rm -f "$picture"
        "$chromium" --headless --no-sandbox --disable-gpu --user-data-dir="$CATALINA_BASE/temp/browser" \
            --window-size=1200,1400 --screenshot="$picture" "http://all:pw@localhost:$port/manager/$name" 2>/dev/null
        check "a browser paints /manager/$name" test -s "$picture"
    done
}

# client_python: the interpreter that has the clients of Tests/requirements.txt, which are installed once.
client_python() {
    local venv=$root/.build/venv
    if [ -z "${CARACAL_PYTHON:-}" ] && ! cmp -s "$root/Tests/requirements.txt" "$venv/requirements.txt"; then
        python3 -m venv "$venv" && "$venv/bin/pip" install -q -r "$root/Tests/requirements.txt" >&2 &&
            cp "$root/Tests/requirements.txt" "$venv/" || return
    fi
    echo "${CARACAL_PYTHON:-$venv/bin/python}"
}

walk_client() {
    new_base
    serve || return
    local python
    python=$(client_python)
    check "tomcatmanager 7.0.1 works against it" \
        "$python" "$root/Tests/manager_client.py" "http://localhost:$port/manager" all pw
    check "a scraper of Prometheus understands the metrics" \
        "$python" "$root/Tests/metrics_check.py" "http://localhost:$port/manager/metrics" all pw
    check "the log is about deployments, not about requests" quiet_log
}

# quiet_log: whether the log, once the server is up, has no trace of requests and no complaint that nobody caused.
quiet_log() {
    ! sed '1,/ Server startup in /d' "$CATALINA_BASE"/logs/catalina.*.log |
        grep -E ' (SEVERE|WARNING) |^\tat |(GET|POST|PUT) /'
}

walk_configtest() {
    new_base
    local xml=$CATALINA_BASE/conf/server.xml
    check "the shipped configuration passes" "$root/bin/catalina.sh" configtest
    check "a misspelt attribute is named with its place" configtest_says 's/connectionTimeout/connectionTimout/' \
        'connectionTimout' 'connectionTimeout' 'server.xml'
    check "a default host that is none is told" configtest_says 's/defaultHost="localhost"/defaultHost="nohost"/' \
        'attribute [defaultHost]: there is no Host of the name [nohost]'
    check "so is a folder of applications that is not there" configtest_says 's/appBase="webapps"/appBase="wepabbs"/' \
        'attribute [appBase]: there is no directory' 'wepabbs'
    check "so is a word that is no truth value" configtest_says 's/unpackWARs="true"/unpackWARs="yes"/' \
        'attribute [unpackWARs]: [yes] is neither true nor false'
    mv "$CATALINA_BASE/conf/web.xml" "$CATALINA_BASE/temp/"
    check "so are defaults that are missing" configtest_says '' 'No global web.xml found'
    mv "$CATALINA_BASE/temp/web.xml" "$CATALINA_BASE/conf/"
    check "an unknown class is fatal" fails_configtest 's/org.apache.catalina.valves.AccessLogValve/org.example.NoSuchValve/' \
        'org.example.NoSuchValve'
    mkdir -p "$CATALINA_BASE/webapps/broken/WEB-INF"
    printf '<web-app>\n<servlet-mapping><servlet-name>helo</servlet-name>%s</web-app>' \
        '<url-pattern>/x</url-pattern></servlet-mapping>' >"$CATALINA_BASE/webapps/broken/WEB-INF/web.xml"
    check "an application's mistake is named with its place" configtest_says '' 'broken/WEB-INF/web.xml:2: error:' \
        'unknown servlet name [helo]' 'The application [/broken] of the host [localhost] would not start'
    check "and does not make the configuration a bad one" test "$configtest_status" -eq 0
    rm -r "$CATALINA_BASE/webapps/broken"
    check "malformed XML is fatal" fails_configtest 's/<\/Engine>//' 'server.xml'
    rm "$xml"
    check "a missing file is fatal" not "$root/bin/catalina.sh" configtest
}

not() { ! "$@"; }

# configtest_says EDIT TEXT...: edits a copy of server.xml and looks for the texts in what configtest prints.
configtest_says() {
    local edit=$1 output
    shift
    cp "$CATALINA_BASE/conf/server.xml" "$CATALINA_BASE/temp/server.xml"
    sed -i "$edit" "$CATALINA_BASE/conf/server.xml"
    output=$("$root/bin/catalina.sh" configtest 2>&1)
    configtest_status=$?
    mv "$CATALINA_BASE/temp/server.xml" "$CATALINA_BASE/conf/server.xml"
    echo "$output"
    for text in "$@"; do grep -qF -- "$text" <<<"$output" || return 1; done
}

fails_configtest() { configtest_says "$@" && [ "$configtest_status" -ne 0 ]; }

# secure PORT: whether HTTPS on the port gives the first page.
secure() { curl -gksS --fail --max-time 20 "https://localhost:$1/" | grep -qF /docs/; }

walk_tls() {
    new_base
    make_certificate
    openssl pkcs12 -export -in "$CATALINA_BASE/conf/cert.pem" -inkey "$CATALINA_BASE/conf/key.pem" -name tomcat \
        -passout pass:changeit -out "$CATALINA_BASE/conf/server.p12"
    printf '\376\355\376\355\0\0\0\2' >"$CATALINA_BASE/conf/server.jks"
    local elements flat pem java connectors form
    elements=$(free_port) flat=$(free_port) pem=$(free_port) java=$(free_port)
    connectors="<Connector port=\"$elements\" SSLEnabled=\"true\"><SSLHostConfig><Certificate certificateFile=\"conf\/cert.pem\" \
certificateKeyFile=\"conf\/key.pem\" \/><\/SSLHostConfig><\/Connector>"
    form='SSLEnabled="true" scheme="https" secure="true" clientAuth="false" sslProtocol="TLS"'
    connectors+="<Connector port=\"$flat\" $form keystoreFile=\"conf\/server.p12\" keystorePass=\"changeit\" keyAlias=\"tomcat\" \/>"
    connectors+="<Connector port=\"$pem\" $form SSLCertificateFile=\"conf\/cert.pem\" SSLCertificateKeyFile=\"conf\/key.pem\" \/>"
    connectors+="<Connector port=\"$java\" $form keystoreFile=\"conf\/server.jks\" \/>"
    sed -i "s/<Engine /$connectors\n    <Engine /" "$CATALINA_BASE/conf/server.xml"
    serve || return
    check "HTTPS by an SSLHostConfig" secure "$elements"
    check "HTTPS by attributes of the Connector, as in Tomcat 8.5" secure "$flat"
    check "so with PEM files" secure "$pem"
    check "a keystore of Java's own kind is refused with what to do" log_has 'keytool -importkeystore -srckeystore'
    check "and the rest goes on" answers 200 /
}

walk_stopping() {
    new_base
    cp -r "$root/Tests/ProbeWebapp/webapps/t" "$CATALINA_BASE/webapps/"
    mkdir -p "$CATALINA_BASE/webapps/t/WEB-INF/lib"
    cp "$(probe_library)" "$CATALINA_BASE/webapps/t/WEB-INF/lib/"
    serve || return
    local pid=$server_pid answer=$CATALINA_BASE/temp/slept
    curl -gsS -o "$answer" "http://localhost:$port/t/e/x?c=sleep&n=1500" &
    local client=$!
    sleep 0.5
    kill -TERM "$pid"
    check "a request in flight is finished" wait "$client"
    check "its answer is complete" grep -q slept "$answer"
    check "SIGTERM stops the server" until_gone "$pid" 10
    check "the log says so" log_has 'Stopping service [Catalina]'
    server_pid=
    serve || return
    pid=$server_pid
    check "a wrong word on the shutdown port is ignored" send_word NONSENSE
    check "and the server still answers" answers 200 /
    check "the word is heard on the shutdown port" send_word SHUTDOWN
    check "and stops the server" until_gone "$pid" 10
    server_pid=
}

send_word() { python3 -c 'import socket,sys
with socket.create_connection(("localhost", int(sys.argv[1])), 5) as s: s.sendall(sys.argv[2].encode())' "$shutdown_port" "$1"; }

walk_instances() {
    new_base
    serve || return
    local first_base=$CATALINA_BASE first_pid=$server_pid first_port=$port
    CATALINA_BASE=
    new_base
    serve || { kill -TERM "$first_pid"; return; }
    check "a second instance of one build answers" answers 200 /
    port=$first_port
    check "and the first still does" answers 200 /
    kill -TERM "$first_pid"
    check "the first stops" until_gone "$first_pid" 10
    rm -rf "$first_base"
}

# Stored passwords, as the realm reads them.
walk_digest() {
    new_base
    local digest=$root/bin/digest.sh stored
    check "a plain digest" test "$("$digest" -a MD5 -s 0 -i 1 secret)" = secret:5ebe2294ecd0e0f08eab7690d2a6ee69
    check "an encoding, and iterations" test "$("$digest" -a SHA-256 -s 0 -i 5 -e ISO-8859-1 sécret)" = \
        'sécret:$5$df23aeb8f11f4d359997b5e04b007f59a1fdf0ceb665af0dfaf53293674e4463'
    check "two passwords" test "$("$digest" -a SHA-1 -s 0 -i 1 a b | tr '\n' ' ')" = \
        'a:86f7e437faa5a7fce15d1ddcb9eaeaea377667b8 b:e9d71f5ee7c92d6dc9e92ffdad17b8bd49418f98 '
    check "an unknown algorithm is refused" not "$digest" -a nonsense secret
    stored=$("$digest" -h org.apache.catalina.realm.SecretKeyCredentialHandler -i 1000 pw)
    check "PBKDF2 is salt, iterations and key" grep -Eq '^pw:[0-9a-f]{64}\$1000\$[0-9a-f]{40}$' <<<"$stored"
    sed -i "s|username=\"all\" password=\"pw\"|username=\"all\" password=\"${stored#*:}\"|" \
        "$CATALINA_BASE/conf/tomcat-users.xml"
    sed -i 's|resourceName="UserDatabase" />|resourceName="UserDatabase"><CredentialHandler iterations="1000" \
className="org.apache.catalina.realm.SecretKeyCredentialHandler" /></Realm>|' "$CATALINA_BASE/conf/server.xml"
    serve || return
    check "the password is good" answers 200 /manager/text/list -u all:pw
    check "another is not" answers 401 /manager/text/list -u all:pv
}

# What the machine may refuse: a port, files, a directory, room on the disk.
walk_trouble() {
    new_base
    ulimit -Sn 90
    serve
    local served=$?
    ulimit -Sn "$(ulimit -Hn)"
    [ "$served" -eq 0 ] || return
    check "too many connections, then as before" crowd
    check "the log says so" log_has 'Socket accept failed error="Too many open files"'
    check "the server still answers" answers 200 /examples/servlets/hello
    local first_base=$CATALINA_BASE first_pid=$server_pid first_port=$port
    CATALINA_BASE=
    new_base
    sed -i "s/port=\"$port\"/port=\"$first_port\"/" "$CATALINA_BASE/conf/server.xml"
    : >"$CATALINA_BASE/temp/file"
    CATALINA_OPTS="-Dcordra.data=$CATALINA_BASE/temp/file/data"
    "$root/bin/catalina.sh" run >"$CATALINA_BASE/logs/console.log" 2>&1 &
    server_pid=$!
    check "a port in use is told" in_time log_has "Cannot listen on address [*] and port [$first_port]: Address already in use"
    check "a data directory that cannot be made, too" in_time log_has \
        "Repository did not start, data in $CATALINA_BASE/temp/file/data: "
    check "and the rest goes on" in_time log_has 'Server startup in ['
    kill -TERM "$first_pid"
    until_gone "$first_pid" 10
    rm -rf "$first_base"
    walk_full_disk
}

# in_time COMMAND...: tries again for ten seconds.
in_time() {
    local tries
    for tries in $(seq 100); do
        "$@" && return 0
        sleep 0.1
    done
    return 1
}

# crowd: opens more connections than there may be files, then closes them again.
# More connections than the server has descriptors: it waits for some to go, and does not try all the time.
crowd() { python3 -c 'import socket,sys,time
def used():
    with open(f"/proc/{sys.argv[2]}/stat") as file:
        return sum(map(int, file.read().rsplit(")", 1)[1].split()[11:13]))
address = ("localhost", int(sys.argv[1]))
crowd = [socket.create_connection(address, 5) for _ in range(120)]
time.sleep(0.5)
before = used()
time.sleep(1)
assert used() - before < 30, f"{used() - before} ticks in a second"
for one in crowd: one.close()
time.sleep(0.5)
with socket.create_connection(address, 5) as s:
    s.sendall(b"GET /examples/servlets/hello HTTP/1.0\r\n\r\n")
    assert s.recv(4096).startswith(b"HTTP/1.1 200")' "$port" "$server_pid"; }

walk_full_disk() {
    new_base
    mkdir "$CATALINA_BASE/data"
    if [ ! -d /usr/share/iso-codes/json ] || ! mount -t tmpfs -o size=3m none "$CATALINA_BASE/data" 2>/dev/null; then
        echo "full disk: skipped, needs the package iso-codes and the right to mount"
        return
    fi
    trap 'umount -l "$CATALINA_BASE/data" 2>/dev/null; finish_instance' EXIT
    if serve; then
        local list=$CATALINA_BASE/temp/acknowledged
        check "a load onto a full disk fails" not load --acknowledged "$list" --retry 0
        check "the log says why" log_has "The disk is full: $CATALINA_BASE/data/repository.sqlite"
        # A small write may still fit between two that do not: then the fault ends and begins again.
        check "once each time it begins" test "$(grep -h 'The disk is full' "$CATALINA_BASE"/logs/localhost.* | wc -l)" \
            -le $((1 + $(grep -h 'Objects can be written again' "$CATALINA_BASE"/logs/localhost.* | wc -l)))
        check "what was stored is found" finds 1 'id:"test/iso-3166-1-AUT"'
        check "the rest of the server goes on" answers 200 /examples/servlets/hello
        mount -o remount,size=200m "$CATALINA_BASE/data"
        check "with room again the load goes on" load --acknowledged "$list"
        check "the log says that, too" log_has 'Objects can be written again'
        check "everything acknowledged is there" load --verify "$list"
    fi
    stop_server
    umount "$CATALINA_BASE/data"
    trap finish_instance EXIT
}

walk_debian() {
    local package=${CARACAL_TOMCAT_CONFIGURATION:-/usr/share/tomcat10/etc}
    [ -r "$package/server.xml" ] || { echo "debian: skipped, the package tomcat10 is not here"; return; }
    if curl -gs -o /dev/null http://localhost:8080/; then
        echo "debian: skipped, something listens on port 8080"
        return
    fi
    new_base
    for file in server.xml web.xml context.xml tomcat-users.xml logging.properties catalina.properties; do
        cp "$package/$file" "$CATALINA_BASE/conf/$file"
    done
    port=8080
    serve || return
    check "it serves on Debian's unchanged configuration" answers 200 /
    check "with its servlets" has /examples/servlets/hello 'Hello, world!'
    for file in server.xml web.xml context.xml tomcat-users.xml logging.properties; do
        check "$file is unchanged" cmp "$package/$file" "$CATALINA_BASE/conf/$file"
    done
}

# tests TEXT COMMAND...: runs a program whose last line is "N passed, M failed" and counts each of them.
tests() {
    local text=$1 log=$CATALINA_BASE/temp/tests.log summary
    shift
    "$@" >"$log" 2>&1
    summary=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$log" | tail -n 1)
    if [ -z "$summary" ]; then
        check "$text" false
        tail -n 20 "$log"
        return 1
    fi
    checks=$((checks + ${summary% *} + ${summary#* }))
    failures=$((failures + ${summary#* }))
    [ "${summary#* }" -eq 0 ] || grep -A 1 '^FAILED' "$log"
}

# finds SIZE QUERY [CURL ARGUMENTS]: whether so many objects are found.
finds() {
    local size=$1 query=$2
    shift 2
    has /repository/search "\"size\": $size," -G --data-urlencode "query=$query" -d 'ids&pageSize=1' "$@"
}

# lists IDS QUERY [CURL ARGUMENTS]: whether these objects are found in this order.
lists() {
    local wanted=$1 query=$2 got
    shift 2
    got=$(page /repository/search -G --data-urlencode "query=$query" -d ids "$@" |
        python3 -c 'import json,sys; print(*json.load(sys.stdin)["results"])')
    [ "$got" = "$wanted" ] || { echo "got $got"; return 1; }
}

load() { "$root/bin/load-iso-codes.py" --password-file "$CATALINA_BASE/data/initial-admin-password" "$@" \
    "http://localhost:$port/repository"; }

# found_again: every way of asking, over the 14,282 records.
found_again() {
    check "all 14,282 records are there" finds 14282 'id:test\/iso-*'
    check "a term" finds 1 '/name:Liechtenstein'
    check "in every field" finds 1 'Liechtenstein'
    check "a phrase" lists test/iso-3166-1-CZE '"czech republic" AND type:Country'
    check "a phrase in another order is none" finds 0 '"republic czech" AND type:Country'
    check "a field" finds 181 'type:Currency'
    check "boolean" finds 247 'type:Country AND /standard:"ISO 3166-1" NOT (/alpha_3:AUT OR /alpha_3:CHE)'
    check "a range" lists 'test/iso-3166-1-ABW test/iso-3166-1-AFG test/iso-3166-1-AGO test/iso-3166-1-ALA' \
        '+/alpha_3:[aaa TO alb} +type:Country +/standard:"3166-1" -/alpha_3:aia' -d sortFields=id
    check "existence" finds 31 '/withdrawal_date:[* TO *]'
    check "a wildcard" lists 'test/iso-3166-1-AUS test/iso-3166-1-AUT' '/name:austr* AND type:Country' -d sortFields=/name
    check "one letter" finds 3 '/alpha_3:ch? AND type:Currency'
    check "a leading wildcard is refused" answers 400 /repository/search -G --data-urlencode 'query=*hf'
    check "fuzzy" lists test/iso-3166-1-AUT '/name:austira~ AND /alpha_2:at'
    check "sorted downwards, the second page of two" lists 'test/iso-15924-Zxxx test/iso-15924-Zsym' type:Script \
        --data-urlencode 'sortFields=/alpha_4 DESC' -d 'pageNum=1&pageSize=2'
    check "a reference" finds 9 '/country:"test/iso-3166-1-AUT"'
    check "one object" has /repository/objects/test/iso-3166-1-AUT '"name":"Austria"'
    check "an encoded slash in the id" has /repository/objects/test%2Fiso-3166-1-AUT '"name":"Austria"'
}

walk_repository() {
    new_base
    if [ ! -d /usr/share/iso-codes/json ]; then
        echo "repository: skipped, the package iso-codes is not here"
        return
    fi
    serve || return
    check "the repository shows its page" answers 200 /repository/ -L
    check "the log names the file with the password" log_has "$CATALINA_BASE/data/initial-admin-password"
    check "which is for its owner only" test "$(stat -c %a "$CATALINA_BASE/data/initial-admin-password")" = 600
    tests "the REST interface" python3 "$root/Tests/repository_rest.py" "http://localhost:$port/repository" \
        "$CATALINA_BASE/data/initial-admin-password"
    check "14,282 records are loaded" load
    tail -n 2 "$CATALINA_BASE/temp/check.log"
    found_again
    walk_search_page
    local pid=$server_pid
    kill -TERM "$pid"
    check "it stops" until_gone "$pid" 15
    server_pid=
    serve || return
    found_again
    walk_killed
}

# walk_search_page: the small page over the loaded records, in a browser.
walk_search_page() {
    local browser url=http://localhost:$port/repository/ hash text
    browser=$(find_browser) || return
    check "the first page names the types" shows "$url" '#type=Subdivision'
    while read -r hash text; do
        check "the page shows $text at $hash" shows "$url#$hash" "$text"
    done <<'ROWS'
query=austria Austria
query=type%3ACurrency&sort=%2Fname 1 to 20 of 181
query=type%3ACurrency&page=9 181 to 181 of 181
query=liechtenstein&type=Country 1 to 1 of 1
type=Country 1 to 20 of 280
type=Schema with id, name, alpha_4, numeric
id=test%2Fiso-3166-1-AUT Republic of Austria
query=%28broken The query cannot be understood.
query=zzzzzz Nothing found.
ROWS
}

# walk_killed: loads into an empty repository, kills the server in the middle, and looks for what was acknowledged.
walk_killed() {
    new_base
    serve || return
    local list=$CATALINA_BASE/temp/acknowledged tries
    : >"$list"
    load --acknowledged "$list" --retry 0 >"$CATALINA_BASE/temp/load.log" 2>&1 &
    local loader=$!
    for tries in $(seq 600); do
        [ "$(wc -l <"$list")" -lt 3000 ] || break
        sleep 0.05
    done
    kill -KILL "$server_pid"
    wait "$server_pid" 2>/dev/null
    server_pid=
    check "the load ends when the server is gone" not wait "$loader"
    echo "killed after $(wc -l <"$list") acknowledged objects"
    check "it was in the middle" test "$(wc -l <"$list")" -ge 3000 -a "$(wc -l <"$list")" -lt 14000
    serve || return
    check "every acknowledged object is there, and in the index" load --verify "$list"
    tail -n 1 "$CATALINA_BASE/temp/check.log"
    check "the load goes on where it ended" load --acknowledged "$list"
    check "and everything is there" load --verify "$list"
    check "each of them once" finds 14282 'id:test\/iso-*'
}

for walk in ${*:-shipped browser manager client configtest digest tls stopping faults sessions refusals instances \
    trouble debian repository}; do
    failed=$failures
    "walk_$walk"
    [ "$failures" -eq "$failed" ] && echo "walk $walk: passed"
done
drop_base
CATALINA_BASE=
echo "$((checks - failures)) passed, $failures failed"
trap - EXIT
[ "$failures" -eq 0 ]
