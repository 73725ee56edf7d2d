# Sourced, after instance.sh, by the scripts of clusters: nodes of Caracal and of Apache Tomcat that know each other.
#
# Each node has a name of one letter, a program, and a folder of that name in CATALINA_BASE. The variable kind says in
# words what the cluster has: delta or backup, static, staticsvc or mcast, and so on, see write_cluster.

configuration=${CARACAL_CONFIGURATION:-release}
tomcat=${TOMCAT_HOME:-/usr/share/tomcat10}
java_options="-Xmx128m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
kind=
nodes=()
declare -A program_of host_of http_of tribes_of pid_of
# What stands before a node's command, as "ip netns exec NAME".
declare -A place_of

has_tomcat() { [ -r "$tomcat/lib/catalina-ha.jar" ] && command -v javac > /dev/null; }

# free_port: a port that nobody listens on.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])'
}

# is WORD: whether the kind says so.
is() { case " $kind " in *" $1 "*) return 0 ;; *) return 1 ;; esac }

# add_node NAME PROGRAM [HOST]: a node of tomcat or caracal with the application /demo and no server.xml yet.
add_node() {
    local name=$1 base=$CATALINA_BASE/$1
    nodes+=("$name")
    program_of[$name]=$2
    host_of[$name]=${3:-127.0.0.1}
    mkdir -p "$base"/{conf,logs,temp,work,webapps/demo/WEB-INF/{classes,lib}}
    cat > "$base/conf/tomcat-users.xml" << X
<tomcat-users><user username="watcher" password="watcher" roles="manager-gui,manager-jmx"/></tomcat-users>
X
    case $2 in
        tomcat) add_tomcat "$base" ;;
        caracal) add_caracal "$base" ;;
        *) echo "no such program: $2" >&2 && return 2 ;;
    esac
}

add_tomcat() {
    javac -nowarn -cp "$(printf "%s:" "$tomcat"/lib/*.jar)" \
        -d "$1/webapps/demo/WEB-INF/classes" "$root"/Tests/interop/*.java || return
    write_web_xml "$1/webapps/demo/WEB-INF/web.xml" Sessions=/s Sessions=/c Held=/h Attributes=/a
    echo '<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0"/>' > "$1/conf/web.xml"
}

add_caracal() {
    local probe
    probe=$(probe_library) || return
    cp "$probe" "$(dirname "$probe")/libExamplesWebapp.so" "$1/webapps/demo/WEB-INF/lib/"
    write_web_xml "$1/webapps/demo/WEB-INF/web.xml" SessionExample=/s probe.Echo=/e probe.SessionOperations=/c \
        probe.Attributes=/a
    cp "$root"/conf/{web.xml,logging.properties} "$1/conf/"
    cp -r "$root/webapps/manager" "$1/webapps/"
    [ -d "$CATALINA_BASE/home" ] || {
        mkdir -p "$CATALINA_BASE/home/bin"
        cp "$root/bin/catalina.sh" "$CATALINA_BASE/home/bin/"
        # A build beside a run changes nothing of it.
        cp "$root/.build/$configuration"/{catalina,libServletAPI.so} "$CATALINA_BASE/home/bin/"
    }
}

# write_web_xml FILE CLASS=PATTERN...
write_web_xml() {
    local pair count=0
    {
        echo '<?xml version="1.0" encoding="UTF-8"?>'
        echo '<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" metadata-complete="true">'
        echo '  <distributable/>'
        for pair in "${@:2}"; do
            count=$((count + 1))
            echo "  <servlet><servlet-name>$count</servlet-name><servlet-class>${pair%%=*}</servlet-class></servlet>"
            echo "  <servlet-mapping><servlet-name>$count</servlet-name><url-pattern>${pair#*=}</url-pattern></servlet-mapping>"
        done
        echo '</web-app>'
    } > "$1"
}

# add_protected NAME APP [METHOD]: another application of a node, like /demo, that asks for a login below /p; by FORM its
# page is /who.
add_protected() {
    local folder=$CATALINA_BASE/$1/webapps class=probe.Who count=probe.SessionOperations
    local pages="<form-login-config><form-login-page>/who</form-login-page><form-error-page>/c</form-error-page></form-login-config>"
    [ "${3:-}" = FORM ] || pages=
    [ "${program_of[$1]}" = caracal ] || class=Who count=Sessions
    rm -rf "${folder:?}/$2"
    cp -r "$folder/demo" "$folder/$2"
    write_web_xml "$folder/$2/WEB-INF/web.xml" $class=/who $class=/p/who $count=/c
    sed -i "s|^</web-app>|$(tr -d '\n' << X
<security-constraint><web-resource-collection><web-resource-name>p</web-resource-name><url-pattern>/p/*</url-pattern>
</web-resource-collection><auth-constraint><role-name>manager-gui</role-name></auth-constraint></security-constraint>
<login-config><auth-method>${3:-BASIC}</auth-method>$pages</login-config><security-role><role-name>manager-gui</role-name></security-role>
X
)&|" "$folder/$2/WEB-INF/web.xml"
}

# configure_nodes: ports and a server.xml for each node, by the kind. For multicast, mcast_port is chosen, too.
configure_nodes() {
    local name
    mcast_port=$(free_port)
    for name in "${nodes[@]}"; do
        http_of[$name]=$(free_port) tribes_of[$name]=$(free_port)
    done
    for name in "${nodes[@]}"; do write_server "$name"; done
}

url_of() { echo "http://${host_of[$1]}:${http_of[$1]}/demo"; }

unique_id() {
    local number
    number=$(($(printf '%d' "'$1") - 96))
    echo "{$number,0,0,0,0,0,0,0,0,0,0,0,0,0,0,$number}"
}

# interceptor CLASS [ATTRIBUTES]
interceptor() { echo "<Interceptor className=\"org.apache.catalina.tribes.group.interceptors.$1\" ${2:-}/>"; }

# static_members NAME: the node itself, and the others.
static_members() {
    local class=org.apache.catalina.tribes.membership.StaticMember other
    echo "<LocalMember className=\"$class\" uniqueId=\"$(unique_id "$1")\"/>"
    for other in "${nodes[@]}"; do
        [ "$other" = "$1" ] || echo "<Member className=\"$class\" host=\"${host_of[$other]}\"" \
            "port=\"${tribes_of[$other]}\" uniqueId=\"$(unique_id "$other")\"/>"
    done
}

# write_cluster NAME: the Cluster element of a node.
write_cluster() {
    local tribes=org.apache.catalina.tribes options=6 levels=3 more= membership= below= valves= name=$1
    local manager=DeltaManager attributes='processExpiresFrequency="1"'
    ! is backup || manager=BackupManager
    ! is async || options=8
    ! { is async && is backup; } || attributes+=' mapSendOptions="8"'
    ! is throughput || more+=$(interceptor ThroughputInterceptor)
    ! is gzip || more+=$(interceptor GzipInterceptor)
    ! is frag || more+=$(interceptor FragmentationInterceptor 'maxSize="700"')
    ! is encrypt || more+=$(interceptor EncryptInterceptor 'encryptionKey="cafebabedeadbeefbeefcafecafebabe"')
    ! is order || more+=$(interceptor OrderInterceptor)
    if is mcast; then
        levels=15
        membership="<Membership className=\"$tribes.membership.McastService\" address=\"228.0.0.4\" port=\"$mcast_port\"
            bind=\"${host_of[$name]}\" frequency=\"200\" dropTime=\"2000\"/>"
    elif is staticsvc; then
        levels=15
        membership="<Membership className=\"$tribes.membership.StaticMembershipService\">$(static_members "$name")</Membership>"
    else
        below="<Interceptor className=\"$tribes.group.interceptors.StaticMembershipInterceptor\">
            $(static_members "$name")</Interceptor>"
        more="$(interceptor TcpPingInterceptor)$more"
    fi
    ! is sso || valves='<Valve className="org.apache.catalina.ha.session.JvmRouteBinderValve"/>
        <Valve className="org.apache.catalina.ha.tcp.ReplicationValve"/>
        <Valve className="org.apache.catalina.ha.authenticator.ClusterSingleSignOn"/>'
    cat << X
<Cluster className="org.apache.catalina.ha.tcp.SimpleTcpCluster" channelSendOptions="$options" channelStartOptions="$levels">
  <Manager className="org.apache.catalina.ha.session.$manager" $attributes/>
  <Channel className="$tribes.group.GroupChannel" heartbeatSleeptime="1000">
    $membership
    <Receiver className="$tribes.transport.nio.NioReceiver" address="${host_of[$name]}" port="${tribes_of[$name]}" autoBind="1"/>
    <Sender className="$tribes.transport.ReplicationTransmitter">
      <Transport className="$tribes.transport.nio.PooledParallelSender"/>
    </Sender>
    $more
    $(interceptor MessageDispatchInterceptor)
    $(interceptor TcpFailureDetector)
    $below
  </Channel>
  $valves
</Cluster>
X
}

# write_server NAME
write_server() {
    local name=$1 in_engine= in_host=
    local users='<Realm className="org.apache.catalina.realm.UserDatabaseRealm" resourceName="UserDatabase"/>'
    if is engine; then in_engine=$(write_cluster "$name"); else in_host=$(write_cluster "$name"); fi
    ! is attributes ||
        in_host+='<Context path="/demo" docBase="demo" className="org.apache.catalina.ha.context.ReplicatedContext"/>'
    cat > "$CATALINA_BASE/$name/conf/server.xml" << X
<Server port="-1">
<GlobalNamingResources>
  <Resource name="UserDatabase" type="org.apache.catalina.UserDatabase" pathname="conf/tomcat-users.xml"
    factory="org.apache.catalina.users.MemoryUserDatabaseFactory"/>
</GlobalNamingResources>
<Service name="Catalina"><Connector port="${http_of[$name]}" address="${host_of[$name]}"/>
<Engine name="Catalina" defaultHost="localhost" jvmRoute="$name" backgroundProcessorDelay="1">$users$in_engine
<Host name="localhost" appBase="webapps" unpackWARs="false" autoDeploy="false">$in_host
</Host></Engine></Service></Server>
X
}

# start_node NAME: starts it, and waits until it serves the application.
start_node() {
    launch_node "$1"
    await_node "$1"
}

launch_node() {
    local base=$CATALINA_BASE/$1 place=${place_of[$1]:-} classpath
    if [ "${program_of[$1]}" = tomcat ]; then
        classpath=$(printf '%s:' "$tomcat"/bin/*.jar "$tomcat"/lib/*.jar /usr/share/java/eclipse-jdt-core.jar)
        $place java $java_options -Djava.net.preferIPv4Stack=true \
            -cp "$classpath" -Dcatalina.home="$tomcat" -Dcatalina.base="$base" -Djava.io.tmpdir="$base/temp" \
            org.apache.catalina.startup.Bootstrap start >> "$base/logs/console.log" 2>&1 &
    else
        $place env CATALINA_HOME="$CATALINA_BASE/home" CATALINA_BASE="$base" "$CATALINA_BASE/home/bin/catalina.sh" run \
            >> "$base/logs/console.log" 2>&1 &
    fi
    pid_of[$1]=$!
}

await_node() {
    local tries log=$CATALINA_BASE/$1/logs/console.log
    for tries in $(seq 600); do
        curl -s -m 5 -o /dev/null -f "$(url_of "$1")/c" && return 0
        kill -0 "${pid_of[$1]}" 2> /dev/null || break
        sleep 0.1
    done
    echo "no answer from node $1" >&2
    tail -n 30 "$log" >&2
    exit 1
}

# expect TEXT EXPECTED FOUND: counts a check in checks, and in failures if it fails.
checks=0
failures=0
expect() {
    checks=$((checks + 1))
    if [ "$2" = "$3" ]; then
        echo "ok: $1"
    else
        failures=$((failures + 1))
        printf 'FAILED: %s\n    expected [%s]\n    found    [%s]\n' "$1" "$2" "$3"
    fi
}

# soon TEXT EXPECTED COMMAND...: expects that it prints so within ten seconds.
soon() {
    local tries found
    for tries in $(seq 50); do
        found=$("${@:3}")
        [ "$found" != "$2" ] || break
        sleep 0.2
    done
    expect "$1" "$2" "$found"
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

# session_id: the id of the client's session.
session_id() { awk '$6 == "JSESSIONID" { print $7 }' "$CATALINA_BASE/jar" 2> /dev/null; }

# kill_node NAME: without any warning.
kill_node() {
    [ -n "${pid_of[$1]:-}" ] || return 0
    kill -KILL "${pid_of[$1]}" 2> /dev/null
    wait "${pid_of[$1]}" 2> /dev/null
    pid_of[$1]=
}

# stop_node NAME: asks it to stop, and waits until it has.
stop_node() {
    local tries pid=${pid_of[$1]:-}
    [ -n "$pid" ] || return 0
    kill -TERM "$pid" 2> /dev/null
    for tries in $(seq 200); do
        kill -0 "$pid" 2> /dev/null || break
        sleep 0.1
    done
    kill_node "$1"
}

kill_nodes() {
    local name
    for name in "${nodes[@]}"; do kill_node "$name"; done
}

# held_by NAME [PATH]: the sessions of an application, or of /demo, that a node holds, a line for each: id, primary or
# backup, and its values.
held_by() {
    local bean="Catalina:type=Manager,host=localhost,context=${2:-/demo}" id
    if [ "${program_of[$1]}" = tomcat ]; then
        curl -s -m 10 "$(url_of "$1")/h?${2:-/demo}"
        return
    fi
    for id in $(ask_bean "$1" "$bean" listSessionIds); do
        printf '%s %s %s\n' "$id" \
            "$(ask_bean "$1" "$bean" isPrimarySession "$id" | sed 's/true/primary/; s/false/backup/')" \
            "$(ask_bean "$1" "$bean" getSession "$id" | tr -d '{}')"
    done
}

# ask_bean NAME BEAN OPERATION [ARGUMENT]: what an operation of a Caracal node's bean returns.
ask_bean() {
    curl -s -m 10 -u watcher:watcher -G "http://${host_of[$1]}:${http_of[$1]}/manager/jmxproxy" \
        --data-urlencode "invoke=$2" --data-urlencode "op=$3" ${4:+--data-urlencode "ps=$4"} |
        sed '1d; /^$/d'
}
