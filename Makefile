# The two commands that matter: `make build` writes exports/, `make test` runs the tests.
# Both need Python 3.11+, git and make, and nothing before them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: bench build test torture check lint types format docs interop dist lock clean
.DELETE_ON_ERROR:

build: $(VENV)/installed
	$(BIN)/ivig-kg build

# What drives a triple store, a browser or an editor needs them installed, and a few tests take seconds each: .ci/run does all.
test: $(VENV)/installed
	$(BIN)/python -m pytest -m "not (server or browser or editor or slow)"
	@echo "what needs servers, a browser or an editor, or seconds, is run by .ci/run, and long loops by make torture"

torture: $(VENV)/installed
	$(BIN)/python -m pytest --dist worksteal tests/torture

check: $(VENV)/installed
	$(BIN)/ivig-kg check

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed
	$(BIN)/mypy

format: $(VENV)/installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/installed
	$(BIN)/python bench/run.py

interop: $(VENV)/installed
	npm ci --ignore-scripts --no-audit --no-fund --prefix interop/js
	$(BIN)/python interop/run.py

dist: $(VENV)/installed
	$(BIN)/python supply/make.py

docs: $(VENV)/installed
	$(BIN)/python docs/make_cli.py
	$(BIN)/python docs/make_originals.py
	$(BIN)/python docs/make_rules.py
	$(BIN)/ivig-kg schema -o docs/facts.schema.json

$(VENV)/installed: locks/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "ivig-kg needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $@

lock:
	uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 --output-file locks/run.txt pyproject.toml
	uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 --group dev --output-file locks/dev.txt pyproject.toml

clean:
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
