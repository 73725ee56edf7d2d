# Functions that bring a machine to the point where Caracal can start. Sourced by startup.sh and test.sh.

# What compiling needs: what the Swift toolchain runs on, a C library and linker, and the libraries that we link.
caracal_build_packages="ca-certificates git libcurl4 libncurses6 binutils libc6-dev libstdc++-12-dev pkg-config \
libxml2-dev libssl-dev libarchive-dev zlib1g-dev libsqlite3-dev"

# Installs the packages given that are missing; without the right to, prints the line that does it and fails.
caracal_install() {
    caracal_missing=
    for caracal_package; do
        case $(dpkg-query -W -f '${db:Status-Status}' "$caracal_package" 2> /dev/null) in
            installed) ;;
            *) caracal_missing="$caracal_missing $caracal_package" ;;
        esac
    done
    [ -n "$caracal_missing" ] || return 0
    if [ "$(id -u)" -eq 0 ]; then
        caracal_as_root=
    elif command -v sudo > /dev/null && sudo -n true 2> /dev/null; then
        caracal_as_root="sudo -n"
    else
        echo "Packages are missing. Please run:"
        echo "    sudo apt-get install -y$caracal_missing"
        return 1
    fi
    echo "Installing:$caracal_missing"
    $caracal_as_root apt-get -q update &&
        $caracal_as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get -q install -y --no-install-recommends $caracal_missing && return 0
    echo "The packages could not be installed. Please run:"
    echo "    apt-get update && apt-get install -y$caracal_missing"
    return 1
}

# Sets caracal_swift to the compiler driver.
caracal_find_swift() {
    caracal_swift=$(command -v swift) && return 0
    for caracal_swift in /opt/swift/usr/bin/swift "$HOME/.local/share/swiftly/bin/swift" /usr/local/swift/usr/bin/swift; do
        [ -x "$caracal_swift" ] && return 0
    done
    return 1
}

# The webapps whose code is a module, with the product that it is.
caracal_modules="repository:RepositoryWebapp examples:ExamplesWebapp"

caracal_is_built() {
    [ -x "$1/.build/release/catalina" ] || return 1
    for caracal_module in $caracal_modules; do
        [ -f "$1/webapps/${caracal_module%%:*}/WEB-INF/lib/lib${caracal_module#*:}.so" ] || return 1
    done
}

# Whether a source is newer than the last build.
caracal_is_current() {
    [ -f "$1/.build/release/.caracal-built" ] &&
        [ -z "$(find "$1/Package.swift" "$1/Sources" -newer "$1/.build/release/.caracal-built" -print -quit)" ]
}

caracal_build() (
    cd "$1" || exit 1
    caracal_install $caracal_build_packages || exit 1
    mkdir -p .build
    # One build at a time; whoever waited for another's has nothing left to do.
    exec 9> .build/.caracal-lock
    flock -n 9 || {
        echo "Waiting for another build of $1 to end."
        flock 9
    }
    caracal_is_built . && caracal_is_current . && exit 0
    # Made first: a source that changes while the build runs is newer.
    : > .build/.caracal-building
    echo "Building Caracal; the first time takes several minutes."
    for product in catalina RepositoryWebapp ExamplesWebapp; do
        "$caracal_swift" build -c release -Xswiftc -enforce-exclusivity=unchecked --product "$product" 9>&- || {
            echo "The build failed."
            exit 1
        }
    done
    for module in $caracal_modules; do
        caracal_deploy ".build/release/lib${module#*:}.so" "webapps/${module%%:*}/WEB-INF/lib" || exit 1
    done
    mv .build/.caracal-building .build/release/.caracal-built
)

# Puts file $1 into directory $2, in one step and only if it differs, so that nothing reloads without need.
caracal_deploy() {
    caracal_target=$2/${1##*/}
    cmp -s "$1" "$caracal_target" && return 0
    mkdir -p "$2" && cp "$1" "$caracal_target.new" && mv "$caracal_target.new" "$caracal_target"
}

# Makes the program and the modules of home directory $1 exist and be current, as far as this machine can.
caracal_setup() {
    [ -f "$1/Package.swift" ] || return 0
    caracal_is_built "$1" && caracal_is_current "$1" && return 0
    if caracal_find_swift; then
        caracal_build "$1"
    elif caracal_is_built "$1"; then
        echo "There is no Swift toolchain; starting what was built before."
    else
        echo "Caracal is not built yet, and there is no Swift toolchain to build it with."
        echo "Install Swift 6.3 or later (https://www.swift.org/install/linux/), see that swift is in PATH, start again."
        return 1
    fi
}
