#!/bin/bash
# Makes the applications of life.jsonl: make.sh WEBAPPS SERVLET_API_JAR.
#
# Each fails where its context parameter `fail` says so. Start a Tomcat on them, ask each for /v, /v and /s, stop it: the
# lines `LIFE` of its console are the events.
set -eu
here=$(dirname "$0")
number=0
for fail in none +L2 +F1 +S -L2 -F2 -S +V "+L1 +L3" "+F1 +F2"; do
    number=$((number + 1))
    folder=$1/life$number/WEB-INF
    mkdir -p "$folder/classes"
    javac -cp "$2" -d "$folder/classes" "$here/Life.java"
    {
        echo '<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" metadata-complete="true">'
        echo "<context-param><param-name>fail</param-name><param-value>$fail</param-value></context-param>"
        for name in F1 F2; do
            echo "<filter><filter-name>$name</filter-name><filter-class>Life</filter-class></filter>"
        done
        for name in L1 L2 L3; do echo "<listener><listener-class>Life\$$name</listener-class></listener>"; done
        for pair in S:2 T:1 V: W:-1; do
            echo "<servlet><servlet-name>${pair%:*}</servlet-name><servlet-class>Life</servlet-class>"
            [ -z "${pair#*:}" ] || echo "<load-on-startup>${pair#*:}</load-on-startup>"
            echo "</servlet>"
        done
        for name in V:/v S:/s; do
            echo "<servlet-mapping><servlet-name>${name%:*}</servlet-name><url-pattern>${name#*:}</url-pattern></servlet-mapping>"
        done
        echo '</web-app>'
    } >"$folder/web.xml"
done
