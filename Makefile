# The two commands to know: `make demo` makes pictures offline, `make test` checks everything.
# Each sets up what it needs: a virtual environment in .venv with pinned versions.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SETTINGS := pyproject.toml scripts/constraints.txt
# Plugins of dependencies, for tests that are not ours: they would hear of each of these.
LEFT_OUT := -p no:anyio -p no:respx -p no:schemathesis
# The tests start a hundred interpreters: what is compiled once is kept, also where that is off.
unexport PYTHONDONTWRITEBYTECODE
REDOCLY_VERSION := 2.77.0
REDOCLY := .redocly/$(REDOCLY_VERSION)/node_modules/.bin/redocly

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types fresh regenerate update contract arazzo sharpness test-pythons test-slow test-browser docs benchmark benchmark-peers fuzz mutation build clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Set up .venv with pinned versions

$(READY): $(SETTINGS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "imagen4 needs Python 3.11 or newer; name one: make PYTHON=python3.11 …")'
	@echo "Setting up .venv (once) …"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint scripts/constraints.txt pip
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint scripts/constraints.txt \
		--editable '.[cli,ledger,postgres,sandbox,testing,contract,pillow,webhooks,workers,otel]' --group dev
	@touch $(READY)

demo: $(READY) ## Make pictures through both gateways' clients, offline, into out/
	@$(BIN)/python scripts/regenerate.py --check
	@$(BIN)/imagen4 demo --output out

test: $(READY) ## Lint, types, regeneration check and tests (under 3 minutes)
	@$(MAKE) --no-print-directory --jobs 2 lint types fresh
	@# Three for two cores: tests that wait for a socket or a process leave theirs to another.
	$(BIN)/python -m pytest --quiet --numprocesses 3 --dist worksteal $(LEFT_OUT)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/zizmor --offline --quiet .github
	$(BIN)/python scripts/changes.py --check-tables

types: $(READY)
	$(BIN)/mypy wrapper/imagen4 scripts generated tests/client/typed_usage.py
	$(BIN)/pyrefly check --preset default tests/client/typed_usage.py

fresh: $(READY)
	$(BIN)/python scripts/regenerate.py --check

regenerate: $(READY) ## Rebuild generated/ from specs/
	$(BIN)/python scripts/regenerate.py

update: $(READY) ## Fetch the gateways' pages, report what changed, regenerate, test
	$(BIN)/python scripts/update.py

contract: $(READY) ## The contract command against the sandbox: both gateways, both profiles
	$(BIN)/python scripts/check_sandbox.py

arazzo: $(READY) $(REDOCLY) ## The same by another judge: Redocly's Respect (Node 20.19 or newer)
	REDOCLY=$(abspath $(REDOCLY)) $(BIN)/python -m pytest --quiet -m arazzo

$(REDOCLY):
	npm install --silent --no-save --no-package-lock --ignore-scripts --no-audit --no-fund \
		--prefix .redocly/$(REDOCLY_VERSION) @redocly/cli@$(REDOCLY_VERSION)

sharpness: $(READY) ## Which of the catalogue's defects the contract command finds
	$(BIN)/python scripts/sharpness.py

test-pythons: $(READY) ## Client and command line on each further Python that is installed
	$(BIN)/python scripts/pythons.py

test-slow: $(READY) ## The tests that take seconds each
	$(BIN)/python -m pytest --quiet --numprocesses 2 -m slow

test-browser: $(READY) ## The sandbox's page in Debian's headless Chromium
	$(BIN)/python -m pytest --quiet -m browser

docs: $(READY) ## The reference and llms.txt, into .docs/, and whether every link leads somewhere
	$(BIN)/python scripts/docs.py

benchmark: $(READY) ## The client's speed, as ratios in one run, and the next
	$(BIN)/python scripts/benchmark.py
	@$(MAKE) --no-print-directory benchmark-peers

benchmark-peers: $(READY) ## The clients that one would pick instead, beside this one
	$(BIN)/python scripts/benchmark_peers.py

fuzz: $(READY) ## The long profile of the hypothesis tests
	$(BIN)/python -m pytest --quiet --numprocesses 2 --hypothesis-profile nightly tests/client tests/consumer

mutation: $(READY) ## Would the tests notice a change of a decision? (MUTANTS='imagen4.core.task.*')
	$(BIN)/python scripts/mutation.py $(MUTANTS)

build: $(READY) ## The source distribution and the wheel, into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist

clean: ## Remove what the other targets made
	rm -rf .venv .venvs .redocly .docs dist out .*_cache .hypothesis
