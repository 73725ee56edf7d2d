# Sourced by e2e.sh: the walks through what goes wrong, in applications and in the instance, and through sessions.

# make_app NAME WEB_XML [EDIT]: an application with the probe's module, which EDIT changes byte for byte.
make_app() {
    local lib=$CATALINA_BASE/webapps/$1/WEB-INF/lib
    mkdir -p "$lib"
    echo "<web-app>$2</web-app>" >"$CATALINA_BASE/webapps/$1/WEB-INF/web.xml"
    LC_ALL=C sed "${3:-}" "$probe" >"$lib/libProbeWebapp.so"
}

# servlet CLASS [INSIDE]: a servlet for every path below /e.
servlet() {
    echo "<servlet><servlet-name>s</servlet-name><servlet-class>$1</servlet-class>${2:-}</servlet>" \
        "<servlet-mapping><servlet-name>s</servlet-name><url-pattern>/e/*</url-pattern></servlet-mapping>"
}

# fails_alone NAME REASON: whether an application is stopped, and why is in the manager's list and in the log.
fails_alone() {
    has /manager/text/list "/$1:stopped:0:$1:" -u all:pw && page /manager/text/list -u all:pw | grep "^/$1:" | grep -qF -- "$2" &&
        answers 404 "/$1/e/x" && log_has "$2"
}

# error_page PATH TEXT...: whether the answer is Tomcat's page for status 500, with the texts in it.
error_page() {
    local path=$1 body
    shift
    body=$(curl -gsS --max-time 20 "http://localhost:$port$path")
    for text in '<h1>HTTP Status 500 – Internal Server Error</h1>' '<b>Type</b> Exception Report' "$@"; do
        grep -qF -- "$text" <<<"$body" || { echo "no [$text] in: $body"; return 1; }
    done
}

walk_faults() {
    new_base
    local probe echo
    probe=$(probe_library) || return
    echo=$(servlet probe.Echo)
    make_app good "$echo"
    make_app stamp "$echo" s/caracal_servlet_api_1/caracal_servlet_api_9/g
    make_app symbol "$echo" s/swift_release/swift_releasf/g
    make_app listener "<listener><listener-class>probe.FailingListener</listener-class></listener>"
    make_app init "$(servlet probe.Failing '<load-on-startup>1</load-on-startup>')"
    make_app strict "$(servlet probe.Failing '<load-on-startup>1</load-on-startup>')"
    mkdir "$CATALINA_BASE/webapps/strict/META-INF"
    echo '<Context failCtxIfServletStartFails="true"/>' >"$CATALINA_BASE/webapps/strict/META-INF/context.xml"
    make_app nameless "<servlet><servlet-name>s</servlet-name></servlet><servlet-mapping><servlet-name>s</servlet-name>
        <url-pattern>/e/*</url-pattern></servlet-mapping>"
    make_app text "$echo"
    echo text >"$CATALINA_BASE/webapps/text/WEB-INF/lib/libProbeWebapp.so"
    make_app broken '<servlet>'
    make_app lost "$echo"
    echo '<Context' >"$CATALINA_BASE/conf/lost.xml"
    mkdir -p "$CATALINA_BASE/conf/Catalina/localhost" && mv "$CATALINA_BASE/conf/lost.xml" "$CATALINA_BASE/conf/Catalina/localhost/"
    serve || return
    check "a module for another ServletAPI fails its application alone" fails_alone stamp 'was built for ServletAPI 9'
    check "so does a missing symbol" fails_alone symbol 'undefined symbol'
    check "so does a listener that throws" fails_alone listener 'the listener has no disk'
    check "so does a servlet that throws, where the Context says so" fails_alone strict 'the servlet has no database'
    check "so does a file that is no library" fails_alone text 'is not a shared library'
    check "so does a web.xml that is not well formed" fails_alone broken 'WEB-INF/web.xml'
    check "so does a descriptor that is not well formed" fails_alone lost 'lost.xml'
    check "a servlet that throws while it is made leaves its application running" \
        has /manager/text/list '/init:running:0:init' -u all:pw
    check "and answers 500" answers 500 /init/e/x
    check "so does one without a class, and the log says why" answers 500 /nameless/e/x
    check "in Tomcat's words" in_time log_has 'No servlet class has been specified for servlet [s]'
    check "a servlet that throws gives the page of status 500" error_page '/good/e/x?c=throw' 'boom &lt;b&gt;' \
        '<b>Root Cause</b>'
    check "and nothing else changes" has '/good/e/x?c=url' /good/e/x
}

# cookie_has TEXT...: whether a new session's cookie has the attributes.
cookie_has() {
    local line
    line=$(curl -gsSi --max-time 20 "http://localhost:$port/own/e/create" | grep -i '^set-cookie: ')
    for text; do grep -qiE -- "$text" <<<"$line" || { echo "no [$text] in: $line"; return 1; }; done
}

walk_sessions() {
    new_base
    local probe id
    probe=$(probe_library) || return
    make_app own "<listener><listener-class>probe.Sessions</listener-class></listener>$(servlet probe.SessionEvents)
        <session-config><session-timeout>7</session-timeout>
        <cookie-config><name>OWN</name><path>/own/e</path><http-only>true</http-only><secure>true</secure>
        <max-age>120</max-age></cookie-config><tracking-mode>COOKIE</tracking-mode></session-config>"
    make_app plain "<listener><listener-class>probe.Sessions</listener-class></listener>$(servlet probe.SessionEvents)"
    serve || return
    check "session-config reaches the cookie" cookie_has '^set-cookie: OWN=[0-9A-F]{32};' '; Path=/own/e(;|.?$)' \
        '; HttpOnly(;|.?$)' '; Secure(;|.?$)' '; Max-Age=120(;|.?$)'
    check "session-timeout reaches the sessions" has '/manager/text/sessions?path=/own' \
        'Default maximum session inactive interval is [7] minutes' -u all:pw
    local jar=(-b "$CATALINA_BASE/temp/jar" -c "$CATALINA_BASE/temp/jar")
    for path in create 'set?v=1' 'set?v=2' remove 'set?v=3' rename; do page "/plain/e/$path" "${jar[@]}" >/dev/null; done
    check "listeners are told of sessions and their values" has /plain/e/end \
        'created added:a=1 replaced:a=1 removed:a=2 added:a=3 renamed destroyed' "${jar[@]}"
    check "a session that has ended is gone" not has '/manager/text/sessions?path=/plain' 'Inactive for' -u all:pw
}

# ends_with STATUS TEXT...: whether the server ends by itself with the status and says the texts.
ends_with() {
    local wanted=$1 got
    shift
    timeout 30 "$root/bin/catalina.sh" run >"$CATALINA_BASE/logs/console.log" 2>&1
    got=$?
    [ "$got" = "$wanted" ] || { echo "exit status $got"; tail -n 20 "$CATALINA_BASE/logs/console.log"; return 1; }
    for text; do grep -qF -- "$text" "$CATALINA_BASE/logs/console.log" || { cat "$CATALINA_BASE/logs/console.log"; return 1; }; done
}

walk_refusals() {
    new_base
    local xml=$CATALINA_BASE/conf/server.xml saved=$CATALINA_BASE/temp/saved.xml holder taken
    local refused='Cannot start server. Server instance is not configured.'
    cp "$xml" "$saved"
    sed -i 's/<\/Engine>//' "$xml"
    check "a server.xml that is not well formed is refused" ends_with 1 'Parse fatal error at line' "$refused"
    rm "$xml"
    check "so is none" ends_with 1 'Unable to load server configuration from' "$refused"
    mkdir "$xml"
    check "so is one that is no file" ends_with 1 "$refused"
    rmdir "$xml"
    taken=$(free_port)
    python3 -c 'import socket,sys,time
socket.setdefaulttimeout(60); s = socket.create_server(("127.0.0.1", int(sys.argv[1]))); time.sleep(60)' "$taken" &
    holder=$!
    until_taken "$taken"
    sed "s/<Server port=\"[0-9]*\"/<Server port=\"$taken\"/" "$saved" >"$xml"
    check "a shutdown port in use ends the server with 0, as Tomcat does" ends_with 0 \
        "Failed to create server shutdown socket on address [localhost] and port [$taken]"
    sed "s/<Connector /<Connector port=\"$taken\" address=\"127.0.0.1\" \/>\n    <Connector /" "$saved" >"$xml"
    if serve; then
        check "a connector whose port is in use is told in the log" log_has "Failed to initialize component [Connector[\"http-nio-127.0.0.1-$taken\"]]"
        check "and the rest goes on" answers 200 /
        stop_server
    fi
    CATALINA_OPTS="$CATALINA_OPTS -Dorg.apache.catalina.startup.EXIT_ON_INIT_FAILURE=true"
    check "unless such a failure is to end the server" ends_with 1 "Failed to initialize component"
    kill "$holder" && wait "$holder" 2>/dev/null
    cp "$saved" "$xml"
}

# until_taken PORT
until_taken() {
    local tries
    for tries in $(seq 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
        sleep 0.05
    done
}
