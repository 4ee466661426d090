# Everything runs in a virtual environment that this file makes itself; nothing is installed outside it.
#
#   make quickstart   a real cluster, a real job, and everything gone again
#   make test         all that a change must pass
#   make lab          hosts to try things on, all on this machine; HOSTS=… how many
#
# PYTHON=…  the interpreter the environment is made with: 3.11 or newer
# VENV=…    where the environment is

VENV ?= .venv
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PYTEST := $(BIN)/pytest
FOLDERS := hookspec engine builtin_plugins contrib
TYPES := build/types/serai
FAST := tests/unit tests/properties
HOSTS ?= 4

# Stamps tell what was installed, so that the second run starts at once.
INSTALLED := $(VENV)/.installed
TOOLS := $(VENV)/.installed-tools
DOCUMENTING := $(VENV)/.installed-docs

.DEFAULT_GOAL := help
.PHONY: help quickstart test test-fast test-lab acceptance lab lab-down lint format bench docs clean

help:  ## Tell what can be made.
	@sed -n 's/^\([a-z-]*\):.*  ## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

quickstart: $(INSTALLED)  ## Make a Spark cluster here, run a job on it, take it down.
	@SERAI=$(abspath $(BIN))/serai sh docs/examples/quickstart.sh

test: lint docs $(TOOLS)  ## Everything: lint, documentation, unit, property, lab, fault and acceptance tests.
	$(PYTEST) -n 3 --dist worksteal --hypothesis-profile=ci $(FAST)
	$(PYTEST) -n 4 --dist loadfile --hypothesis-profile=ci tests/lab
	$(PYTEST) -n 4 --dist worksteal --hypothesis-profile=ci tests/faults
	$(PYTEST) -n 3 --dist loadfile --hypothesis-profile=ci tests/acceptance

test-fast: $(TOOLS)  ## Unit and property tests but for the slow ones, with few examples of each property.
	$(PYTEST) -n 3 --dist worksteal --hypothesis-profile=fast -m 'not slow' $(FAST)

acceptance: $(TOOLS)  ## Acceptance tests: real clusters on this machine.
	$(PYTEST) -n 2 --dist loadfile tests/acceptance

test-lab: $(TOOLS)  ## Tests on real hosts over SSH, all on this machine; skipped, with the reason, without root.
	$(PYTEST) -n 2 --dist loadfile tests/lab

lab: $(TOOLS)  ## Bring HOSTS=4 hosts up to try things on, until Ctrl-C (needs root).
	@PYTHONPATH=tests $(BIN)/python -m lab up --hosts $(HOSTS)

lab-down: $(TOOLS)  ## Remove what labs left whose process is dead (needs root).
	@PYTHONPATH=tests $(BIN)/python -m lab down

lint: $(TOOLS) types  ## Style, types, and the boundaries between the folders.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=build/types $(BIN)/mypy $(FOLDERS:%=-p serai.%)
	$(BIN)/lint-imports

format: $(TOOLS)  ## Put the code in the one format.
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(TOOLS)  ## Costs, as ratios.
	$(BIN)/python tests/bench/run.py

docs: $(DOCUMENTING)  ## Write what is generated from the code, then build/docs/index.html; warnings are errors.
	@set -e; for script in docs/generate_*.py; do $(BIN)/python $$script; done
	@$(BIN)/sphinx-build --quiet --fail-on-warning --doctree-dir build/doctrees -b html docs build/docs

clean:  ## Remove everything made here.
	rm -rf .venv .venv-* build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(FOLDERS) tests docs -name __pycache__ -type d -prune -exec rm -rf {} +

# Type checkers do not follow setup.cfg's mapping of folders to import names; these links say the same.
.PHONY: types
types:
	@mkdir -p $(TYPES)
	@for folder in $(FOLDERS); do ln -sfn ../../../$$folder $(TYPES)/$$folder; done

# pip comes last: an environment that was begun without python3-venv has none, and is begun again.
$(BIN)/pip:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(INSTALLED): setup.cfg pyproject.toml | $(BIN)/pip
	$(PIP) install --quiet --editable .
	@touch $@

$(TOOLS): setup.cfg pyproject.toml | $(BIN)/pip
	$(PIP) install --quiet --editable '.[test,lint]'
	@touch $(INSTALLED) $@

$(DOCUMENTING): $(TOOLS)
	$(PIP) install --quiet --editable '.[docs,test-kit]'
	@touch $@
