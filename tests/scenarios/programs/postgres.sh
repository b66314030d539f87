#!/bin/sh
# Starts PostgreSQL on a cluster of its own: postgres.sh PORT [ADDRESSES]
home=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
data=/var/lib/postgresql/scene
as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
install -d -o postgres -g postgres /run/postgresql
[ -d "$data" ] || as_postgres "$home/initdb" --no-sync --auth=peer -D "$data" >/dev/null
exec setpriv --reuid=postgres --regid=postgres --clear-groups \
  "$home/postgres" -D "$data" -F -p "$1" -c listen_addresses="${2:-127.0.0.1}"
