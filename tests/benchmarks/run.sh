#!/usr/bin/env bash
# Benchmarks: one JSON object per line, ours beside the peer in the same run. Options: see README.md here.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec .venv/bin/python -m tests.benchmarks "$@"
