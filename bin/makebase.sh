#!/bin/sh
# Makes a directory to use as CATALINA_BASE: an instance of its own that runs from this build.
#
# Usage: makebase.sh DIRECTORY [-w | --webapps]   with -w the webapps are copied, too

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

[ -n "$CATALINA_HOME" ] || CATALINA_HOME=$(cd "$bin/.." > /dev/null && pwd)

target=
webapps=
for word; do
    case $word in
        -w | --webapps) webapps=yes ;;
        *) target=$word ;;
    esac
done
if [ -z "$target" ]; then
    echo "Usage: makebase <path-to-target-directory> [-w | --webapps]"
    exit 1
fi
if [ -d "$target" ]; then
    echo "Target directory exists"
    if [ -n "$(ls -A "$target")" ]; then
        echo "Target directory is not empty"
        exit 1
    fi
fi
for directory in bin conf lib logs temp webapps work; do
    mkdir -p "$target/$directory" || exit 1
done
if [ -n "$webapps" ]; then
    echo "Copying webapps"
    cp -R "$CATALINA_HOME/webapps/." "$target/webapps" || exit 1
    cp -R "$CATALINA_HOME/conf/." "$target/conf" || exit 1
else
    for file in "$CATALINA_HOME"/conf/*; do
        [ ! -f "$file" ] || cp "$file" "$target/conf" || exit 1
    done
    mkdir -p "$target/webapps/ROOT"
fi
[ ! -f "$CATALINA_HOME/bin/setenv.sh" ] || cp "$CATALINA_HOME/bin/setenv.sh" "$target/bin/"

if [ -n "$webapps" ] && [ -f "$CATALINA_HOME/Package.swift" ]; then
    . "$CATALINA_HOME/bin/setup.sh"
    if ! caracal_is_built "$CATALINA_HOME"; then
        echo "NOTE: Caracal is not built yet, so that these webapps are without their modules:"
        for module in $caracal_modules; do echo "    ${module%%:*}"; done
        echo "Run $CATALINA_HOME/bin/startup.sh once, it builds them; then copy webapps/*/WEB-INF/lib, or make the base after it."
    fi
fi

cat << END
Created CATALINA_BASE directory at $target

You can launch the new instance by running:
    export CATALINA_HOME=$CATALINA_HOME
    export CATALINA_BASE=$target
    \$CATALINA_HOME/bin/catalina.sh run

Attention: another instance may use the ports in conf/server.xml; change them there as necessary.
END
