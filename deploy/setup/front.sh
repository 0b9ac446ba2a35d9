#!/usr/bin/env bash
# Installs the front end's packages and bundles css, js, icons and the divisions.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! cmp -s package-lock.json node_modules/.installed-lock; then
  echo "Installing front-end packages"
  npm ci --silent --no-audit --no-fund >/dev/null
  cp package-lock.json node_modules/.installed-lock
fi
npm run --silent build
