#!/bin/bash
# Plays the recorded rows that need a whole server against the distribution: builds the servlets, runs wire_rows.py.
# Packages: python3
set -eu
source "$(dirname "$0")/instance.sh"
library=$(probe_library)
exec "$root/Tests/wire_rows.py" --library "$library" "$@"
