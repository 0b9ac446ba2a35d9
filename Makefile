# Everything a person or CI runs. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PORT ?= 8000
PY := .venv/bin/python
UV_VERSION := 0.13.9
STAMPS := .cache/stamps
TYPED := shop/core $(wildcard shop/*/operations shop/*/queries shop/*/queries.py shop/*/rules.py catalog/operations catalog/queries catalog/rules procurement/operations procurement/queries procurement/rules livestream/operations livestream/queries livestream/rules.py traceability/operations traceability/queries traceability/rules)

.PHONY: help setup demo demo-reset test check drill bench services services-stop messages format screenshots clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

.venv/bin/uv:
	@test -x .venv/bin/python || python3 -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"

$(STAMPS)/runtime: requirements.lock | .venv/bin/uv
	@echo "Installing Python packages"
	@mkdir -p $(STAMPS)
	@test -e $(STAMPS)/dev || .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements.lock
	@touch $@

$(STAMPS)/dev: requirements-dev.lock requirements.lock | .venv/bin/uv
	@echo "Installing Python packages for tests and checks"
	@mkdir -p $(STAMPS)
	@.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements-dev.lock
	@touch $(STAMPS)/runtime $@

$(STAMPS)/front: package-lock.json $(shell find static -type f -not -path 'static/build/*' 2>/dev/null) | .venv/bin/uv
	@mkdir -p $(STAMPS)
	@PATH="$$(deploy/setup/node.sh):$$PATH" bash deploy/setup/front.sh
	@touch $@

$(STAMPS)/messages: $(shell find shop catalog traceability procurement livestream -name '*.po' 2>/dev/null) | $(STAMPS)/runtime
	@mkdir -p $(STAMPS)
	@$(PY) deploy/setup/compile_messages.py
	@touch $@

setup: $(STAMPS)/runtime $(STAMPS)/front $(STAMPS)/messages ## Install packages, build the front end, compile the messages

demo: ## Set everything up, load the demo world, start web and worker on PORT (8000)
	@$(MAKE) --no-print-directory -j2 setup
	@SITE_URL="$${SITE_URL:-http://127.0.0.1:$(PORT)}" exec $(PY) manage.py run_demo --prepare --port $(PORT)

demo-reset: ## Start the demo over with fresh data
	@rm -rf var
	@$(MAKE) --no-print-directory demo PORT=$(PORT)

test: $(STAMPS)/dev setup ## Run the whole suite on SQLite and, where services can be had, on PostgreSQL and Redis
	@bash tests/run.sh

check: $(STAMPS)/dev setup ## Formatting, lint, types, import contracts, pending migrations, messages: what CI checks
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy $(TYPED)
	@.venv/bin/lint-imports
	@$(PY) manage.py makemigrations --check --dry-run
	@$(PY) manage.py messages --check

format: $(STAMPS)/dev ## Format the code
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

drill: $(STAMPS)/dev setup ## The full counts of races and faults; one line per promise
	@bash tests/drill/run.sh

bench: $(STAMPS)/dev setup ## Benchmarks beside the peer, one JSON object per line
	@bash tests/benchmarks/run.sh $(ARGS)

services: ## Install (Debian packages) and start what the service tests need
	@bash deploy/setup/services.sh start

services-stop: ## Stop what `make services` started
	@bash deploy/setup/services.sh stop

messages: $(STAMPS)/dev ## Collect the messages of code and templates into the catalogues
	@$(PY) manage.py messages --update

screenshots: $(STAMPS)/dev setup ## Take the screenshots of docs/screenshots again
	@bash tests/browser/screenshots.sh

clean: ## Remove what was built (not the demo's data)
	@rm -rf .cache static/build node_modules
