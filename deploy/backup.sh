#!/usr/bin/env bash
# Dumps everything that Waypost keeps into FILE, as the owner role, which alone sees all rows.
#
#   WAYPOST_OWNER_DATABASE_URL=postgresql://waypost_owner:…@host/waypost deploy/backup.sh FILE
#
# Needs pg_dump of the server's major or newer. Roles and passwords are the server's own and are not
# in the file; it does hold what clients told the service, so keep it as safe as the database.
set -euo pipefail
umask 077
[ $# = 1 ] || { echo "usage: backup.sh FILE" >&2; exit 2; }
[ -n "${WAYPOST_OWNER_DATABASE_URL:-}" ] || {
    echo "backup.sh: WAYPOST_OWNER_DATABASE_URL is not set" >&2
    exit 2
}
[ ! -e "$1" ] || { echo "backup.sh: $1 is there already; name another file" >&2; exit 2; }

# Written beside and moved: a broken dump never takes the place of a whole one.
trap 'rm -f "$1.new"' EXIT
pg_dump --format=custom --file="$1.new" "$WAYPOST_OWNER_DATABASE_URL"
mv "$1.new" "$1"
