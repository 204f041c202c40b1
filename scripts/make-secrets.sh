#!/bin/sh
# Makes the secrets that docker-compose.yml reads, one in each file of secrets/. What is there already stays.
set -eu
cd "$(dirname "$0")/.."
# Whoever is in a container may read its secrets. On this machine the folder keeps everybody else out.
mkdir -p -m 700 secrets
for name in secret_key database_owner_password database_app_password database_engine_password redis_password; do
  file=secrets/$name
  if [ -e "$file" ]; then
    echo "$file: kept"
  else
    head -c 32 /dev/urandom | base64 >"$file"
    chmod 644 "$file"
    echo "$file: made"
  fi
done
