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

CACHE := $(CURDIR)/.cache
VENV := $(CURDIR)/.venv
# The release of the `ansible` package whose amazon.aws the tests run with: 12.3.0 holds amazon.aws 10.1.2, near our lower bound.
ANSIBLE_PACKAGE := 12.3.0

# --- What every command sees -------------------------------------------------------------------------------------------------

export PATH := $(VENV)/bin:$(PATH)
export ANSIBLE_COLLECTIONS_PATH := $(CACHE)/collections
export ANSIBLE_HOME := $(CACHE)/ansible
export ANSIBLE_LOCALHOST_WARNING := false
export ANSIBLE_INVENTORY_UNPARSED_WARNING := false
export PYTHONPATH := $(CACHE)/collections:$(CURDIR)/tests
export PYTHONDONTWRITEBYTECODE := 1
export PYTHONUNBUFFERED := 1
# A test must never reach a real account: neither its files nor an instance's role are looked at.
export AWS_CONFIG_FILE := /dev/null
export AWS_SHARED_CREDENTIALS_FILE := /dev/null
export AWS_EC2_METADATA_DISABLED := true
unexport ANSIBLE_CONFIG ANSIBLE_COLLECTIONS_PATHS AWS_PROFILE AWS_DEFAULT_PROFILE VIRTUAL_ENV

# Tools that write to the home folder (~/.ansible/test, ~/.cache) get one of their own; the user's pip settings are linked into it.
PRIVATE_HOME = HOME=$(CACHE)/home

.PHONY: help setup unit integration molecule sanity lint test packages sandbox demo bench matrix build clean

help:  ## Show this list
	@echo "Targets:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null || \
	 sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1   \2/p' $(MAKEFILE_LIST)

# --- Set-up: done once, and again when what it depends on changes -------------------------------------------------------------

# An interpreter asked for by name has a stamp of its own, so that asking for another one rebuilds .venv.
PYTHON_READY := $(VENV)/.ready$(subst /,-,$(PYTHON))
COLLECTIONS_READY := $(CACHE)/collections/.ansible-$(ANSIBLE_PACKAGE)
HOME_READY := $(CACHE)/home/.ready
REQUIREMENTS := $(wildcard tests/requirements/*.txt tests/bench/requirements.txt)

setup: $(PYTHON_READY) $(COLLECTIONS_READY) $(HOME_READY)  ## Make .venv and fetch the collections we depend on

$(PYTHON_READY): requirements.txt $(REQUIREMENTS) tests/tools/virtual_environment
	@PYTHON='$(PYTHON)' tests/tools/virtual_environment .venv $(REQUIREMENTS:%=-r %)
	@touch $@

$(COLLECTIONS_READY): tests/tools/dependency_collections.py | $(PYTHON_READY)
	@echo "Fetching the collections we depend on"
	@python tests/tools/dependency_collections.py $(CACHE)/collections --ansible $(ANSIBLE_PACKAGE) amazon.aws
	@touch $@

$(HOME_READY):
	@mkdir -p $(@D)/.config $(@D)/.cache
	@for settings in .config/pip .pip .cache/pip; do ln -sfn "$$HOME/$$settings" "$(@D)/$$settings"; done
	@touch $@

packages:
	@tests/tools/debian_packages tests/tools/debian-packages.txt

# --- The quick loop ----------------------------------------------------------------------------------------------------------

unit: setup  ## Pure rules: tables and properties (seconds)
	pytest tests/unit $(PYTEST_ARGS)
