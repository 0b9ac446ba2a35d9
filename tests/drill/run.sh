#!/usr/bin/env bash
# The full counts, on PostgreSQL and on SQLite with several processes; one line per promise.
set -uo pipefail
cd "$(dirname "$0")/../.."
bash deploy/setup/services.sh start >/dev/null || true
set -a; [ -f .cache/services.env ] && . .cache/services.env; set +a
status=0

# Controls of races whose racers pause by chance: what they show must not hang on how busy the machine is.
paused_controls() {
  for round in 1 2 3 4 5; do
    echo "== controls with pauses, round $round"
    RACE_PAUSES=1 .venv/bin/python -m pytest tests/concurrency -k lock_off || status=1
  done
}

.venv/bin/python -m pytest tests/drill --override-ini addopts="-q -p no:cacheprovider" "$@" || status=1
[ $# -gt 0 ] || paused_controls
if [ -n "${TEST_POSTGRES_URL:-}" ]; then
  DATABASE_URL="$TEST_POSTGRES_URL/heqiao" \
    .venv/bin/python -m pytest tests/drill --override-ini addopts="-q -p no:cacheprovider" "$@" || status=1
  [ $# -gt 0 ] || DATABASE_URL="$TEST_POSTGRES_URL/heqiao" paused_controls
else
  echo "SKIPPED: the drills on PostgreSQL (see make services)"
fi
exit $status
