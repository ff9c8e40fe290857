# Every target works straight after cloning: what it needs, it sets up first. Paths are relative, so that a
# checkout in a folder with a space in its name works too.

PYTHON ?= python3.11
BIN := .venv/bin
CLIENTS := .venv-clearml
CLEARML_AGENT := .venv-clearml-agent
STORES := .venv-stores
FRAMEWORKS := .venv-frameworks
RAY := .venv-ray
AZURITE := tests/object_stores/azurite
STAMPS := .venv/.stamps

.DEFAULT_GOAL := help
.PHONY: help setup demo stop serve test coverage lint client screenshots format bench clean

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMPS)/package $(STAMPS)/page ## Environment from the lock file, package, web page

demo: setup ## Train a small real model, tracked; print its metrics and the link of its page
	@$(BIN)/python -m examples.demo

stop: setup ## End the server that the demo left running
	@$(BIN)/python -m examples.demo stop

serve: setup ## Run a server on http://127.0.0.1:8008 with your own data folder
	@$(BIN)/pellucid server

test: setup $(STAMPS)/frameworks $(STAMPS)/frameworks-apart $(STAMPS)/clients $(STAMPS)/clearml-agent $(STAMPS)/browser $(STAMPS)/postgresql $(STAMPS)/object-stores $(STAMPS)/slurm $(STAMPS)/ray $(STAMPS)/podman $(STAMPS)/ssh ## Set up whatever is missing and run all tests
	npm --prefix web test
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

coverage: setup $(STAMPS)/frameworks $(STAMPS)/frameworks-apart $(STAMPS)/clients $(STAMPS)/clearml-agent $(STAMPS)/browser ## Run the tests that stand for rows of the guide, and write docs/coverage.md
	$(BIN)/python -m scripts.coverage --run

lint: setup ## Style, types, import rule, the web page's client
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm --prefix web run check
	$(BIN)/python -m scripts.openapi | node web/scripts/generate-api.mjs --check

client: setup ## Generate the web page's typed client from the server's OpenAPI document
	$(BIN)/python -m scripts.openapi | node web/scripts/generate-api.mjs

screenshots: setup $(STAMPS)/browser ## Take the pictures of docs/img again
	$(BIN)/python scripts/screenshots.py

format: setup ## Rewrite the sources in the house style
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: setup $(STAMPS)/browser $(STAMPS)/frameworks $(STAMPS)/clients $(STAMPS)/clearml-agent $(STAMPS)/peers ## Measure the numbers of docs/performance.md, as ratios in one run
	$(BIN)/python -m benchmarks

clean: ## Remove everything that setup made
	rm -rf .venv $(CLIENTS) $(CLEARML_AGENT) $(STORES) $(FRAMEWORKS) $(RAY) .venv-peers web/node_modules $(AZURITE)/node_modules src/pellucid/web/dist .demo

$(STAMPS)/environment: requirements.lock scripts/environment.sh
	scripts/environment.sh $(PYTHON) .venv requirements.lock
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/package: $(STAMPS)/environment pyproject.toml compat/clearml/pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . -e compat/clearml
	@touch $@

$(STAMPS)/page: $(STAMPS)/environment web/package-lock.json $(shell find web/src web/public web/index.html web/plot.html web/document.html web/vite.config.ts -type f 2>/dev/null)
	npm --prefix web ci --no-audit --no-fund --loglevel=error
	npm --prefix web run --silent build
	@touch $@

$(STAMPS)/frameworks: $(STAMPS)/environment tests/frameworks.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check -r tests/frameworks.lock
	@touch $@

$(STAMPS)/frameworks-apart: $(STAMPS)/environment tests/frameworks/apart.lock
	$(PYTHON) -m venv $(FRAMEWORKS)
	$(FRAMEWORKS)/bin/python -m pip install -q --disable-pip-version-check -r tests/frameworks/apart.lock
	@touch $@

$(STAMPS)/clients: $(STAMPS)/environment tests/conformance/clients.lock
	scripts/environment.sh $(PYTHON) $(CLIENTS) tests/conformance/clients.lock
	@touch $@

$(STAMPS)/clearml-agent: $(STAMPS)/environment tests/conformance/agent.lock
	scripts/environment.sh $(PYTHON) $(CLEARML_AGENT) tests/conformance/agent.lock
	@touch $@

$(STAMPS)/peers: $(STAMPS)/environment $(wildcard benchmarks/peers/*.lock)
	for lock in $(wildcard benchmarks/peers/*.lock); do \
	    scripts/environment.sh $(PYTHON) .venv-peers/$$(basename $$lock .lock) $$lock || exit 1; done
	@touch $@

$(STAMPS)/browser: $(STAMPS)/environment scripts/browser.sh
	scripts/browser.sh
	@touch $@

$(STAMPS)/postgresql: $(STAMPS)/environment scripts/postgresql.sh
	scripts/postgresql.sh
	@touch $@

$(STAMPS)/slurm: $(STAMPS)/environment scripts/slurm.sh
	scripts/slurm.sh
	@touch $@

$(STAMPS)/podman: $(STAMPS)/environment scripts/podman.sh
	scripts/podman.sh
	@touch $@

$(STAMPS)/ssh: $(STAMPS)/environment scripts/ssh.sh
	scripts/ssh.sh
	@touch $@

$(STAMPS)/ray: $(STAMPS)/environment tests/engines/ray.lock
	scripts/environment.sh $(PYTHON) $(RAY) tests/engines/ray.lock
	@touch $@

$(STAMPS)/object-stores: $(STAMPS)/environment tests/object_stores/servers.lock $(AZURITE)/package-lock.json
	scripts/environment.sh $(PYTHON) $(STORES) tests/object_stores/servers.lock
	npm --prefix $(AZURITE) ci --no-audit --no-fund --loglevel=error
	@touch $@
