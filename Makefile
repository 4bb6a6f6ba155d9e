# make demo    the whole loop on a local chain
# make test    everything CI runs; NODE=anvil runs the contracts on anvil instead of ganache
# make lint    all linters;  make format  rewrites what they can mend
# make clean   removes everything that make built
# make lock    locks the newest versions that pyproject.toml and package.json allow
#
# Set-up happens by itself the first time, and again only when a lock file has changed.

.DEFAULT_GOAL := help
.PHONY: help demo test test-offchain test-contracts test-web lint format clean lock setup
SHELL := /bin/bash

PYTHON ?= python3
NODE ?= ganache
NETWORK_ganache := ganache-cli
NETWORK_anvil := anvil
NETWORK = $(or $(NETWORK_$(NODE)),$(error NODE is ganache or anvil, not "$(NODE)"))

# Brownie keeps its state under HOME: a home of its own leaves the user's ~/.brownie alone.
# Anvil is started as the binary that its npm package carries, since a wrapper may outlive its end.
RUN = HOME="$(CURDIR)/build/home" NODE=$(NODE) SOLCX_BINARY_PATH="$(CURDIR)/scripts/solc" \
	PATH="$(CURDIR)/.venv/bin:$$(echo "$(CURDIR)"/node_modules/@foundry-rs/anvil-*/bin):$(CURDIR)/node_modules/.bin:$$PATH" \
	PYTHONPATH="$(CURDIR)"
SOLIDITY = 'contracts/**/*.sol' 'interfaces/*.sol'
PYTHON_CODE = src scripts tests

help:
	@sed -n 's/^# //p' Makefile

demo: setup
	@$(RUN) python scripts/demo.py

test: lint test-offchain test-contracts test-web

test-offchain: setup
	$(RUN) pip check
	$(RUN) pytest -p no:pytest-brownie tests/offchain

test-contracts: setup
	$(RUN) NODE=$(NODE) brownie test tests/contracts tests/parity tests/end_to_end --network $(NETWORK)

test-web: setup
	$(RUN) pytest -p no:pytest-brownie tests/web

lint: setup
	$(RUN) ruff check $(PYTHON_CODE)
	$(RUN) ruff format --check $(PYTHON_CODE)
	$(RUN) mypy
	$(RUN) solhint --noPoster --max-warnings 0 $(SOLIDITY)
	$(RUN) prettier --check $(SOLIDITY)

format: setup
	$(RUN) ruff check --fix $(PYTHON_CODE)
	$(RUN) ruff format $(PYTHON_CODE)
	$(RUN) prettier --write $(SOLIDITY)

clean:
	rm -rf .venv node_modules build dist .mypy_cache .ruff_cache .pytest_cache

lock: setup
	$(RUN) uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-annotate --no-header --no-emit-index-url -o requirements.txt
	npm update --package-lock-only --no-audit --no-fund

setup: .venv/.installed node_modules/.installed

.venv/.installed: requirements.txt pyproject.toml
	@echo "Setting up Python in .venv ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gasprint needs Python 3.11 or later")'
	@$(PYTHON) -m venv --clear .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@mkdir -p build/home
	@touch $@

node_modules/.installed: package-lock.json
	@echo "Setting up the compiler, the nodes and the linters in node_modules ..."
	@node -e 'process.exit(parseInt(process.versions.node) < 20)' || { echo "gasprint needs Node 20 or later" >&2; exit 1; }
	@npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@
