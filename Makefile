SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
# The first of these that is Python 3.11 or newer; say PYTHON=… to choose.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && { command -v $$p; break; }; done)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
FILES := pyproject.toml

.PHONY: help run test check lint format types imports words words-update migration bench chaos \
	year screenshots system clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) \
		| awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

run: $(VENV)/run.stamp ## Set everything up and serve the whole demo
	@exec $(BIN)/antichambre demo

test: $(VENV)/dev.stamp system ## Set everything up; lint, types, imports, catalogues, tests on both databases
	@$(MAKE) check
	@$(BIN)/python -m tools.runtests

check: lint types imports words ## The static checks only

lint: $(VENV)/dev.stamp ## ruff: rules and format
	@echo "lint"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "To mend: make format"; exit 1; }

format: $(VENV)/dev.stamp ## Format the code
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

types: $(VENV)/dev.stamp ## mypy, strict
	@echo "types"
	@$(BIN)/mypy --no-error-summary

imports: $(VENV)/dev.stamp ## Who may import whom
	@echo "imports"
	@$(BIN)/lint-imports --no-cache > $(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }

words: $(VENV)/dev.stamp ## Check the catalogues: every sentence has its French
	@echo "words"
	@$(BIN)/python -m tools.words check

words-update: $(VENV)/dev.stamp ## Add new sentences to the catalogues, drop those nobody says
	@$(BIN)/python -m tools.words update

migration: $(VENV)/dev.stamp ## Write a migration for what changed in models/tables: make migration name=…
	@$(BIN)/python -m tools.migration $(name)

bench: $(VENV)/dev.stamp system ## Measure, beside the baselines; the night of many: make bench people=1000000
	@$(BIN)/python -m tools.bench $(people)

chaos: $(VENV)/dev.stamp system ## Failures with real processes; write=1 writes docs/reliability.md
	@$(BIN)/python -m tools.chaos $(if $(write),--write)

year: $(VENV)/dev.stamp ## Simulated years of deletions, each another one: make year years=20
	@ANTICHAMBRE_YEARS=$(or $(years),20) ANTICHAMBRE_YEAR_SEED=$(or $(seed),$$RANDOM) \
		$(BIN)/python -m pytest -q -s tests/clock/test_year.py -k every_promise

screenshots: $(VENV)/dev.stamp system ## Pictures of every screen, in .screenshots/
	@$(BIN)/python -m tools.screenshots

system: ## What the tests need of the system: a browser and PostgreSQL (installed by apt as root)
	@bash tools/system.sh

clean: ## Remove what make made (not the data)
	@rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Setting up. A stamp is newer than what it was made from, or it is made again.

$(VENV)/venv.stamp:
	@bash tools/venv.sh "$(PYTHON)" $(VENV)
	@touch $@

$(VENV)/run.stamp: $(FILES) | $(VENV)/venv.stamp
	@echo "Installing Antichambre in $(VENV) (about a minute the first time)"
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/dev.stamp: $(FILES) | $(VENV)/venv.stamp
	@echo "Installing Antichambre and its development tools in $(VENV) (a minute or two the first time)"
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/run.stamp
