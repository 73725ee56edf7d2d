#!/bin/bash
# Serves the applications of the recorded requests and replays the requests.
#
#   Tests/oracle.sh [--serve] [--home DIR] [arguments of replay.py: --only REGEX, --show]
#
# --serve only serves, on ports 28080, 28081, 28443 and 28009, until it is interrupted. --home names another
# CATALINA_HOME, for example a Tomcat's: its answers to what needs no servlet can be compared too.
# Packages: curl openssl python3
set -eu
source "$(dirname "$0")/instance.sh"

serve=
CATALINA_HOME=$root
while [ $# -gt 0 ]; do
    case $1 in
        --serve) serve=yes; shift ;;
        --home) CATALINA_HOME=$2; shift 2 ;;
        *) break ;;
    esac
done

vectors=$root/Tests/Vectors/oracle
make_base
configuration=$CATALINA_HOME/conf
[ -d "$configuration" ] || configuration=$CATALINA_HOME/etc  # where Debian's tomcat10 keeps it
cp "$configuration"/*.* "$CATALINA_BASE/conf/"
cp "$vectors/server.xml" "$vectors/tomcat-users.xml" "$CATALINA_BASE/conf/"
make_certificate
cp -r "$root"/Tests/ProbeWebapp/webapps/. "$CATALINA_BASE/webapps/"
if [ -d "$CATALINA_HOME/webapps/manager" ]; then cp -r "$CATALINA_HOME/webapps/manager" "$CATALINA_BASE/webapps/"; fi
mkdir -p "$CATALINA_BASE/webapps/t/WEB-INF/lib" "$CATALINA_BASE"/webapps-{alt,v,rw}
library=$(probe_library)
cp "$library" "$CATALINA_BASE/webapps/t/WEB-INF/lib/"
# Recorded entity tags and conditions carry the time at which the recorded files were made.
find "$CATALINA_BASE/webapps" -type f -exec touch -d '2026-11-21T03:44:59Z' {} +

start_server http://127.0.0.1:28080/
if [ -n "$serve" ]; then
    echo "serving $CATALINA_BASE; interrupt to stop"
    wait "$server_pid"
else
    "$root/Tests/replay.py" "$vectors/http1-cases.jsonl" --allow "$vectors/differences.tsv" "$@"
fi
