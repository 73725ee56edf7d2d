#!/bin/sh
# Prints passwords as a realm's CredentialHandler stores them: PASSWORD:STORED, a line each.
#
# Usage: digest.sh [-a ALGORITHM] [-e ENCODING] [-i ITERATIONS] [-s SALTLENGTH] [-k KEYLENGTH] [-h HANDLERCLASS] PASSWORD…

script=$0
while [ -h "$script" ]; do
    link=$(readlink "$script")
    case $link in
        /*) script=$link ;;
        *) script=${script%/*}/$link ;;
    esac
done
case $script in
    */*) bin=${script%/*} ;;
    *) bin=. ;;
esac

exec "$bin/catalina.sh" digest "$@"
