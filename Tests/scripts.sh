#!/bin/sh
# Tests the scripts in bin with a program in place of the server that says what it was given.
#
# The last line is "N passed, N failed".

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/caracal-scripts.XXXXXX")
passed=0
failed=0
unset CATALINA_HOME CATALINA_BASE CATALINA_OUT CATALINA_OUT_CMD CATALINA_OPTS JAVA_OPTS CATALINA_TMPDIR CATALINA_PID \
    CATALINA_LOGGING_CONFIG LOGGING_MANAGER UMASK USE_NOHUP JRE_HOME JAVA_HOME CLASSPATH

finish() {
    [ ! -s "$work/pids" ] || while read -r pid; do kill -9 "$pid" 2> /dev/null; done < "$work/pids"
    rm -rf "$work"
}
trap finish EXIT

# A home whose program writes its arguments, one a line, to the base's "arguments" and its umask to "umask".
make_home() {
    home=$work/home$((passed + failed))
    mkdir -p "$home/bin" "$home/conf" "$home/webapps/ROOT"
    cp "$root"/bin/*.sh "$home/bin/"
    cp "$root/conf/server.xml" "$home/conf/"
    cat > "$home/bin/catalina" << 'END'
#!/bin/sh
for word; do
    case $word in -Dcatalina.base=*) base=${word#*=} ;; esac
    last=$word
done
printf '%s\n' "$@" > "$base/arguments.$last"
umask > "$base/umask"
[ ! -f "$base/say" ] || cat "$base/say"
case $last in
    start)
        echo "server output"
        [ -z "$CARACAL_ANNOUNCE_FD" ] || [ -f "$base/mute" ] || cat "$base/announcement" 1>&3 2> /dev/null ||
            printf 'up\nhttp://localhost:8080/\n' 1>&3
        exec 3>&-
        trap 'exit 143' TERM
        [ ! -f "$base/stubborn" ] || trap '' TERM
        trap 'echo "thread dump"' QUIT
        while [ -d "$base" ] && [ ! -f "$base/stop" ] && [ ! -f "$base/brief" ]; do sleep 0.05; done
        ;;
    stop)
        [ ! -f "$base/unreachable" ] || exit 1
        [ -f "$base/stubborn" ] || : > "$base/stop"
        ;;
    configtest) [ ! -f "$base/broken" ] || exit 1 ;;
esac
END
    chmod +x "$home/bin/catalina"
    base=$home
    pid=$base/pid
}

# Runs a script of the home; its output goes to $out, its exit code to $status.
call() {
    script=$1
    shift
    out=$("$home/bin/$script" "$@" 2>&1 < /dev/null)
    status=$?
    [ ! -s "$pid" ] || cat "$pid" >> "$work/pids"
}

check() {
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED %s\n  expected: %s\n  got:      %s\n' "$1" "$3" "$2"
    fi
}

arguments() { grep -v -e logging -e LogManager -e UMASK -e "^-Dnop$" "$base/arguments.$1" | tr '\n' ' '; }
wait_for() { for try in 1 2 3 4 5 6 7 8 9 10; do [ ! -s "$1" ] || return 0; sleep 0.1; done; }

make_home
touch "$base/brief"
call catalina.sh run
check "run passes the places" "$(arguments start)" \
    "-Dcatalina.base=$base -Dcatalina.home=$home -Djava.io.tmpdir=$base/temp start "
check "run is silent without a terminal" "$out" "server output"
check "the umask is Tomcat's" "$(cat "$base/umask")" "0027"
check "a missing logging.properties is said" "$(grep -c '^-Dnop$' "$base/arguments.start")" 1

echo "handlers =" > "$base/conf/logging.properties"
JAVA_OPTS='-Dj=1 -Xmx1g' CATALINA_OPTS='-Dc="two words"' UMASK=0077 call catalina.sh run -config "conf/my server.xml"
check "options are split as a shell splits them" "$(arguments start)" \
    "-Dj=1 -Xmx1g -Dc=two words -Dcatalina.base=$base -Dcatalina.home=$home -Djava.io.tmpdir=$base/temp \
-config conf/my server.xml start "
check "UMASK is used" "$(cat "$base/umask")" "0077"
check "logging.properties is named" "$(sed -n 's/^-Djava.util.logging.config.file=//p' "$base/arguments.start")" \
    "$base/conf/logging.properties"
CATALINA_OPTS=-Dc=1 JAVA_OPTS=-Dj=1 call catalina.sh stop
check "stop uses JAVA_OPTS only" "$(arguments stop)" \
    "-Dj=1 -Dcatalina.base=$base -Dcatalina.home=$home -Djava.io.tmpdir=$base/temp stop "
call catalina.sh run -security
check "-security is ignored" "$out" "NOTE: -security belongs to the Java VM and is ignored.
server output"
call catalina.sh jpda run
check "jpda is ignored" "$out" "NOTE: jpda belongs to the Java VM and is ignored.
server output"

make_home
mkdir -p "$work/other base/bin" "$work/links"
touch "$work/other base/brief"
echo 'CATALINA_OPTS=-Dfrom=base CATALINA_TMPDIR=/tmp' > "$work/other base/bin/setenv.sh"
echo 'CATALINA_OPTS=-Dfrom=home' > "$home/bin/setenv.sh"
ln -s "$home/bin/catalina.sh" "$work/links/tomcat"
base="$work/other base"
CATALINA_BASE=$base "$work/links/tomcat" run > /dev/null
check "a link finds its home; setenv.sh comes from the base" "$(arguments start)" \
    "-Dfrom=base -Dcatalina.base=$base -Dcatalina.home=$home -Djava.io.tmpdir=/tmp start "
rm "$base/bin/setenv.sh"
CATALINA_BASE=$base "$work/links/tomcat" run > /dev/null
check "setenv.sh comes from the home otherwise" "$(arguments start)" \
    "-Dfrom=home -Dcatalina.base=$base -Dcatalina.home=$home -Djava.io.tmpdir=$base/temp start "
CATALINA_BASE=/a:b call catalina.sh run
check "a colon in a path is refused" "$status $out" "1 Using CATALINA_BASE:   /a:b
Unable to start as CATALINA_BASE contains a colon (:) character"

make_home
call catalina.sh
check "no command gives the usage" "$status $(echo "$out" | head -n 1)" "1 Usage: catalina.sh ( commands ... )"
call catalina.sh nonsense
check "an unknown command gives the usage" "$status" 1
call configtest.sh
check "configtest succeeds" "$status$out" 0
touch "$base/broken"
call configtest.sh
check "configtest fails" "$status $out" "1 Configuration error detected!"
call version.sh
check "version needs no instance" "$status$out" 0
call digest.sh -a SHA-256 secret
check "digest passes its arguments" "$(arguments secret)" \
    "-Dcatalina.base=$base -Dcatalina.home=$home -Djava.io.tmpdir=$base/temp digest -a SHA-256 secret "

make_home
call startup.sh
check "startup says that it started, and where" "$status $out" "0 Tomcat started.
http://localhost:8080/"
wait_for "$base/logs/catalina.out"
check "output goes to catalina.out" "$(cat "$base/logs/catalina.out")" "server output"
call shutdown.sh
check "shutdown succeeds" "$status$out" 0

make_home
export CATALINA_PID="$pid"
call catalina.sh stop
check "stop without a pid file" "$status $out" \
    "1 \$CATALINA_PID was set but the specified file does not exist. Is Tomcat running? Stop aborted."
call catalina.sh start
check "start with a pid file" "$status $out" "0 Tomcat started."
check "the pid file names the process" "$(cat "/proc/$(cat "$pid")/cmdline" | tr '\0' '\n' | tail -n 1)" start
call catalina.sh start
check "a second start is refused" "$status $(echo "$out" | sed -n 2p)" \
    "1 Tomcat appears to still be running with PID $(cat "$pid"). Start aborted."
call catalina.sh stop
check "stop waits" "$status $out" "0 Tomcat stopped."
check "stop removes the pid file" "$(ls "$pid" 2> /dev/null)" ""
rm -f "$base/stop"
echo 4194305 > "$pid"
call catalina.sh stop
check "a process that is gone" "$status $(echo "$out" | cut -c 1-60)" \
    "1 PID file found but either no matching process was found or t"
call catalina.sh start
check "a stale pid file is cleared" "$status $out" "0 Existing PID file found during start.
Removing/clearing stale PID file.
Tomcat started."
call catalina.sh stop
rm -f "$base/stop"
sh -c 'sleep 0.2 & echo $! > "$1"; exec sleep 60' - "$CATALINA_PID" 2> /dev/null &
echo $! >> "$work/pids"
zombie=$!
until grep -qs '^State:[[:space:]]*Z' "/proc/$(cat "$CATALINA_PID" 2> /dev/null)/status"; do sleep 0.05; done
call catalina.sh start
check "a process that nobody waited for does not run" "$status $out" "0 Existing PID file found during start.
Removing/clearing stale PID file.
Tomcat started."
kill "$zombie"
touch "$base/unreachable"
call catalina.sh stop 3
check "a failing stop command is followed by a signal" "$status $out" \
    "0 The stop command failed. Attempting to signal the process to stop through OS signal.
Tomcat stopped."
touch "$base/stubborn"
: > "$pid"
call catalina.sh start
check "an empty pid file is cleared" "$status $out" "0 Tomcat started."
call catalina.sh stop 0
check "a process that does not stop" "$status $(echo "$out" | sed -n '2,$p')" "1 Tomcat did not stop in time.
PID file was not removed.
To aid diagnostics a thread dump has been written to standard out."
stubborn=$(cat "$pid")
call catalina.sh stop 0 -force
check "-force kills" "$status $(echo "$out" | sed -n '4,$p')" "0 Killing Tomcat with the PID: $stubborn
The Tomcat process has been killed."
: > "$pid"
call catalina.sh stop 0 -force
check "an empty pid file cannot be forced" "$(echo "$out" | head -n 1)" "PID file is empty and has been ignored."
unset CATALINA_PID

make_home
touch "$base/brief"
CATALINA_OUT=$base/pipe CATALINA_OUT_CMD="tee $base/piped" call catalina.sh start
wait_for "$base/piped"
check "output goes through CATALINA_OUT_CMD" "$(cat "$base/piped")" "server output"
echo > "$base/plain"
CATALINA_OUT=$base/plain CATALINA_OUT_CMD=cat call catalina.sh start
check "a file in the way of the pipe" "$status $out" \
    "1 $base/plain exists and is not a named pipe. Start aborted."
USE_NOHUP=true call catalina.sh start
check "USE_NOHUP starts" "$status $out" "0 Tomcat started."

make_home
rm "$home/bin/catalina"
call catalina.sh start
check "a program that is not built" "$status $(echo "$out" | head -n 1)" "1 Cannot find $home/.build/release/catalina"
touch "$home/Package.swift"
mkdir -p "$home/Sources"
out=$(PATH=/usr/bin:/bin HOME=/nowhere sh -c '. "$1/bin/setup.sh"
    caracal_find_swift() { return 1; }
    caracal_setup "$1"' - "$home")
check "neither program nor toolchain" "$? $(echo "$out" | head -n 1)" \
    "1 Caracal is not built yet, and there is no Swift toolchain to build it with."

make_home
mkdir -p "$home/.build/release" "$home/Sources/X" "$work/tools"
touch "$home/Package.swift" "$home/Sources/X/X.swift"
cat > "$work/tools/swift" << 'END'
#!/bin/sh
echo "swift $*"
for product; do :; done
case $product in
    catalina) cp bin/catalina .build/release/catalina ;;
    *) echo "$product" > ".build/release/lib$product.so" ;;
esac
END
chmod +x "$work/tools/swift"
out=$(PATH=$work/tools:$PATH sh -c '. "$1/bin/setup.sh"
    caracal_install() { :; }
    caracal_setup "$1"' - "$home")
check "the first start builds each product" "$? $(echo "$out" | grep -c '^swift build -c release .*--product')" "0 3"
check "modules are put into their webapps" "$(cat "$home/webapps/repository/WEB-INF/lib/libRepositoryWebapp.so")" \
    RepositoryWebapp
out=$(sh -c '. "$1/bin/setup.sh"; caracal_setup "$1"' - "$home")
check "nothing changed, nothing is built" "$?$out" 0
touch -d '+1 minute' "$home/Sources/X/X.swift"
sh -c '. "$1/bin/setup.sh"; caracal_is_current "$1"' - "$home"
check "a newer source asks for a build" "$?" 1

make_home
printf 'up\nhttp://localhost:8081/\nNothing answers at https://localhost:8443/: no key\n' > "$base/announcement"
call startup.sh
check "startup says what the server says" "$status $out" "0 Tomcat started.
http://localhost:8081/
Nothing answers at https://localhost:8443/: no key"
: > "$base/stop"

make_home
printf 'down\nNothing answers at http://localhost:8080/: in use\n' > "$base/announcement"
call startup.sh
check "startup does not promise an address that is taken" "$status $out" "1 Nothing answers at http://localhost:8080/: in use
The log says more: $base/logs/catalina.out"
: > "$base/stop"

make_home
touch "$base/mute" "$base/brief"
call startup.sh
check "startup notices a server that ends" "$status $out" "1 The server ended while it was starting.
The log says more: $base/logs/catalina.out"

make_home
call makebase.sh
check "makebase needs a directory" "$status $out" "1 Usage: makebase <path-to-target-directory> [-w | --webapps]"
call makebase.sh "$work/new base"
check "makebase makes a base" "$(ls "$work/new base" | tr '\n' ' ')" "bin conf lib logs temp webapps work "
check "makebase copies conf" "$(ls "$work/new base/conf")" "server.xml"
call makebase.sh "$work/new base"
check "makebase leaves what is there" "$status $(echo "$out" | tail -n 1)" "1 Target directory is not empty"
call makebase.sh "$work/full base" -w
check "makebase copies webapps" "$(ls "$work/full base/webapps")" "ROOT"
: > "$home/Package.swift"
call makebase.sh "$work/early base" -w
check "makebase says which modules are not built" "$status $(echo "$out" | sed -n '2,4p')" \
    "0 NOTE: Caracal is not built yet, so that these webapps are without their modules:
    repository
    examples"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
