# Two commands matter: `make run` and `make test`. Both work on a fresh clone with Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup run test lint bench faults versions corpora interop figures clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed / 需要 Python 3.11 或更高版本")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $(STAMP)

run: setup
	$(BIN)/pophub demo

test: setup
	$(BIN)/pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	POPHUB_PROFILE=legacy $(BIN)/pophub check

bench: setup
	$(BIN)/python -m bench.run

faults: setup
	POPHUB_CAMPAIGN=1 $(BIN)/pytest tests/faults

versions: setup
	$(BIN)/python tests/versions/smoke.py

corpora: setup
	$(BIN)/python -m tests.security.corpora var/corpora
	POPHUB_CORPORA=var/corpora $(BIN)/pytest tests/security/test_corpora.py -rP

interop: setup
	POPHUB_WRITE_INTEROP=1 POPHUB_REQUIRE_SERVICES=1 $(BIN)/pytest tests/interop

figures: setup
	POPHUB_WRITE_FIGURES=1 $(BIN)/pytest tests/docs -k figure_is

clean:
	rm -rf $(VENV) var
