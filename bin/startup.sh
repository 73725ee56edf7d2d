#!/bin/sh
# Builds what is not built, starts the instance in the background and says where it answers.
#
# The first run installs the Debian packages that the build needs and compiles, which takes minutes; a run after which
# nothing changed starts at once. Arguments are those of catalina.sh start.

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

. "$bin/setup.sh"

[ -n "$CATALINA_HOME" ] || CATALINA_HOME=$(cd "$bin/.." > /dev/null && pwd)
export CATALINA_HOME
caracal_setup "$CATALINA_HOME" || exit 1
CARACAL_ANNOUNCE=true exec "$CATALINA_HOME/bin/catalina.sh" start "$@"
