#!/bin/sh
# Says which version this is.

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

exec "$bin/catalina.sh" version "$@"
