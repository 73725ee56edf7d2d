# Sourced by the scripts beside it: makes a CATALINA_BASE in a temporary directory, starts a server on it, stops it.
#
# Callers set CATALINA_HOME first (any Tomcat's will do) and get CATALINA_BASE; both are exported.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
server_pid=

# Removes the base when the script ends, after stopping the server; keeps it if KEEP is set or something failed.
finish_instance() {
    status=$?
    stop_server
    if [ -n "${KEEP:-}" ] || [ "$status" -ne 0 ] && [ -n "${CATALINA_BASE:-}" ]; then
        echo "kept: $CATALINA_BASE"
    elif [ -n "${CATALINA_BASE:-}" ]; then
        rm -rf "$CATALINA_BASE"
    fi
    exit "$status"
}

# make_base: an empty base with the folders of a Tomcat instance.
make_base() {
    CATALINA_BASE=$(mktemp -d "${TMPDIR:-/tmp}/caracal.XXXXXX")
    export CATALINA_HOME CATALINA_BASE
    mkdir "$CATALINA_BASE"/{bin,conf,logs,temp,webapps,work}
    trap finish_instance EXIT
    trap 'exit 130' INT TERM
}

# shipped_configuration: the files of conf; what an instance that ran here has put beside them stays behind.
shipped_configuration() {
    find "$root/conf" -maxdepth 1 -type f -exec cp -t "$CATALINA_BASE/conf" {} +
}

# make_certificate: conf/cert.pem and conf/key.pem, self-signed, for localhost.
make_certificate() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
        -keyout "$CATALINA_BASE/conf/key.pem" -out "$CATALINA_BASE/conf/cert.pem" 2>"$CATALINA_BASE/temp/openssl.log"
}

# probe_library: builds libProbeWebapp.so and prints its path.
probe_library() {
    local configuration=${CARACAL_CONFIGURATION:-release}
    (. "$root/bin/setup.sh" && caracal_find_swift && cd "$root" &&
        "$caracal_swift" build -q -c "$configuration" --product ProbeWebapp >&2) || return
    echo "$root/.build/$configuration/libProbeWebapp.so"
}

# start_server URL: runs it in the background and waits until URL answers with any status.
start_server() {
    local tries
    # CATALINA_HOME/bin/catalina.sh replaces itself by the server, so that this is the server's own process.
    "$CATALINA_HOME/bin/catalina.sh" run >"$CATALINA_BASE/logs/console.log" 2>&1 &
    server_pid=$!
    for tries in $(seq 600); do
        if ! kill -0 "$server_pid" 2>/dev/null; then
            echo "the server ended before it answered:" >&2
            tail -n 30 "$CATALINA_BASE/logs/console.log" >&2
            return 1
        fi
        if curl -gks -o "$CATALINA_BASE/temp/first-answer" "$1"; then return 0; fi
        sleep 0.1
    done
    echo "no answer from $1 within a minute" >&2
    tail -n 30 "$CATALINA_BASE/logs/console.log" >&2
    return 1
}

# stop_server: asks the server to stop and waits until it has.
stop_server() {
    local tries
    [ -n "$server_pid" ] || return 0
    kill -TERM "$server_pid" 2>/dev/null || true
    for tries in $(seq 150); do
        kill -0 "$server_pid" 2>/dev/null || break
        sleep 0.1
    done
    if kill -0 "$server_pid" 2>/dev/null; then
        echo "the server did not stop within 15 seconds; killed" >&2
        kill -KILL "$server_pid"
    fi
    wait "$server_pid" 2>/dev/null || true
    server_pid=
}
