# Everything one does here, from a bare clone with nothing but Python 3.11+ and make.
# `make help` lists it. Stamps inside .venv say what is installed, so a second call is quick.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
PYTEST := $(PY) -m pytest
N ?= auto
# What one process has left to run, another takes over: tests are of very different lengths.
SIDE_BY_SIDE = -n $(N) --dist worksteal
ARGS ?=

SERVICES := DATABASE_URL=$${DATABASE_URL:-postgres://postgres@127.0.0.1:5432/campaign} \
	REDIS_URL=$${REDIS_URL:-redis://127.0.0.1:6379/0}

.PHONY: help run test check lint format bench services-test browser-test lighthouse screenshots icons clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-15s %s\n' "$$name" "$$what"; done

run: .venv/.runtime ## the whole site on http://127.0.0.1:8000, or PORT=…; Ctrl-C ends everything
	@exec $(PY) -m campaign.run

# Without a server or a browser beside them, tests wait for the processes that they start.
test: N = $$(( 2 + $$($(PY) -c 'import os; print(os.cpu_count() or 1)') ))
test: .venv/.development ## the whole suite on the embedded database (ARGS='-k word' to choose)
	@env -u DATABASE_URL -u REDIS_URL $(PYTEST) $(SIDE_BY_SIDE) -m 'not browser and not services' $(ARGS)

services-test: .venv/.development ## the suite on PostgreSQL and Redis: DATABASE_URL, REDIS_URL or the local ones
	@$(SERVICES) $(PYTEST) $(SIDE_BY_SIDE) -m 'not browser and not embedded' $(ARGS)

browser-test: .venv/.development ## whole journeys in a real Chromium, against the real processes
	@env -u DATABASE_URL -u REDIS_URL $(PYTEST) $(SIDE_BY_SIDE) -m browser --ignore tests/browser/test_lighthouse.py $(ARGS)

lighthouse: .venv/.development ## Lighthouse's marks of page and form; needs Node and npm
	@env -u DATABASE_URL -u REDIS_URL $(PYTEST) -v tests/browser/test_lighthouse.py $(ARGS)

screenshots: .venv/.development ## take the README's picture anew, with a real Chromium
	@$(PY) -m tests.browser.screenshots

icons: .venv/.development ## draw the site's icons anew, from static/img/mark.svg
	@$(PY) -m tests.icons

check: lint test ## what must be green before a change lands

lint: .venv/.development ## format, lint, types, imports, templates, migrations, deployment
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy .
	.venv/bin/lint-imports
	@echo "djade --check"; find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade --check --target-version 5.2
	$(PY) manage.py makemigrations --check --dry-run
	@echo "manage.py check --deploy"; folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT \
		&& set -a && . tests/project/production.env && VAR_DIR="$$folder" \
		&& $(PY) manage.py check --deploy --fail-level WARNING

format: .venv/.development ## rewrite Python and templates in the project's form
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .
	@find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade --target-version 5.2

bench: .venv/.development ## the speed figures, as ratios taken in one run
	@$(PY) -m tests.bench

clean: ## throw away the environment and the caches; what lies under var/ stays
	rm -rf .venv tests/audits/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# --- The environment ----------------------------------------------------------------------------

.venv/.runtime: requirements.txt
	@set -e; \
	if ! $(PY) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		if ! mkdir -p .venv 2>/dev/null || ! [ -w .venv ]; then \
			echo "This folder cannot be written: $$PWD. Clone the project to one that can." >&2; exit 1; fi; \
		found=; for python in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3 python; do \
			if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
				found=$$python; break; fi; done; \
		if [ -z "$$found" ]; then \
			echo "Python 3.11 or newer is needed, and none was found. Install it, or say where: make PYTHON=/path/to/python3 …" >&2; exit 1; fi; \
		if ! "$$found" -c 'import venv, ensurepip' 2>/dev/null; then \
			echo "$$found cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; fi; \
		echo "Making .venv with $$("$$found" --version)"; \
		"$$found" -m venv --clear .venv; \
	fi; \
	echo "Installing requirements.txt"; \
	$(PY) -m pip install -qq --disable-pip-version-check --no-input -r requirements.txt \
		|| { echo "The requirements could not be installed: pip says why above." >&2; exit 1; }; \
	touch $@

.venv/.development: .venv/.runtime requirements-dev.txt
	@echo "Installing requirements-dev.txt"
	@$(PY) -m pip install -qq --disable-pip-version-check --no-input -r requirements-dev.txt \
		|| { echo "The requirements could not be installed: pip says why above." >&2; exit 1; }
	@touch $@
