# Two commands: `make run` and `make test`. Everything they need beyond Python, they install.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
RUN_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.PHONY: help run test histories check lint types contracts services clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 20

run: $(RUN_STAMP) ## Install, index knowledge/ and serve the chat on http://127.0.0.1:8000
	@$(BIN)/assistant serve --ingest knowledge

test: $(DEV_STAMP) services ## Install what tests need and run them all
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

histories: $(DEV_STAMP) ## Two thousand random histories, with workers dying between any two steps (some ten minutes)
	@HISTORIES=2000 $(BIN)/python -m pytest -q tests/graph/test_histories.py

check: lint types contracts ## Lint, types and import contracts

lint: $(DEV_STAMP)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(DEV_STAMP)
	@$(BIN)/mypy

contracts: $(DEV_STAMP)
	@$(BIN)/lint-imports

services: ## Install redis-server, postgresql and chromium for the tests, where they are missing
	@sh scripts/install-services.sh

clean: ## Remove the virtual environment and everything embedded
	rm -rf $(VENV) .assistant

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else f"Python 3.11, 3.12 or 3.13 is needed; $(PYTHON) is {v[0]}.{v[1]}. Try: make run PYTHON=python3.12")'
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing (a few minutes the first time) ..."
	@$(PIP) install --progress-bar=on -c constraints.txt -e . | sed -u -nE 's/^(Collecting|Building wheel|Installing collected)(.{0,70}).*/  \1\2/p'
	@test -x $(BIN)/assistant || { echo "The installation did not finish; the lines above say why." >&2; exit 1; }
	@touch $@

$(DEV_STAMP): $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing with what tests need (a few minutes the first time) ..."
	@$(PIP) install --quiet -c constraints.txt -e '.[dev]'
	@touch $(RUN_STAMP) $@
