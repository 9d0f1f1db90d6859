#!/usr/bin/env bash
# Restores what backup.sh dumped into a database that has no schema `waypost` yet, as the owner role.
#
#   waypost grant-roles --run "$ADMIN_URL" --database restored    # once, in the new place
#   WAYPOST_OWNER_DATABASE_URL=postgresql://waypost_owner:…@host/restored deploy/restore.sh FILE
#
# Needs pg_restore and psql of the server's major. All of it is one transaction: on any error the
# database is left as it was.
set -euo pipefail
[ $# = 1 ] || { echo "usage: restore.sh FILE" >&2; exit 2; }
[ -n "${WAYPOST_OWNER_DATABASE_URL:-}" ] || {
    echo "restore.sh: WAYPOST_OWNER_DATABASE_URL is not set" >&2
    exit 2
}

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# The views that search goes through belong to waypost_reader, which may own things in the schema
# only while it is being made; a dump does not say so, so the schema is made here and not from it.
pg_restore --list "$1" | grep -v ' SCHEMA - waypost ' >"$work/contents"
pg_restore --use-list="$work/contents" --file="$work/sql" "$1"
psql --quiet --no-psqlrc --single-transaction --set=ON_ERROR_STOP=1 --output=/dev/null \
    --command='CREATE SCHEMA waypost' \
    --command='GRANT CREATE ON SCHEMA waypost TO waypost_reader' \
    --file="$work/sql" \
    --command='REVOKE CREATE ON SCHEMA waypost FROM waypost_reader' \
    "$WAYPOST_OWNER_DATABASE_URL"
