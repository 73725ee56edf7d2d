#!/bin/sh
# Installs what the tests need and runs them all; the last line is "N passed, N failed".
#
# Usage: test.sh [STEP…]   steps: lint build unit scripts release oracle rows new-webapp e2e interop;
# without any, all of them
# Each step's output is in .build/test-logs/STEP.log. Tests/NAME.sh may name Debian packages that it needs in lines
# that begin with "# Packages:".

cd "$(dirname "$0")/.." || exit 1
root=$PWD
logs=$root/.build/test-logs
vectors=$root/.build/vectors
passed=0
failed=0
mkdir -p "$logs" "$vectors"
. bin/setup.sh

json_schema_version=4.23.0

# ---- What the tests need ---------------------------------------------------------------------------------------------

packages() {
    sed -n 's/^# Packages: *//p' Tests/*.sh
}

# Debian's Tomcat configuration as it is shipped, without installing a Tomcat.
tomcat_configuration() {
    for directory in /usr/share/tomcat10/etc "$vectors/tomcat10/usr/share/tomcat10/etc"; do
        [ -r "$directory/server.xml" ] || continue
        echo "$directory"
        return
    done
    mkdir -p "$vectors/download" &&
        (cd "$vectors/download" && apt-get -q download tomcat10) >&2 &&
        dpkg-deb -x "$vectors"/download/tomcat10_*.deb "$vectors/tomcat10" &&
        echo "$vectors/tomcat10/usr/share/tomcat10/etc"
}

# The clients of Tests/requirements.txt, in an environment of their own.
python_environment() {
    if ! cmp -s Tests/requirements.txt .build/venv/requirements.txt; then
        python3 -m venv .build/venv &&
            .build/venv/bin/pip -q install -r Tests/requirements.txt &&
            cp Tests/requirements.txt .build/venv/ || return
    fi
    echo "$root/.build/venv/bin/python"
}

# The official JSON Schema test suite, which the source package of the jsonschema library carries.
json_schema_suite() {
    suite=$vectors/jsonschema-$json_schema_version/json
    if ! [ -d "$suite/tests/draft4" ]; then
        .build/venv/bin/pip -q download --no-deps --no-binary :all: -d "$vectors/download" \
            "jsonschema==$json_schema_version" >&2 &&
            tar -xzf "$vectors/download/jsonschema-$json_schema_version.tar.gz" -C "$vectors" || return
    fi
    echo "$suite"
}

prepare() {
    ensurepip=
    python3 -c 'import ensurepip, venv' 2> /dev/null || ensurepip=python3-venv
    caracal_install $caracal_build_packages curl python3 $ensurepip $(packages) || return
    caracal_find_swift || {
        echo "There is no Swift toolchain. Install Swift 6.3 or later: https://www.swift.org/install/linux/"
        return 1
    }
    python_environment > "$vectors/python" || return
    json_schema_suite > "$vectors/json-schema" || return
    tomcat_configuration > "$vectors/tomcat-configuration"
}

# ---- Steps -----------------------------------------------------------------------------------------------------------

# Runs a command with a time limit in seconds, counts it and shows its errors and the end of its output if it fails.
step() {
    name=$1
    limit=$2
    shift 2
    log=$logs/$name.log
    printf '== %-9s %s\n' "$name" "$*"
    started=$(date +%s)
    timeout -k 10 "$limit" "$@" > "$log" 2>&1
    status=$?
    seconds=$(($(date +%s) - started))
    if [ "$status" -eq 0 ]; then
        result=passed
    else
        result=failed
        grep -E 'error:|✘|^FAILED' "$log" | sort -u | head -n 40
        tail -n 15 "$log"
        [ "$status" -ne 124 ] || echo "The step was ended after $limit seconds."
    fi
    count "$log"
    grep -h ': skipped, ' "$log" | sed 's/^/   /'
    echo "   $result after $seconds seconds ($log)"
}

# Adds a step's own tests to the totals; a step without any counts as one.
count() {
    summary=$(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$1" | tail -n 1)
    if [ -z "$summary" ]; then
        total=$(sed -n 's/.*Test run with \([0-9][0-9]*\) tests\{0,1\} .*/\1/p' "$1" | tail -n 1)
        bad=$(grep -c '^✘ Test .* failed after' "$1")
        [ -z "$total" ] || summary="$((total - bad)) $bad"
    fi
    good=${summary% *}
    bad=${summary#* }
    if [ "$result" = failed ] && [ "${bad:-0}" -eq 0 ]; then
        failed=$((failed + 1))
    elif [ -z "$summary" ]; then
        passed=$((passed + 1))
    fi
    passed=$((passed + ${good:-0}))
    failed=$((failed + ${bad:-0}))
}

is_wanted() {
    [ -z "$wanted" ] && return
    case " $wanted " in *" $1 "*) return 0 ;; esac
    return 1
}

run_script() {
    [ ! -f "Tests/$1.sh" ] || ! is_wanted "$1" || step "$1" "$2" "Tests/$1.sh"
}

wanted=$*
# Held apart so that a limit reaches it as one command.
if [ "$wanted" = prepare ]; then
    prepare
    exit
fi
step prepare 1800 "$root/bin/test.sh" prepare
if [ "$result" = failed ]; then
    echo "$passed passed, $failed failed"
    exit 1
fi
caracal_find_swift
read -r CARACAL_PYTHON < "$vectors/python"
read -r CARACAL_JSON_SCHEMA_SUITE < "$vectors/json-schema"
read -r CARACAL_TOMCAT_CONFIGURATION < "$vectors/tomcat-configuration"
export CARACAL_PYTHON CARACAL_JSON_SCHEMA_SUITE CARACAL_TOMCAT_CONFIGURATION

flags="-debug-info-format none --explicit-target-dependency-import-check error"
! is_wanted lint || step lint 600 "$caracal_swift" format lint --strict --recursive Package.swift Sources Tests
result=passed
! is_wanted build || step build 5400 "$caracal_swift" build --build-tests $flags
if [ "$result" = failed ]; then
    echo "== unit      skipped, there is nothing to run"
elif is_wanted unit; then
    # The seeds of simulated clusters do the same in every run.
    step unit 1800 env SWIFT_DETERMINISTIC_HASHING=1 "$caracal_swift" test $flags
fi
run_script scripts 300
if is_wanted release || is_wanted oracle || is_wanted rows || is_wanted new-webapp || is_wanted e2e ||
    is_wanted interop; then
    step release 5400 sh -c '. bin/setup.sh && caracal_setup "$PWD"'
    run_script oracle 900
    run_script rows 900
    run_script new-webapp 300
    run_script e2e 1800
    run_script interop 900
fi

# ---- Summary ---------------------------------------------------------------------------------------------------------

echo
grep -h '^rows .*: [0-9]* agree of [0-9]*' "$logs"/unit.log "$logs"/rows.log 2> /dev/null | sort -u
grep -h '^requests: ' "$logs"/oracle.log 2> /dev/null
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
