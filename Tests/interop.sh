#!/bin/bash
# Walks sessions through a cluster of one Caracal node and one Apache Tomcat node, each in both roles.
#
#   Tests/interop.sh [KIND ...]
#
# KIND is a manager, delta or backup, and what else the cluster has: "delta async", "delta gzip frag encrypt",
# "backup engine". Without any, those of the list at the end are walked. Needs Debian's package tomcat10-common and a JDK; without them
# nothing is tested and the reason is printed. The nodes know each other by a static list, so that no multicast is
# needed. CARACAL_CONFIGURATION=debug takes the programs of a debug build.
# Packages: curl python3 tomcat10-common default-jdk-headless
set -u
source "$(dirname "$0")/instance.sh"
configuration=${CARACAL_CONFIGURATION:-release}
tomcat=${TOMCAT_HOME:-/usr/share/tomcat10}
checks=0
failures=0
pid_a=
pid_b=

if ! [ -r "$tomcat/lib/catalina-ha.jar" ] || ! command -v javac > /dev/null; then
    echo "skipped: there is no Tomcat in $tomcat, or no JDK"
    echo "0 passed, 0 failed"
    exit 0
fi

# free_port: a port that nobody listens on.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# is WORD: whether the kind says so.
is() { case " $kind " in *" $1 "*) return 0 ;; *) return 1 ;; esac }

# interceptor CLASS [ATTRIBUTES]
interceptor() { echo "<Interceptor className=\"org.apache.catalina.tribes.group.interceptors.$1\" ${2:-}/>"; }

# cluster NODE OTHER PORT OTHER-PORT: the Cluster element of one node.
cluster() {
    local tribes=org.apache.catalina.tribes options=6 more=
    local manager='<Manager className="org.apache.catalina.ha.session.DeltaManager"/>'
    ! is backup || manager='<Manager className="org.apache.catalina.ha.session.BackupManager"/>'
    ! is async || options=8
    ! is throughput || more+=$(interceptor ThroughputInterceptor)
    ! is gzip || more+=$(interceptor GzipInterceptor)
    ! is frag || more+=$(interceptor FragmentationInterceptor 'maxSize="700"')
    ! is encrypt || more+=$(interceptor EncryptInterceptor 'encryptionKey="cafebabedeadbeefbeefcafecafebabe"')
    ! is order || more+=$(interceptor OrderInterceptor)
    cat << X
<Cluster className="org.apache.catalina.ha.tcp.SimpleTcpCluster" channelSendOptions="$options" channelStartOptions="3">
  $manager
  <Channel className="$tribes.group.GroupChannel" heartbeatSleeptime="1000">
    <Membership className="$tribes.membership.McastService"/>
    <Receiver className="$tribes.transport.nio.NioReceiver" address="127.0.0.1" port="$3" autoBind="1"/>
    <Sender className="$tribes.transport.ReplicationTransmitter">
      <Transport className="$tribes.transport.nio.PooledParallelSender"/>
    </Sender>
    $(interceptor TcpPingInterceptor)
    $more
    $(interceptor MessageDispatchInterceptor)
    $(interceptor TcpFailureDetector)
    <Interceptor className="$tribes.group.interceptors.StaticMembershipInterceptor">
      <LocalMember className="$tribes.membership.StaticMember" uniqueId="$(unique_id "$1")"/>
      <Member className="$tribes.membership.StaticMember" host="127.0.0.1" port="$4" uniqueId="$(unique_id "$2")"/>
    </Interceptor>
  </Channel>
</Cluster>
X
}

unique_id() { echo "{$1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,$1}"; }

# write_server BASE ROUTE HTTP CLUSTER-ARGUMENTS...
write_server() {
    local base=$1 route=$2 http=$3 in_engine= in_host=
    shift 3
    if is engine; then in_engine=$(cluster "$@"); else in_host=$(cluster "$@"); fi
    cat > "$base/conf/server.xml" << X
<Server port="-1"><Service name="Catalina"><Connector port="$http" address="127.0.0.1"/>
<Engine name="Catalina" defaultHost="localhost" jvmRoute="$route" backgroundProcessorDelay="1">$in_engine
<Host name="localhost" appBase="webapps" unpackWARs="false" autoDeploy="false">$in_host
</Host></Engine></Service></Server>
X
}

write_web_xml() {
    cat > "$1" << X
<?xml version="1.0" encoding="UTF-8"?>
<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" metadata-complete="true">
  <distributable/>
$(for pair in "${@:2}"; do
        echo "  <servlet><servlet-name>${pair%%=*}</servlet-name><servlet-class>${pair%%=*}</servlet-class></servlet>"
        echo "  <servlet-mapping><servlet-name>${pair%%=*}</servlet-name><url-pattern>${pair#*=}</url-pattern></servlet-mapping>"
    done)
</web-app>
X
}

# make_nodes: the folders of node a (Tomcat) and node b (Caracal).
make_nodes() {
    local node
    for node in a b; do mkdir -p "$CATALINA_BASE/$node"/{conf,logs,temp,work,webapps/demo/WEB-INF/{classes,lib}}; done
    javac -nowarn -cp "$tomcat/lib/servlet-api.jar" -d "$CATALINA_BASE/a/webapps/demo/WEB-INF/classes" \
        "$root/Tests/interop/Sessions.java" || exit 1
    write_web_xml "$CATALINA_BASE/a/webapps/demo/WEB-INF/web.xml" Sessions=/s
    echo '<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0"/>' > "$CATALINA_BASE/a/conf/web.xml"
    probe=$(probe_library) || exit 1
    cp "$probe" "$(dirname "$probe")/libExamplesWebapp.so" "$CATALINA_BASE/b/webapps/demo/WEB-INF/lib/"
    write_web_xml "$CATALINA_BASE/b/webapps/demo/WEB-INF/web.xml" SessionExample=/s probe.Echo=/e
    cp "$root"/conf/{web.xml,logging.properties} "$CATALINA_BASE/b/conf/"
    mkdir -p "$CATALINA_BASE/home/bin"
    cp "$root/bin/catalina.sh" "$CATALINA_BASE/home/bin/"
    ln -s "$root/.build/$configuration/catalina" "$CATALINA_BASE/home/bin/catalina"
}

start_a() {
    local classpath
    classpath=$(printf '%s:' "$tomcat"/bin/*.jar "$tomcat"/lib/*.jar /usr/share/java/eclipse-jdt-core.jar)
    java -Xmx128m -XX:TieredStopAtLevel=1 -cp "$classpath" -Dcatalina.home="$tomcat" \
        -Dcatalina.base="$CATALINA_BASE/a" -Djava.io.tmpdir="$CATALINA_BASE/a/temp" \
        org.apache.catalina.startup.Bootstrap start >> "$CATALINA_BASE/a/logs/console.log" 2>&1 &
    pid_a=$!
    answers "$a" "$pid_a" "$CATALINA_BASE/a/logs/console.log"
}

start_b() {
    CATALINA_HOME=$CATALINA_BASE/home CATALINA_BASE=$CATALINA_BASE/b "$CATALINA_BASE/home/bin/catalina.sh" run \
        >> "$CATALINA_BASE/b/logs/console.log" 2>&1 &
    pid_b=$!
    answers "$b" "$pid_b" "$CATALINA_BASE/b/logs/console.log"
}

# answers URL PID LOG: waits until a node serves its application.
answers() {
    local tries
    for tries in $(seq 600); do
        curl -s -m 5 -o /dev/null -f "$1?c=none" && return 0
        kill -0 "$2" 2> /dev/null || break
        sleep 0.1
    done
    echo "no answer from $1" >&2
    tail -n 30 "$3" >&2
    exit 1
}

kill_node() {
    kill -KILL "$1" 2> /dev/null
    wait "$1" 2> /dev/null
}

stop_nodes() {
    local pid
    for pid in $pid_a $pid_b; do kill_node "$pid"; done
    pid_a=
    pid_b=
    stop_server
}

# ask URL [CURL ARGUMENTS]: as the client whose cookies are in the jar.
#
# Where messages are only queued, the node has had time to apply what the last request changed.
ask() {
    local url=$1
    shift
    ! is async || sleep 0.3
    curl -s -m 20 -b "$CATALINA_BASE/jar" -c "$CATALINA_BASE/jar" -G "$url" "$@"
}

new_client() { rm -f "$CATALINA_BASE/jar"; }

# The lines of a page of SessionExample: "name = value".
on_b() { ask "$b" "$@" | sed -n 's/ <a href.*//; s/^\([a-z0-9]* = \)/\1/p' | grep ' = ' | sort; }

# expect TEXT EXPECTED FOUND
expect() {
    checks=$((checks + 1))
    if [ "$2" = "$3" ]; then
        echo "ok: $1"
    else
        failures=$((failures + 1))
        printf 'FAILED: %s\n    expected [%s]\n    found    [%s]\n' "$1" "$2" "$3"
    fi
}

walk() {
    local before
    echo "# $kind: a session made by Tomcat"
    new_client
    ask "$a" -d op=fill > "$CATALINA_BASE/before"
    expect "Caracal holds every value" "$(grep -vc '^idle' "$CATALINA_BASE/before")" "$(on_b | wc -l)"
    expect "a class of the application is shown by its name" "basket = Sessions\$Basket" "$(on_b | grep ^basket)"
    expect "a number is a number" "int = 42" "$(on_b | grep '^int =')"
    ask "${b%/s}/e" -d c=sess > /dev/null
    expect "Tomcat sees what Caracal changed" "n: java.lang.Long 1" "$(ask "$a" | grep ^n:)"
    on_b -d dataname=n > /dev/null
    ask "$a" > "$CATALINA_BASE/after"
    expect "and what it took away; every other value is as it was" "" \
        "$(diff "$CATALINA_BASE/before" "$CATALINA_BASE/after")"

    echo "# $kind: Tomcat is killed, comes back and takes everything from Caracal"
    kill_node "$pid_a"
    expect "Caracal goes on" "int = 42" "$(on_b | grep '^int =')"
    expect "with its own route" "b" "$(route)"
    start_a
    ask "$a" > "$CATALINA_BASE/after"
    expect "every value is as it was" "" "$(diff "$CATALINA_BASE/before" "$CATALINA_BASE/after")"
    expect "the session has Tomcat's route" "a" "$(route)"

    echo "# $kind: Caracal is killed, comes back and takes everything from Tomcat"
    kill_node "$pid_b"
    expect "Tomcat goes on" "string" "$(ask "$a" | sed -n 's/^\(string\):.*/\1/p')"
    start_b
    expect "Caracal holds every value" "$(grep -vc '^idle' "$CATALINA_BASE/before")" "$(on_b | wc -l)"
    expect "the session ends on Tomcat" invalidated "$(ask "$a" -d op=invalidate)"
    expect "and so on Caracal" 0 "$(on_b | wc -l)"

    echo "# $kind: a session made by Caracal"
    new_client
    on_b -d dataname=x -d datavalue=y > /dev/null
    expect "Tomcat holds it" "x: java.lang.String y idle 1800" "$(ask "$a" | tr '\n' ' ' | sed 's/ $//')"
    ask "$a" -d op=remove -d name=x > /dev/null
    expect "what Tomcat took away is gone" 0 "$(on_b | wc -l)"
    ask "$a" -d op=set -d name=z -d value=1 > /dev/null
    expect "what Tomcat put in is there" "z = 1" "$(on_b)"
    ask "$a" -d op=rotate > /dev/null
    expect "the session has a new id on both" "z = 1" "$(on_b)"
    ask "${b%/s}/e" -d c=inv > /dev/null
    expect "it ends on Caracal, and so on Tomcat" "no session" "$(ask "$a")"

    echo "# $kind: time"
    new_client
    on_b -d dataname=x -d datavalue=y > /dev/null
    ask "$a" -d op=idle -d value=1 > /dev/null
    cp "$CATALINA_BASE/jar" "$CATALINA_BASE/old"
    sleep 4
    expect "an idle session ends on Caracal too" 0 "$(on_b | grep -c '^x =')"
}

route() { sed -n 's/.*JSESSIONID.*\.\(.\)$/\1/p' "$CATALINA_BASE/jar"; }

CATALINA_HOME=$root
make_base
trap 'status=$?; stop_nodes; (exit $status); finish_instance' EXIT
make_nodes
[ $# -gt 0 ] ||
    set -- delta backup "delta async" "delta gzip frag encrypt" "backup encrypt engine" "delta async order engine"
for kind; do
    http_a=$(free_port) http_b=$(free_port) tribes_a=$(free_port) tribes_b=$(free_port)
    a=http://127.0.0.1:$http_a/demo/s
    b=http://127.0.0.1:$http_b/demo/s
    write_server "$CATALINA_BASE/a" a "$http_a" 1 2 "$tribes_a" "$tribes_b"
    write_server "$CATALINA_BASE/b" b "$http_b" 2 1 "$tribes_b" "$tribes_a"
    start_a
    start_b
    walk
    stop_nodes
done
echo "$((checks - failures)) passed, $failures failed"
[ "$failures" -eq 0 ]
