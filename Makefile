# Needs Python 3.11+, make and the package registries; everything else is fetched into .venv.
# `make` alone lists the targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CODE := $(wildcard flows storage bot tests benchmarks)
SHIPPED := $(wildcard flows storage bot)

# More workers than four would wait for each other's PostgreSQL and browsers.
WORKERS := --numprocesses=logical --maxprocesses=4 --dist=worksteal

PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip --quiet --no-input
# Bytecode is left to be made at first use: compiling every file of every package takes longer than unpacking it.
# The lists are complete, so nothing is looked up beside them: a library that asks for another one with an extra
# (`coverage[toml]`) would otherwise be offered that one's newest release, which has no hash here.
PIP_INSTALL := $(PIP) install --no-compile --no-build-isolation --no-deps --require-hashes

.PHONY: help
help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: install
install: $(VENV)/.dev ## build .venv with everything the service, the checks and the tests need

.PHONY: demo
demo: $(VENV)/.runtime ## the whole system on SQLite with simulated phones, at http://127.0.0.1:8080
	@$(BIN)/sayso demo

.PHONY: check
check: $(VENV)/.dev ## format, lint, types, import contracts, unsafe code and what is known against our libraries
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/lint-imports --no-logo
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive $(SHIPPED)
	$(BIN)/mypy $(CODE)
	@$(BIN)/python -m tests.support.advisories

.PHONY: test
test: check ## every check and every test, on SQLite and on a PostgreSQL of its own, in a real browser
	@$(BIN)/python -m tests.support.browser
	@$(BIN)/python -m tests.support.office
	@$(BIN)/python -m tests.support.postgres
	$(BIN)/pytest $(WORKERS)

# Apart from `make test`, because measuring takes half as long again.
.PHONY: coverage
coverage: $(VENV)/.dev ## the tests once more, and which lines and branches none of them reached
	@$(BIN)/python -m tests.support.browser
	@$(BIN)/python -m tests.support.postgres
	$(BIN)/pytest $(WORKERS) --cov --cov-report=term

SEEDS ?= 1000
FROM ?= 0
.PHONY: soak
soak: $(VENV)/.dev ## simulated worlds: SEEDS of them, the first being FROM; one alone prints all that happened
	$(BIN)/python -m tests.simulation.soak --seeds $(SEEDS) --from $(FROM)

TIMES ?= 20
.PHONY: fuzz
fuzz: $(VENV)/.dev ## TIMES as many random requests as in the tests, others each time, to every route of a running service
	SAYSO_FUZZ_TIMES=$(TIMES) $(BIN)/pytest -n0 -o faulthandler_timeout=0 tests/e2e/test_fuzz.py

.PHONY: advisories
advisories: $(VENV)/.dev ## ask anew what is known against the libraries that we pin: needs a way to the advisory database
	@$(BIN)/python -m tests.support.advisories --ask

.PHONY: openapi
openapi: $(VENV)/.dev ## write docs/openapi.json, the description of the HTTP side, from the routes
	@$(BIN)/python -m tests.support.described

.PHONY: bench
bench: $(VENV)/.dev ## the benchmarks: some seven minutes on an idle machine
	$(BIN)/python -m benchmarks

.PHONY: bench-full
bench-full: $(VENV)/.dev ## the same with up to a million participants: more than half an hour, and 25 GB of disk
	$(BIN)/python -m benchmarks --full

N ?= 2000
.PHONY: big-ask
big-ask: $(VENV)/.dev ## N participants hold whole conversations, are exported, and every answer is compared
	$(BIN)/python -m benchmarks.big_ask --people $(N)

.PHONY: format
format: $(VENV)/.dev ## rewrite the code as `make check` wants it, as far as a tool can
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

# Stamps, so that an environment is built once, and again only when what it is made of changes.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Sayso needs Python 3.11 or newer: make PYTHON=...")'
	@echo 'Building $(VENV)'
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.libraries: $(VENV)/.python requirements-build.txt requirements.txt
	@echo 'Installing the libraries'
	@$(PIP_INSTALL) -r requirements-build.txt
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.runtime: $(VENV)/.libraries pyproject.toml requirements.in
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	@echo 'Installing what the checks and tests need'
	@$(PIP_INSTALL) -r requirements-dev.txt
	@$(PIP) check
	@touch $@
