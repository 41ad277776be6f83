# Copyright (c) 2026 tlsops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every target sets up what it needs by itself, inside the checkout: .venv and .cache. `make clean` removes both.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# make PYTHON=/path/to/python3.12 …   the interpreter for .venv (without it: the first that works of 3.13 … 3.10)
PYTHON ?=
# make unit PYTEST_ARGS='-k zones -x'
PYTEST_ARGS ?=
# make molecule SCENARIO=acm_certificates   (without it: all of them)
SCENARIO ?=
# make matrix CORES="2.17 2.21"   (without it: all of them)
CORES ?=

CACHE := $(CURDIR)/.cache
VENV := $(CURDIR)/.venv
# The release of the `ansible` package whose amazon.aws the tests run with: 12.3.0 holds amazon.aws 10.1.2, near our lower bound.
ANSIBLE_PACKAGE := 12.3.0
# The one that all need, and those that the roles for ACME CAs and their targets need.
COLLECTIONS := amazon.aws community.crypto community.general community.hashi_vault kubernetes.core

# --- What every command sees -------------------------------------------------------------------------------------------------

export PATH := $(VENV)/bin:$(PATH)
export ANSIBLE_COLLECTIONS_PATH := $(CACHE)/collections
export ANSIBLE_HOME := $(CACHE)/ansible
export ANSIBLE_LOCALHOST_WARNING := false
export ANSIBLE_INVENTORY_UNPARSED_WARNING := false
export PYTHONPATH := $(CACHE)/collections:$(CURDIR)/tests
export PYTHONUNBUFFERED := 1
# A test must never reach a real account: neither its files nor an instance's role are looked at.
export AWS_CONFIG_FILE := /dev/null
export AWS_SHARED_CREDENTIALS_FILE := /dev/null
export AWS_EC2_METADATA_DISABLED := true
unexport ANSIBLE_CONFIG ANSIBLE_COLLECTIONS_PATHS AWS_PROFILE AWS_DEFAULT_PROFILE VIRTUAL_ENV

# Tools that write to the home folder (~/.ansible, ~/.cache) get one of their own. Some of them want it to be there.
PRIVATE_HOME = mkdir -p $(CACHE)/home && HOME=$(CACHE)/home

.PHONY: help setup unit integration molecule sanity lint test packages sandbox demo demo-acme demo-puppet bench matrix build clean

help:  ## Show this list
	@echo "Targets:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null || \
	 sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1   \2/p' $(MAKEFILE_LIST)

# --- Set-up: done once, and again when what it depends on changes -------------------------------------------------------------

# An interpreter asked for by name has a stamp of its own, so that asking for another one rebuilds .venv.
PYTHON_READY := $(VENV)/.ready$(subst /,-,$(PYTHON))
COLLECTIONS_READY := $(CACHE)/collections/.ansible-$(ANSIBLE_PACKAGE)
REQUIREMENTS := $(wildcard tests/requirements/*.txt)

setup: $(PYTHON_READY) $(COLLECTIONS_READY)  ## Make .venv and fetch the collections we depend on

$(PYTHON_READY): requirements.txt $(REQUIREMENTS) tests/tools/virtual_environment
	@PYTHON='$(PYTHON)' tests/tools/virtual_environment .venv $(REQUIREMENTS:%=-r %)
	@touch $@

$(COLLECTIONS_READY): tests/tools/dependency_collections.py Makefile | $(PYTHON_READY)
	@echo "Fetching the collections we depend on"
	@python tests/tools/dependency_collections.py $(CACHE)/collections --ansible $(ANSIBLE_PACKAGE) $(COLLECTIONS)
	@touch $@

packages:
	@tests/tools/debian_packages tests/tools/debian-packages.txt

# --- Tests -------------------------------------------------------------------------------------------------------------------

unit: setup  ## Pure rules: tables and properties (seconds)
	pytest tests/unit $(PYTEST_ARGS)

# Two workers a core: a third of a test's time is waiting for services.
integration: setup packages  ## Modules, roles and playbooks against the sandbox and real servers
	pytest tests/integration -m 'not alone' -n 4 --dist worksteal $(PYTEST_ARGS)
	pytest tests/integration -m alone $(PYTEST_ARGS) || [ $$? -eq 5 ]

molecule: setup packages  ## Roles and playbooks, twice and in check mode (SCENARIO=name for one)
	$(PRIVATE_HOME) ANSIBLE_ASYNC_DIR=$(CACHE)/async NO_COLOR=1 python -m support.warm molecule test $(if $(SCENARIO),--scenario-name $(SCENARIO),--all)

sanity: setup  ## ansible-test sanity
	python tests/tools/sanity.py --work $(CACHE)/sanity --home $(CACHE)/home --collections $(CACHE)/collections

# Each by itself, and none is kept from its say by the one before it.
LINTERS := lint-ruff lint-mypy lint-yaml lint-ansible lint-docs lint-changelog
.PHONY: $(LINTERS)
lint: setup  ## Style, types, YAML, roles and playbooks, documentation, changelog
	@$(MAKE) --no-print-directory --keep-going $(LINTERS)

lint-ruff:
	ruff check --output-format concise .

# mypy sees the collection where Python imports it from; the messages name the files as an editor knows them.
lint-mypy:
	cd $(CACHE)/collections && mypy --config-file $(CURDIR)/pyproject.toml ansible_collections/tlsops/certificates/plugins \
	    | sed 's|^ansible_collections/tlsops/certificates/||'
	mypy tests/sandbox tests/tools

lint-yaml:
	yamllint --strict .

lint-ansible:
	$(PRIVATE_HOME) ansible-lint --nocolor

lint-docs:
	$(PRIVATE_HOME) antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs self --skip-rstcheck .

lint-changelog:
	$(PRIVATE_HOME) antsibull-changelog lint

# What a person wants to know first is whether it works, so style comes last.
STAGES := unit integration molecule sanity lint
test: setup packages  ## All of the above, one after the other; stops at the first failure
	@started=$$SECONDS; took=""; \
	for stage in $(STAGES); do \
	    before=$$SECONDS; \
	    echo "=== $$stage"; \
	    $(MAKE) --no-print-directory $$stage || { echo "=== $$stage failed after $$((SECONDS - before)) s;$${took:- nothing} passed before it"; exit 1; }; \
	    echo "=== $$stage passed in $$((SECONDS - before)) s"; \
	    took="$$took $$stage"; \
	done; \
	echo "=== all passed in $$((SECONDS - started)) s"

matrix: setup  ## Unit tests and sanity with each supported ansible-core whose Python is here
	python tests/tools/matrix.py --work $(CACHE)/matrix $(CORES)

# --- To look at --------------------------------------------------------------------------------------------------------------

sandbox: setup  ## An AWS on this machine: prints the environment to export, ends with Ctrl-C
	@exec python -m sandbox

demo: setup  ## Certificates from names to issued, and the second run that changes nothing
	@python tests/demo/run.py

demo-acme: setup packages  ## An ACME CA on this machine: a page gets a certificate, and a new one while visitors come
	@python tests/demo/acme.py

demo-puppet: setup packages  ## A Puppet CA on this machine: nodes get certificates, and one goes
	@python tests/demo/puppet.py

# Peers in the benchmarks want other versions of what our tools use: they get an environment of their own.
BENCH_READY := $(CACHE)/bench/.ready
$(BENCH_READY): tests/bench/requirements.txt tests/tools/virtual_environment | $(PYTHON_READY)
	@PYTHON='$(VENV)/bin/python' tests/tools/virtual_environment $(@D)/venv $(patsubst %,-r %,$<)
	@touch $@

bench: setup packages $(BENCH_READY)  ## Calls and seconds for 1 to 1,000 certificates, beside what people do today
	@PATH="$$PATH:$(dir $(BENCH_READY))venv/bin" python tests/bench/run.py
	@python tests/bench/private.py
	@python tests/bench/preflight.py
	@python tests/bench/puppet.py
	@tests/tools/debian_packages tests/bench/debian-packages.txt
	@python tests/bench/acme.py

# --- Release -----------------------------------------------------------------------------------------------------------------

build: setup  ## The collection's archive, in .cache/build
	ansible-galaxy collection build --force --output-path $(CACHE)/build

clean:  ## Remove everything that make made
	rm -rf .venv .cache .ansible tests/output
