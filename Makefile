# make demo    the whole loop on a local chain
# make marketplace    mints until ten tonnes are bought and retired by themselves; writes docs/marketplace-run.json
# make test    everything CI runs; NODE=anvil runs the contracts on anvil instead of ganache
# make deploy NETWORK=sepolia    the suite on any network that Brownie knows
# make gas     measures what everything costs, writes snapshots/ and fails above a target
# make pictures    the pictures in docs/: pages of the demo's report, and of a served ledger
# make bench   what trees, footprints, syncs, audits and pages take; writes snapshots/, fails above a target
# make prove   proofs that no input breaks what the libraries and the credits promise
# make invariants   calls of the credits at random, after each of which the books are checked
# make slither      slither's findings; none is to be left
# make test-deep    the proofs, proofs of any call, slither, and long runs of the invariants
# make lint    all linters;  make format  rewrites what they can mend
# make clean   removes what make set up and built
# make lock    locks the newest versions that pyproject.toml and package.json allow
#
# Set-up happens by itself the first time, and again only when a lock file has changed.

.DEFAULT_GOAL := help
.PHONY: help demo marketplace test test-offchain test-contracts test-web gas pictures bench deploy lint format clean lock \
	setup compiled prove invariants slither test-deep deep-setup
SHELL := /bin/bash

PYTHON ?= python3
NODE ?= ganache
NETWORK_ganache := ganache-cli
NETWORK_anvil := anvil
TEST_NETWORK = $(or $(NETWORK_$(NODE)),$(error NODE is ganache or anvil, not "$(NODE)"))

# Anvil is started as the binary that its npm package carries, since a wrapper may outlive its end.
TOOLS = SOLCX_BINARY_PATH="$(CURDIR)/scripts/solc" PYTHONPATH="$(CURDIR)" \
	PATH="$(CURDIR)/.venv/bin:$$(echo "$(CURDIR)"/node_modules/@foundry-rs/anvil-*/bin):$(CURDIR)/node_modules/.bin:$$PATH"
# Brownie keeps its state under HOME: a home of its own leaves the user's ~/.brownie alone.
RUN = HOME="$(CURDIR)/build/home" NODE=$(NODE) $(TOOLS)
# Halmos, slither and Brownie pin different versions of the same packages, hence two environments.
DEEP = PATH="$(CURDIR)/.venv-deep/bin:$$(echo "$(CURDIR)"/node_modules/@foundry-rs/forge-*/bin):$$PATH" \
	HOME="$(CURDIR)/build/home"
SOLIDITY = 'contracts/**/*.sol' 'interfaces/*.sol' 'tests/**/*.sol'
PYTHON_CODE = src scripts tests

HALMOS = halmos --forge-build-out build/forge/out --no-status --solver-timeout-assertion 60s

help:
	@sed -n '1,/^$$/s/^# //p' Makefile

demo: compiled
	@$(RUN) python scripts/demo.py

marketplace: compiled
	@$(RUN) python scripts/marketplace.py

# The user's own home, for its keystore and networks. Brownie's own record of deployments goes: it would be loaded
# first, and fail on a chain that began anew. Ours is deployments/.
deploy: compiled
	@rm -rf build/deployments
	@$(TOOLS) brownie run $@ --network $(or $(NETWORK),$(error name a network: make $@ NETWORK=sepolia))

test: lint test-offchain test-contracts test-web

test-offchain: setup
	$(RUN) pip check
	$(RUN) pytest -p no:pytest-brownie tests/offchain -n 2

# The end-to-end tests first, whose files take longest, so that neither of the two is left waiting for the other. What
# looks for nodes that were left, or measures, runs by itself.
ALONE = tests/end_to_end/test_demo.py tests/end_to_end/test_install.py

# What ganache takes many minutes for: random acts, attacks and orders by the hundred, ten thousand settlements, and
# what is computed without a word from the chain. One folder's files stand together, or their fixtures are not found.
ON_ANVIL = tests/contracts/test_credits_stateful.py tests/contracts/test_ledger_stateful.py \
	tests/contracts/auto_retire/test_offsets_stateful.py tests/contracts/auto_retire/test_settlement_attacks.py \
	tests/contracts/carbon_credits/test_serial_ranges.py tests/contracts/carbon_credits/test_many_cancelled_ranges.py \
	tests/contracts/credit_market/test_market_stateful.py tests/contracts/credit_market/test_attacks.py \
	tests/contracts/credit_market/test_offers.py \
	tests/contracts/integrations/test_mint_attacks.py tests/contracts/integrations/test_settlement_upkeep.py \
	tests/contracts/record_tree tests/contracts/documents

test-contracts: compiled
	$(RUN) brownie test tests/end_to_end tests/contracts tests/parity $(ALONE:%=--ignore=%) $(ON_ANVIL:%=--ignore=%) \
		-n 2 --no-loadscope-reorder --network $(TEST_NETWORK)
	$(RUN) brownie test $(ALONE) --network $(TEST_NETWORK)
	$(RUN) NODE=anvil brownie test $(ON_ANVIL) -n 2 --no-loadscope-reorder --network anvil

test-web: compiled .venv-api/.installed
	$(RUN) pytest -p no:pytest-brownie tests/web

# On anvil, since ten thousand ranges take ganache too long; the gas is the same.
gas: compiled
	@$(RUN) NODE=anvil python -m tests.gas

pictures: demo
	cp build/demo/audit-*.png docs/
	@$(RUN) python -m tests.web.screenshots

bench: compiled
	@$(RUN) python -m tests.bench

# Forge keeps a failing sequence and would try only that the next time: gone, as it may have been mended.
test-deep: prove slither deep-setup
	$(DEEP) forge build --quiet
	$(DEEP) $(HALMOS) --match-contract '^AnyCallProof$$' --storage-layout generic \
		--default-bytes-lengths 0 --default-array-lengths 1
	rm -rf build/forge/failures
	$(DEEP) FOUNDRY_PROFILE=deep forge test --match-path 'tests/invariants/*'

invariants: deep-setup
	rm -rf build/forge/failures
	$(DEEP) forge test --match-path 'tests/invariants/*'

# Division goes to a solver of integers; all else to halmos's own, which gets the time to see that a path cannot be.
# A proof that runs out of time fails.
prove: deep-setup
	$(DEEP) forge build --quiet
	$(DEEP) $(HALMOS) --match-contract '^(Units|Span)Proof$$' --solver-command 'python tests/proofs/solve_as_integers.py'
	$(DEEP) $(HALMOS) --match-contract '^(TokenIds|RetirementIds|EmissionSums|Balances|Credit|Credits)Proof$$' --storage-layout generic
	$(DEEP) $(HALMOS) --match-contract '^SerialRangesProof$$' --loop 4 --solver-timeout-branching 2s

# What slither.config.json leaves out: `timestamp` and `reentrancy-events` (expiry is by the clock, and an event tells
# what a call returned), `calls-loop` (the loops over credits are bounded), `uninitialized-local` (a local begins at
# zero), `unused-return` (of several results, some are not asked for), and what it calls informational, which is
# solhint's business. The rest is explained beside the code.
slither: deep-setup
	$(DEEP) slither .

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
	rm -rf .venv .venv-api .venv-deep node_modules build dist reports .mypy_cache .ruff_cache .pytest_cache

lock: setup
	$(RUN) uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-annotate --no-header --no-emit-index-url -o requirements.txt
	$(RUN) uv pip compile requirements-deep.in --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-annotate --no-header --no-emit-index-url -o requirements-deep.txt
	$(RUN) uv pip compile requirements-api.in --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-annotate --no-header --no-emit-index-url -o requirements-api.txt
	npm update --package-lock-only --no-audit --no-fund

setup: .venv/.installed node_modules/.installed

deep-setup: .venv-deep/.installed node_modules/.installed

compiled: setup build/.compiled

# Brownie alone would not see a change in a library of a library.
build/.compiled: brownie-config.yaml package-lock.json $(wildcard contracts/*.sol contracts/*/*.sol interfaces/*.sol)
	@echo "Compiling the contracts ..."
	@$(RUN) brownie compile --all > build/compile.log || { cat build/compile.log; exit 1; }
	@touch $@

.venv/.installed: requirements.txt pyproject.toml
	@echo "Setting up Python in .venv ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gasprint needs Python 3.11 or later")'
	@$(PYTHON) -m venv .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@mkdir -p build/home
	@touch $@

# Schemathesis and Brownie pin different versions of Hypothesis.
.venv-api/.installed: requirements-api.txt
	@echo "Setting up what tries the API in .venv-api ..."
	@$(PYTHON) -m venv .venv-api
	@.venv-api/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-api.txt
	@touch $@

.venv-deep/.installed: requirements-deep.txt
	@echo "Setting up the provers in .venv-deep ..."
	@$(PYTHON) -m venv .venv-deep
	@.venv-deep/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-deep.txt
	@mkdir -p build/home
	@touch $@

node_modules/.installed: package-lock.json
	@echo "Setting up the compiler, the nodes and the linters in node_modules ..."
	@node -e 'process.exit(Number(parseInt(process.versions.node) < 20))' || { echo "gasprint needs Node 20 or later" >&2; exit 1; }
	@npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@
