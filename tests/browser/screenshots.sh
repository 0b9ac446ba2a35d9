#!/usr/bin/env bash
# Starts the demo on a world of its own and takes the pictures of docs/screenshots. `make screenshots`
set -euo pipefail
cd "$(dirname "$0")/../.."
export VAR_DIR="${SCREENSHOTS_VAR:-$PWD/.cache/screenshots}" PORT="${PORT:-8765}"
.venv/bin/python manage.py prepare_demo
.venv/bin/python manage.py run_demo --port "$PORT" >"$VAR_DIR/run.log" 2>&1 &
demo=$!
trap 'kill "$demo" 2>/dev/null || true; wait "$demo" 2>/dev/null || true' EXIT
.venv/bin/python -m tests.browser.screenshots "http://127.0.0.1:$PORT" docs/screenshots
