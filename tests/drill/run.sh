#!/usr/bin/env bash
# The full counts, on PostgreSQL and on SQLite with several processes; one line per promise.
set -uo pipefail
cd "$(dirname "$0")/../.."
bash deploy/setup/services.sh start >/dev/null || true
set -a; [ -f .cache/services.env ] && . .cache/services.env; set +a
status=0
.venv/bin/python -m pytest tests/drill --override-ini addopts="-q -p no:cacheprovider" "$@" || status=1
if [ -n "${TEST_POSTGRES_URL:-}" ]; then
  DATABASE_URL="$TEST_POSTGRES_URL/heqiao" \
    .venv/bin/python -m pytest tests/drill --override-ini addopts="-q -p no:cacheprovider" "$@" || status=1
else
  echo "SKIPPED: the drills on PostgreSQL (see make services)"
fi
exit $status
