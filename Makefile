# Two commands do everything: `make demo` shows the gateway at work, `make test` runs every test.
# They need Python 3.11 or newer, make and a C compiler; the first run makes .venv from the locks.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# The locks name every file by its hash; the one source archive is built with the locked setuptools.
FROM_LOCK := install --quiet --require-hashes --no-build-isolation --use-pep517

.PHONY: demo test check format docs lock clean

demo: .venv/run-time
	@$(BIN)/intervals-gateway demo $(ARGS)

test: .venv/development
	@$(BIN)/python -m pytest $(ARGS)

check: .venv/development
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/development
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: .venv/run-time
	$(BIN)/python -m gateway.settings.reference > docs/settings.md
	$(BIN)/python -m gateway.adapters.prometheus.reference > docs/metrics.md

# Resolve anew. LOCK_ARGS=--upgrade takes the newest versions, LOCK_ARGS="--upgrade-package aiohttp" one of them.
LOCK := .venv-lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host $(LOCK_ARGS)
lock: .venv-lock
	$(LOCK) --only-build-deps --build-deps-for wheel --output-file requirements-build.lock pyproject.toml
	$(LOCK) --output-file requirements.lock pyproject.toml
	$(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

clean:
	rm -rf .venv .venv-lock build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

.venv-lock:
	$(PYTHON) -m venv $@
	$@/bin/python -m pip install --quiet pip-tools==7.6.2 || { rm -rf $@; exit 1; }

# Each stamp is touched last, so an interrupted installation is taken up again.
.venv/made: requirements-build.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || \
		{ echo "The gateway needs Python 3.11 to 3.14; name one with PYTHON=, such as: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/python || { echo "Making .venv ..."; $(PYTHON) -m venv .venv; }
	@$(PIP) $(FROM_LOCK) --requirement requirements-build.lock
	@touch $@

.venv/run-time: .venv/made requirements.lock pyproject.toml
	@echo "Installing the gateway from requirements.lock ..."
	@$(PIP) $(FROM_LOCK) --requirement requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/development: .venv/run-time requirements-dev.lock
	@echo "Installing what the tests need from requirements-dev.lock ..."
	@$(PIP) $(FROM_LOCK) --requirement requirements-dev.lock
	@touch $@
