# Needs Python 3.11+, make and the package registries; everything else is fetched into .venv.
# `make help` lists the targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Bytecode is left to be made at first use: compiling every file of every package doubles the time of an install.
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip --quiet --no-input
PIP_INSTALL := $(PIP) install --no-compile --no-build-isolation --require-hashes

.PHONY: help
help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: install
install: $(VENV)/.dev ## build .venv with everything the checks and tests need

.PHONY: demo
demo: $(VENV)/.runtime ## the whole system on SQLite with simulated phones, at http://127.0.0.1:8080
	$(BIN)/sayso demo

# Stamps, so that an environment is built once and again only when what it is made of changes.
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

$(VENV)/.runtime: $(VENV)/.libraries pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	@echo 'Installing what the checks and tests need'
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@
