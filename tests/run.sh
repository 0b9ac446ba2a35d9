#!/usr/bin/env bash
# The whole suite: on SQLite with the embedded defaults, then on PostgreSQL and Redis where they can be had. The second
# run leaves out what asks neither a database nor Redis (tests/conftest.py).
set -uo pipefail
cd "$(dirname "$0")/.."
bash deploy/setup/services.sh start >/dev/null || true
set -a; [ -f .cache/services.env ] && . .cache/services.env; set +a

status=0
workers=$(nproc 2>/dev/null || echo 2)
echo "== SQLite, embedded defaults"
.venv/bin/python -m pytest -n "$workers" --dist loadfile "$@" || status=1

echo "== PostgreSQL and Redis"
if [ -n "${TEST_POSTGRES_URL:-}" ] && [ -n "${TEST_REDIS_URL:-}" ]; then
  DATABASE_URL="$TEST_POSTGRES_URL/heqiao" CACHE_URL="$TEST_REDIS_URL/1" \
    .venv/bin/python -m pytest -n "$workers" --dist loadfile -m "not browser" "$@" || status=1
elif [ "${REQUIRE_SERVICES:-}" = 1 ]; then
  echo "FAILED: PostgreSQL and Redis are required (REQUIRE_SERVICES=1) and could not be had"; status=1
else
  echo "SKIPPED: the suite on PostgreSQL and Redis (not installed, and not Debian or not root; see make services)"
fi
exit $status
