#!/bin/sh
# Measures Caracal beside a Tomcat 10 and an nginx and prints one table; README.md here says how to read it.
#
#   run.sh [--quick] [--serve] [--rounds N] [--seconds N] [--warm N] [--objects N] [--json FILE] [--keep] [WORK...]
#
# WORK is any of: hello counter static10k static1m tls startup memory connections repository. Without one: all of them.
# Installs what is missing, builds Caracal if it is not built, runs on loopback ports that are free.

here=$(cd "$(dirname "$0")" > /dev/null && pwd)
root=$(cd "$here/../.." > /dev/null && pwd)
. "$root/bin/setup.sh"

command -v javac > /dev/null && compiler= || compiler=default-jdk-headless
caracal_install python3 openssl wrk nginx-light tomcat10 libtomcat10-java $compiler || exit 1
caracal_setup "$root" || exit 1

# Ten thousand connections are open at a time, in the server and in the client.
ulimit -n "$(ulimit -Hn)"
exec python3 "$here/figures.py" "$@"
