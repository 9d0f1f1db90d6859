# The front door. `make` alone lists what there is; PYTHON=python3.12 chooses the interpreter.

PYTHON ?= python3
ifndef UV
UV := $(shell command -v uv)
endif
VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
READY := $(VENV)/.ready

.PHONY: help serve test check bench lock contracts pages
.PHONY: check-lint check-format check-types check-imports check-house

help:
	@echo 'make serve      start the service with a database of its own (WAYPOST_PORT, default 8000)'
	@echo 'make test       everything that CI runs'
	@echo 'make check      its quick part: style, types, import contracts, the rules of the house'
	@echo 'make bench      what the service costs, as ratios measured in one run'
	@echo 'make contracts  write openapi/openapi.json and openapi/schema.graphql from the code'
	@echo 'make pages      build the API reference and GraphiQL anew from pages/ (needs Node)'
	@echo 'make lock       resolve the dependencies anew (needs uv; UPGRADE=--upgrade for newer ones)'

# Where setpriv is there, killing make stops the service too, instead of leaving it on its port.
serve: $(READY)
	@exec $$(command -v setpriv >/dev/null && echo setpriv --pdeathsig TERM) $(BIN)/waypost serve

# What check has tried already is left out; what a file sets up, it sets up once; tests/conftest.py
# says which come first.
test: check
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --ignore=tests/house

check: $(READY)
	@$(MAKE) --no-print-directory --jobs=4 --keep-going --output-sync=target \
	  check-lint check-format check-types check-imports check-house

check-lint:
	@$(BIN)/ruff check --quiet
check-format:
	@$(BIN)/ruff format --check --quiet
check-types:
	@$(BIN)/mypy
check-imports:
	@$(BIN)/lint-imports
# Without tests/conftest.py, which imports the whole service: these tests read its text.
check-house:
	@$(BIN)/python -m pytest --quiet --confcutdir=tests/house tests/house

bench: $(READY)
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.page

contracts: $(READY)
	@$(BIN)/waypost export-contracts

# What it makes is checked in: to serve takes no Node.
pages:
	@cd pages && npm ci --silent && node build.mjs ../service/api/pages/built

# Not uv.lock: that one records the host it was resolved from.
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header
# Other people's clients, in tests: each with what it needs, whatever the service has.
TRACKERS = $(wildcard tests/clients/trackers/*.in)
lock:
	@test -n '$(UV)' || { echo 'make lock needs uv: pip install uv, or UV=path/to/uv'; exit 1; }
	$(COMPILE) $(UPGRADE) pyproject.toml -o requirements.lock
	$(COMPILE) $(UPGRADE) --all-extras -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(COMPILE) $(UPGRADE) --group build -c requirements-dev.lock -o requirements-build.lock
	@for of in $(TRACKERS:.in=); do $(COMPILE) $(UPGRADE) $$of.in -o $$of.txt; done

$(READY): $(LOCKED) pyproject.toml
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(LOCKED): requirements-dev.lock
	@$(PYTHON) -c '$(SUITABLE)'
	@echo 'making $(VENV) from requirements-dev.lock: once, and when that changes'
	@rm -rf $(VENV)
	@$(MAKE_VENV)
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

SUITABLE = import platform, sys; \
  (3, 11) <= sys.version_info < (3, 14) or sys.exit("Waypost needs Python 3.11 to 3.13, and " + \
  "$(PYTHON) is " + platform.python_version() + ": make PYTHON=python3.13 ...")

ifneq ($(UV),)
INSTALL = VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --compile-bytecode
MAKE_VENV = $(UV) venv --quiet --python $(PYTHON) $(VENV)
else
# ensurepip where uv made the environment, which leaves pip out, and is gone since.
INSTALL = { $(BIN)/python -m pip --version || $(BIN)/python -m ensurepip; } >/dev/null 2>&1; \
  $(BIN)/python -m pip install --quiet --disable-pip-version-check
MAKE_VENV = $(PYTHON) -m venv $(VENV)
endif
