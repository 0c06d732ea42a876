# Offtake. Needs Python 3.11 or newer and make; every target sets up what it needs by itself.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
LOCKED := --require-hashes --only-binary=:all:
CANDIDATES := python3.11 python3 python3.13 python3.12
MODERN := import sys, venv, ensurepip; raise SystemExit(sys.version_info < (3, 11))

ifeq ($(origin PYTHON),undefined)
PYTHON := $(firstword $(foreach p,$(CANDIDATES),$(shell $(p) -c '$(MODERN)' 2>/dev/null && echo $(p))))
endif

WORKERS ?= auto
# The tests of the desk, but for those that try whole lives, planted bugs and twins.
LONG := lives rule secrecy
QUICK := tests/desk $(LONG:%=--ignore=tests/desk/test_desk_%.py)
PYTEST ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint branches mutants torture bench lock clean
MAKEFLAGS += --no-builtin-rules

help: ## Say what each target does
	@echo "make TARGET, where TARGET is"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.run ## Check, plan and report on the example book; ends by saying where to look
	@$(BIN)/offtake run examples/stargate

test: $(VENV)/.test ## Lint, count the branches of the desk, then run every test
	@$(MAKE) --no-print-directory -j2 lint branches
	@echo "== pytest"
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(PYTEST)

lint: $(VENV)/.test ## Check style, format and types
	@echo "== ruff check, ruff format, mypy"
	@$(BIN)/python -m ruff check --quiet .
	@$(BIN)/python -m ruff format --quiet --check --diff .
	@$(BIN)/python -m mypy

branches: $(VENV)/.test ## Every branch of desk is taken by its tests; those of audit are counted
	@echo "== branches"
	@mkdir -p build
	@CI=true $(BIN)/python -m coverage run -m pytest -q --no-header -p no:cacheprovider $(QUICK)
	@$(BIN)/python -m coverage report --include='src/offtake/audit/*'
	@$(BIN)/python -m coverage report --include='src/offtake/desk/*' --fail-under=100

mutants: $(VENV)/.test ## Change desk in small ways and count what its tests notice; about an hour
	@$(BIN)/python tools/mutants.py

torture: $(VENV)/.test ## Cut the power, kill, fail, race, tamper at length; writes docs/torture.md; most of an hour
	@$(BIN)/python tools/torture.py

bench: $(VENV)/.test ## Measure: run each bench/bench_*.py; the tables go into docs/benchmarks.md
	@set -e; for file in bench/bench_*.py; do echo "== $$file"; $(BIN)/python "$$file"; done

lock: build/lock/.tools ## Write requirements/*.txt anew from pyproject.toml (UPGRADE=--upgrade for newer versions)
	@sh requirements/lock.sh build/lock/bin/pip-compile $(UPGRADE)

clean: ## Remove all that make, tests and runs have made
	@rm -rf $(VENV) build dist out .pytest_cache .hypothesis .mypy_cache .ruff_cache src/*.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is touched only after all of its commands have succeeded, so a failed set-up is redone.

$(VENV)/.made:
	$(call venv,$(VENV))

$(VENV)/.run: requirements/build.txt requirements/run.txt pyproject.toml $(VENV)/.made
	@echo "Installing what Offtake needs into $(VENV) (once; about a minute)"
	@$(PIP) install $(LOCKED) -r requirements/build.txt -r requirements/run.txt
	@$(PIP) install --no-index --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	@echo "Installing what the tests need into $(VENV) (once; about a minute)"
	@$(PIP) install $(LOCKED) -r requirements/test.txt
	@touch $@

build/lock/.tools: requirements/lock.txt
	$(call venv,build/lock)
	@build/lock/bin/python -m pip -qq install $(LOCKED) -r requirements/lock.txt
	@touch $@

define venv
	@$(or $(PYTHON),false) -c '$(MODERN)' 2>/dev/null || { \
	  echo "Offtake needs Python 3.11 or newer with venv (on Debian: apt-get install python3-venv)." >&2; \
	  echo "$(if $(PYTHON),$(PYTHON) is not one,None was found); name one: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; \
	  exit 1; }
	@$(PYTHON) -m venv --clear $(1) || { rm -rf $(1); exit 1; }
	@touch $(1)/.made
endef
