#!/usr/bin/env bash
# Installs (Debian packages) and starts what the service tests need: a private PostgreSQL and Redis under .cache,
# and Chromium. Idempotent. Writes .cache/services.env, which tests/run.sh reads. `start` or `stop`.
set -euo pipefail
cd "$(dirname "$0")/../.."
home="$PWD/.cache/services"
pg_port=54329
redis_port=63799

as_postgres() { if [ "$(id -u)" = 0 ]; then su postgres -s /bin/bash -c "$1"; else bash -c "$1"; fi; }
pg_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }
data() { if [ "$(id -u)" = 0 ]; then echo "/var/tmp/heqiao-pg"; else echo "$home/pg"; fi; }

install_packages() {
  local wanted=()
  [ -n "$(pg_bin)" ] || wanted+=(postgresql)
  command -v redis-server >/dev/null || wanted+=(redis-server)
  command -v chromium >/dev/null || command -v google-chrome >/dev/null || wanted+=(chromium)
  fc-list ':lang=zh' 2>/dev/null | grep -q . || wanted+=(fonts-noto-cjk)
  [ "${#wanted[@]}" -eq 0 ] && return 0
  command -v apt-get >/dev/null || { echo "Not Debian: install ${wanted[*]} yourself"; return 0; }
  [ "$(id -u)" = 0 ] || { echo "Not root: install ${wanted[*]} yourself"; return 0; }
  echo "Installing ${wanted[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
}

start_postgres() {
  local bin; bin=$(pg_bin); [ -n "$bin" ] || return 0
  local dir; dir=$(data)
  if [ ! -d "$dir/base" ]; then
    mkdir -p "$dir"; [ "$(id -u)" = 0 ] && chown postgres "$dir"
    as_postgres "$bin/initdb -D $dir -U postgres -A trust -E UTF8 --locale=C.UTF-8 >/dev/null"
    # Test data: durability is not what these tests are about, and fsync halves their speed.
    as_postgres "printf \"port=$pg_port\nlisten_addresses='127.0.0.1'\nunix_socket_directories='$dir'\nmax_connections=300\nfsync=off\nsynchronous_commit=off\n\" >> $dir/postgresql.conf"
  fi
  as_postgres "$bin/pg_ctl -D $dir status >/dev/null" || as_postgres "$bin/pg_ctl -D $dir -l $dir/log -w start >/dev/null"
  echo "TEST_POSTGRES_URL=postgres://postgres@127.0.0.1:$pg_port" >> "$home/../services.env"
}

start_redis() {
  command -v redis-server >/dev/null || return 0
  redis-cli -p $redis_port ping >/dev/null 2>&1 || redis-server --bind 127.0.0.1 --port $redis_port --save '' --daemonize yes --dir "$home" >/dev/null
  echo "TEST_REDIS_URL=redis://127.0.0.1:$redis_port" >> "$home/../services.env"
}

case "${1:-start}" in
  start)
    mkdir -p "$home"; : > "$home/../services.env"
    install_packages; start_postgres; start_redis
    cat "$home/../services.env" ;;
  stop)
    bin=$(pg_bin); [ -n "$bin" ] && as_postgres "$bin/pg_ctl -D $(data) -m fast stop >/dev/null" || true
    command -v redis-cli >/dev/null && redis-cli -p $redis_port shutdown >/dev/null 2>&1 || true
    rm -f "$home/../services.env" ;;
  *) echo "usage: services.sh start|stop" >&2; exit 2 ;;
esac
